"""Edits applied to a text."""

from collections.abc import Iterable

from cardkit.diagnostic import Edit


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with its edits made. They must not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join(pieces) + text[at:]
