"""The results in .eval_results/*.yaml, the Hub's newer place for them, and what is wrong with them."""

import os
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cardkit.core_schema import Timestamp
from cardkit.schema import is_repo_id
from cardkit.yaml12 import Document, Path, parse

FOLDER: Final = ".eval_results"
_MAX_BYTES: Final = 1_000_000


class Fault(NamedTuple):
    """What is wrong in a file, and in which line."""

    file: str
    line: int
    message: str


class EvalResult(NamedTuple):
    """One result: the file it is in, its dataset's id and its value."""

    file: str
    dataset: str
    value: float


def read_eval_results(folder: str) -> tuple[list[EvalResult], list[Fault]]:
    """Return the results of a model's folder, and what is wrong in their files."""
    results: list[EvalResult] = []
    faults: list[Fault] = []
    where = os.path.join(folder, FOLDER)
    try:
        names = sorted(name for name in os.listdir(where) if name.endswith((".yaml", ".yml")))
    except OSError:
        return results, faults
    for name in names:
        shown = f"{FOLDER}/{name}"
        try:
            with open(os.path.join(where, name), encoding="utf-8") as file:
                text = file.read(_MAX_BYTES)
        except (OSError, UnicodeError) as error:
            faults.append(Fault(shown, 1, f"cannot be read: {error}"))
            continue
        _read(shown, text, results, faults)
    return results, faults


def _read(file: str, text: str, results: list[EvalResult], faults: list[Fault]) -> None:
    document = parse(text)
    if document.refusal or document.excess:
        words = document.refusal or (document.excess.words if document.excess else "")
        at = document.problem.offset if document.problem else 0
        faults.append(Fault(file, text.count("\n", 0, at) + 1, f"no YAML: {words}"))
        return
    if not isinstance(document.value, list):
        faults.append(Fault(file, 1, "must be a list of results"))
        return
    for i, entry in enumerate(document.value):
        wrong = list(_faults(entry))
        for path, message in wrong:
            faults.append(Fault(file, _line(document, text, (i, *path)), message))
        if not wrong:
            results.append(EvalResult(file, entry["dataset"]["id"], float(entry["value"])))


def _line(document: Document, text: str, path: Path) -> int:
    while path:
        if found := document.find(path):
            return text.count("\n", 0, (found[0] or found[1]).span.start) + 1
        path = path[:-1]
    return 1


def _faults(entry: Any) -> Iterator[tuple[Path, str]]:
    """Yield (path, what is wrong) for one result."""
    if not isinstance(entry, dict):
        yield (), "a result must be keys with values"
        return
    dataset = entry.get("dataset")
    if not isinstance(dataset, dict):
        yield ("dataset",), "`dataset` must have `id` and `task_id`"
    else:
        for key in ("id", "task_id"):
            if not isinstance(dataset.get(key), str):
                yield ("dataset", key), f"`dataset.{key}` must be a text"
        if isinstance(dataset.get("id"), str) and not is_repo_id(dataset["id"]):
            yield ("dataset", "id"), f'"{dataset["id"]}" cannot be the id of a dataset'
        if "revision" in dataset and not isinstance(dataset["revision"], str):
            yield ("dataset", "revision"), "`dataset.revision` must be a text: put it in quotes"
    value = entry.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield ("value",), "`value` must be a number"
    if isinstance(entry.get("date"), Timestamp):
        yield ("date",), "`date` must be a text: put it in quotes"
    for key in ("date", "notes", "verifyToken"):
        if key in entry and not isinstance(entry[key], str | Timestamp):
            yield (key,), f"`{key}` must be a text"
    if "source" in entry:
        source = entry["source"]
        if not isinstance(source, dict) or not isinstance(source.get("url"), str):
            yield ("source",), "`source` must have a `url`"
