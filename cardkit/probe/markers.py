"""The block between the probe's two markers in the text of a card, and the record inside it.

A marker is a line of its own that is an HTML comment, outside fenced code. Whatever is not clearly
one whole block is refused, with the lines: it would be somebody's text that gets overwritten.
"""

import re
from typing import NamedTuple

from cardkit.errors import InputError
from cardkit.probe.record import Record, SuiteInfo, from_json

END = "<!-- cardkit:bias-probe end -->"
_MARKER = re.compile(r" {0,3}<!--\s*cardkit:bias-probe\s+(begin|end)\b[^>]*-->\s*")
_NAME = re.compile(r"<!--\s*cardkit:bias-probe\b")
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})(.*)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


class Line(NamedTuple):
    """A line of a text: 1-based number, offset of its first character, text with its line end."""

    number: int
    start: int
    text: str


class Block(NamedTuple):
    """A marked block: half-open character span, up to the end of the last marker, and its lines."""

    start: int
    end: int
    first_line: int
    last_line: int


def begin(suite: SuiteInfo, language: str = "en") -> str:
    """Return the marker that opens the block of a suite; it names the language if not English."""
    spoken = "" if language == "en" else f" language={language}"
    return f"<!-- cardkit:bias-probe begin suite={suite.id}@{suite.version}{spoken} -->"


def split_lines(text: str) -> list[Line]:
    """Split a text into lines ended by LF, CR LF or CR."""
    lines = []
    for number, match in enumerate(_LINE.finditer(text), start=1):
        if match[0]:
            lines.append(Line(number, match.start(), match[0]))
    return lines


def body_lines(text: str) -> list[Line]:
    """Return the lines of a card outside its front matter and outside fenced code."""
    kept: list[Line] = []
    fence = ""
    for line in _after_front_matter(split_lines(text)):
        match = _FENCE.match(line.text.rstrip("\r\n"))
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif match:
            fence = match[1]
        else:
            kept.append(line)
    return kept


def _after_front_matter(lines: list[Line]) -> list[Line]:
    if lines and lines[0].text.lstrip("\ufeff").rstrip() == "---":
        for index, line in enumerate(lines[1:], start=1):
            if line.text.rstrip() == "---":
                return lines[index + 1 :]
    return lines


def find_block(text: str) -> Block | None:
    """Return the marked block of a card, or None if it has none.

    Raises:
        InputError: a marker without its partner, nested, doubled, or not alone on its line.
    """
    begins: list[Line] = []
    ends: list[Line] = []
    for line in body_lines(text):
        match = _MARKER.fullmatch(line.text)
        if match:
            (begins if match[1] == "begin" else ends).append(line)
        elif (named := _NAME.search(line.text)) and line.text[: named.start()].count("`") % 2 == 0:
            raise _damaged([line], "a marker has to stand alone on its line, complete")
    if not begins and not ends:
        return None
    if len(begins) > 1 and len(ends) > 1:
        raise _damaged([*begins, *ends], "there is more than one block")
    if len(begins) > 1:
        raise _damaged(begins, "a block begins inside another")
    if len(ends) > 1:
        raise _damaged(ends, "a block ends twice")
    if not ends:
        raise _damaged(begins, "the block has no end")
    if not begins:
        raise _damaged(ends, "the block has no beginning")
    first, last = begins[0], ends[0]
    if last.start < first.start:
        raise _damaged([last, first], "the block ends before it begins")
    end = last.start + len(last.text.rstrip())
    return Block(first.start, end, first.number, last.number)


def find_record(text: str) -> Record | None:
    """Return the record in the marked block of a card, or None if there is no block.

    Raises:
        InputError: the markers are damaged, or the block holds no readable record.
    """
    block = find_block(text)
    if block is None:
        return None
    lines = split_lines(text[block.start : block.end])
    start = next((i for i, line in enumerate(lines) if line.text.strip() == "```json"), None)
    where = f"line {block.first_line}: the block of the bias probe"
    if start is None:
        raise InputError(f"{where} holds no record")
    body = lines[start + 1 :]
    stop = next((i for i, line in enumerate(body) if line.text.strip() == "```"), len(body))
    where = f"line {block.first_line + start + 1}: record"
    return from_json("".join(line.text for line in body[:stop]), where)


def _damaged(lines: list[Line], what: str) -> InputError:
    numbers = ", ".join(str(line.number) for line in lines)
    noun = "line" if len(lines) == 1 else "lines"
    return InputError(
        f"{noun} {numbers}: damaged markers of the bias probe: {what};"
        " repair or delete the block by hand"
    )
