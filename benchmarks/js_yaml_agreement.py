"""Compare cardkit's reading of YAML with js-yaml's: on the metadata of real cards, and on mutations.

Run:  npm install --no-package-lock --prefix tests/js
      python benchmarks/js_yaml_agreement.py SHARED [--mutations 20000] [--seed 1]

A mutation changes a block at one to three places (tests/mutations.py). Compared are: accepted or
refused; the value where both accept; words, line and column where both refuse. Every disagreement is
counted by its kind, and some are shown.
"""

import argparse
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from cardkit.frontmatter import find_front_matter
from cardkit.text import Source
from cardkit.yaml12 import parse
from tests.mutations import mutations
from tests.reference import as_answer, ask, node_folder, same


def blocks(shared: Path) -> list[str]:
    """Return the metadata block of each card that has one."""
    found = []
    with tarfile.open(shared / "cards" / "cards.tar.xz") as tar:
        for member in tar:
            if member.isfile() and (file := tar.extractfile(member)):
                text = Source(file.read()).text
                if block := find_front_matter(text):
                    found.append(text[block.content.start : block.content.end])
    return found


def disagreement(ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """Return the kind of a disagreement, or None."""
    if ours["ok"] != theirs["ok"]:
        return f"refused by {'js-yaml' if ours['ok'] else 'cardkit'} alone"
    if ours["ok"]:
        return None if same(ours["value"], theirs["value"]) else "another value"
    place = [(answer["line"], answer["column"]) for answer in (ours, theirs)]
    if ours["message"] != theirs["message"]:
        return "refused in other words"
    return None if place[0] == place[1] else "refused at another place"


def compare(name: str, texts: list[str], shown: int = 5) -> None:
    theirs = ask("read.cjs", texts)
    ours = [as_answer(parse(text)) for text in texts]
    refused = sum(not answer["ok"] for answer in theirs)
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for text, own, other in zip(texts, ours, theirs, strict=True):
        if kind := disagreement(own, other):
            kinds[kind] += 1
            examples.setdefault(kind, []).append(text)
    both = sum(own["ok"] and other["ok"] for own, other in zip(ours, theirs, strict=True))
    verdicts = sum(count for kind, count in kinds.items() if "alone" in kind)
    print(f"{name}: {len(texts)} texts, {refused} refused by js-yaml ({refused / len(texts):.1%})")
    print(f"  accepted or refused alike: {1 - verdicts / len(texts):.4%}")
    print(f"  same value where both accept: {1 - kinds['another value'] / max(both, 1):.4%}")
    sentences = kinds["refused in other words"] + kinds["refused at another place"]
    print(f"  same words and place where both refuse: {1 - sentences / max(refused, 1):.4%}")
    for kind, count in sorted(kinds.items()):
        print(f"  {kind}: {count}")
        for text in examples[kind][:shown]:
            print(f"    {text!r}"[:400])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if node_folder() is None:
        sys.exit("node, or the packages of tests/js/package.json, are not there: see the docstring")
    cards = blocks(options.shared)
    compare("metadata of cards", cards)
    short = sorted({text for text in cards if len(text) < 3000})
    mutated = [text for _, text in mutations(short, options.mutations, options.seed)]
    compare(f"mutations (seed {options.seed})", mutated)


if __name__ == "__main__":
    main()
