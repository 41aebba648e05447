"""Suites: what ships is sound, and what a user writes is checked."""

import copy
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cardkit._data import load_json
from cardkit.errors import InputError, UsageError
from cardkit.probe.suite import Attribute, fill, load_suite, parse_suite, suite_names

SHARES = Path(__file__).resolve().parents[3] / "shared/bias/published/occupation_pct_female_us.csv"
SMALL: dict[str, Any] = {
    "id": "small",
    "version": "1.0.0",
    "title": "A small suite",
    "language": "en",
    "axis": "gender",
    "licence": "CC0-1.0",
    "targets": {"positive": "she", "negative": "he"},
    "attribute": {"singular": "trade", "plural": "trades"},
    "templates": ["{target} is {article} {attribute}."],
    "attributes": [{"word": "cook", "article": "a"}, {"word": "actor", "article": "an"}],
    "controls": {
        "templates": ["{target} saw the {attribute}."],
        "pairs": [[{"word": "sofa"}, {"word": "couch"}]],
    },
    "illustration": ["A [MASK]."],
    "limits": ["Everything else."],
}


def changed(path: str, value: Any) -> str:
    """The small suite as YAML, with one value replaced; None deletes it."""
    data = copy.deepcopy(SMALL)
    *parents, last = path.split(".")
    place: Any = data
    for key in parents:
        place = place[int(key) if key.isdigit() else key]
    if value is None:
        del place[last]
    else:
        place[int(last) if last.isdigit() else last] = value
    return yaml.safe_dump(data)


