"""Print how right the verdicts on topics are, against labels that people gave by reading.

    python benchmarks/topics_accuracy.py CARDS --half work|held|fresh|fresh2|fresh3|fresh4
    python benchmarks/topics_accuracy.py OUTSIDE --half outside|outside2|… [--misses TOPIC]

CARDS is the folder that cards.tar.xz was unpacked in, OUTSIDE one with the files that
tests/labels/outside-sources.jsonl (outside2-… and so on) names. Intervals are Wilson's, 95 %.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from cardkit.card import Card
from cardkit.text import Source

LABELS = Path(__file__).parents[1] / "tests" / "labels"
OUTSIDE = ("outside", "outside2", "outside3", "outside4", "outside5")
HALVES = ("work", "held", "fresh", "fresh2", "fresh3", "fresh4", *OUTSIDE)
LEVELS = ("covered", "thin", "placeholder", "absent")


def read(name: str) -> list[dict]:
    return [json.loads(line) for line in (LABELS / name).read_text("utf-8").splitlines()]


def wilson(hits: int, n: int) -> str:
    if n == 0:
        return "  -  (no cases)"
    p, z = hits / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
    return f"{p:.3f} [{middle - half:.2f}, {middle + half:.2f}] n={n}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cards", type=Path)
    parser.add_argument("--half", default="work", choices=HALVES)
    parser.add_argument(
        "--misses", metavar="TOPIC", help="also print where reader and verdict part"
    )
    parser.add_argument("--all", action="store_true", help="with --misses: all four verdicts")
    options = parser.parse_args()
    cards, half, misses = options.cards, options.half, options.misses
    halves = {}
    for line in (LABELS / "drawn.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        halves[row["file"]] = row["half"]
    counts: dict[str, Counter[tuple[str, str]]] = {}
    if half.startswith(("fresh", "outside")):
        rows = read(f"{half}.jsonl")
    else:
        rows = [row for row in read("topics.jsonl") if halves[row["file"]] == half]
    if half == "work":
        rows += read("more.jsonl")
    either: Counter[tuple[str, str]] = Counter()
    for row in rows:
        card = Card(Source((cards / row["file"]).read_bytes(), row["file"]))
        for topic, label in row["topics"].items():
            got = card.verdicts[topic]
            counts.setdefault(topic, Counter())[label["verdict"], got.level] += 1
            wrong = (label["verdict"] in LEVELS[:2]) != got.present
            if misses == topic and (wrong or (label["verdict"] != got.level and options.all)):
                place = [card.source.position(span.start).line for span in got.spans]
                print(
                    f"{row['file']}: read {label['verdict']} {label['lines']}, found {got.level} {place} {got.evidence!r}"
                )
        pair = ("limitations", "bias-risks")
        either[
            min((row["topics"][topic]["verdict"] for topic in pair), key=LEVELS.index),
            min((card.verdicts[topic].level for topic in pair), key=LEVELS.index),
        ] += 1
    print(f"half {half}: {sum(next(iter(counts.values())).values())} cards")
    pool: Counter[tuple[str, str]] = Counter()
    for topic, table in counts.items():
        report(topic, table)
        if topic in ("limitations", "bias-risks"):
            pool += table
    report("limitations + bias-risks", pool)
    report("limitations or bias-risks", either)
    everything = sum(counts.values(), Counter())
    right = sum(n for (a, b), n in everything.items() if a == b)
    print(f"four verdicts, all topics: {wilson(right, sum(everything.values()))}")
    print(f"{'read / found':14}" + "".join(f"{level:>12}" for level in LEVELS))
    for level in LEVELS:
        print(f"{level:14}" + "".join(f"{everything[level, found]:12}" for found in LEVELS))


def report(topic: str, table: Counter[tuple[str, str]]) -> None:
    present = LEVELS[:2]
    positives = sum(n for (read, _), n in table.items() if read in present)
    claimed = sum(n for (_, found), n in table.items() if found in present)
    both = sum(n for (read, found), n in table.items() if read in present and found in present)
    right = sum(n for (read, found), n in table.items() if read == found)
    few = "" if positives >= 20 else "  (too few)"
    print(
        f"{topic:25} recall {wilson(both, positives):28} precision {wilson(both, claimed):28} four {right / sum(table.values()):.2f}{few}"
    )


if __name__ == "__main__":
    main()
