"""Edits -> the new card, read again: the change is there, everything else means what it meant."""

import copy
import itertools
from typing import Any, Literal, TypeVar

from cardkit.card import Card
from cardkit.diagnostic import Diagnostic, Edit
from cardkit.edit.change import add_value, remove_value, set_value, value_at, value_in
from cardkit.edit.paths import Path
from cardkit.engine import lint
from cardkit.errors import EditError
from cardkit.fix import apply_edits
from cardkit.text import Source

Action = Literal["set", "add", "remove"]
AnyCard = TypeVar("AnyCard", bound=Card)


def changed(card: AnyCard, action: Action, path: Path, value: Any = None) -> AnyCard:
    """Return the card with one change of its metadata, everything outside it as it was.

    Args:
        card: the card; it is not touched.
        action: ``set`` a value, ``add`` one to a list, ``remove`` a key or a value of a list.
        path: where, as steps.
        value: plain Python (str, int, float, bool, None, list, dict).

    Raises:
        EditError: the metadata cannot be read, or cannot be edited without changing something else.
    """
    edits: tuple[Edit, ...]
    if action == "set":
        edits = set_value(card, path, value)
    elif action == "add":
        edits = add_value(card, path, value)
    else:
        edits = remove_value(card, path, value)
    if not edits:
        return card
    try:
        data = card.source.encode(apply_edits(card.text, edits))
    except UnicodeEncodeError as error:
        raise EditError(f"{value!r} cannot be written as UTF-8") from error
    result = card.with_source(Source(data, card.source.path))
    if not same(result.metadata, expected(card.metadata, action, path, value)):
        raise EditError(
            f"{card.source.path}: this cannot be changed without changing something else "
            "(an alias or a merge key shares it); edit it by hand"
        )
    return result


def expected(metadata: dict[str, Any], action: Action, path: Path, value: Any) -> dict[str, Any]:
    """Return what the metadata is to mean after a change."""
    root: Any = copy.deepcopy(metadata)
    parent: Any = root
    if action == "add":
        current = value_in(root, path)
        items = current if isinstance(current, list) else [] if current is None else [current]
        return expected(metadata, "set", path, [*items, value])
    if action == "set":
        for step, following in itertools.pairwise(path):
            if value_in(parent, (step,)) is None:
                _put(parent, step, [] if isinstance(following, int) else {})
            parent = parent[step]
        _put(parent, path[-1], value)
        return dict(root)
    for step in path[:-1]:
        parent = parent[step]
    current = parent[path[-1]]
    if value is not None and isinstance(current, list) and len(current) > 1:
        current.remove(value)
        return dict(root)
    del parent[path[-1]]
    if not parent and len(path) > 1:
        return expected(metadata, "remove", path[:-1], None)
    return dict(root)


def _put(parent: Any, step: str | int, value: Any) -> None:
    if isinstance(parent, list) and step == len(parent):
        parent.append(value)
    else:
        parent[step] = value


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same to the letter: 1, 1.0 and true are three."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or one != one)


def objections(old: Card, new: Card) -> list[Diagnostic]:
    """Return what the Hub has against a changed card that it had not against the old one."""
    before = {_kind(item) for item in lint(old).diagnostics}
    return [
        item
        for item in lint(new).diagnostics
        if item.ground != "advice" and _kind(item) not in before
    ]


def _kind(item: Diagnostic) -> tuple[str, str | None, str]:
    return item.code, item.target, item.message


__all__ = ["Action", "changed", "expected", "objections", "same", "value_at"]
