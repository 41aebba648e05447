"""Edit the metadata of all real cards; compare every byte outside the edit with what it was.

usage: python benchmarks/edit_bytes.py [cards.tar.xz]
"""

import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

from cardkit.authoring.update import update_card
from cardkit.card import Card
from cardkit.edit.apply import changed, expected, same
from cardkit.errors import EditError
from cardkit.facts import Fact, Facts
from cardkit.text import Source

DEFAULT = Path(__file__).parents[2] / "shared" / "cards" / "cards.tar.xz"
Operation = tuple[Any, tuple[str | int, ...], Any]
OPERATIONS: list[Operation] = [
    ("set", ("license",), "mit"),
    ("set", ("x-new",), {"a": [1, {"b": "no"}], "c": None}),
    ("set", ("model-index", 0, "results", 0, "metrics", 0, "value"), 1.5),
    ("add", ("tags",), "new tag"),
    ("add", ("datasets",), "acme/x"),
    ("remove", ("license",), None),
    ("remove", ("tags", 0), None),
    ("remove", ("model-index", 0, "results", 0, "metrics", 0), None),
]


def compare(data: bytes, operation: Operation) -> tuple[str, list[str]]:
    """Make one change; return what became of it, and what is wrong with the bytes."""
    card = Card(Source(data))
    action, path, value = operation
    try:
        new = changed(card, action, path, value)
    except EditError as error:
        words = str(error)
        kind = next((name for name in ("is not in", "shared", "does not see") if name in words), "")
        kind = {"is not in": "not there", "": "metadata unreadable"}.get(kind, kind)
        return f"refused: {kind}", []
    if new is card:
        return "nothing to change", []
    wrong = []
    start, end = _edges(data, new.source.data)
    touched, added = (
        data[start : len(data) - end],
        new.source.data[start : len(new.source.data) - end],
    )
    found = card.yaml.find(path) if card.yaml.root is not None else None
    if action == "remove":
        if added.strip():
            wrong.append("removing adds something")
    elif found is None:
        if touched:
            wrong.append("a new key touches what is there")
    else:
        key, node = found
        first = key.span.start if key else node.span.start
        last = card.source.line_span(card.source.position(max(node.span.end, first)).line).end
        if not new.text.startswith(card.text[:first]):
            wrong.append("something before the key changed")
        if not new.text.endswith(card.text[last:]):
            wrong.append("something behind the value changed")
    if not same(new.metadata, expected(card.metadata, action, path, value)):
        wrong.append("the metadata are not what they were plus the change")
    both = card.front_matter and new.front_matter
    if both and new.text[new.body_start :] != card.text[card.body_start :]:
        wrong.append("the body changed")
    if new.source.bom != card.source.bom:
        wrong.append("the byte order mark changed")
    return "done", wrong


def _edges(old: bytes, new: bytes) -> tuple[int, int]:
    """Return how many bytes are the same at the start and at the end."""
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


FACTS = Facts({"architecture": Fact("architecture", "BertModel", "config.json", "x")}, [], {})
MARKS = b"\n\n<!-- cardkit:facts begin details -->\n<!-- cardkit:facts end -->\n"


def compare_update(data: bytes) -> tuple[str, list[str]]:
    """Update a card of somebody else, and the same with marks at its end; return what became of it."""
    wrong = []
    if update_card(Card(Source(data)), FACTS).card.source.data != data:
        wrong.append("update touches a card that has no marks")
    new = update_card(Card(Source(data + MARKS)), FACTS).card.source.data
    if not new.startswith(data + MARKS[:2]):
        wrong.append("update touches what stands before its block")
    return ("updated" if new != data + MARKS else "update: marks inside code or comments"), wrong


def main(path: str) -> None:
    outcomes: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    cards = 0
    with tarfile.open(path) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            data = file.read()
            cards += 1
            for operation in OPERATIONS:
                outcome, problems = compare(data, operation)
                outcomes[outcome] += 1
                wrong.update(problems)
            outcome, problems = compare_update(data)
            outcomes[outcome] += 1
            wrong.update(problems)
    print(f"{cards} cards, {len(OPERATIONS)} edits and an update each: {sum(outcomes.values())}")
    for outcome, count in outcomes.most_common():
        print(f"  {outcome}: {count}")
    print(f"  bytes outside the edit changed: {sum(wrong.values())} {dict(wrong) or ''}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT))
