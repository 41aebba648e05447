"""How long CrowS-Pairs takes, extrapolated from a tenth of it.

    python benchmarks/probe_crows.py ../shared        BERT-base shape, random weights
    python benchmarks/probe_crows.py ../shared --threads 1

Time says nothing about a score, so random weights will do; the sentences are the real ones, every
tenth pair. The processor's time stands beside that on the clock.
"""

import argparse
import csv
import tempfile
from pathlib import Path

import torch
from probe_pipeline import now
from probe_speed import build_base

from cardkit.probe import Scorer
from cardkit.probe.quiet import quiet
from cardkit.probe.threads import limit_threads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--every", type=int, default=10)
    options = parser.parse_args()
    limit_threads()
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    path = options.shared / "bias/crows-pairs/crows_pairs_anonymized.csv"
    with path.open(encoding="utf-8", newline="") as file:
        pairs = [(row["sent_more"], row["sent_less"]) for row in csv.DictReader(file)]
    part = pairs[:: options.every]
    share = len(part) / len(pairs)
    with quiet(), tempfile.TemporaryDirectory() as name:
        build_base(Path(name))
        scorer = Scorer.load(name, device="cpu")
        sentences = [text for pair in part for text in pair]
        scorer.aul(sentences[:4])  # the first pass is slower than any later one
        print(
            f"BERT-base shape, {torch.get_num_threads()} threads, {len(part)} of {len(pairs)} pairs,"
            " extrapolated to all",
            flush=True,
        )
        for title, action in (
            ("pair_scores", lambda: scorer.pair_scores(part)),
            ("aul", lambda: scorer.aul(sentences)),
        ):
            start = now()
            action()
            clock, processor = (now() - start) / share / 60
            print(
                f"  {title:<12} {clock:6.1f} min, {processor:6.1f} min of the processor", flush=True
            )


if __name__ == "__main__":
    main()
