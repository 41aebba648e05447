"""Fixes for values that are in no list: languages with a region, retired tasks, values that say nothing."""

from typing import Any, Final

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Edit, Fix
from cardkit.rules.entries import add_to_list, remove
from cardkit.rules.scalars import replace
from cardkit.schema import SchemaError
from cardkit.suggest import Suggestion

#: Words that stand where nobody knew the language.
_NOTHING: Final = frozenset(("noinfo", "none", "n/a", "na", "null", "tbd", "todo", "unknown", "?"))
_TAG = lazy(r"([A-Za-z]{2,3})[-_](?:([A-Za-z]{4})[-_])?([A-Za-z]{2}|[0-9]{3})\Z")
_SCRIPT = lazy(r"([A-Za-z]{2,3})[-_]([A-Za-z]{4})\Z")


def language_fix(card: Card, error: SchemaError, meant: Suggestion | None) -> Fix | None:
    """Return the fix for a language: its code; for a tag with a region, the tag is kept elsewhere."""
    text = str(error.value)
    if text.strip().lower() in _NOTHING:
        edit = remove(card, error.path)
        return Fix("safe", "take it out: it names no language", (edit,)) if edit else None
    if meant is None or not meant.value:
        return None
    listed = card.metadata["language"]
    if isinstance(listed, list) and len(listed) > 1000:
        return None  # each fix looks through the list
    there = isinstance(listed, list) and meant.value in listed
    if there:
        edit = remove(card, error.path)
        change = Fix("safe", f"take it out: {meant.value} is there", (edit,)) if edit else None
    else:
        change = replace(card, error.path, meant.value, meant.certain)
    tag = _bcp47(text)
    if tag is None or change is None:
        return change
    # The region is meaning, so the tag goes where the Hub takes it.
    known = card.metadata.get("language_bcp47")
    if isinstance(known, list) and tag in known:
        return change
    keep = add_to_list(card, "language_bcp47", tag, "language")
    if keep is None:
        return change._replace(safety="unsafe")
    message = f"write {meant.value}, and {tag} into language_bcp47"
    return Fix("safe", message, (*change.edits, keep))


def _bcp47(text: str) -> str | None:
    """Return a code with a region or a script as BCP 47 writes it; None for any other text."""
    if match := _TAG().match(text):
        language, script, region = match.groups()
        parts = [language.lower(), script.title() if script else "", region.upper()]
        return "-".join(part for part in parts if part)
    if match := _SCRIPT().match(text):
        return f"{match[1].lower()}-{match[2].title()}"
    return None


def retired_task_fix(card: Card, error: SchemaError, row: dict[str, Any]) -> Fix | None:
    """Return the fix for a task that the Hub has dropped: the task that took its place.

    Of several, the one that the tags or results name; else the first, which has the others below it.
    """
    choices = row["instead"]
    named = [task for task in choices[1:] if _speaks_of(card, task)]
    task = named[0] if len(named) == 1 else choices[0]
    fix = replace(card, error.path, task, True)
    tag = row.get("tag")
    if (
        fix is None
        or tag is None
        or error.path[0] != "pipeline_tag"
        or tag in _as_list(card.metadata.get("tags"))
    ):
        return fix
    edit = add_to_list(card, "tags", tag, "pipeline_tag")
    if edit is None:
        return fix._replace(safety="unsafe")
    if _touch(edit, fix.edits[0]):
        return fix._replace(safety="unsafe")
    return Fix("safe", f"write {task}, and add the tag {tag}", (*fix.edits, edit))


def _touch(one: Edit, other: Edit) -> bool:
    return one.span.start < other.span.end and other.span.start < one.span.end


def _speaks_of(card: Card, task: str) -> bool:
    """Tell whether the tags or the results of a card name a task."""
    if task in _as_list(card.metadata.get("tags")):
        return True
    return any(
        isinstance(result, dict)
        and isinstance(result.get("task"), dict)
        and result["task"].get("type") == task
        for entry in _as_list(card.metadata.get("model-index"))
        if isinstance(entry, dict)
        for result in _as_list(entry.get("results"))
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
