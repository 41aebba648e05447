"""Print how far two readers of the same cards agree, topic by topic.

    python benchmarks/label_agreement.py                     topics.jsonl against second.jsonl
    python benchmarks/label_agreement.py --set outside5      outside5.jsonl against outside5-second.jsonl

Both lie in tests/labels; kappa is Cohen's.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

LABELS = Path(__file__).parents[1] / "tests" / "labels"
PRESENT = {"covered": "present", "thin": "present", "placeholder": "not", "absent": "not"}


def read(name: str) -> dict[str, dict[str, str]]:
    rows = map(json.loads, (LABELS / name).read_text("utf-8").splitlines())
    return {r["file"]: {t: v["verdict"] for t, v in r["topics"].items()} for r in rows}


def kappa(pairs: list[tuple[str, str]]) -> float:
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[k] * second[k] for k in first) / n**2
    seen = sum(a == b for a, b in pairs) / n
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--set", choices=("outside", "outside5"))
    name = parser.parse_args().set
    names = (f"{name}.jsonl", f"{name}-second.jsonl") if name else ("topics.jsonl", "second.jsonl")
    one, two = map(read, names)
    files = sorted(one.keys() & two.keys())
    print(f"{len(files)} cards read by both readers")
    print(f"{'topic':22} {'4 verdicts':>10} {'kappa':>6} {'present?':>9} {'kappa':>6}")
    everything: list[tuple[str, str]] = []
    for topic in next(iter(one.values())):
        pairs = [(one[f][topic], two[f][topic]) for f in files]
        everything += pairs
        line(topic, pairs)
    line("all", everything)
    warned = [[warns(labels[file]) for file in files] for labels in (one, two)]
    both = sum(a and b for a, b in zip(*warned, strict=True))
    print(
        "limitations or bias-risks, the second reader taken for a tool:"
        f" recall {both / sum(warned[0]):.3f}, precision {both / sum(warned[1]):.3f}"
    )


def warns(labels: dict[str, str]) -> bool:
    return any(PRESENT[labels[topic]] == "present" for topic in ("limitations", "bias-risks"))


def line(name: str, pairs: list[tuple[str, str]]) -> None:
    binary = [(PRESENT[a], PRESENT[b]) for a, b in pairs]
    same = [sum(a == b for a, b in p) / len(p) for p in (pairs, binary)]
    print(f"{name:22} {same[0]:10.2f} {kappa(pairs):6.2f} {same[1]:9.2f} {kappa(binary):6.2f}")


if __name__ == "__main__":
    main()
