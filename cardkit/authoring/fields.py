"""Facts -> metadata: only what a file says, in the Hub's own words."""

from typing import Any, Final

from cardkit.facts import Facts
from cardkit.schema import is_repo_id

_PLAIN: Final = (
    "language",
    "license",
    "license_name",
    "license_link",
    "library_name",
    "pipeline_tag",
    "base_model",
    "base_model_relation",
    "metrics",
)


def proved_fields(
    facts: Facts, *, name: str, evaluation: dict[str, str] | None = None, task: str | None = None
) -> dict[str, Any]:
    """Return the metadata that the files of a folder prove.

    Args:
        facts: what the files say.
        name: the model's name, for ``model-index``.
        evaluation: what a person said about the data of the results: ``dataset`` (an id of the
            Hub), and perhaps ``name``, ``config``, ``split``. Without it results of the Trainer
            stay out of ``model-index``, which must name a dataset.
        task: the task a person gave, if any.
    """
    found = {key: facts.get(key) for key in _PLAIN if facts.get(key)}
    task = task or found.get("pipeline_tag")
    if facts.get("chat-template") and task == "text-generation":
        found["tags"] = ["conversational"]
    if emissions := facts.get("emissions"):
        found["co2_eq_emissions"] = _emissions(emissions)
    results = [*_trainer(facts, evaluation or {}, task), *_benchmarks(facts)]
    if results:
        found["model-index"] = [{"name": name, "results": results}]
    return found


def _emissions(data: dict[str, Any]) -> dict[str, Any]:
    """Return co2_eq_emissions as the Hub has it, in grams."""
    found: dict[str, Any] = {"emissions": round(data["kg"] * 1000, 3), "source": "CodeCarbon"}
    if data.get("country_name"):
        found["geographical_location"] = data["country_name"]
    if hardware := data.get("gpu_model") or data.get("cpu_model"):
        found["hardware_used"] = hardware
    return found


def _trainer(facts: Facts, evaluation: dict[str, str], task: str | None) -> list[dict[str, Any]]:
    results, dataset = facts.get("results"), evaluation.get("dataset")
    if not results or not dataset or not task:
        return []
    metrics = [
        {"type": key.partition("_")[2], "value": value}
        for key, value in results.items()
        if key.startswith("eval_")
    ]
    if not metrics:
        return []
    about = {"type": dataset, "name": evaluation.get("name") or dataset}
    about |= {key: evaluation[key] for key in ("config", "split") if evaluation.get(key)}
    return [{"task": {"type": task}, "dataset": about, "metrics": metrics}]


def _benchmarks(facts: Facts) -> list[dict[str, Any]]:
    """Return the results of lm-evaluation-harness whose dataset is named, a task at a time."""
    found: dict[str, dict[str, Any]] = {}
    for row in facts.get("benchmarks") or ():
        if not row["dataset"] or not is_repo_id(row["dataset"]):
            continue
        about = {"type": row["dataset"], "name": row["task"]}
        about |= {key: row[key] for key in ("config", "split") if row[key]}
        if row["shots"] is not None:
            about["args"] = {"num_few_shot": row["shots"]}
        result = found.setdefault(
            row["task"], {"task": {"type": "text-generation"}, "dataset": about, "metrics": []}
        )
        metric = {"type": row["metric"], "value": row["value"]}
        if row["filter"] not in (None, "none"):
            metric["name"] = f"{row['metric']} ({row['filter']})"
        result["metrics"].append(metric)
    return list(found.values())
