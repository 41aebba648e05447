"""A place in a text of YAML that moves on, and knows its line, its indentation and its tabs."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, cast

from cardkit.text import Span
from cardkit.yaml.nodes import Kind, Node

#: What stands behind the last character, so that looking ahead needs no bounds.
END: Final = "\0"
BLANK: Final = frozenset(" \t")
BREAK: Final = frozenset("\r\n")
SPACE: Final = BLANK | BREAK
FLOW: Final = frozenset(",[]{}")


def always(expression: str) -> Callable[[str, int], re.Match[str]]:
    """Return what matches an expression at a place, for an expression that matches everywhere."""
    return cast("Callable[[str, int], re.Match[str]]", re.compile(expression).match)


_blanks = always(r"[ \t]*")
spaces = always(r" *")
line_rest = always(r"[^\r\n\0]*")
_UNPRINTABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Refused(Exception):  # noqa: N818 (never leaves the package)
    """The text is no YAML to js-yaml."""

    def __init__(
        self, words: str, position: int, line: int, column: int, origin: int | None = None
    ) -> None:
        super().__init__(words)
        #: where what is wrong starts
        self.origin = position if origin is None else origin
        self.words = words
        self.position = position
        self.line = line
        self.column = column


class Mark(NamedTuple):
    """A place to come back to, or to name in a message."""

    position: int
    line: int
    line_start: int
    indent: int
    tab: int


class Cursor:
    """The place in ``text``, which ends in a line break and :data:`END`.

    ``indent`` counts the spaces that the line starts with, as far as a search for content has come;
    ``tab`` is where the first tab of the blanks in this line is, or -1.
    """

    __slots__ = (
        "astral",
        "base",
        "dirty",
        "indent",
        "line",
        "line_start",
        "position",
        "size",
        "tab",
        "text",
    )

    def __init__(self, text: str, base: int, size: int) -> None:
        #: offset of the first character in the source that the spans refer to
        self.base = base
        self.text = text
        #: the length of the text without what was added to it
        self.size = size
        self.astral = not text.isascii() and _ASTRAL.search(text) is not None
        #: whether there are characters that must not be in most places
        self.dirty = _UNPRINTABLE.search(text, 0, len(text) - 1) is not None
        self.position = 0
        self.line = 0
        self.line_start = 0
        self.indent = 0
        self.tab = -1

    def mark(self) -> Mark:
        """Return the place."""
        return Mark(self.position, self.line, self.line_start, self.indent, self.tab)

    def back_to(self, mark: Mark) -> None:
        """Return to a place."""
        self.position, self.line, self.line_start, self.indent, self.tab = mark

    def column_of(self, position: int, line_start: int) -> int:
        """Return the column as JavaScript counts: UTF-16 units from the start of the line."""
        column = position - line_start
        if self.astral and column > 0:
            column += len(_ASTRAL.findall(self.text, line_start, position))
        return column

    @property
    def column(self) -> int:
        """The column of the place, from 0."""
        return self.column_of(self.position, self.line_start)

    def refusal(self, words: str, origin: int | None = None) -> Refused:
        """Return the error that the text is refused with, here; what is wrong starts at origin."""
        return Refused(words, self.position, self.line + 1, self.column + 1, origin)

    def node(self, kind: Kind, start: int, end: int) -> Node:
        """Make a node that is written between two places."""
        return Node(kind, Span(self.base + start, self.base + min(end, self.size)))

    def skip_blanks(self) -> None:
        """Pass over spaces and tabs."""
        self.position = _blanks(self.text, self.position).end()

    def skip_line(self) -> None:
        """Pass over the rest of the line, up to its end."""
        self.position = line_rest(self.text, self.position).end()

    def skip_break(self) -> None:
        """Pass over a line end."""
        if self.text[self.position] not in BREAK:
            raise self.refusal("a line break is expected")
        self.position += 2 if self.text.startswith("\r\n", self.position) else 1
        self.line += 1
        self.line_start = self.position
        self.tab = -1

    def skip_indent(self, limit: int | None = None) -> None:
        """Pass over the spaces that a line starts with (no more than a limit) and count them."""
        self.indent = spaces(self.text, self.position).end() - self.position
        if limit is not None:
            self.indent = min(self.indent, max(limit, 0))
        self.position += self.indent

    def skip(self, comments: bool = True) -> int:
        """Pass over blanks, line ends and comments; return how many lines ended."""
        text, position, ended = self.text, self.position, 0
        while True:
            character = text[position]
            if character in BLANK:
                start, position = position, _blanks(text, position).end()
                if self.tab < 0:
                    self.tab = text.find("\t", start, position)
                character = text[position]
            if character == "#" and comments:
                position = line_rest(text, position).end()
                character = text[position]
            if character not in BREAK:
                self.position = position
                return ended
            position += 2 if character == "\r" and text[position + 1] == "\n" else 1
            ended += 1
            self.line += 1
            self.line_start = position
            self.tab = -1
            position = spaces(text, position).end()
            self.indent = position - self.line_start

    def check(self, piece: str) -> None:
        """Refuse a piece of the text that was just read if it has characters that must not be."""
        if self.dirty and _UNPRINTABLE.search(piece):
            raise self.refusal("the stream contains non-printable characters")

    def at_marker(self) -> bool:
        """Tell whether a line starts here that is ``---`` or ``...`` (and perhaps more)."""
        return (
            self.position == self.line_start
            and self.text.startswith(("---", "..."), self.position)
            and (self.text[self.position + 3] in SPACE or self.text[self.position + 3] == END)
        )