def test_the_small_suite_is_accepted() -> None:
    suite = parse_suite(yaml.safe_dump(SMALL), "small.yaml")
    assert suite.attributes == (Attribute("cook", "a"), Attribute("actor", "an"))
    assert (suite.positive, suite.negative) == ("she", "he")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("colour", "red", "colour"),
        ("limits", None, "limits"),
        ("attributes", [], "attributes"),
        ("templates", [], "templates"),
        ("version", "1", "version"),
        ("language", False, "language"),
        ("attributes.0.share", 3, r"attributes\[0\].*share"),
        ("templates.0", "{target} is here.", r"templates\[0\].*\{attribute\} 0 times"),
        ("templates.0", "{target}, {target}: {attribute}", r"\{target\} 2 times"),
        ("templates.0", "{target} is {job} {attribute}", r"unknown slot \{job\}"),
        ("templates.0", "{article} {article} {target} {attribute}", "more than once"),
        ("attributes.0.article", None, r"\{article\}, but \"cook\" has no article"),
        ("controls.templates.0", "{target} saw it.", r"controls.templates\[0\]"),
        ("controls.pairs.0", [{"word": "sofa"}], r"controls.pairs\[0\]"),
        ("attributes.1.word", "cook", '"cook" is there twice'),
        ("attributes.0.group", "crafts", '"crafts", not defined'),
        ("attributes.0.source", "census", '"census", not defined'),
        ("attributes.0.reference", 0.5, "reference: missing"),
        ("targets.negative", "she", "nothing can be compared"),
        ("experimental", "", "experimental"),
        ("margin", 0, "margin"),
        ("family", [], "family"),
        ("family", ["all", "crafts"], r'family\[1\]: no attribute is in a group "crafts"'),
        ("illustration.0", "No mask.", r"\[MASK\] exactly once"),
    ],
)
def test_mistakes_are_named_with_their_place(path: str, value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        parse_suite(changed(path, value), "small.yaml")
    assert str(error.value).startswith("small.yaml: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "just words"])
def test_yaml_that_is_no_suite(text: str) -> None:
    with pytest.raises(UsageError, match=r"^small\.yaml: "):
        parse_suite(text, "small.yaml")


def test_a_key_given_twice_is_not_silently_dropped() -> None:
    text = yaml.safe_dump(SMALL) + "templates: ['{target}: {attribute}']\n"
    line = text.count("\n")
    with pytest.raises(UsageError, match=rf'line {line}: the key "templates" is there twice'):
        parse_suite(text, "small.yaml")
    inner = yaml.safe_dump(SMALL) + "groups: {a: one, a: two}\n"
    with pytest.raises(UsageError, match='the key "a" is there twice'):
        parse_suite(inner, "small.yaml")


def test_names_and_paths(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    assert load_suite(str(path)).id == "small"
    with pytest.raises(UsageError, match=r"there is: .*gender-occupation-en"):
        load_suite("gender-occupation-xx")
    with pytest.raises(InputError, match="cannot be read"):
        load_suite(str(tmp_path / "other.yaml"))


def test_the_hash_is_of_the_content_not_of_its_writing() -> None:
    first = parse_suite(yaml.safe_dump(SMALL), "a")
    second = parse_suite("# a remark\n" + yaml.safe_dump(SMALL, default_flow_style=True), "b")
    third = parse_suite(changed("templates.0", "{target}: {attribute}"), "c")
    assert first.sha256 == second.sha256 != third.sha256


def test_filling_capitalises_and_finds_the_words() -> None:
    filled = fill("{article} {attribute}, {target} slept.", "she", Attribute("editor", "an"))
    assert filled.text == "An editor, she slept."
    assert filled.text[slice(*filled.target)] == "she"
    assert filled.text[slice(*filled.attribute)] == "editor"
    assert fill("{target} is {attribute}.", "she", Attribute("x")).text == "She is x."


def test_a_capital_of_two_letters_does_not_shift_the_words() -> None:
    filled = fill("ß {attribute} {target}", "sie", Attribute("x"))
    assert filled.text[slice(*filled.target)] == "sie"


@pytest.mark.parametrize("name", suite_names())
def test_shipped_suites_are_sound(name: str) -> None:
    suite = load_suite(name)
    assert suite.id == name
    assert len(suite.templates) >= 10
    assert len(suite.attributes) >= 20
    assert len(suite.control_templates) >= 10
    assert len(suite.control_pairs) >= 10
    for template in (*suite.templates, *suite.control_templates):
        for target in (suite.positive, suite.negative):
            filled = fill(template, target, suite.attributes[0])
            assert filled.text[slice(*filled.target)].lower() == target.lower()
            assert "{" not in filled.text
            assert "  " not in filled.text


def test_every_shipped_suite_has_no_note() -> None:
    from cardkit.cli.suite import notes

    for name in suite_names():
        found = notes(load_suite(name))
        assert not [note for note in found if "target stands" not in note], name


def test_what_ships() -> None:
    suites = [load_suite(name) for name in suite_names()]
    assert {s.language for s in suites if s.axis == "gender"} == {"en", "de", "fr", "es", "zh"}
    unsettled = {suite.axis for suite in suites if suite.experimental}
    assert unsettled == {"religion", "nationality", "age", "disability"}


@pytest.mark.parametrize("name", suite_names())
def test_shipped_sentences_fit_the_language(name: str) -> None:
    suite = load_suite(name)
    for template in (*suite.templates, *suite.control_templates):
        text = template.replace("{target}", "").replace("{attribute}", "")
        assert text.strip()[-1] in ".?!。？！"
        if suite.language == "fr":  # words that would elide before "il" and "elle"
            assert not re.search(r"\b(que|si|jusque|lorsque|puisque) \{target\}", template, re.I)
        if suite.language == "es":
            assert not re.search(r"\b(el|la|un|una) \{target\}", template, re.I)


@pytest.mark.parametrize("language", ["fi", "tr", "hu"])
def test_a_language_whose_pronouns_have_no_gender(language: str) -> None:
    with pytest.raises(UsageError, match=r"not applicable: .* one pronoun"):
        load_suite(f"gender-occupation-{language}")


def test_gender_by_occupation_is_balanced() -> None:
    suite = load_suite("gender-occupation-en")
    groups = [attribute.group for attribute in suite.attributes]
    assert {group: groups.count(group) for group in groups} == dict.fromkeys(suite.groups, 20)
    shares = {
        group: [a.reference for a in suite.attributes if a.group == group] for group in suite.groups
    }
    assert min(shares["mostly-women"]) > max(shares["balanced"])
    assert min(shares["balanced"]) > max(shares["mostly-men"])
    for attribute in suite.attributes:
        assert attribute.article == ("an" if attribute.word[0] in "aeiou" else "a")
        assert attribute.source in suite.sources
    starts = [t for t in suite.templates if t.startswith("{target}")]
    attribute_first = [t for t in suite.templates if t.index("{attribute}") < t.index("{target}")]
    lengths = [len(t.split()) for t in suite.templates]
    assert starts
    assert 4 <= len(attribute_first) <= len(suite.templates) - 4
    assert max(lengths) >= 2 * min(lengths)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(load_json("schemas", "bias-suite.schema.json"))


@pytest.mark.skipif(not SHARES.exists(), reason="the shared figures are not here")
def test_the_shares_are_the_published_ones() -> None:
    import csv

    with SHARES.open(encoding="utf-8", newline="") as file:
        published = {
            (r["occupation"], r["year"][:4]): r["pct_female"] for r in csv.DictReader(file)
        }
    for attribute in load_suite("gender-occupation-en").attributes:
        assert attribute.source is not None
        assert attribute.reference is not None
        figure = float(published[attribute.word, attribute.source.removeprefix("cps-")])
        assert attribute.reference * 100 == pytest.approx(figure)


def test_the_guides_example_is_a_suite() -> None:
    page = (Path(__file__).parents[2] / "docs/suites.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert parse_suite(example, "docs/suites.md").id == "mood-en"
    for name in suite_names():
        assert name in page or name.removeprefix("gender-occupation") in page


@pytest.mark.parametrize("name", suite_names())
def test_shipped_suites_can_be_asked_of_a_model_of_the_language(name: str) -> None:
    """With the vocabulary of a WordPiece model that has read these letters nothing is left out."""
    pytest.importorskip("torch")
    from probe_models import BERT_TOKENS
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    from cardkit.probe import association
    from cardkit.probe.load import MaskedLM
    from cardkit.probe.rows import RowTable

    suite = load_suite(name)
    texts = [
        fill(template, target, word._replace(article=word.article or "a")).text
        for template in (*suite.templates, *suite.control_templates)
        for target in (suite.positive, suite.negative)
        for word in (*suite.attributes, *(word for pair in suite.control_pairs for word in pair))
    ]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=900, special_tokens=list(BERT_TOKENS.values()), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **BERT_TOKENS)
    masked = MaskedLM("none", Path(), None, None, fast, fast.mask_token_id, 1, 900, 100)
    table = RowTable()
    grid = association.plan(masked, suite, table)
    controls = association.plan_controls(masked, suite, table)
    assert not grid.skipped
    assert not controls.skipped
    assert not grid.unequal
    assert len(controls.attributes) == 2 * len(suite.control_pairs)
