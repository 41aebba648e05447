"""What the blocks of a card hold: facts as Markdown, in the card's language."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from cardkit.authoring.numbers import duration, figure, mass, shown, table
from cardkit.authoring.usage import usage_code
from cardkit.facts import Facts

CURVE: Final = "training-loss.svg"
_MOST_ROWS: Final = 20
_MOST_LABELS: Final = 100


class Ground(NamedTuple):
    """What contents are made of."""

    facts: Facts
    fields: dict[str, Any]
    #: words of the card's language
    words: dict[str, Any]
    repo_id: str | None


def contents(ground: Ground) -> dict[str, str]:
    """Return block name -> Markdown; an empty text where no file says anything."""
    return {name: make(ground) for name, make in _BLOCKS.items()}


def _bullets(ground: Ground, pairs: list[tuple[str, Any]]) -> str:
    labels = ground.words["labels"]
    lines = [f"- **{labels[key]}:** {value}" for key, value in pairs if value not in (None, "")]
    return "\n".join(lines)


def _value(ground: Ground, name: str) -> str | None:
    value = ground.fields.get(name) or ground.facts.get(name)
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return figure(value) if isinstance(value, int | float) else shown(value)


def _details(ground: Ground) -> str:
    names = ("architecture", "pipeline", "adapter", "pipeline_tag", "parameters", "adapter-parameters", "dtype", "context-length", "vocabulary-size", "tokenizer", "base_model", "remote")  # fmt: skip
    return _bullets(ground, [(name, _value(ground, name)) for name in names])


def _code(ground: Ground) -> str:
    return usage_code(ground.fields, ground.facts, ground.repo_id)


def _samples(ground: Ground) -> str:
    return _bullets(ground, [("train-samples", _value(ground, "train-samples"))])


def _training(ground: Ground) -> str:
    facts, parts = ground.facts, []
    settings = facts.get("hyperparameters")
    if settings:
        lines = [f"- {key}: {shown(value)}" for key, value in settings.items()]
        parts.append("\n".join(lines))
    names = ["epochs", "steps"]
    names += [] if settings else ["train-batch-size", "highest-learning-rate"]
    pairs: list[tuple[str, Any]] = [
        (name, figure(facts.get(name))) for name in names if facts.get(name)
    ]
    if seconds := facts.get("training-seconds"):
        pairs.append(("training-time", duration(seconds)))
    pairs.append(("hardware", _value(ground, "hardware")))
    versions = [
        f"{name.removeprefix('version-')} {shown(fact.value)}"
        for name, fact in facts.by_name.items()
        if name.startswith("version-")
    ]
    pairs.append(("versions", ", ".join(versions)))
    # A version alone says nothing about how a model was trained.
    if len([value for _, value in pairs if value]) > bool(versions) or parts:
        parts.append(_bullets(ground, pairs))
    if curve := facts.get("loss-curve"):
        parts.append(f"![{curve_title(ground, curve)}]({CURVE})")
    if rows := facts.get("evaluations"):
        parts.append(_evaluations(ground, rows))
    return "\n\n".join(parts)


def curve_title(ground: Ground, curve: Any) -> str:
    """Return what the picture of the loss curve shows, in words."""
    return str(ground.words["words"]["loss-curve"]).format(
        steps=figure(curve[-1][0]), first=figure(curve[0][1]), last=figure(curve[-1][1])
    )


def _evaluations(ground: Ground, rows: list[dict[str, Any]]) -> str:
    """Return the table of evaluations during training, thinned if it is long."""
    words = ground.words["words"]
    metrics = list(dict.fromkeys(key for row in rows for key in row if key.startswith("eval_")))
    if len(rows) > _MOST_ROWS:
        step = (len(rows) - 1) / (_MOST_ROWS - 1)
        rows = [rows[round(i * step)] for i in range(_MOST_ROWS)]
    head = [words["step"], words["epoch"], words["training-loss"]]
    head += [words["validation-loss"] if key == "eval_loss" else shown(key[5:]) for key in metrics]
    keys = ["step", "epoch", "train_loss", *metrics]
    if all(row.get("epoch") is None for row in rows):
        del head[1], keys[1]
    return table(head, [[_cell(row.get(key)) for key in keys] for row in rows])


def _cell(value: Any) -> str:
    return "" if value is None else figure(value)


def _results(ground: Ground) -> str:
    facts, words, parts = ground.facts, ground.words["words"], []
    results = facts.get("results")
    place = None
    if not results and (rows := facts.get("evaluations")):
        best = facts.get("best") or {}
        row = next((row for row in rows if row["step"] == best.get("step")), rows[-1])
        results = {key: value for key, value in row.items() if key.startswith("eval_")}
        place = words["at-step"].format(step=figure(row["step"]))
    if results:
        head = [words["metric"], words["value"] + (f" ({place})" if place else "")]
        parts.append(table(head, [[_metric(key), figure(value)] for key, value in results.items()]))
        parts.append(_bullets(ground, [("eval-samples", _value(ground, "eval-samples"))]))
    if rows := facts.get("benchmarks"):
        head = [words["task"], words["dataset"], words["shots"], words["metric"], words["value"]]
        parts.append(table(head, [_benchmark(row) for row in rows[:200]]))
    return "\n\n".join(part for part in parts if part)


def _metric(key: str) -> str:
    kind, _, name = key.partition("_")
    return shown(name) if kind == "eval" else f"{shown(name)} ({kind})"


def _benchmark(row: dict[str, Any]) -> list[str]:
    metric = row["metric"] + (f", {row['filter']}" if row["filter"] not in (None, "none") else "")
    value = figure(row["value"]) + (f" ± {figure(row['stderr'])}" if row["stderr"] else "")
    dataset = " ".join(filter(None, (row["dataset"], row["config"])))
    return [shown(row["task"]), shown(dataset), _cell(row["shots"]), shown(metric), value]


def _emissions(ground: Ground) -> str:
    data = ground.facts.get("emissions")
    if not data:
        return ""
    tool = "CodeCarbon" + (f" {shown(data['codecarbon_version'])}" if "codecarbon_version" in data else "")  # fmt: skip
    pairs = [
        ("emissions", mass(data["kg"])),
        ("energy", f"{figure(round(data['kwh'], 4))} kWh" if "kwh" in data else None),
        ("hardware", shown(ground.facts.get("hardware") or "")),
        ("training-time", duration(data["seconds"]) if "seconds" in data else None),
        ("country", shown(data.get("country_name", ""))),
        ("measured-by", tool),
    ]
    return _bullets(ground, pairs)


def _citation(ground: Ground) -> str:
    entry = ground.facts.get("citation")
    return f"```bibtex\n{entry.replace('```', '')}\n```" if entry else ""


def _labels(ground: Ground) -> str:
    labels = ground.facts.get("labels")
    if not labels:
        return ""
    more = len(labels) - _MOST_LABELS
    tail = " " + ground.words["words"]["more"].format(count=more) if more > 0 else ""
    return ", ".join(map(shown, labels[:_MOST_LABELS])) + tail


def _settings(name: str) -> Callable[[Ground], str]:
    def make(ground: Ground) -> str:
        settings = ground.facts.get(name) or {}
        return "\n".join(f"- {shown(key)}: {shown(value)}" for key, value in settings.items())

    return make


def _facts(*names: str) -> Callable[[Ground], str]:
    return lambda ground: _bullets(ground, [(name, _value(ground, name)) for name in names])


_BLOCKS: Final[dict[str, Callable[[Ground], str]]] = {
    "details": _details,
    "code": _code,
    "samples": _samples,
    "training": _training,
    "results": _results,
    "emissions": _emissions,
    "citation": _citation,
    "labels": _labels,
    "generation": _settings("generation"),
    "adapter": _settings("adapter-settings"),
    "quantization": _facts("quantization", "base_model"),
    "vectors": _facts("embedding-size", "similarity"),
    "components": _settings("components"),
    "audio": _facts("sampling-rate"),
    "images": _facts("image-size"),
}
#: topic -> its block, and whether facts alone can answer it
OF_TOPIC: Final[dict[str, tuple[str, bool]]] = {
    "model-description": ("details", False),
    "how-to-use": ("code", True),
    "training-data": ("samples", False),
    "training-procedure": ("training", True),
    "evaluation-results": ("results", True),
    "environmental-impact": ("emissions", True),
    "citation": ("citation", True),
}
#: blocks with a title of their own, shown where a kind of card asks for them and files say something
EXTRA: Final = ("labels", "generation", "adapter", "quantization", "vectors", "components", "audio", "images")  # fmt: skip


def topics_of_blocks() -> Iterator[tuple[str, str]]:
    """Yield (block, topic) for the blocks whose TODO asks for a topic."""
    for topic, (block, enough) in OF_TOPIC.items():
        if enough:
            yield block, topic
