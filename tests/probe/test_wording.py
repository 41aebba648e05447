"""The section in five languages: the same numbers, every message there, no judgement in any."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe_records import RECORD, VARIANTS, with_counts

from cardkit.card import Card
from cardkit.discover import read
from cardkit.engine import lint
from cardkit.measured import find_measured, is_edited
from cardkit.probe.chart import chart
from cardkit.probe.chart_text import plain
from cardkit.probe.freshness import freshness
from cardkit.probe.insert import insert
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.record import Record, Skipped
from cardkit.probe.section import block_language, expected, render
from cardkit.probe.suite import load_suite, parse_suite, suite_names
from cardkit.probe.wording import LANGUAGES, card_language, reason, texts_for, words

# Judgements that no measurement of this kind supports. English has its own list in test_section.
FORBIDDEN = {
    "en": r"\b(unbiased|bias-free|debiased|fair(ly|ness)?|pass(es|ed)?|less biased|safe(ly|ty)?|ethical|harmless)\b",
    "de": r"\b(unvoreingenommen\w*|unverzerrt\w*|vorurteilsfrei\w*|vorurteilslos\w*|fair\w*|gerecht\w*|neutral\w*"
    r"|besteht|bestanden|bestehen|weniger (verzerrt|voreingenommen)\w*|sicher\w*|unbedenklich\w*|ethisch\w*|beweis\w*)\b",
    "fr": r"\b(impartia\w*|sans biais|non biaisé\w*|débiaisé\w*|équitable\w*|justes?|neutres?|réussi\w*|passe\w*"
    r"|moins biaisé\w*|sûre?s?|sans danger|éthiques?|prouv\w*|preuves?)\b",
    "es": r"\b(imparcial\w*|sin sesgos?|no sesgad\w*|just[oa]s?|equitativ\w*|neutral\w*|aprueb\w*|aprobad\w*"
    r"|supera\w*|menos sesgad\w*|segur[oa]s?|étic\w*|prueban?|demuestra\w*)\b",
    "zh": r"(无偏见|没有偏见|无偏|公平|公正|中立|通过|合格|偏见更少|偏见较少|更少偏见|安全|道德|证明|无害)",
}
#: Which a language may leave out where its grammar speaks of "the word" instead.
GRAMMAR = {"noun", "nouns", "language"}


def sentences(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for item in value.values() for text in sentences(item)]


def keys(value: Any) -> Any:
    if isinstance(value, str):
        return None
    if set(value) <= {"one", "other"}:
        return "plural"
    return {key: keys(item) for key, item in value.items()}


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text)) - GRAMMAR


def in_language(record: Record, language: str) -> str:
    return render(record, texts_for(record, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message_and_the_same_places(language: str) -> None:
    english, own = words("en"), words(language)
    assert keys(own) == keys(english)
    for key, value in english.items():
        if keys(value) == "plural":
            assert {place for form in own[key].values() for place in places(form)} - {"n"} == {
                place for form in value.values() for place in places(form)
            } - {"n"}, key
            assert "other" in own[key]
            assert ("one" in own[key]) == (language != "zh"), key
        else:
            pairs = [(value, own[key])] if isinstance(value, str) else []
            pairs += [] if isinstance(value, str) else [(value[k], own[key][k]) for k in value]
            for one, other in pairs:
                assert places(other) == places(one), key


def test_the_languages_are_those_of_the_data() -> None:
    root = Path(__file__).parents[2] / "templates" / "probe"
    assert {path.stem for path in root.glob("*.json")} == set(LANGUAGES)
    assert set(words("en")["languages"]) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_judges(language: str) -> None:
    said = sentences(dict(words(language)))
    for name in suite_names():
        suite = load_suite(name)
        own = suite.translations.get(language, {})
        said += [own.get("title", ""), own.get("experimental", ""), *own.get("limits", [])]
    for record in VARIANTS.values():
        said.append(in_language(record, language).split("```json")[0])
        said.append(chart(record, texts_for(record, language, safe=plain)))
    for text in said:
        assert not re.findall(FORBIDDEN[language], text, re.IGNORECASE), text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The model is fair and less biased than the other; it passes."),
        ("de", "Das Modell ist fair, weniger verzerrt und hat bestanden."),
        ("fr", "Le modèle est impartial, moins biaisé et réussit."),
        ("es", "El modelo es justo, menos sesgado y aprueba."),
        ("zh", "这个模型公平，偏见更少，通过了测试。"),
    ],
)
def test_the_forbidden_words_would_be_noticed(language: str, text: str) -> None:
    assert len(re.findall(FORBIDDEN[language], text, re.IGNORECASE)) == 3


def number_cells(text: str) -> list[str]:
    """The cells of tables that hold numbers, with what differs by language taken out."""
    lines = [line for line in text.split("```json")[0].splitlines() if line.startswith("|")]
    cells = [cell for line in lines for cell in line.strip("|").split(" | ")]
    numbers = [" ".join(re.findall(r"[×÷+−<\[\]\d.,%]*\d[\d.,\]]*", cell)) for cell in cells]
    return [cell for cell in numbers if cell]


def json_of(block: str) -> str:
    """Return the record in a block; the end marker after it has the sum of the words before it."""
    return block.split("```json")[1].split("</details>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_numbers_and_record_are_the_same_bytes(name: str, language: str) -> None:
    record = VARIANTS[name]
    english, other = render(record), in_language(record, language)
    assert json_of(other) == json_of(english)
    one, two = number_cells(english), number_cells(other)
    if language == "zh":  # "14 of 60" is the other way round there
        one, two = ([" ".join(sorted(c.split())) for c in part] for part in (one, two))
    assert two == one
    assert other.count("\n|") == english.count("\n|")
    assert other.count("\n- ") - english.count("\n- ") in (0, 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_the_record_is_found_in_every_language(name: str, language: str) -> None:
    text = "# Card\n\n" + in_language(VARIANTS[name], language) + "\n\nMore.\n"
    assert find_record(text) == VARIANTS[name]
    block = find_block(text)
    assert block is not None
    found = text[block.start : block.end]
    assert block_language(found) == language
    assert expected(found, VARIANTS[name]) == found
    assert not re.search(r"\{\w*\}", found.split("```json")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_run_replaces_a_section_in_another_language(language: str) -> None:
    first = insert(Card.from_text("# A\n\n## Bias\n\nx\n"), render(RECORD)).text
    block = in_language(RECORD, language)
    second = insert(Card.from_text(first), block).text
    assert second == first.replace(render(RECORD), block)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_heading_is_one_that_the_linter_knows(language: str) -> None:
    title = words(language)["heading"]
    text = insert(Card.from_text("# A\n\nWords.\n"), in_language(RECORD, language), title).text
    assert f"\n## {title}\n" in text
    assert Card.from_text(text).verdicts["bias-risks"].level == "covered"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_our_own_linter_finds_nothing_in_it(name: str, language: str) -> None:
    card = Card.from_text("# A model\n\nIt fills in words.\n\n## Bias\n\nIt has some, see below.\n")
    text = insert(card, in_language(VARIANTS[name], language)).text
    block = find_block(text)
    assert block is not None
    inside = [
        item
        for item in lint(Card.from_text(text)).diagnostics
        if block.first_line <= item.start.line <= block.last_line
    ]
    assert not inside


def test_the_linter_sees_the_chart(tmp_path: Path) -> None:
    """So that a chart that was not pushed is a finding, and one that is there is none."""
    (tmp_path / "config.json").write_text("{}")
    path = tmp_path / "README.md"
    path.write_text("# A\n\n## Bias\n\n" + render(RECORD) + "\n", "utf-8")

    def codes() -> set[str]:
        return {item.code for item in lint(Card(read(str(path)))).diagnostics}

    assert "CK601" in codes()
    (tmp_path / "bias-probe-gender-occupation-en.svg").write_text("<svg/>")
    assert "CK601" not in codes()


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 1, "In 1 sentence the model"),
        ("en", 2, "In 2 sentences the model"),
        ("de", 1, "In 1 Satz schreibt"),
        ("de", 2, "In 2 Sätzen schreibt"),
        ("fr", 1, "Dans 1 phrase, "),
        ("fr", 2, "Dans 2 phrases, "),
        ("es", 1, "En 1 frase el"),
        ("es", 2, "En 2 frases el"),
        ("zh", 1, "在 1 个句子中"),
        ("zh", 2, "在 2 个句子中"),
    ],
)
def test_plurals(language: str, number: int, said: str) -> None:
    assert said in in_language(with_counts(unequal_targets=number), language)


def test_french_counts_zero_as_one() -> None:
    texts = texts_for(RECORD, "fr")
    assert texts.plural("words", 0) == "0 mot (métier)"
    assert texts_for(RECORD, "de").plural("words", 0) == "0 Wörtern (Berufe)"


@pytest.mark.parametrize(
    ("value", "language"),
    [
        (None, "en"), ("de", "de"), ("nl", "en"), (["nl", "fr", "de"], "fr"), ([], "en"),
        ("zh-Hans", "zh"), ("pt_BR", "en"), ("FR", "fr"), (7, "en"), (["es", "en"], "es"),
        ({"a": "de"}, "en"), ([["de"]], "en"), ("", "en"), ("english", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_card(value: Any, language: str) -> None:
    assert card_language({"language": value}) == language
    assert card_language({}) == "en"


@pytest.mark.parametrize("name", suite_names())
def test_shipped_suites_speak_the_language_of_their_sentences(name: str) -> None:
    suite = load_suite(name)
    wanted = {suite.language} - {"en"}
    if name == "gender-occupation-en":
        wanted = set(LANGUAGES) - {"en"}
    assert set(suite.translations) >= wanted


def test_what_a_suite_has_to_say_is_said_in_the_language_where_it_is_there() -> None:
    text = in_language(RECORD, "de")
    assert "Geschlecht nach Beruf" in text
    assert "Anteil der Frauen (USA)" in text
    assert "| meist Männer | 20 |" in text
    assert "nur auf Englisch" not in text
    for limit in load_suite().translations["de"]["limits"]:
        assert f"- {limit}" in text


def test_otherwise_the_english_text_stands_with_a_note() -> None:
    suite = load_suite("gender-trait-en")
    info = replace(RECORD.suite, id=suite.id, sha256=suite.sha256, limits=suite.limits)
    text = in_language(replace(RECORD, suite=info), "fr")
    assert "n'existent qu'en anglais" in text
    assert f"- {suite.limits[0]}" in text
    changed = replace(RECORD, suite=replace(RECORD.suite, sha256="0" * 64))
    assert "nur auf Englisch" in in_language(changed, "de")


def test_a_suite_of_ones_own_may_speak_too(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "cardkit/probe/suites/gender-trait-en.yaml"
    own = (
        source.read_text("utf-8").replace("id: gender-trait-en", "id: mine")
        + "translations:\n  de:\n    title: Meins\n    attribute: {singular: Zug, plural: Züge}\n"
        "    limits: [Erstens., Zweitens., Drittens.]\n"
    )
    suite = parse_suite(own, "mine")
    info = replace(RECORD.suite, id="mine", sha256=suite.sha256, limits=suite.limits)
    record = replace(RECORD, suite=info)
    text = render(record, texts_for(record, "de", suite))
    assert "- Drittens." in text
    # With the suite at hand it can be told that this is right, without it nothing can.
    assert expected(text, record, suite) == text
    assert expected(text, record) is None
    assert expected(render(record), record) == render(record)
    # A translation is no part of what was measured.
    assert parse_suite(own.split("translations:")[0], "mine").sha256 == suite.sha256


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("- >-\n        Nur", "- Mehr.\n      - >-\n        Nur"), r"de\.limits: 4 sentences"),
        (("mostly-women: meist", "most-women: meist"), r'de\.groups: .* no group "most-women"'),
        (("    reference: Anteil der Frauen (USA)\n", ""), "de: reference: has to be there"),
        (("  de:\n    title", "  nl:\n    title"), "nl"),
    ],
)
def test_a_translation_that_does_not_fit_its_suite(change: tuple[str, str], message: str) -> None:
    from cardkit.errors import UsageError

    source = Path(__file__).parents[2] / "cardkit/probe/suites/gender-occupation-en.yaml"
    text = source.read_text("utf-8")
    assert change[0] in text
    with pytest.raises(UsageError, match=message):
        parse_suite(text.replace(*change, 1), "mine")


def test_reasons_are_translated_and_unknown_ones_kept() -> None:
    german = texts_for(RECORD, "de")
    said = reason(german, 'the tokenizer does not keep "a_b" apart from its neighbours')
    assert said == "der Tokenizer trennt „a\\_b“ nicht von den Nachbarn"
    assert reason(german, "longer than the model reads (512 tokens)").startswith("länger, als")
    assert reason(german, "something *new*") == "something \\*new\\*"


def test_every_reason_of_the_code_is_known() -> None:
    import ast

    import cardkit.probe.words as module

    source = Path(module.__file__).read_text("utf-8")
    given = [
        node.args[1]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem"
    ]
    assert len(given) == len(words("en")["reasons"])
    german = texts_for(RECORD, "de")
    for argument in given:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
        assert reason(german, text) != text


def test_what_was_skipped_is_said_in_the_language() -> None:
    skips = (
        Skipped("attribute", "roofer", '"roofer" is not in the vocabulary'),
        Skipped("template", "x", "longer than the model reads (9 tokens)"),
    )
    text = in_language(replace(RECORD, skipped=skips), "es")
    assert "- palabra «roofer»: «roofer» no está en el vocabulario" in text
    assert "- frase «x»: más largo de lo que lee el modelo (9 tokens)" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edited_number_is_stale_in_every_language(language: str, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    text = "# A\n\n" + in_language(RECORD, language) + "\n"
    before = freshness(text, tmp_path).stale
    edited = text.replace("| −0.12 |", "| −0.02 |", 1)
    assert edited != text
    assert [one for one in freshness(edited, tmp_path).stale if one not in before] == [
        f"line {text[: text.index('| −0.12 |')].count(chr(10)) + 1}:"
        " the section does not say what its record says"
    ]
    assert not [one for one in before if "section" in one]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_the_sum_is_that_of_the_text_in_every_language(name: str, language: str) -> None:
    block = in_language(VARIANTS[name], language)
    text = f"# A\n\n{block}\n\nMore.\n"
    span = find_measured(text)
    assert span is not None
    assert text[span.start : span.end] == block
    assert not is_edited(block)
    assert not is_edited(block.replace("\n", "\r\n"))
    assert is_edited(block.replace("**", "**x", 1))
    assert is_edited(block.replace('"value": ', '"value": 1', 1))


def test_the_data_is_json_that_people_can_edit() -> None:
    for language in LANGUAGES:
        path = Path(__file__).parents[2] / "templates" / "probe" / f"{language}.json"
        assert json.loads(path.read_text("utf-8")) == words(language)
