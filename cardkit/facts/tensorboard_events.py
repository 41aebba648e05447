"""Training logs in TensorBoard event files, by TensorBoard's own reader (the extra ``facts``)."""

import json
import os
from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder, number
from cardkit.facts.training import MAX_POINTS, thin

_MARK: Final = ".tfevents."
_MAX_BYTES: Final = 20 * 1024 * 1024
_MAX_FILES: Final = 8
#: The Trainer's arguments that shape the result; the others are paths, addresses and logging.
_SETTINGS: Final = (
    "learning_rate",
    "per_device_train_batch_size",
    "per_device_eval_batch_size",
    "gradient_accumulation_steps",
    "num_train_epochs",
    "max_steps",
    "seed",
    "optim",
    "adam_beta1",
    "adam_beta2",
    "adam_epsilon",
    "weight_decay",
    "max_grad_norm",
    "lr_scheduler_type",
    "warmup_steps",
    "warmup_ratio",
    "label_smoothing_factor",
    "fp16",
    "bf16",
)


def read(folder: Folder) -> Iterator[Fact]:
    """Yield hyperparameters and the loss curve that event files hold."""
    files = [name for name in folder.names if _MARK in name.rpartition("/")[2]]
    files = [name for name in files if not folder.is_pointer(name)]
    if not files:
        return
    try:
        from tensorboard.backend.event_processing import event_accumulator
    except ImportError:
        folder.problems.append(
            f"{files[0]} needs the extra `facts` to be read (pip install 'cardkit[facts]')"
        )
        return
    runs = {_run(name) for name in files}
    if len(runs) > 1:
        # Which of several runs made the weights is not written anywhere.
        folder.problems.append(
            f"{len(runs)} TensorBoard runs lie here; none was taken for the model's"
        )
        return
    for name in files[:_MAX_FILES]:
        path = os.path.join(folder.root, *name.split("/"))
        if os.path.getsize(path) > _MAX_BYTES:
            folder.problems.append(
                f"{name} is larger than {_MAX_BYTES // 2**20} MB; it was not read"
            )
            continue
        log = event_accumulator.EventAccumulator(
            path,
            size_guidance={"scalars": 0, "tensors": 50, "images": 1, "histograms": 1, "audio": 1},
        )
        try:
            log.Reload()
        except Exception as error:  # noqa: BLE001 (whatever its reader raises on a broken log)
            folder.problems.append(f"{name} cannot be read: {type(error).__name__}: {error}")
            continue
        yield from _facts(name, log)


def _run(name: str) -> str:
    """Return the folder of a run; SummaryWriter puts hyperparameters one folder below it."""
    place = name.rpartition("/")[0]
    above, _, last = place.rpartition("/")
    return above if last.replace(".", "").isdigit() else place


def _facts(name: str, log: Any) -> Iterator[Fact]:
    tags = log.Tags()
    for tag in ("train/loss", "loss"):
        if tag in tags.get("scalars", ()):
            curve = [
                (event.step, event.value)
                for event in log.Scalars(tag)
                if number(event.value) is not None
            ]
            if len(curve) > 1:
                yield Fact("loss-curve", thin(curve, MAX_POINTS), name, tag)
            break
    for tag in tags.get("tensors", ()):
        if tag.startswith("args/"):
            settings = hyperparameters(_text(log.Tensors(tag)))
            if settings:
                yield Fact("hyperparameters", settings, name, tag)


def _text(events: Any) -> str:
    try:
        return str(events[0].tensor_proto.string_val[0].decode("utf-8"))
    except (IndexError, AttributeError, UnicodeDecodeError):
        return ""


def hyperparameters(text: str) -> dict[str, Any]:
    """Return the settings of a run from the Trainer's arguments, written as JSON."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return select(data) if isinstance(data, dict) else {}


def select(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return those of the Trainer's arguments that shape the result and were in use."""
    found: dict[str, Any] = {}
    for key in _SETTINGS:
        value = arguments.get(key)
        if value in (None, False, "") or (key == "max_steps" and value == -1):
            continue
        if (
            key in ("warmup_steps", "warmup_ratio", "weight_decay", "label_smoothing_factor")
            and not value
        ):
            continue
        if isinstance(value, str) or value is True or number(value) is not None:
            found[key] = value
    if "max_steps" in found:
        found.pop("num_train_epochs", None)
    return found
