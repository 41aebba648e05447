"""The Hub's verdict: cardkit against the Hub's known messages, and against a checker over Joi."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cardkit.text import Source
from tests.hub_verdict import disagreement, plain, verdict, write_lists
from tests.reference import ask, node_folder

needs_node = pytest.mark.skipif(node_folder() is None, reason="no node with js-yaml and Joi")
CASES = json.loads((Path(__file__).parent / "cases" / "hub_messages.json").read_text("utf-8"))
#: What the Hub was once seen to say, and no longer does or never did of a model's card.
OTHER = {
    '"language[0]" must only contain lowercase characters',  # of 2023
    "size_categories (datasets)",
    "task_ids (datasets)",
    "task_categories (datasets)",
    "short_description (spaces)",
    "colorFrom (spaces)",
}


@pytest.mark.parametrize("case", CASES, ids=[case["card"][:60] for case in CASES])
def test_the_hubs_own_words_are_told(case: dict[str, Any]) -> None:
    status, found = verdict(case["card"].encode("utf-8"))
    assert status == case["status"]
    told = [plain(item.hub_message) for item in found if item.hub_message]
    assert told == [plain(message) for message in case["messages"]]


@pytest.fixture
def lists(tmp_path: Path) -> str:
    return write_lists(tmp_path)


@needs_node
def test_the_checker_says_what_the_hub_was_seen_to_say(lists: str) -> None:
    answers = ask("verdict.cjs", [case["card"] for case in CASES], lists)
    for case, answer in zip(CASES, answers, strict=True):
        assert answer["status"] == case["status"], case["card"]
        told = [plain(error["message"]) for error in answer["errors"]]
        assert told == [plain(message) for message in case["messages"]], case["card"]


def shape(message: str) -> str:
    """Return a message without what differs from card to card: values and places."""
    message = re.sub(r'with value "[^"]*"', 'with value "…"', plain(message))
    message = re.sub(r'pipeline tag "[^"]*"', 'pipeline tag "…"', message)
    return re.sub(r" \(\d+:\d+\)|\[\d+\]", "", message)


def test_the_cases_hold_every_message_that_was_observed(
    shared: Path, mistakes: list[dict[str, Any]]
) -> None:
    known = json.loads((shared / "hub" / "validator_messages.json").read_text("utf-8"))
    seen = {row["message"] for row in known["structure"] if row["message"]}
    seen |= {row["message"] for row in known["fields_observed"] if row["field"] not in OTHER}
    quoted = [row["message"] or "" for row in mistakes if row["hub"].startswith(("error", "warn"))]
    for text in quoted:
        text = re.sub(r" \(derived.*| \(2023\).*| …$", "", text)
        if "openmdw" not in text and "is not allowed" not in text:
            seen.add(text)
    ours = {shape(message) for case in CASES for message in case["messages"]}
    missing = [m for m in seen - OTHER if not any(our.startswith(shape(m)) for our in ours)]
    assert missing == []


@needs_node
def test_real_cards_get_the_same_verdict(real_cards: dict[str, bytes], lists: str) -> None:
    texts = [Source(data).text for data in real_cards.values()]
    answers = ask("verdict.cjs", texts, lists)
    found = {
        name: kind
        for (name, data), answer in zip(real_cards.items(), answers, strict=True)
        if (kind := disagreement(data, answer))
    }
    assert {answer["status"] for answer in answers} == {"ok", "warning", "error"}
    assert len(found) <= 0.001 * len(real_cards), found
