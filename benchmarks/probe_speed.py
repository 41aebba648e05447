"""How long a measurement takes, against the bare forward passes over the same distinct rows.

    python benchmarks/probe_speed.py              ../shared/models/bert-tiny, a random BERT-base
    python benchmarks/probe_speed.py --only tiny

A measurement is everything after loading: tokenizing the sentences, writing down the rows, the
forward passes, statistics with 10,000 resamples, the illustration and the hashes of the files.
There are two bare passes, both over the same rows in the same batches: *plain*, what
`model(**inputs)` does, which projects every position to the vocabulary, and *least*, the encoder
and the head at the masked positions only, less than which cannot be done. The three take turns.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


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
    actions["least"]()  # the first pass is slower than any later one
    times: dict[str, list[float]] = {kind: [] for kind in actions}
    for _ in range(rounds):
        for kind, action in actions.items():
            times[kind].append(timed(action))
    middle = {kind: statistics.median(values) for kind, values in times.items()}
    print(
        f"{name}: {len(table.rows)} distinct rows, {tokens:,} tokens,"
        f" {torch.get_num_threads()} threads, median of {rounds}\n"
        f"  loading             {loading:8.2f} s\n"
        f"  measurement         {middle['measurement']:8.2f} s\n"
        f"  bare passes, plain  {middle['plain']:8.2f} s"
        f"   measurement / plain = {middle['measurement'] / middle['plain']:.2f}\n"
        f"  bare passes, least  {middle['least']:8.2f} s"
        f"   measurement / least = {middle['measurement'] / middle['least']:.2f}",
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
