"""Scalars: plain, in quotes, and as blocks of lines."""

import re
from typing import Final

from cardkit.text import Span
from cardkit.yaml.cursor import BLANK, BREAK, END, FLOW, SPACE, Cursor, always, spaces
from cardkit.yaml.nodes import Node

# What a plain scalar holds up to the end of its line: a colon only before more text, a hash only
# behind text; in a flow collection no commas and brackets.
_plain_rest = always(r"[^:#\r\n\0]*(?:(?::(?![ \t\r\n])|(?<![ \t\r\n])#)[^:#\r\n\0]*)*")
_plain_rest_in_flow = always(
    r"[^:#,\[\]{}\r\n\0]*(?:(?::(?![ \t\r\n,\[\]{}])|(?<![ \t\r\n])#)[^:#,\[\]{}\r\n\0]*)*"
)
_NO_START: Final = SPACE | FLOW | frozenset("#&*!|>'\"%@`") | {END}
_single_rest = always(r"[^'\r\n\0]*")
_double_rest = always(r'[^"\\\r\n\0]*')

_CONTROL = re.compile("[\0-\x08\x0a-\x1f]")

_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX_DIGITS: Final = {"x": 2, "u": 4, "U": 8}


def _fold(ended: int) -> str:
    """Return what so many line ends between two lines of text mean."""
    return " " if ended == 1 else "\n" * (ended - 1)


def _scalar(cursor: Cursor, start: int, end: int, style: str, parts: list[str]) -> Node:
    node = cursor.node("scalar", start, end)
    node.style = style
    node.text = "".join(parts)
    return node


def plain(cursor: Cursor, indent: int, in_flow: bool) -> Node | None:
    """Read a plain scalar whose further lines are indented by ``indent`` at least."""
    text, start = cursor.text, cursor.position
    character = text[start]
    if character in _NO_START:
        return None
    if character in "?-":
        following = text[start + 1]
        if following in SPACE or (in_flow and following in FLOW):
            return None
    if start == cursor.line_start and cursor.at_marker():
        return None
    stop = (_plain_rest_in_flow if in_flow else _plain_rest)(text, start).end()
    if stop == start:
        return None
    node = Node("scalar", Span(0, 0))
    node.style = "plain"
    node.text = text[start:stop].rstrip(" \t")
    end = start + len(node.text)
    cursor.position = stop
    if text[stop] in BREAK:
        cursor.position = end
        if _may_go_on(text, stop, indent):
            end = _further_lines(cursor, node, indent, in_flow)
    cursor.check(node.text)
    node.span = Span(cursor.base + start, cursor.base + end)
    return node


def _may_go_on(text: str, position: int, indent: int) -> bool:
    """Tell whether a plain scalar may have a line more, behind the line end at a place."""
    position += 2 if text.startswith("\r\n", position) else 1
    end = spaces(text, position).end()
    return end - position >= indent or text[end] in SPACE


def _further_lines(cursor: Cursor, node: Node, indent: int, in_flow: bool) -> int:
    """Read the lines behind the first one of a plain scalar; return where the last one ends."""
    text = cursor.text
    rest = _plain_rest_in_flow if in_flow else _plain_rest
    parts = [node.text]
    end = cursor.position
    while True:
        before = cursor.mark()
        ended = cursor.skip(comments=False)
        if cursor.indent < indent:
            cursor.back_to(before)
            break
        start = cursor.position
        stop = rest(text, start).end()
        if stop == start or cursor.at_marker():
            break
        cursor.check(parts[-1])
        parts += (_fold(ended), text[start:stop].rstrip(" \t"))
        end = start + len(parts[-1])
        cursor.position = stop
        if text[stop] not in BREAK:
            break
        cursor.position = end
    cursor.check(parts[-1])
    node.text = "".join(parts)
    return end


def _quoted_piece(cursor: Cursor, stop: int) -> str:
    """Return the text up to a place in a quoted scalar, and go there."""
    piece = cursor.text[cursor.position : stop]
    cursor.position = stop
    if cursor.dirty and _CONTROL.search(piece):
        raise cursor.refusal("expected valid JSON character")
    return piece


def _next_line(cursor: Cursor, kind: str, start: int) -> int:
    """Go to the next line of a quoted scalar; return how many lines ended."""
    ended = cursor.skip(comments=False)
    if cursor.at_marker():
        words = f"unexpected end of the document within a {kind} quoted scalar"
        raise cursor.refusal(words, start)
    return ended


def single_quoted(cursor: Cursor) -> Node | None:
    """Read a scalar in single quotes."""
    text, start = cursor.text, cursor.position
    if text[start] != "'":
        return None
    cursor.position += 1
    parts: list[str] = []
    while True:
        piece = _quoted_piece(cursor, _single_rest(text, cursor.position).end())
        character = text[cursor.position]
        if character == "'":
            parts.append(piece)
            cursor.position += 1
            if text[cursor.position] != "'":
                return _scalar(cursor, start, cursor.position, "'", parts)
            parts.append("'")
            cursor.position += 1
        elif character in BREAK:
            parts += (piece.rstrip(" \t"), _fold(_next_line(cursor, "single", start)))
        else:
            raise cursor.refusal(
                "unexpected end of the stream within a single quoted scalar", start
            )


