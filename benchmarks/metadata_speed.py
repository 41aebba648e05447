"""Measure what linting the metadata alone costs: CPU a card over many cards, in one process.

Run:  python benchmarks/metadata_speed.py SHARED

From the bytes of the file to the findings of all rules on the file, its YAML and its metadata (CK0,
CK1, CK2, CK4); the body is not parsed. Each card is a fresh object. Modules are loaded before.
"""

import resource
import sys
import tarfile
import time
from pathlib import Path

from cardkit.card import Card
from cardkit.rule import Rule
from cardkit.rules import all_rules
from cardkit.text import Source

FAMILIES = ("CK0", "CK1", "CK2", "CK4")
#: Rules of these families that read the body as well.
OF_THE_BODY = ("results-disagree",)
RUNS = 5


def lint_metadata(data: bytes, rules: list[Rule]) -> int:
    card = Card(Source(data))
    kind = card.kind
    return sum(1 for rule in rules if kind in rule.kinds for _ in rule.check(card))


def main(shared: str) -> None:
    with tarfile.open(Path(shared, "cards", "cards.tar.xz")) as tar:
        cards = [
            file.read() for member in tar if member.isfile() and (file := tar.extractfile(member))
        ]
    rules = [rule for rule in all_rules() if rule.code.startswith(FAMILIES)]
    rules = [rule for rule in rules if rule.name not in OF_THE_BODY]
    best = [float("inf")] * len(cards)
    totals = []
    found = 0
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_SELF)
        found = 0
        for i, data in enumerate(cards):
            start = time.process_time()
            found += lint_metadata(data, rules)
            best[i] = min(best[i], time.process_time() - start)
        after = resource.getrusage(resource.RUSAGE_SELF)
        totals.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    best.sort()
    print(f"{len(rules)} rules, {len(cards)} cards, {found} findings")
    print(
        f"CPU a card: mean {min(totals) / len(cards) * 1000:.3f} ms (best of {RUNS} runs; "
        f"of all: {', '.join(f'{total / len(cards) * 1000:.3f}' for total in totals)}), "
        f"median {best[len(best) // 2] * 1000:.3f}, p99 {best[int(len(best) * 0.99)] * 1000:.2f}"
    )


if __name__ == "__main__":
    main(sys.argv[1])
