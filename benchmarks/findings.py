"""Count findings on real cards, by rule and by kind of card; or draw some to be read one by one.

Run:  python benchmarks/findings.py SHARED > docs/findings.md
      python benchmarks/findings.py SHARED --draw SEED [--per-rule 5] [--profile documented] [--held]

SHARED is the folder that holds cards/index.jsonl and cards/cards.tar.xz. A kind of card is the tool
that wrote it, or its language where people wrote it. Cards of the `held` half of the labels are
counted, but drawn only with --held, which draws from them alone: they are kept for a last look.
"""

import argparse
import json
import random
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardkit.card import Card
from cardkit.diagnostic import Diagnostic
from cardkit.engine import Report, lint
from cardkit.report.full import group
from cardkit.rules import by_name
from cardkit.selection import select
from cardkit.text import Source

LABELS = Path(__file__).parents[1] / "tests" / "labels"


def cards(shared: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    lines = (shared / "cards" / "index.jsonl").read_text("utf-8").splitlines()
    rows = {row["file"]: row for row in map(json.loads, lines)}
    with tarfile.open(shared / "cards" / "cards.tar.xz") as tar:
        for member in tar:
            if member.isfile() and (file := tar.extractfile(member)):
                yield rows[member.name.removeprefix("./")], file.read()


def kind(row: dict[str, Any]) -> str:
    if row["autogen"]:
        return str(row["autogen"][0])
    return {"en": "people, English", "zh": "people, Chinese", "und": "people, no text"}.get(
        row["lang"], "people, other"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--draw", type=int)
    parser.add_argument("--per-rule", type=int, default=5)
    parser.add_argument("--profile")
    parser.add_argument("--held", action="store_true")
    options = parser.parse_args()
    if options.draw is None:
        table(options.shared)
    else:
        draw(options.shared, options.draw, options.per_rule, options.profile, options.held)


def table(shared: Path) -> None:
    everything = select("accountable", ["ALL"])
    shown = select()
    by_rule: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    lengths = []
    clusters: dict[str, set[int]] = {}
    for row, data in cards(shared):
        name = kind(row)
        sizes[name] += 1
        card = Card(Source(data, row["file"]))
        whole = lint(card, everything)
        for code in {item.code for item in (*whole.diagnostics, *whole.hidden)}:
            by_rule.setdefault(code, Counter())[name] += 1
            clusters.setdefault(code, set()).add(row["cluster"])
        report = lint(card, shown)
        reached[report.reached or "none"] += 1
        lengths.append((len(group(report.diagnostics)), len(report.diagnostics)))
    columns = [name for name, _ in sizes.most_common(12)]
    rest = sum(sizes.values()) - sum(sizes[name] for name in columns)
    print("# Findings on real cards\n")
    print(
        f"{sum(sizes.values())} cards of 2020 to 2024, all rules of all profiles. A cell is the number of"
    )
    print("cards with at least one finding; `clusters` counts near-duplicates once.")
    print("Made by `python benchmarks/findings.py SHARED > docs/findings.md`.\n")
    shown_, all_ = (sorted(column) for column in zip(*lengths, strict=True))
    print("In the default profile, repeated findings of a card put together as `full` shows them,")
    print(
        f"a card has {middle(shown_)} findings (median; 90 % have at most {high(shown_)}, the most is"
    )
    print(
        f"{shown_[-1]}); one by one, as `concise` and `json` have them, {middle(all_)} (90 % at most"
    )
    print(f"{high(all_)}, the most {all_[-1]}). Profiles reached:")
    print(", ".join(f"{name} {n}" for name, n in reached.most_common()) + ".\n")
    print(f"| rule | cards | clusters | {' | '.join(columns)} | other |")
    print(f"|---|{'---:|' * (len(columns) + 3)}")
    cells = " | ".join(f"**{sizes[name]}**" for name in columns)
    print(f"| *all cards* | **{sum(sizes.values())}** | | {cells} | **{rest}** |")
    for code, counts in sorted(by_rule.items()):
        total = sum(counts.values())
        other = total - sum(counts[name] for name in columns)
        cells = " | ".join(str(counts[name] or "") for name in columns)
        label = by_name()[code].label
        print(f"| {label} | {total} | {len(clusters[code])} | {cells} | {other or ''} |")


def middle(values: list[int]) -> int:
    return values[len(values) // 2]


def high(values: list[int]) -> int:
    return values[int(len(values) * 0.9)]


def draw(shared: Path, seed: int, per_rule: int, profile: str | None, last: bool) -> None:
    selection = select(profile)
    halves = map(json.loads, (LABELS / "drawn.jsonl").read_text("utf-8").splitlines())
    held = {row["file"] for row in halves if row["half"] == "held"}
    found: dict[str, list[tuple[Report, Diagnostic]]] = {}
    for row, data in cards(shared):
        if (row["file"] in held) != last:
            continue
        report = lint(Card(Source(data, row["file"])), selection)
        for item in report.diagnostics:
            found.setdefault(item.code, []).append((report, item))
    rng = random.Random(seed)
    for _, items in sorted(found.items()):
        for report, item in rng.sample(items, min(per_rule, len(items))):
            span = report.card.source.line_span(item.start.line)
            row_ = {
                "file": item.path,
                "line": item.start.line,
                "column": item.start.column,
                "code": item.code,
                "name": item.name,
                "target": item.target,
                "message": item.message,
                "help": item.help,
                "fix": item.fix.message if item.fix else None,
                "text": report.card.text[span.start : span.end][:200],
            }
            print(json.dumps(row_, ensure_ascii=False))


if __name__ == "__main__":
    main()
