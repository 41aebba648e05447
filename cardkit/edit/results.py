"""Evaluation results: into ``model-index`` byte for byte, and to ``.eval_results/*.yaml`` and back.

Source of the file format: the Hub's documentation of evaluation results (a list of entries with
``dataset.id``, ``dataset.task_id``, ``value`` and more; no metric name, so that goes to ``notes``).
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cardkit.core_schema import Timestamp
from cardkit.edit.apply import AnyCard, changed
from cardkit.edit.paths import Path
from cardkit.errors import EditError, UsageError
from cardkit.schema import is_repo_id
from cardkit.yaml12 import parse
from cardkit.yaml_write import lines

FOLDER: Final = ".eval_results"
_NOTE = re.compile(r"(metric|task|name|config|split)=(\"[^\"]*\"|\S+)")
#: what makes two results of model-index one (huggingface_hub compares the same)
_SAME: Final = ("type", "config", "split", "revision")


class Result(NamedTuple):
    """One number: what was measured on which data."""

    dataset: str
    metric: str
    value: Any
    task: str
    dataset_name: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    metric_name: str | None = None
    source_url: str | None = None
    source_name: str | None = None
    #: not in model-index: when it was measured, what else there is to say
    date: str | None = None
    notes: str | None = None


def add_result(card: AnyCard, result: Result, name: str) -> AnyCard:
    """Return the card with a result; a metric that is there gets its new value.

    Args:
        card: the card.
        result: what to add.
        name: the model's name, where ``model-index`` is made.

    Raises:
        EditError: the metadata or its ``model-index`` cannot be read.
    """
    index = card.metadata.get("model-index")
    if index is not None and not isinstance(index, list):
        raise EditError(f"{card.source.path}: model-index is no list; mend it first")
    metric: dict[str, Any] = {"type": result.metric, "value": result.value}
    if result.metric_name:
        metric["name"] = result.metric_name
    entry = _entry(result, metric)
    if not index:
        return changed(card, "set", ("model-index",), [{"name": name, "results": [entry]}])
    for i, model in enumerate(index):
        for j, old in enumerate(_list(model, "results")):
            if not _is_same(old, result):
                continue
            for k, known in enumerate(_list(old, "metrics")):
                if _get(known, "type") == result.metric and (
                    not result.metric_name or _get(known, "name") == result.metric_name
                ):
                    place: Path = ("model-index", i, "results", j, "metrics", k, "value")
                    return changed(card, "set", place, result.value)
            return changed(card, "add", ("model-index", i, "results", j, "metrics"), metric)
    last = len(index) - 1
    if _get(index[last], "results"):
        return changed(card, "add", ("model-index", last, "results"), entry)
    return changed(card, "set", ("model-index", last, "results"), [entry])


def _entry(result: Result, metric: dict[str, Any]) -> dict[str, Any]:
    dataset = {
        "type": result.dataset,
        "name": result.dataset_name or result.dataset,
        "config": result.config,
        "split": result.split,
        "revision": result.revision,
    }
    entry: dict[str, Any] = {
        "task": {"type": result.task},
        "dataset": {key: value for key, value in dataset.items() if value},
        "metrics": [metric],
    }
    if result.source_url:
        source = {"url": result.source_url, "name": result.source_name}
        entry["source"] = {key: value for key, value in source.items() if value}
    return entry


def _is_same(old: Any, result: Result) -> bool:
    dataset = _get(old, "dataset") or {}
    new = (result.dataset, result.config, result.split, result.revision)
    return (
        _get(_get(old, "task"), "type") == result.task
        and tuple(_get(dataset, key) for key in _SAME) == new
    )


def read_results(metadata: dict[str, Any]) -> Iterator[Result]:
    """Yield the results of ``model-index``; entries that lack what they need are passed over."""
    index = metadata.get("model-index")
    for model in index if isinstance(index, list) else ():
        for entry in _list(model, "results"):
            dataset, task = _get(entry, "dataset"), _get(_get(entry, "task"), "type")
            source = _get(entry, "source")
            for metric in _list(entry, "metrics"):
                kind, value = _get(metric, "type"), _get(metric, "value")
                if not all(isinstance(item, str) for item in (_get(dataset, "type"), task, kind)):
                    continue
                if value is None:
                    continue
                yield Result(
                    dataset["type"],
                    kind,
                    value,
                    task,
                    _text(dataset, "name"),
                    _text(dataset, "config"),
                    _text(dataset, "split"),
                    _text(dataset, "revision"),
                    _text(metric, "name"),
                    _text(source, "url"),
                    _text(source, "name"),
                )


def to_files(
    results: list[Result], task_id: str | None = None
) -> tuple[dict[str, list[Any]], list[str]]:
    """Return file name -> entries of ``.eval_results``, and why other results stay out.

    Args:
        results: of one model.
        task_id: the task in the dataset's ``eval.yaml``, for results without a configuration.
    """
    files: dict[str, list[Any]] = {}
    left: list[str] = []
    for result in results:
        task = task_id or result.config
        where = f"{result.metric} on {result.dataset}"
        if not is_repo_id(result.dataset) or "/" not in result.dataset:
            left.append(f"{where}: {result.dataset!r} is no dataset of the Hub")
        elif isinstance(result.value, bool) or not isinstance(result.value, int | float):
            left.append(f"{where}: {result.value!r} is no number")
        elif not task:
            left.append(f"{where}: which task of the dataset's eval.yaml it is; say --task-id")
        else:
            name = result.dataset.replace("/", "--").lower() + ".yaml"
            files.setdefault(name, []).append(_file_entry(result, task))
    return files, left


def _file_entry(result: Result, task: str) -> dict[str, Any]:
    dataset = {"id": result.dataset, "task_id": task, "revision": result.revision}
    notes = {
        "metric": result.metric,
        "task": result.task,
        "name": result.metric_name,
        "config": result.config,
        "split": result.split,
    }
    words = " ".join(f"{key}={_quoted(value)}" for key, value in notes.items() if value)
    entry: dict[str, Any] = {
        "dataset": {key: value for key, value in dataset.items() if value},
        "value": result.value,
    }
    if result.date:
        entry["date"] = result.date
    if result.source_url:
        source = {"url": result.source_url, "name": result.source_name}
        entry["source"] = {key: value for key, value in source.items() if value}
    entry["notes"] = words
    return entry


def _quoted(value: str) -> str:
    return '"' + value.replace('"', "'") + '"' if re.search(r"[\s\"]", value) else value


def read_file(text: str, where: str) -> list[Any]:
    """Return the entries of a file of ``.eval_results``.

    Raises:
        UsageError: it is no YAML list.
    """
    document = parse(text)
    trouble = document.problem or document.excess
    if trouble:
        line = text.count("\n", 0, trouble.offset) + 1
        raise UsageError(f"{where}, line {line}: {trouble.words}")
    if document.value is None:
        return []
    if not isinstance(document.value, list):
        raise UsageError(f"{where}: no list of results")
    return document.value


def from_entries(
    entries: list[Any], metric: str | None, task: str | None
) -> tuple[list[Result], list[str]]:
    """Return results from entries of ``.eval_results``, and why others stay out.

    Args:
        entries: what :func:`read_file` gave.
        metric: the metric of entries whose notes name none.
        task: the task of entries whose notes name none.
    """
    found, left = [], []
    for entry in entries:
        dataset, source = _get(entry, "dataset"), _get(entry, "source")
        id_, value = _text(dataset, "id"), _get(entry, "value")
        notes = {key: text.strip('"') for key, text in _NOTE.findall(_text(entry, "notes") or "")}
        kind, of_task = notes.get("metric") or metric, notes.get("task") or task
        if id_ is None or value is None:
            left.append(f"an entry without dataset.id or value: {entry!r:.80}")
        elif kind is None or of_task is None:
            left.append(
                f"{id_}: names no {'metric' if kind is None else 'task'}; say --{'metric' if kind is None else 'task'}"
            )
        else:
            found.append(
                Result(
                    id_,
                    kind,
                    value,
                    of_task,
                    None,
                    notes.get("config") or _text(dataset, "task_id"),
                    notes.get("split"),
                    _text(dataset, "revision"),
                    notes.get("name"),
                    _text(source, "url"),
                    _text(source, "name"),
                    _text(entry, "date"),
                )
            )
    return found, left


def extended(old: str, entries: list[Any], where: str) -> str:
    """Return the text of a file with entries that are not in it added at its end."""
    known = read_file(old, where)
    fresh = [entry for entry in entries if entry not in known]
    if not fresh:
        return old
    if old.lstrip().startswith("["):
        raise UsageError(f"{where}: is a list on one line; put the results in by hand")
    newline = "\r\n" if "\r\n" in old else "\n"
    start = old if not old or old.endswith("\n") else old + newline
    return start + "".join(line + newline for line in lines(fresh))


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any, key: str) -> list[Any]:
    found = _get(value, key)
    return found if isinstance(found, list) else []


def _text(value: Any, key: str) -> str | None:
    found = _get(value, key)
    if isinstance(found, Timestamp):
        return found.text
    return found if isinstance(found, str) and found else None
