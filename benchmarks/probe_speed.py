"""How long a measurement takes, against the bare forward passes over the same distinct rows.

    python benchmarks/probe_speed.py              ../shared/models/bert-tiny, a random BERT-base
    python benchmarks/probe_speed.py --only tiny

A measurement is everything after loading: tokenizing the sentences, writing down the rows, the
forward passes, statistics with 10,000 resamples, the illustration and the hashes of the files.
There are two bare passes, both over the same rows in the same batches: *plain*, what
`model(**inputs)` does, which projects every position to the vocabulary, and *least*, the encoder
and the head at the masked positions only, less than which cannot be done. The three take turns,
and factors are taken within a round, the median over the rounds being printed, so that other work
on the machine falls on all three. The processor's time stands beside that on the clock.

The last line holds the arithmetic of the *least* passes against a plain product of two square
matrices (sgemm, 2048 × 2048) in the same process, in the same rounds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

from cardkit.probe import association, forward, sanity
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate
from cardkit.probe.quiet import quiet
from cardkit.probe.rows import RowTable
from cardkit.probe.run import measure
from cardkit.probe.suite import load_suite
from cardkit.probe.threads import limit_threads

BERT_TINY = Path(__file__).resolve().parents[2] / "shared" / "models" / "bert-tiny"
SUITE = load_suite()


def build_base(folder: Path) -> None:
    """A BERT of the base shape with random weights, and bert-tiny's tokenizer of 30,522 words."""
    torch.manual_seed(0)
    BertForMaskedLM(BertConfig()).save_pretrained(folder)
    AutoTokenizer.from_pretrained(BERT_TINY).save_pretrained(folder)


def rows_of(masked: MaskedLM) -> RowTable:
    table = RowTable()
    association.plan(masked, SUITE, table)
    association.plan_controls(masked, SUITE, table)
    return table


def bare(masked: MaskedLM, table: RowTable, *, least: bool) -> None:
    positions: dict[int, list[int]] = {}
    for query in table.queries:
        if query.position not in positions.setdefault(query.row, []):
            positions[query.row].append(query.position)
    rows = list(table.rows)
    run = forward._gathered_logits if least else _plain
    with torch.inference_mode():
        for batch in forward._batches(
            rows, positions, forward.BATCH_TOKENS, masked.vocabulary, gathers=True
        ):
            run(masked, [rows[number] for number in batch.rows], batch.places)


def _plain(masked: MaskedLM, rows: list, _places: list) -> torch.Tensor:
    return masked.model(**forward.inputs(masked, rows)).logits


def timed(action: Callable[[], object]) -> np.ndarray:
    """Return seconds on the clock and of the processor."""
    start = np.array([time.perf_counter(), time.process_time()])
    action()
    return np.array([time.perf_counter(), time.process_time()]) - start


def sgemm(seconds: float = 1.0, size: int = 2048) -> float:
    """Return the operations a second of a product of square matrices."""
    left, right = torch.randn(size, size), torch.randn(size, size)
    left @ right
    start, times = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        left @ right
        times += 1
    return 2 * size**3 * times / (time.perf_counter() - start)


def operations(action: Callable[[], object]) -> int:
    """Count the operations of the matrix products in it."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        action()
    return counter.get_total_flops()


def compare(name: str, folder: Path, rounds: int) -> None:
    loading = time.perf_counter()
    masked = load(locate(str(folder)))
    loading = time.perf_counter() - loading
    table = rows_of(masked)
    tokens = sum(len(row.ids) for row in table.rows)
    actions = {
        "measurement": lambda: measure(masked, SUITE),
        "plain": lambda: bare(masked, table, least=False),
        "least": lambda: bare(masked, table, least=True),
    }
    work = operations(actions["least"])  # the first pass is slower than any later one
    times: dict[str, list[np.ndarray]] = {kind: [] for kind in actions}
    rates = []
    for _ in range(rounds):
        for kind, action in actions.items():
            times[kind].append(timed(action))
        rates.append(sgemm())
    middle = {kind: np.median(values, axis=0) for kind, values in times.items()}
    print(
        f"{name}: {len(table.rows)} distinct rows, {tokens:,} tokens,"
        f" {torch.get_num_threads()} threads, median of {rounds} rounds\n"
        f"  loading             {loading:8.2f} s\n"
        f"  measurement         {middle['measurement'][0]:8.2f} s"
    )
    for kind in ("plain", "least"):
        pairs = zip(times["measurement"], times[kind], strict=True)
        factors = np.median([whole / part for whole, part in pairs], axis=0)
        print(
            f"  bare passes, {kind}  {middle[kind][0]:8.2f} s   measurement / {kind} ="
            f" {factors[0]:.2f}, of the processor's time {factors[1]:.2f}"
        )
    done = np.array([work / one[0] for one in times["least"]])
    print(
        f"  arithmetic, least   {np.median(done) / 1e9:8.0f} GFLOP/s"
        f" = {100 * np.median(done / np.array(rates)):.0f} % of sgemm's"
        f" {np.median(rates) / 1e9:.0f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=["tiny", "base"])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    limit_threads()
    sanity.LEAST = float("-inf")  # random weights cannot read; here only their speed is asked
    with quiet():
        if options.only != "base":
            compare("bert-tiny", BERT_TINY, options.rounds)
        if options.only != "tiny":
            with tempfile.TemporaryDirectory() as folder:
                build_base(Path(folder))
                compare("BERT-base shape", Path(folder), options.rounds)


if __name__ == "__main__":
    main()
