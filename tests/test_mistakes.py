"""Mistakes that people made: each is found, in its line, on its ground, and mended where that can be."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardkit.card import Card
from cardkit.engine import lint
from cardkit.selection import select
from tests.test_fix import fixed
from tests.test_rules import as_card

EVERYTHING = select("accountable", ["ALL"])
CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "mistakes.json").read_text("utf-8")
)
BY_ID = {case["id"]: case for case in CASES}


def found(card: str, code: str, path: str = "README.md") -> list[tuple[int, str]]:
    report = lint(Card.from_text(card, path), EVERYTHING)
    return [(item.start.line, item.ground) for item in report.diagnostics if item.code == code]


@pytest.mark.parametrize("case", CASES, ids=list(BY_ID))
def test_mistakes_like_those_of_people_are_found_and_mended(case: dict[str, Any]) -> None:
    assert found(case["card"], case["code"])[:1] == [(case["line"], case["ground"])]
    if "fixed" in case:
        assert fixed(case["card"], unsafe=case["safety"] == "unsafe") == case["fixed"]
        assert fixed(case["fixed"], unsafe=True) == case["fixed"]
        assert found(case["fixed"], case["code"]) == []


#: Where the shared entry, written out as a whole card, has its fault in another line than our own case.
LINES = {
    "datasets-null-item": 3,
    "language-null": 2,
    "language-filler": 2,
    "base-model-path": 2,
    "relation-invented": 2,
    "index-config-not-string": 8,
    "index-revision-digits": 11,
    "index-source-no-url": 10,
    "index-metric-config-object": 9,
    "index-two-entries": 4,
    "index-args-only-difference": 9,
    "unquoted-colon": 2,
}
#: What is right here needs knowledge that no program has (which licence, which values), or the entry
#: is a key alone: taking it out would leave an empty block, which is worse.
WITHOUT_FIX = {
    "license-list-unlisted", "license-other-bare", "licence-typo", "language-null", "language-filler",
    "base-model-path", "base-model-prose", "relation-invented", "datasets-null-item",
    "index-metric-config-object", "index-source-no-url", "index-no-dataset", "index-two-entries",
    "index-args-only-difference", "readme-in-lfs",
}  # fmt: skip


def whole_card(mistake: dict[str, Any]) -> str:
    if mistake["id"] == "index-args-only-difference":  # the entry says it in words
        return str(BY_ID[mistake["id"]]["card"])
    return as_card(mistake)


def test_every_known_mistake_is_found_in_its_line(
    mistakes: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert len(mistakes) == 39
    assert {mistake["id"] for mistake in mistakes} == set(BY_ID)
    wrong = []
    for mistake in mistakes:
        case, card = BY_ID[mistake["id"]], whole_card(mistake)
        line, code, path = LINES.get(case["id"], case["line"]), case["code"], "README.md"
        if case["id"] == "readme-in-lfs":
            attributes = mistake["wrong"].partition(": ")[2]
            (tmp_path / ".gitattributes").write_text(attributes, "utf-8")
            card, code, path = "# A model\n", "CK808", str(tmp_path / "README.md")
        told = found(card, code, path)
        if told[:1] != [(line, case["ground"])]:
            wrong.append((case["id"], code, told, line, case["ground"]))
        ground = {"error": "hub-error", "warning": "hub-warning"}.get(mistake["hub"].split()[0])
        if case["id"] == "licenses-plural":
            ground = None  # an error on datasets alone
        if ground and case["ground"] != ground:
            wrong.append((case["id"], case["ground"], mistake["hub"]))
    assert wrong == []


def test_every_known_mistake_with_a_known_right_is_mended(mistakes: list[dict[str, Any]]) -> None:
    left = []
    for mistake in mistakes:
        case, card = BY_ID[mistake["id"]], whole_card(mistake)
        if case["id"] in WITHOUT_FIX:
            continue
        mended = fixed(card, unsafe=True)
        if found(mended, case["code"]) or fixed(mended, unsafe=True) != mended:
            left.append((case["id"], mended))
    assert left == []
