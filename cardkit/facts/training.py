"""What the transformers Trainer leaves behind: trainer_state.json and its *_results.json."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._data import load_json
from cardkit.facts.folder import Fact, Folder, count, number

STATE: Final = "trainer_state.json"
#: A state of a long run has some ten thousand rows; beyond this it is no longer read.
MAX_STATE: Final = 32 * 1024 * 1024
#: Points that a loss curve is drawn from, rows that a table of results shows.
MAX_POINTS: Final = 400
_CHECKPOINT = re.compile(r"checkpoint-(\d+)/trainer_state\.json\Z")
#: What of eval_* is about speed or bookkeeping, and says nothing about quality.
_NO_METRIC: Final = re.compile(
    r"(?:runtime|samples|samples_per_second|steps_per_second|jit_compilation_time|"
    r"model_preparation_time|gen_len|mem_.*|num_tokens|.*_ids)\Z"
)


def read(folder: Folder) -> Iterator[Fact]:
    """Yield length, speed, loss curve, hyperparameters and results of training."""
    said = list(_state(folder))
    yield from said
    by_name = {fact.name: fact for fact in said}
    # A state that tells no time although it has a curve was resumed: the results repeat its time.
    whole = "loss-curve" not in by_name or "training-seconds" in by_name
    for fact in _results(folder):
        if whole or fact.name != "training-seconds":
            yield fact


def _state(folder: Folder) -> Iterator[Fact]:
    name = _find(folder)
    data = folder.json(name, MAX_STATE) if name else None
    if name is None or not isinstance(data, dict):
        return
    if steps := count(data.get("global_step")):
        yield Fact("steps", steps, name, "global_step")
    epoch, planned = number(data.get("epoch")), number(data.get("num_train_epochs"))
    # Of a stream nobody knows the length, so its epochs are a guess of the Trainer's.
    streamed = planned is not None and planned > 10**6
    if epoch is not None and epoch > 0 and not streamed:
        yield Fact("epochs", round(epoch, 2), name, "epoch")
    if batch := count(data.get("train_batch_size")):
        yield Fact("train-batch-size", batch, name, "train_batch_size")
    history = data.get("log_history")
    rows = [row for row in history if isinstance(row, dict)] if isinstance(history, list) else []
    curve = [
        (step, loss)
        for row in rows
        if (step := count(row.get("step"))) and (loss := number(row.get("loss"))) is not None
    ]
    if len(curve) > 1:
        yield Fact("loss-curve", thin(curve, MAX_POINTS), name, "loss")
    rates = [rate for row in rows if (rate := number(row.get("learning_rate"))) is not None]
    if rates:
        yield Fact("highest-learning-rate", max(rates), name, "learning_rate")
    table = [
        row for row in rows if number(row.get("eval_loss")) is not None and count(row.get("step"))
    ]
    if table:
        evaluations = _table(rows, table)
        if streamed:
            evaluations = [row | {"epoch": None} for row in evaluations]
        yield Fact("evaluations", evaluations, name, "eval_loss")
    for row in rows[::-1]:
        if (seconds := number(row.get("train_runtime"))) is not None:
            if not resumed(curve, row):
                yield Fact("training-seconds", seconds, name, "train_runtime")
            break
    best, where = number(data.get("best_metric")), data.get("best_model_checkpoint")
    match = re.search(r"checkpoint-(\d+)/?\Z", where) if isinstance(where, str) else None
    if best is not None and match:
        yield Fact("best", {"value": best, "step": int(match[1])}, name, "best_metric")


def resumed(curve: list[tuple[int, float]], last: dict[str, Any]) -> bool:
    """Tell whether a run went on from a checkpoint, so that its runtime is not that of the training.

    The Trainer divides the loss summed since it was started by all steps ever made: of a run that
    was resumed, ``train_loss`` is far below the mean of the losses that were logged.
    """
    mean = sum(loss for _, loss in curve) / len(curve) if curve else 0.0
    total = number(last.get("train_loss"))
    return total is not None and mean > 0 and total < 0.8 * mean


def _find(folder: Folder) -> str | None:
    """Return the state of the run: of the folder itself, or of its last checkpoint."""
    if folder.has(STATE):
        return STATE
    steps = [
        (int(match[1]), match[0]) for name in folder.names if (match := _CHECKPOINT.match(name))
    ]
    return max(steps)[1] if steps else None


def _table(rows: list[dict[str, Any]], evaluated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row per evaluation: step, epoch, the last training loss before it, its metrics."""
    found: list[dict[str, Any]] = []
    losses = [
        (row["step"], loss)
        for row in rows
        if count(row.get("step")) and (loss := number(row.get("loss"))) is not None
    ]
    at = 0
    last = None
    for row in sorted(evaluated, key=lambda row: int(row["step"])):
        while at < len(losses) and losses[at][0] <= row["step"]:
            last = losses[at][1]
            at += 1
        found.append(
            {"step": row["step"], "epoch": number(row.get("epoch")), "train_loss": last}
            | {f"eval_{key}": value for key, value in metrics_of(row).items()}
        )
    return found


def metrics_of(row: dict[str, Any], prefix: str = "eval_") -> dict[str, float]:
    """Return the metrics of a row of results, without their prefix."""
    return {
        key.removeprefix(prefix): value
        for key, item in row.items()
        if key.startswith(prefix)
        and not _NO_METRIC.match(key.removeprefix(prefix))
        and (value := number(item)) is not None
    }


def _results(folder: Folder) -> Iterator[Fact]:
    """Yield what all_results.json and *_results.json say of evaluation, test and training."""
    names = [name for name in ("all_results.json", "eval_results.json") if folder.has(name)]
    others = [
        name
        for name in folder.names
        if name.endswith("_results.json") and "/" not in name and name not in names
    ]
    found: dict[str, tuple[float, str, str]] = {}
    for name in (*names, *others):
        data = folder.json(name)
        if not isinstance(data, dict):
            continue
        for prefix in ("eval_", "test_", "predict_"):
            for key, value in metrics_of(data, prefix).items():
                found.setdefault(f"{prefix}{key}", (value, name, f"{prefix}{key}"))
        seconds, samples = number(data.get("train_runtime")), count(data.get("train_samples"))
        if seconds is not None:
            yield Fact("training-seconds", seconds, name, "train_runtime")
        if samples:
            yield Fact("train-samples", samples, name, "train_samples")
        if samples := count(data.get("eval_samples")):
            yield Fact("eval-samples", samples, name, "eval_samples")
    if found:
        first = next(iter(found.values()))
        values = {name: value for name, (value, _, _) in found.items()}
        yield Fact("results", values, first[1], first[2])
        known = load_json("schemas", "vocab", "metrics.json")["ids"]
        named = [name.partition("_")[2] for name in found]
        metrics = list(dict.fromkeys(name for name in named if name in known))
        if metrics:
            key = next(key for key in found if key.partition("_")[2] == metrics[0])
            yield Fact("metrics", metrics, found[key][1], key)


def thin(curve: list[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """Return at most ``most`` points of a curve, evenly spread, the last one among them."""
    if len(curve) <= most:
        return curve
    step = (len(curve) - 1) / (most - 1)
    return [curve[round(i * step)] for i in range(most)]
