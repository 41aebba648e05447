"""A callback for the transformers Trainer that writes the card, and keeps what people wrote in it."""

import json
import os
import tempfile
import warnings
from typing import Any

from transformers import TrainerCallback

from cardkit.authoring import Written, write_card
from cardkit.card import Card
from cardkit.engine import lint
from cardkit.errors import CardkitError
from cardkit.facts import Fact, Facts, read_facts
from cardkit.facts.tensorboard_events import select
from cardkit.text import Source

#: Where facts of the running process come from.
_RUN = "this training run"


class CardCallback(TrainerCallback):
    """Write or refresh the card when training ends, from the run's own state.

    Use :meth:`attach`, so that the Trainer's ``push_to_hub`` does not write its own card over it::

        trainer = Trainer(...)
        CardCallback({"metadata": {"license": "mit"}}).attach(trainer)
        trainer.train()

    A card in which nothing is cardkit's is left alone, with a warning. Before a push the card is
    linted, and what the Hub would refuse or a reader would miss is a warning.

    Args:
        answers: what people said, as for :func:`cardkit.authoring.write_card`.
        output: the card; README.md in the Trainer's output folder by default.
    """

    def __init__(
        self, answers: Any = None, *, output: str | os.PathLike[str] | None = None
    ) -> None:
        self.answers = answers
        self.output = output
        #: what the last writing did; None before the first, or when it was refused
        self.written: Written | None = None
        self._metrics: dict[str, Any] = {}
        self._trained = False

    def attach(self, trainer: Any) -> "CardCallback":
        """Add the callback to a Trainer and take the place of its own card. Return the callback."""

        def keep(*arguments: Any, **settings: Any) -> None:
            """Stand in for Trainer.create_model_card, which overwrites the whole card."""
            del arguments, settings
            if trainer.is_world_process_zero():
                self.write(trainer.args, trainer.state, trainer.model)

        trainer.add_callback(self)
        trainer.create_model_card = keep
        return self

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any
    ) -> None:
        """Remember the metrics; after training, refresh the card with them."""
        del control
        self._metrics = dict(metrics or {})
        if self._trained and state.is_world_process_zero:
            self.write(args, state, kwargs.get("model"))

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Forget the numbers of a run before this one."""
        del args, state, control, kwargs
        self._metrics, self._trained = {}, False

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write or refresh the card."""
        del control
        self._trained = True
        if state.is_world_process_zero:
            self.write(args, state, kwargs.get("model"))

    def on_push_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Lint the card that is about to be pushed; warn of what is wrong with it."""
        del control, kwargs
        if not state.is_world_process_zero:
            return
        path = self._path(args)
        try:
            with open(path, "rb") as file:
                report = lint(Card(Source(file.read(), path)))
        except OSError:
            return
        wrong = [item for item in report.diagnostics if item.ground != "advice"]
        lines = [f"{path}:{item.start.line}: {item.message}" for item in wrong]
        if report.missing:
            names = ", ".join(label.partition(" ")[2] for label in report.missing)
            lines.append(f"{path}: in the way of the profile {report.next_profile}: {names}")
        if lines:
            warnings.warn("\n".join(["the card that is being pushed:", *lines]), stacklevel=2)

    def write(self, args: Any, state: Any, model: Any = None) -> None:
        """Write or refresh the card. What cannot be done is a warning: it must not end a training."""
        os.makedirs(args.output_dir, exist_ok=True)
        try:
            facts = self._facts(args, state, model)
            self.written = write_card(
                args.output_dir, self.answers, output=self.output, facts=facts
            )
        except CardkitError as error:
            self.written = None
            warnings.warn(f"the card was not written: {error}", stacklevel=2)

    def _path(self, args: Any) -> str:
        return os.fspath(self.output or os.path.join(args.output_dir, "README.md"))

    def _facts(self, args: Any, state: Any, model: Any) -> Facts:
        """Return the facts of the folder, with those of the run in front."""
        with tempfile.TemporaryDirectory() as place:
            state.save_to_json(os.path.join(place, "trainer_state.json"))
            if model is not None and hasattr(model, "config"):
                with open(os.path.join(place, "config.json"), "w", encoding="utf-8") as file:
                    file.write(model.config.to_json_string(use_diff=False))
                _name_architecture(place, model)
            if self._metrics:
                with open(os.path.join(place, "all_results.json"), "w", encoding="utf-8") as file:
                    json.dump(self._metrics, file, default=str)
            run = read_facts(place)
        folder = read_facts(args.output_dir)
        own = dict(run.by_name)
        for name, value in _process(args, model).items():
            own[name] = Fact(name, value, _RUN, name)
        # A state that an earlier run left in the folder says nothing about this one.
        stale = {name for name, fact in folder.by_name.items() if "trainer_state.json" in fact.file}
        kept = {name: fact for name, fact in folder.by_name.items() if name not in stale}
        return Facts(kept | own, [*folder.problems, *run.problems], folder.contradictions)


def _name_architecture(place: str, model: Any) -> None:
    """Put the class of a model into its configuration, where it was made from one."""
    path = os.path.join(place, "config.json")
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    data["architectures"] = data.get("architectures") or [type(model).__name__]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file)


def _process(args: Any, model: Any) -> dict[str, Any]:
    """Return what only the running process knows: settings, versions, hardware, parameters."""
    import torch
    import transformers

    found: dict[str, Any] = {
        "hyperparameters": select(args.to_dict()),
        "version-transformers": transformers.__version__,
        "version-torch": torch.__version__,
    }
    if torch.cuda.is_available():
        found["hardware"] = f"{torch.cuda.device_count()} × {torch.cuda.get_device_name()}"
    if model is not None and hasattr(model, "num_parameters"):
        found["parameters"] = int(model.num_parameters())
    return found
