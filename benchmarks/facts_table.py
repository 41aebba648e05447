"""Print what `cardkit new` takes from real model folders, as a table: fact, value, file and key.

usage: python benchmarks/facts_table.py [modeldirs.tar.xz]
"""

import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from cardkit.authoring.write import Request, compose
from cardkit.card import Card
from cardkit.engine import lint
from cardkit.facts import read_facts

DEFAULT = Path(__file__).parents[2] / "shared" / "cards" / "modeldirs.tar.xz"


def short(value: Any) -> str:
    """Return a value on one line of a table."""
    if isinstance(value, list) and value and isinstance(value[0], tuple | list | dict):
        return f"{len(value)} rows, from {short(value[0])} to {short(value[-1])}"
    if isinstance(value, list) and len(value) > 4:
        return f"{len(value)} names, from {value[0]} to {value[-1]}"
    text = " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= 110 else text[:107] + "…"


def main(path: str) -> None:
    count = 0
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(path) as tar:
            tar.extractall(place, filter="data")
        for folder in sorted(item for item in Path(place).iterdir() if item.is_dir()):
            start = time.process_time()
            facts = read_facts(str(folder))
            card = compose(facts, Request(folder.name))
            seconds = time.process_time() - start
            report = lint(Card.from_text(card.text))
            errors = [item for item in report.diagnostics if item.ground == "hub-error"]
            name = folder.name.replace("__", "/")
            print(f"### {name}\n\n{len(facts.by_name)} facts, {len(errors)} Hub errors, ", end="")
            print(f"{len(card.left)} sections left as TODO.\n")
            print("| fact | value | file: key |\n|---|---|---|")
            for fact in facts.by_name.values():
                print(f"| {fact.name} | {short(fact.value)} | {fact.source.rstrip(': ')} |")
            print()
            count += len(facts.by_name)
            print(f"{seconds:.2f} s", file=sys.stderr)
    print(f"{count} facts in all", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT))
