"""What a text on the command line means as a value: read as the Hub reads YAML."""

from typing import Any

from cardkit.card import Card
from cardkit.core_schema import Timestamp
from cardkit.edit.paths import Path
from cardkit.yaml12 import parse


def typed(card: Card, path: Path, text: str) -> Any:
    """Return the value that a text stands for at a place.

    Where the place takes text only (a licence name ``1.10``, a dataset's ``revision``), it is one.
    """
    value = _read(text)
    if isinstance(value, str) or value == text:
        return text if isinstance(value, str) and not text.startswith(('"', "'")) else value
    if isinstance(value, Timestamp) or (
        _refused(card, path, value) and not _refused(card, path, text)
    ):
        return text
    return value


def _read(text: str) -> Any:
    document = parse(text)
    if document.problem or document.excess or not text.strip():
        return text
    if (
        document.root is not None
        and document.root.kind == "mapping"
        and document.root.style == "block"
    ):
        return text  # "a: b" is a sentence with a colon
    if (
        document.root is not None
        and document.root.kind == "sequence"
        and document.root.style == "block"
    ):
        return text
    return document.value


def _refused(card: Card, path: Path, value: Any) -> bool:
    """Tell whether the schema has something against a value at a place."""
    from cardkit.edit.apply import expected
    from cardkit.schema import check

    try:
        metadata = expected(card.metadata, "set", path, value)
    except (KeyError, IndexError, TypeError):
        return False
    return any(error.path[: len(path)] == path for error in check(metadata))


def matching(current: Any, text: str) -> Any:
    """Return the value of a list, or the value itself, that a text on the command line names."""
    candidates = current if isinstance(current, list) else [current]
    value = _read(text)
    for item in candidates:
        if item == text or (item == value and type(item) is type(value)):
            return item
    return text
