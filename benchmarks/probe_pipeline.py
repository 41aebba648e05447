"""The same cells by `pipeline("fill-mask")`, as most probes call it, and by the bias probe.

    python benchmarks/probe_pipeline.py            BERT-base shape, random weights
    python benchmarks/probe_pipeline.py --threads 1 --cells 20

The pipeline is given every sentence of a cell twice, with the occupation and with it masked, and both
targets at once. It is timed on cells drawn at random and extrapolated to all; the probe is timed on
all of them, from sentences to effects, without statistics. They take turns; factors are taken within
a round, and the median over the rounds is printed. Beside the time on the clock stands that of the
processor, which a busy machine changes less. The effects of the drawn cells are compared.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import transformers
from probe_speed import SUITE, build_base

from cardkit.probe import association
from cardkit.probe.forward import score
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate
from cardkit.probe.quiet import quiet
from cardkit.probe.rows import RowTable
from cardkit.probe.suite import Suite, fill
from cardkit.probe.threads import limit_threads

Cell = tuple[int, int]


def masked_sentences(suite: Suite, cell: Cell, tokenizer: object) -> tuple[str, str, int]:
    """Return the sentence, the same with the occupation masked, and which mask is the target's."""
    mask = tokenizer.mask_token  # type: ignore[attr-defined]
    template, attribute = suite.templates[cell[0]], suite.attributes[cell[1]]
    first = template.index("{target}") < template.index("{attribute}")
    hidden = [mask] * len(tokenizer.tokenize(attribute.word))  # type: ignore[attr-defined]
    given = fill(template, mask, attribute).text
    prior = fill(template, mask, attribute._replace(word=" ".join(hidden))).text
    return given, prior, 0 if first else -1


def by_pipeline(pipe: object, suite: Suite, cells: list[Cell], size: int) -> dict[Cell, float]:
    """Return the effects of some cells, in nats."""
    texts, places = [], []
    for cell in cells:
        given, prior, place = masked_sentences(suite, cell, pipe.tokenizer)  # type: ignore[attr-defined]
        texts += [given, prior]
        places.append(place)
    targets = [suite.positive, suite.negative]
    if size == 1:
        answers = [pipe(text, targets=targets) for text in texts]  # type: ignore[operator]
    else:
        answers = pipe(texts, targets=targets, batch_size=size)  # type: ignore[operator]
    effects = {}
    for n, (cell, place) in enumerate(zip(cells, places, strict=True)):
        given, prior = answers[2 * n], answers[2 * n + 1][place]
        odds = [
            {answer["token_str"]: np.log(answer["score"]) for answer in answers_of}
            for answers_of in (given, prior)
        ]
        now, before = (one[suite.positive] - one[suite.negative] for one in odds)
        effects[cell] = float(now - before)
    return effects


def now() -> np.ndarray:
    """Return the time on the clock and that of the processor, in seconds."""
    return np.array([time.perf_counter(), time.process_time()])


def by_probe(masked: MaskedLM, suite: Suite) -> tuple[np.ndarray, int]:
    """Return the effects of all cells, and how many distinct rows they took."""
    table = RowTable()
    grid = association.plan(masked, suite, table)
    effects = association.effects(association.cell_scores(grid, score(masked, table)))
    return effects, len(table.rows)


def drawn(suite: Suite, number: int) -> list[Cell]:
    """Draw cells at random, always the same."""
    every = [(t, a) for t in range(len(suite.templates)) for a in range(len(suite.attributes))]
    return random.Random(0).sample(every, min(number, len(every)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cells", type=int, default=48, help="cells given to the pipeline")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    limit_threads()
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    with quiet(), tempfile.TemporaryDirectory() as name:
        build_base(Path(name))
        masked = load(locate(name))
        cells = drawn(SUITE, options.cells)
        pipe = transformers.pipeline("fill-mask", model=masked.model, tokenizer=masked.tokenizer)
        by_pipeline(pipe, SUITE, cells[:2], 1)  # the first pass is slower than any later one
        total = len(SUITE.templates) * len(SUITE.attributes)
        ours, theirs = [], {size: [] for size in (1, 8)}
        for _ in range(options.rounds):
            start = now()
            effects, rows = by_probe(masked, SUITE)
            ours.append(now() - start)
            for size, times in theirs.items():
                start = now()
                found = by_pipeline(pipe, SUITE, cells, size)
                times.append((now() - start) * total / len(cells))
        seconds = np.median(ours, axis=0)
        print(
            f"BERT-base shape, {torch.get_num_threads()} threads, {len(SUITE.templates)} templates ×"
            f" {len(SUITE.attributes)} occupations = {total} cells, median of {options.rounds} rounds\n"
            f"  bias probe              {seconds[0]:7.1f} s, {seconds[1]:7.1f} s of the processor,"
            f" {rows} distinct rows"
        )
        worst = max(abs(effects[cell] - value) for cell, value in found.items())
        for size, times in theirs.items():
            factors = np.median(np.array(times) / np.array(ours), axis=0)
            seconds = np.median(times, axis=0)
            print(
                f"  pipeline, batch size {size:<2} {seconds[0]:7.1f} s, {seconds[1]:7.1f} s of the"
                f" processor: {factors[0]:.1f} and {factors[1]:.1f} times as long"
            )
        print(f"  from {len(cells)} cells; effects differ by {worst:.0e} nats at most", flush=True)


if __name__ == "__main__":
    main()
