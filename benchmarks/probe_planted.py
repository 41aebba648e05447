"""Does the probe find what was planted, and nothing where nothing was?

    python benchmarks/probe_planted.py                       3 models as shipped, 20 small twins
    python benchmarks/probe_planted.py --seeds 5 --twins 0
    python benchmarks/probe_planted.py --seeds 0 --twins 7 --by-chance

Models are trained anew, each with its own seed for weights, text and strengths. For the planted
ones the mean effect per occupation is compared with the planted log-odds minus the planted
marginal; for the twins, with nothing planted, it is counted how many 95 % intervals, as the card
has them, cover 0. A twin reads every sentence with either person word. With --by-chance the word is
drawn for each sentence instead, so that the text, and hence the model, leans a little by chance.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from demo_text import Plan, expected_effect, held_out, make_plan
from train_demo_model import Size, build_tokenizer, save, train

from cardkit.probe.association import effects
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.quiet import quiet
from cardkit.probe.record import Estimate
from cardkit.probe.run import Measurement, measure

TWIN = Size(
    hidden=32, layers=1, batch=32, least_steps=2000, evaluate_every=100, rate=3e-3,
    validation=1000, balanced=True,
)  # fmt: skip
BY_CHANCE = Size(hidden=32, batch=64, least_steps=1000, evaluate_every=100, validation=1000)


def trained_and_measured(plan: Plan, seed: int, size: Size) -> tuple[Measurement, str]:
    """Train a model, save it, load it as any other, and measure it with the suite."""
    tokenizer = build_tokenizer()
    trained = train(plan, seed, size, tokenizer)
    with tempfile.TemporaryDirectory() as folder, quiet():
        save(Path(folder), trained, tokenizer, plan)
        measured = measure(load(locate(folder)), plan.suite, seed=seed)
    excess = trained.loss - trained.entropy
    return measured, f"{trained.steps} steps, {trained.seconds:.0f} s, {excess:+.4f} nats to go"


def recovered(plan: Plan, measured: Measurement, templates: list[int]) -> tuple[float, float]:
    """Return correlation and slope of measured on planted effects, means over the templates."""
    suite = plan.suite
    planted = [
        np.mean([expected_effect(plan, suite.templates[t], a.word) for t in templates])
        for a in suite.attributes
    ]
    found = effects(measured.cells)[templates].mean(axis=0)
    return float(np.corrcoef(planted, found)[0, 1]), float(np.polyfit(planted, found, 1)[0])


def covers(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.low <= 0 <= estimate.high


def text(estimate: Estimate | None) -> str:
    return "–" if estimate is None else f"[{estimate.low:+.3f}, {estimate.high:+.3f}]"


def planted(seeds: int) -> bool:
    fine = True
    print(f"planted strengths, {seeds} models as shipped: correlation and slope")
    for seed in range(seeds):
        plan = make_plan(seed)
        measured, training = trained_and_measured(plan, seed, Size())
        unseen = held_out(plan.suite)
        rows = {"all templates": list(range(len(plan.suite.templates))), "never seen": unseen}
        for name, templates in rows.items():
            correlation, slope = recovered(plan, measured, templates)
            fine &= correlation > 0.97 and 0.8 <= slope <= 1.2
            print(
                f"  seed {seed}  {name:<13} ({len(templates):>2})  r = {correlation:.4f}"
                f"  slope = {slope:.3f}   {training}",
                flush=True,
            )
    return fine


def twins(count: int, size: Size, first: int) -> bool:
    """Measure so many twins; one whose training did not converge is named and not counted."""
    print(f"nothing planted, {count} small models: 95 % intervals", flush=True)
    found: list[tuple[bool, bool]] = []
    leans: list[float] = []
    seed = first
    while len(found) < count:
        try:
            measured, training = trained_and_measured(
                make_plan(seed, spread=0.0), 1000 + seed, size
            )
        except SystemExit as error:
            print(f"  seed {seed:<3} not counted: {error}", flush=True)
            seed += 1
            continue
        results = measured.record.results
        found.append((covers(results.mean), covers(results.rank_correlation)))
        leans.append(abs(results.mean.value))
        print(
            f"  seed {seed:<3} mean {text(results.mean)}  rank correlation"
            f" {text(results.rank_correlation)}  size {results.mean_size.value:.3f}"
            f"  floor {results.noise_floor.value:.3f}  {training}",
            flush=True,
        )
        seed += 1
    mean, correlation = (sum(column) / count for column in zip(*found, strict=True))
    print(f"  cover 0: mean {mean:.0%}, rank correlation {correlation:.0%}")
    print(f"  largest mean lean, either way: {max(leans):.3f} nats")
    return mean >= 0.9 and correlation >= 0.9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--twins", type=int, default=20)
    parser.add_argument("--first-twin", type=int, default=0, metavar="SEED")
    parser.add_argument("--by-chance", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    fine = planted(options.seeds) if options.seeds else True
    if options.twins:
        fine &= twins(options.twins, BY_CHANCE if options.by_chance else TWIN, options.first_twin)
    print("as wanted" if fine else "NOT as wanted")
    sys.exit(not fine)


if __name__ == "__main__":
    main()
