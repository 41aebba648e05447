"""Every rule: documented, its examples true, its code permanent, and at work on real cards."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardkit.card import Card
from cardkit.engine import lint
from cardkit.profiles import all_profiles
from cardkit.rule import Rule, read_doc
from cardkit.rules import all_rules, by_name
from cardkit.selection import select
from cardkit.text import Source

RULES = all_rules()
#: Findings that need bytes or a size that an example cannot show.
NO_EXAMPLE = {"CK001", "CK002", "CK014", "CK022", "CK901", "CK902", "CK903", "CK911", "CK912"}
#: Findings about files beside the card: tests/test_beside.py shows them.
NO_EXAMPLE |= {f"CK80{i}" for i in range(1, 10)}
IDS = [rule.name for rule in RULES]


def codes(text: str, path: str = "README.md") -> set[str]:
    found = lint(Card.from_text(text, path), select("accountable", ["ALL"])).diagnostics
    return {item.code for item in found}


@pytest.fixture(scope="session")
def beside_a_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a card in a folder that holds a model."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "config.json").write_text("{}", "utf-8")
    return str(folder / "README.md")


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_documentation_is_whole(rule: Rule) -> None:
    doc = read_doc(rule)
    assert doc.summary.endswith(".")
    assert doc.source
    assert rule.code in NO_EXAMPLE or doc.bad
    assert rule.name == rule.name.lower()
    assert not rule.name.startswith("no-")


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_bad_examples_are_found_and_good_ones_are_not(rule: Rule, beside_a_model: str) -> None:
    doc = read_doc(rule)
    for text in doc.bad:
        assert rule.code in codes(text, beside_a_model), text
    for text in doc.good:
        assert rule.code not in codes(text, beside_a_model), text


def test_codes_are_permanent() -> None:
    """A code may be added here, never changed or taken out: configurations rely on it."""
    known = (Path(__file__).parent / "codes.txt").read_text("utf-8").split("\n")
    assert [f"{rule.code} {rule.name}" for rule in RULES] == [line for line in known if line]


def test_codes_and_names_are_unique() -> None:
    assert len(by_name()) == 2 * len(RULES)


def test_profiles_name_rules_that_exist_and_include_each_other() -> None:
    lower: frozenset[str] = frozenset()
    for profile in all_profiles():
        assert profile.requires | profile.advises <= set(IDS)
        assert lower <= profile.requires
        lower = profile.requires
    advice = {rule.name for rule in RULES if rule.ground == "advice"}
    assert all(profile.requires | profile.advises <= advice for profile in all_profiles())


#: Rules about situations that no shared card and no entry of mistakes.json shows.
UNSEEN = {
    "CK002": "an empty file",
    "CK014": "carriage returns alone: shown by the entry crcrlf, which JSON writes as text",
    "CK015": "a block of blank lines: known from the Hub's answers",
    "CK022": "a YAML bomb",
    "CK112": "of dataset cards alone",
    "CK109": "known from huggingface_hub's own tests",
    "CK214": "buckets are newer than the shared cards",
    "CK217": "documented by hub-docs; rare",
    "CK218": "the Hub refuses most of these as ids by now",
    "CK209": "documented by hub-docs; the shared cards of 2024 were pushed through that check",
    "CK509": "people boast of other things; the claim is named by Mitchell et al. as what to avoid",
    "CK601": "the shared cards lie beside no other file",
    "CK603": "the one shared card that has them needs them: it mixes Persian and English",
    "CK611": "known from the literature; no shared card does it",
    "CK512": "what cardkit wrote and somebody edited; the shared cards are older than cardkit",
    **dict.fromkeys(
        (f"CK80{i}" for i in range(1, 10)), "the shared cards lie beside no other file"
    ),
    "CK901": "a bug of cardkit's",
    "CK902": "a comment of cardkit's",
    "CK903": "a comment of cardkit's",
    "CK911": "an answer of the Hub's own",
    "CK912": "an answer of the Hub's own",
}


def test_each_rule_fires_on_a_real_card_or_a_known_mistake(
    real_cards: dict[str, bytes], mistakes: list[dict[str, Any]]
) -> None:
    selection = select("accountable", ["ALL"])
    seen: set[str] = set()
    for name, data in real_cards.items():
        seen |= {item.code for item in lint(Card(Source(data, name)), selection).diagnostics}
    for mistake in mistakes:
        seen |= codes(as_card(mistake))
    assert {rule.code for rule in RULES} - seen <= set(UNSEEN)


def as_card(mistake: dict[str, Any]) -> str:
    """Return a mistake as a whole card; most entries are lines of the metadata."""
    wrong = mistake["wrong"].replace("\\r", "\r").replace("\\n", "\n")
    if wrong.startswith(("---", "<!--", "*.md")):
        return wrong
    index = {"dataset": 8, "results": 2, "revision": 10, "metrics": 6, "source": 6}
    first = wrong.split(":")[0]
    if mistake["id"].startswith("index") and first in index:
        wrong = in_index(first, wrong)
    return f"---\n{wrong}\n---\n# A model\n"


def in_index(key: str, lines: str) -> str:
    """Put the lines of a mistake where they belong in a whole model-index."""
    result: dict[str, Any] = {
        "task": {"type": "text-classification"},
        "dataset": {"type": "mail", "name": "Mail"},
        "metrics": [{"type": "accuracy", "value": 0.9}],
    }
    pad = "\n".join("    " + line for line in lines.split("\n"))
    if key == "results":
        return "model-index:\n- name: m\n" + "\n".join("  " + line for line in lines.split("\n"))
    if key == "revision":
        del result["dataset"]
        pad = f"    dataset:\n      type: mail\n      name: Mail\n      {lines}"
    else:
        result.pop(key, None)
    rest = "\n".join(f"    {name}: {json.dumps(value)}" for name, value in result.items())
    return f"model-index:\n- name: m\n  results:\n  -\n{rest}\n{pad}"


#: entry of mistakes.json -> the rule that must find it. The rest come with later work.
EXPECTED = {
    "license-freetext": "CK203",
    "license-list-unlisted": "CK203",
    "license-other-bare": "CK207",
    "licence-typo": "CK101",
    "licenses-plural": "CK101",
    "license-renamed": "CK203",
    "language-region": "CK201",
    "language-underscore": "CK201",
    "language-null": "CK102",
    "language-filler": "CK201",
    "language-norwegian": "CK024",
    "language-programming": "CK201",
    "base-model-path": "CK204",
    "base-model-prose": "CK204",
    "relation-invented": "CK206",
    "datasets-null-item": "CK102",
    "datasets-prose": "CK205",
    "datasets-empty-key": "CK102",
    "widget-mapping": "CK103",
    "index-no-results": "CK401",
    "index-config-not-string": "CK402",
    "index-revision-digits": "CK402",
    "index-metric-config-object": "CK402",
    "index-source-no-url": "CK401",
    "duplicate-key": "CK021",
    "unquoted-colon": "CK020",
    "dash-no-space": "CK020",
    "wrong-key-pipeline": "CK101",
    "retired-tag": "CK202",
    "tags-string": "CK103",
    "gated-fields-list": "CK105",
    "front-matter-not-first": "CK012",
    "crcrlf": "CK014",
}


def test_known_mistakes_are_found(mistakes: list[dict[str, Any]]) -> None:
    texts = {mistake["id"]: as_card(mistake) for mistake in mistakes}
    missed = {id_: code for id_, code in EXPECTED.items() if code not in codes(texts[id_])}
    assert missed == {}
