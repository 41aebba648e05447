"""The chart as a PNG, where the renderer and fonts for it are at hand."""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"cardkit-bias-probe"
_ZOOM: Final = 2
_CELL: Final = 20  # pixels for a character that is tried
_NO_CHARACTER: Final = "\U0010fffd"  # private for ever, so that no font draws it but as missing


def draw(svg: str) -> bytes | str:
    """Return the PNG of a chart, or why there is none, in a few words.

    The picture names the SVG that it was drawn from in a text chunk; see ``drawn_from``.
    """
    try:
        import resvg_py
    except ImportError:
        return "resvg-py, which draws it, is not installed"
    try:
        missing = _undrawn(svg, resvg_py)
        if missing:
            return f"no font here has {missing}"
        picture = bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM))
        first = len(_SIGNATURE) + 25  # the header chunk comes first and is always as long
        return picture[:first] + _chunk(b"tEXt", _KEYWORD + b"\0" + _hash(svg)) + picture[first:]
    except ValueError as error:
        return f"resvg-py refuses it: {' '.join(str(error).split())}"


def drawn_from(data: bytes, svg: str) -> bool:
    """Tell whether a file is our picture of just this chart."""
    return _text(data) == _hash(svg)


def is_ours(data: bytes) -> bool:
    """Tell whether a file is a picture that ``draw`` made."""
    return _text(data) is not None


def _hash(svg: str) -> bytes:
    return hashlib.sha256(svg.encode()).hexdigest().encode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while data.startswith(_SIGNATURE) and at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _text(data: bytes) -> bytes | None:
    for kind, content in _chunks(data):
        if kind == b"tEXt" and content.startswith(_KEYWORD + b"\0"):
            return content[len(_KEYWORD) + 1 :]
    return None


def _undrawn(svg: str, resvg_py: Any) -> str:
    """Return a character of the chart that no font at hand can draw, "letters" if there is no font.

    Each character is drawn in a cell of its own: one that looks like a character that no font has,
    or like nothing, is missing.
    """
    texts = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    wanted = [_NO_CHARACTER, *sorted(set(unescape(texts)) - {" ", "\xa0"})]
    family = re.search(r'font-family="([^"]*)"', svg)
    cells = "".join(
        f'<text x="{_CELL // 2}" y="{_CELL * n + 15}">&#{ord(char)};</text>'
        for n, char in enumerate(wanted)
    )
    sheet = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_CELL * 2}" height="{_CELL * len(wanted)}"'
        f' font-family="{family[1] if family else "sans-serif"}" font-size="13">{cells}</svg>'
    )
    rows = _pixels(bytes(resvg_py.svg_to_bytes(svg_string=sheet)))
    drawn = [b"".join(rows[_CELL * n : _CELL * (n + 1)]) for n in range(len(wanted))]
    missing = [
        char
        for char, cell in zip(wanted[1:], drawn[1:], strict=True)
        if cell == drawn[0] or not any(cell)
    ]
    if len(missing) == len(wanted) - 1:
        return "letters"
    return f"“{missing[0]}”" if missing else ""


def _pixels(data: bytes) -> list[bytes]:
    """Return the rows of a PNG of 8 bits a channel with its filters undone (PNG, section 9)."""
    chunks = list(_chunks(data))
    across, _, _, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    step = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    raw = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    length = across * step
    rows, above = [], bytes(length)
    for start in range(0, len(raw), length + 1):
        row = bytearray(raw[start + 1 : start + 1 + length])
        for i in range(length):
            left = row[i - step] if i >= step else 0
            corner = above[i - step] if i >= step else 0
            row[i] = (row[i] + _guess(raw[start], left, above[i], corner)) & 255
        above = bytes(row)
        rows.append(above)
    return rows


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    """Return what a filter of PNG subtracted from a byte."""
    if kind == 4:
        estimate = left + up - corner
        return min((left, up, corner), key=lambda one: abs(estimate - one))
    return (0, left, up, (left + up) // 2)[kind]
