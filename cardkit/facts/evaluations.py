"""Results of lm-evaluation-harness: results_*.json, in the folder or one of its own."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder, number

_NAME = re.compile(r"(?:.*/)?results(?:_[\w.:-]+)?\.json\Z")
_MAX: Final = 50 * 1024 * 1024


def read(folder: Folder) -> Iterator[Fact]:
    """Yield one fact with all results: task, dataset, metric, value, filter, shots, standard error."""
    rows: list[dict[str, Any]] = []
    first = ""
    for name in [name for name in folder.names if _NAME.match(name)][:20]:
        data = folder.json(name, _MAX)
        if isinstance(data, dict) and isinstance(data.get("results"), dict) and "configs" in data:
            first = first or name
            rows += _rows(name, data)
    if rows:
        yield Fact("benchmarks", rows, first, "results")


def _rows(name: str, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shots = data.get("n-shot")
    configs = data.get("configs")
    for task, values in data["results"].items():
        if not isinstance(values, dict):
            continue
        config = configs.get(task) if isinstance(configs, dict) else None
        config = config if isinstance(config, dict) else {}
        for key, item in values.items():
            metric, _, kind = str(key).partition(",")
            value = number(item)
            if value is None or metric.endswith("_stderr") or metric in ("alias", "sample_len"):
                continue
            yield {
                "task": str(task),
                "dataset": _string(config.get("dataset_path")),
                "config": _string(config.get("dataset_name")),
                "split": _string(config.get("test_split") or config.get("validation_split")),
                "metric": metric,
                "filter": kind or None,
                "value": value,
                "stderr": number(values.get(f"{metric}_stderr,{kind}")),
                "shots": number(shots.get(task)) if isinstance(shots, dict) else None,
                "file": name,
            }


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
