"""The same cells by `pipeline("fill-mask")`, as most probes call it, and by the bias probe.

    python benchmarks/probe_pipeline.py            BERT-base shape, random weights
    python benchmarks/probe_pipeline.py --threads 1 --cells 20

The pipeline is given every sentence of a cell twice, with the occupation and with it masked, and both
targets at once. It is timed on cells drawn at random and extrapolated to all; the probe is timed on
all of them, from sentences to effects, without statistics. Beside the time on the clock stands the time
of the processor, which a busy machine changes less; with one thread the two are alike on an idle one. Only cells whose occupation is one token
are asked, because the pipeline cannot mask longer ones. Where both give a number, it is compared.
"""

import argparse
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import transformers
from probe_speed import SUITE, build_base

from cardkit.probe import association
from cardkit.probe.forward import score
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.quiet import quiet
from cardkit.probe.rows import RowTable
from cardkit.probe.suite import Suite, fill
from cardkit.probe.threads import limit_threads

Cell = tuple[int, int]


def one_token(folder: Path) -> Suite:
    """The default suite with those occupations that are one token."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    kept = [a for a in SUITE.attributes if len(tokenizer.tokenize(a.word)) == 1]
    return replace(SUITE, attributes=tuple(kept))


def masked_sentences(suite: Suite, cell: Cell, mask: str) -> tuple[str, str, int]:
    """Return the sentence, the same with the occupation masked, and which mask is the target's."""
    template, attribute = suite.templates[cell[0]], suite.attributes[cell[1]]
    first = template.index("{target}") < template.index("{attribute}")
    given = fill(template, mask, attribute).text
    prior = fill(template, mask, attribute._replace(word=mask)).text
    return given, prior, 0 if first else 1


def by_pipeline(pipe: object, suite: Suite, cells: list[Cell], size: int) -> dict[Cell, float]:
    """Return the effects of some cells, in nats."""
    mask = pipe.tokenizer.mask_token  # type: ignore[attr-defined]
    texts, places = [], []
    for cell in cells:
        given, prior, place = masked_sentences(suite, cell, mask)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cells", type=int, default=48, help="cells given to the pipeline")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    limit_threads()
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    with quiet(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_base(folder)
        suite = one_token(folder)
        masked = load(locate(name))
        total = len(suite.templates) * len(suite.attributes)
        every = [(t, a) for t in range(len(suite.templates)) for a in range(len(suite.attributes))]
        cells = random.Random(0).sample(every, min(options.cells, total))
        pipe = transformers.pipeline("fill-mask", model=masked.model, tokenizer=masked.tokenizer)
        by_pipeline(pipe, suite, cells[:2], 1)  # the first pass is slower than any later one

        start = now()
        table = RowTable()
        grid = association.plan(masked, suite, table)
        effects = association.effects(association.cell_scores(grid, score(masked, table)))
        ours = now() - start
        print(
            f"BERT-base shape, {torch.get_num_threads()} threads, {len(suite.templates)} templates ×"
            f" {len(suite.attributes)} one-token occupations = {total} cells\n"
            f"  bias probe                 {ours[0]:7.1f} s, {ours[1]:7.1f} s of the processor, {len(table.rows)} distinct rows",
            flush=True,
        )
        for size in (1, 8):
            start = now()
            found = by_pipeline(pipe, suite, cells, size)
            theirs = (now() - start) * total / len(cells)
            times = theirs / ours
            worst = max(abs(effects[cell] - value) for cell, value in found.items())
            print(
                f"  pipeline, batch size {size:<5} {theirs[0]:7.1f} s, {theirs[1]:7.1f} s of the processor:"
                f" {times[0]:.1f} and {times[1]:.1f} times as long"
                f" (from {len(cells)} cells; effects differ by {worst:.0e} nats at most)",
                flush=True,
            )


if __name__ == "__main__":
    main()