def double_quoted(cursor: Cursor) -> Node | None:
    """Read a scalar in double quotes."""
    text, start = cursor.text, cursor.position
    if text[start] != '"':
        return None
    cursor.position += 1
    parts: list[str] = []
    halves = False
    while True:
        piece = _quoted_piece(cursor, _double_rest(text, cursor.position).end())
        character = text[cursor.position]
        if character == '"':
            parts.append(piece)
            cursor.position += 1
            break
        if character == "\\":
            escaped = _escape(cursor, start)
            halves = halves or "\ud800" <= escaped <= "\udfff"
            parts += (piece, escaped)
        elif character in BREAK:
            parts += (piece.rstrip(" \t"), _fold(_next_line(cursor, "double", start)))
        else:
            raise cursor.refusal(
                "unexpected end of the stream within a double quoted scalar", start
            )
    node = _scalar(cursor, start, cursor.position, '"', parts)
    if halves:
        from cardkit.yaml.javascript import join_surrogates

        node.text = join_surrogates(node.text)
    return node


def _escape(cursor: Cursor, start: int) -> str:
    """Read what follows a backslash; return what it stands for."""
    cursor.position += 1
    character = cursor.text[cursor.position]
    if character in BREAK:
        _next_line(cursor, "double", start)
        return ""
    if character in _ESCAPES:
        cursor.position += 1
        return _ESCAPES[character]
    if character not in _HEX_DIGITS:
        raise cursor.refusal("unknown escape sequence")
    code = 0
    for _ in range(_HEX_DIGITS[character]):
        cursor.position += 1
        digit = cursor.text[cursor.position]
        if digit not in "0123456789abcdefABCDEF":
            raise cursor.refusal("expected hexadecimal character")
        code = code << 4 | int(digit, 16)
    cursor.position += 1
    if code <= 0x10FFFF:
        return chr(code)
    # JavaScript counts in 32 bits with a sign, and cuts character codes to 16.
    if code >= 1 << 31:
        return chr(code & 0xFFFF)
    high = ((code - 0x10000) >> 10) + 0xD800
    return chr(high & 0xFFFF) + chr((code & 0x3FF) + 0xDC00)


def block(cursor: Cursor, indent: int) -> Node | None:
    """Read a literal (``|``) or folded (``>``) scalar whose lines are indented by ``indent``."""
    text, start = cursor.text, cursor.position
    style = text[start]
    if style not in "|>":
        return None
    chomping, width = _block_header(cursor)
    fixed = width is not None  # whether it is known where the lines start
    if width is not None:
        indent += width - 1
    parts: list[str] = []
    empty, anything, deeper = 0, False, False
    end = cursor.position
    while text[cursor.position] != END:
        cursor.skip_break()
        cursor.skip_indent(indent if fixed else None)
        end = cursor.position
        if not fixed:
            indent = max(indent, cursor.indent)
        if text[cursor.position] in BREAK:
            empty += 1
            continue
        if not fixed and indent == 0:
            raise cursor.refusal("missing indentation for block scalar")
        if cursor.indent < indent:
            end = cursor.line_start
            if chomping == "+":
                parts.append("\n" * (empty + anything))
            elif chomping == "" and anything:
                parts.append("\n")
            break
        parts.append(
            _between(empty, anything, deeper, text[cursor.position] in BLANK)
            if style == ">"
            else "\n" * (empty + anything)
        )
        deeper = text[cursor.position] in BLANK
        anything = fixed = True
        empty = 0
        start_of_line = cursor.position
        cursor.skip_line()
        end = cursor.position
        parts.append(text[start_of_line:end])
        cursor.check(parts[-1])
    return _scalar(cursor, start, end, style, parts)


def _block_header(cursor: Cursor) -> tuple[str, int | None]:
    """Read the line a block scalar starts with: how it ends, and the width of its indentation."""
    text = cursor.text
    chomping, width = "", None
    while True:
        cursor.position += 1
        character = text[cursor.position]
        if character in "+-":
            if chomping:
                raise cursor.refusal("repeat of a chomping mode identifier")
            chomping = character
        elif character in "0123456789":
            if character == "0":
                raise cursor.refusal(
                    "bad explicit indentation width of a block scalar; it cannot be less than one"
                )
            if width is not None:
                raise cursor.refusal("repeat of an indentation width identifier")
            width = int(character)
        else:
            break
    if character in BLANK:
        cursor.skip_blanks()
        if text[cursor.position] == "#":
            cursor.skip_line()
    return chomping, width


def _between(empty: int, anything: bool, deeper: bool, deeper_now: bool) -> str:
    """Return what stands between the lines of a folded scalar.

    Lines that are indented further keep their line ends.
    """
    if deeper_now:
        return "\n" * (empty + anything)
    if deeper:
        return "\n" * (empty + 1)
    if empty:
        return "\n" * empty
    return " " if anything else ""
