"""The bytes of a file as text, with offsets that can be turned into lines and columns and back."""

import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

# What an editor and CommonMark call a line end; not str.splitlines(), which has many more.
_LINE_END = re.compile(r"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


class Span(NamedTuple):
    """A half-open range of offsets, in code points, into the text of a :class:`Source`."""

    start: int
    end: int


class Position(NamedTuple):
    """A place as people count: both 1-based, the column in code points."""

    line: int
    column: int


class DecodeProblem(NamedTuple):
    """Why the bytes are not a text: where the trouble starts (offset), and what they seem to be."""

    offset: int
    reason: str


class Source:
    """One file: its path for messages, its bytes, its text without a byte order mark.

    ``text`` holds what could be decoded up to the first problem, if ``problem`` is not None.
    """

    def __init__(self, data: bytes, path: str = "README.md") -> None:
        self.path = path
        self.data = data
        self.bom = data.startswith(_BOM)
        body = data[len(_BOM) :] if self.bom else data
        self.problem: DecodeProblem | None = None
        try:
            self.text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            self.text = body[: error.start].decode("utf-8")
            self.problem = DecodeProblem(len(self.text), _guess_encoding(body, error))
        else:
            # UTF-16 without a byte order mark decodes as UTF-8 full of NULs.
            if self.text.count("\0", 0, 8192) > min(len(self.text), 8192) // 10:
                self.problem = DecodeProblem(
                    self.text.index("\0"), "the file looks binary or UTF-16"
                )

    @classmethod
    def from_text(cls, text: str, path: str = "README.md") -> "Source":
        """Make a source of a string (a leading U+FEFF is its byte order mark)."""
        # surrogatepass: a lone surrogate cannot be written as UTF-8, and is then reported as such.
        return cls(text.encode("utf-8", "surrogatepass"), path)

    def encode(self, text: str) -> bytes:
        """Return the bytes of an edited text, with the byte order mark this file had."""
        return (_BOM if self.bom else b"") + text.encode("utf-8")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @property
    def line_count(self) -> int:
        """The number of lines; a final line end does not start one more, an empty text has one."""
        starts = self._starts
        return len(starts) - 1 if len(starts) > 1 and starts[-1] == len(self.text) else len(starts)

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int = 1) -> int:
        """Return the offset of a 1-based line and column (clipped to the text)."""
        if line > len(self._starts):
            return len(self.text)
        return min(self._starts[line - 1] + column - 1, len(self.text))

    def line_span(self, line: int) -> Span:
        """Return the span of a 1-based line without its line end."""
        start = self.offset(line)
        end = self.offset(line + 1)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    @cached_property
    def newline(self) -> str:
        """The line end used most, for lines that an edit adds."""
        ends = _LINE_END.findall(self.text)
        return max(("\n", "\r\n", "\r"), key=ends.count)


def _guess_encoding(body: bytes, error: UnicodeDecodeError) -> str:
    """Say in words what undecodable bytes look like."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the file is UTF-16"
    if b"\0" in body[:8192]:
        return "the file looks binary"
    return f"byte 0x{body[error.start]:02x} is not UTF-8"


def is_east_asian(text: str) -> bool:
    """Tell whether a text holds Chinese, Japanese or Korean.

    An expression with these ranges takes longer to compile than a card to lint.
    """
    return not text.isascii() and any(
        "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text
    )
