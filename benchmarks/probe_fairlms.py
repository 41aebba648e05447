"""The same cells by fairlms (its LogProbabilityBiasScore) and by the bias probe.

    python -m pip install -c constraints.txt ".[probe]" fairlms==0.5.0     best in an environment of its own
    python benchmarks/probe_fairlms.py             BERT-base shape, random weights, two targets

Without fairlms it says so and ends. fairlms is timed on cells drawn at random and extrapolated to
all; the probe on all of them, from sentences to effects, without statistics. They take turns, and
factors are taken within a round. Of the four passes that fairlms makes for a word two are for
another figure (how likely the word is given each target), which cannot be switched off; half of
the factor is therefore printed as well. Where an occupation is one token both give the same number,
but for the 1e-10 that fairlms adds to probabilities; for a longer one fairlms reads the prior with
one mask in its place, the probe with as many as it has tokens.
"""

import argparse
import tempfile
import warnings
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from probe_pipeline import Cell, by_probe, drawn, now
from probe_speed import SUITE, build_base

from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate
from cardkit.probe.quiet import quiet
from cardkit.probe.threads import limit_threads


def by_fairlms(masked: MaskedLM, cells: list[Cell]) -> dict[Cell, float]:
    """Return the effects of some cells, in nats."""
    from fairlms.metrics import LogProbabilityBiasScore

    groups: dict[tuple[int, str | None], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell[0], SUITE.attributes[cell[1]].article].append(cell)
    effects = {}
    for (t, article), some in groups.items():
        template = SUITE.templates[t]
        first = template.index("{target}") < template.index("{attribute}")
        template = template.replace("{article}", article or "")
        metric = LogProbabilityBiasScore(
            gender_words=(SUITE.positive, SUITE.negative),
            template=template.replace("{target}", "GGG").replace("{attribute}", "XXX"),
            gender_comes_first=first,
        )
        words = [SUITE.attributes[a].word for _, a in some]
        with warnings.catch_warnings():  # the spread of a single word
            warnings.simplefilter("ignore")
            result = metric.compute(masked.model, words, tokenizer=masked.tokenizer)
        for cell, outcome in zip(some, result.details["outcomes"], strict=True):
            effects[cell] = outcome["gender_fill_bias_prior_corrected"]
    return effects


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cells", type=int, default=48, help="cells given to fairlms")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", type=Path, help="a BERT with weights, to compare numbers on")
    options = parser.parse_args()
    if find_spec("fairlms") is None:
        print(
            "skipped: fairlms is not installed here; python -m pip install -c constraints.txt"
            ' ".[probe]" fairlms==0.5.0'
        )
        return
    limit_threads()
    with quiet(), tempfile.TemporaryDirectory() as name:
        if options.model is None:
            build_base(Path(name))
        masked = load(locate(str(options.model or name)))
        cells = drawn(SUITE, options.cells)
        by_fairlms(masked, cells[:2])  # the first pass is slower than any later one
        total = len(SUITE.templates) * len(SUITE.attributes)
        ours, theirs = [], []
        for _ in range(options.rounds):
            start = now()
            effects, rows = by_probe(masked, SUITE)
            ours.append(now() - start)
            start = now()
            found = by_fairlms(masked, cells)
            theirs.append((now() - start) * total / len(cells))
    what = options.model.name if options.model else "BERT-base shape"
    print(
        f"{what}, {torch.get_num_threads()} threads, {total} cells,"
        f" median of {options.rounds} rounds"
    )
    for title, times in (("bias probe", ours), ("fairlms", theirs)):
        seconds = np.median(times, axis=0)
        print(f"  {title:<11} {seconds[0]:8.1f} s, {seconds[1]:8.1f} s of the processor")
    clock, processor = np.median(np.array(theirs) / np.array(ours), axis=0)
    print(
        f"  times as long: {clock:.1f} and {processor:.1f};"
        f" with half of its passes {clock / 2:.1f} and {processor / 2:.1f}"
    )
    for title, longer in (("one token", False), ("more tokens", True)):
        differences = [
            abs(effects[cell] - value)
            for cell, value in found.items()
            if longer == (len(masked.tokenizer.tokenize(SUITE.attributes[cell[1]].word)) > 1)
        ]
        if differences:
            print(
                f"  occupations of {title:<11}: {len(differences):3} cells, effects differ by"
                f" {max(differences):.1e} nats at most, {np.mean(differences):.1e} on average"
            )
    print(f"  fairlms from {len(cells)} cells, the probe from all: {rows} distinct rows")


if __name__ == "__main__":
    main()
