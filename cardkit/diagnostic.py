"""What a rule finds, and what the engine makes of it. Plain data, no behaviour."""

from enum import IntEnum
from typing import Literal, NamedTuple

from cardkit.text import Position, Span
from cardkit.yaml12 import Path

#: Who objects: the Hub refuses, the Hub warns, or cardkit advises.
Ground = Literal["hub-error", "hub-warning", "advice"]
Safety = Literal["safe", "unsafe", "display"]


class Severity(IntEnum):
    """Whether a finding fails the run; compared with ``--fail-on``."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Edit(NamedTuple):
    """Replace the text of a span; an empty span inserts."""

    span: Span
    text: str


class Fix(NamedTuple):
    """How a finding can be mended.

    ``safe`` keeps the meaning and is applied by ``--fix``, ``unsafe`` may change it, ``display``
    is only shown.
    """

    safety: Safety
    message: str
    edits: tuple[Edit, ...]


class Key(NamedTuple):
    """The key at a path of the metadata."""

    path: Path


class Value(NamedTuple):
    """The value at a path of the metadata."""

    path: Path


class Topic(NamedTuple):
    """A topic of the body, at the place that decided; None when the card lacks it."""

    id: str
    span: Span | None = None


class Place(NamedTuple):
    """A place in the text, and the metadata path it belongs to, if any."""

    span: Span
    path: Path | None = None


class Finding(NamedTuple):
    """What a rule yields: where, what is wrong, what to do about it."""

    at: Key | Value | Topic | Place
    message: str
    help: str | None = None
    fix: Fix | None = None
    #: the Hub's own words for it, where they are known
    hub_message: str | None = None


class Diagnostic(NamedTuple):
    """A finding with its rule, its severity and its exact place. Safe to pickle."""

    path: str
    span: Span
    start: Position
    end: Position
    code: str
    name: str
    ground: Ground
    severity: Severity
    target: str | None
    message: str
    help: str | None = None
    fix: Fix | None = None
    hub_message: str | None = None


def format_path(path: Path) -> str:
    """Write a metadata path as the Hub does: ``model-index[0].results[1].metrics``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
