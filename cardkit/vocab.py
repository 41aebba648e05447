"""The Hub's lists of licences, languages, tasks, libraries and metrics: those that ship, or newer ones.

The lists are dated, and the Hub's grow. ``--vocab FILE`` brings newer ones in for one run: a JSON
object with a list's name -> ``{"as_of": date, "ids": [id, …] or {id: name}}``. Spellings, hints and
names that cardkit knows stay.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from cardkit._data import load_json
from cardkit.errors import InputError, UsageError

NAMES: Final = ("licenses", "languages", "tasks", "libraries", "metrics")
#: the file of newer lists that holds for what runs now
_file: ContextVar[str | None] = ContextVar("vocab_file", default=None)


@contextmanager
def use_vocab(path: str | None) -> Iterator[None]:
    """Take the lists of a file in place of those that ship, inside a ``with`` block.

    Raises:
        InputError: the file cannot be read.
        UsageError: it does not hold lists.
    """
    if path is not None:
        _read(path)
    token = _file.set(path)
    try:
        yield
    finally:
        _file.reset(token)


def vocab_file() -> str | None:
    """Return the file of newer lists in use; what is cached about lists is cached for it."""
    return _file.get()


def load_vocab(name: str) -> dict[str, Any]:
    """Return a list with all that is known of it: ``as_of``, ``ids`` and more; read-only."""
    return _merged(name, _file.get())


def vocabulary(name: str) -> frozenset[str]:
    """Return the ids of a list: licenses, languages, tasks, libraries or metrics."""
    return _ids(name, _file.get())


@cache
def _ids(name: str, path: str | None) -> frozenset[str]:
    data = _merged(name, path)
    return frozenset((*data["ids"], *data.get("special", ()), *data.get("more_ids", "").split()))


@cache
def _merged(name: str, path: str | None) -> dict[str, Any]:
    data: dict[str, Any] = load_json("schemas", "vocab", f"{name}.json")
    newer = _read(path).get(name) if path is not None else None
    if newer is None:
        return data
    ids = newer["ids"]
    names = ids if isinstance(ids, dict) else {id_: data["ids"].get(id_, id_) for id_ in ids}
    return {**data, "more_ids": "", "ids": names, "as_of": newer.get("as_of", "unknown date")}


@cache
def _read(path: str) -> dict[str, Any]:
    import json

    try:
        with open(path, encoding="utf-8") as file:
            lists = json.load(file)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(lists, dict) or not lists:
        raise UsageError(f"{path}: must hold lists by name: {', '.join(NAMES)}")
    for name, data in lists.items():
        if name not in NAMES:
            raise UsageError(f"{path}: there is no list {name!r}; they are {', '.join(NAMES)}")
        ids = data.get("ids") if isinstance(data, dict) else None
        if not isinstance(ids, list | dict) or not all(isinstance(id_, str) for id_ in ids):
            raise UsageError(f'{path}: {name!r} must hold "ids": a list of ids, or ids with names')
    return lists
