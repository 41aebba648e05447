"""Configuration files: found beside the card or above it, read, checked for their shape.

The nearest file wins: ``cardkit.toml``, or ``pyproject.toml`` with a table ``[tool.cardkit]``.
``extend`` names another file whose values hold where this one is silent.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cardkit.errors import InputError, UsageError
from cardkit.suggest import nearest

#: The files that may hold configuration, the first of a folder wins.
FILES: Final = ("cardkit.toml", "pyproject.toml")
#: The file that `cardkit baseline` writes, found as configuration is.
BASELINE: Final = ".cardkit-baseline.json"

_TEXT, _TEXTS, _TABLE_OF_TEXT, _TABLE_OF_TEXTS, _TABLES = (
    "a text",
    "a list of texts",
    "a table of texts",
    "a table of lists of texts",
    "a table of tables",
)
#: key -> what it must hold
KEYS: Final = {
    "extend": _TEXT,
    "profile": _TEXT,
    "fail-on": _TEXT,
    "baseline": _TEXT,
    "select": _TEXTS,
    "extend-select": _TEXTS,
    "ignore": _TEXTS,
    "required-topics": _TEXTS,
    "severity": _TABLE_OF_TEXT,
    "per-file-ignores": _TABLE_OF_TEXTS,
    "headings": _TABLE_OF_TEXTS,
    "profiles": _TABLES,
}


class Config(NamedTuple):
    """What holds for a card, and where each value came from.

    ``origins`` has a path for each key of ``values``; for an entry of a table its key is
    ``table.entry``. ``folder`` is where the nearest file lies: relative paths and the patterns of
    ``per-file-ignores`` start there.
    """

    values: Mapping[str, Any] = {}
    origins: Mapping[str, str] = {}
    folder: str = "."
    path: str | None = None

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or a default."""
        return self.values.get(key, default)

    @property
    def baseline(self) -> str | None:
        """The path of the baseline that a file names, from where that file lies."""
        if "baseline" not in self.values:
            return None
        return os.path.join(os.path.dirname(self.origins["baseline"]), self.values["baseline"])


def find_config(start: str) -> Config:
    """Return the configuration that holds in a folder; an empty one where there is no file.

    Raises:
        UsageError: a file is no TOML, or holds what makes no sense.
        InputError: a file cannot be read.
    """
    for folder in _upward(start):
        for name in FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (table := _read(path)) is not None:
                return _resolve(path, table)
    return Config(folder=start)


def find_baseline(config: Config, start: str) -> str | None:
    """Return the baseline that holds in a folder: the one that is named, or the nearest above."""
    if config.baseline:
        return config.baseline
    paths = (os.path.join(folder, BASELINE) for folder in _upward(start))
    return next(filter(os.path.isfile, paths), None)


def read_config(path: str) -> Config:
    """Return the configuration of a file that the user named.

    Raises:
        UsageError: it holds no configuration, or some that makes no sense.
        InputError: it cannot be read.
    """
    table = _read(path)
    if table is None:
        raise UsageError(f"{path}: no table [tool.cardkit] in it")
    return _resolve(path, table)


def _upward(start: str) -> Iterator[str]:
    folder = os.path.abspath(start)
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _read(path: str) -> dict[str, Any] | None:
    """Return the table of a file, checked; None for a pyproject.toml that has none."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    project = os.path.basename(path) == "pyproject.toml"
    if project and b"cardkit" not in data:
        return None
    import tomllib  # only where there is configuration

    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    if project:
        tools = table.get("tool")
        if not isinstance(tools, dict) or "cardkit" not in tools:
            return None
        table = tools["cardkit"]
        if not isinstance(table, dict):
            raise UsageError(f"{path}: tool.cardkit must be a table")
    for key, value in table.items():
        _check(path, key, value)
    return table


def _check(path: str, key: str, value: Any) -> None:
    if key not in KEYS:
        close = nearest(key, list(KEYS), cutoff=0.6)
        hint = f"did you mean {close!r}?" if close else f"the keys are {', '.join(KEYS)}"
        raise UsageError(f"{path}: there is no key {key!r}; {hint}")
    kind = KEYS[key]
    items = list(value.values()) if isinstance(value, dict) else None
    right = {
        _TEXT: isinstance(value, str),
        _TEXTS: _is_texts(value),
        _TABLE_OF_TEXT: items is not None and all(isinstance(item, str) for item in items),
        _TABLE_OF_TEXTS: items is not None and all(map(_is_texts, items)),
        _TABLES: items is not None and all(isinstance(item, dict) for item in items),
    }[kind]
    if not right:
        raise UsageError(f"{path}: {key!r} must be {kind}")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _resolve(path: str, table: Mapping[str, Any], seen: tuple[str, ...] = ()) -> Config:
    """Return a file's values over those of the files it extends."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    if "extend" in table:
        other = os.path.join(os.path.dirname(path), table["extend"])
        if os.path.realpath(other) in (*seen, os.path.realpath(path)):
            raise UsageError(f"{path}: {table['extend']!r} extends this file in turn")
        try:
            below = _read(other)
        except InputError as error:
            raise InputError(f"{path}: 'extend' cannot be read: {error}") from error
        if below is None:
            raise UsageError(f"{other}: no table [tool.cardkit] in it")
        base = _resolve(other, below, (*seen, os.path.realpath(path)))
        values.update(base.values)
        origins.update(base.origins)
    for key, value in table.items():
        if key == "extend":
            continue
        if isinstance(value, dict):
            values[key] = {**values.get(key, {}), **value}
            origins.update({f"{key}.{name}": path for name in value})
        else:
            values[key] = value
            origins[key] = path
    return Config(values, origins, os.path.dirname(path) or ".", path)
