"""Text in a chart: as wide as it may be in any font, and safe inside XML."""

import unicodedata

Line = str
#: A line must not begin with one of these.
_CLOSING = "）」』】》〉。，、；：！？”’"


def plain(text: str) -> str:
    """Return a text on one line, without characters that XML does not allow."""
    allowed = "".join(c for c in text if c.isprintable() or c.isspace())
    return " ".join(allowed.split())


def xml(text: str) -> str:
    """Make a text safe between the tags of an SVG."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def width(text: str, size: float) -> float:
    """Return about how wide a text is at most, in the unit of ``size``, whatever the font."""
    return size * sum(_em(char) for char in text)


def wrap(text: str, room: float, size: float, most: int = 3) -> list[Line]:
    """Break a text into lines that fit; what is too long after ``most`` lines ends in an ellipsis."""
    lines: list[Line] = []
    rest = text
    while rest and len(lines) < most:
        line = _fitting(rest, room, size)
        if len(lines) == most - 1 and len(line) < len(rest):
            line = line.rstrip()
            while line and width(line + "…", size) > room:
                line = line[:-1].rstrip()
            lines.append(line + "…")
            break
        lines.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return lines or [""]


def _fitting(text: str, room: float, size: float) -> str:
    """Return as much of the beginning as fits, broken between words if that leaves anything."""
    if width(text, size) <= room:
        return text
    end = 1
    while end < len(text) and width(text[: end + 1], size) <= room:
        end += 1
    # Chinese may break anywhere; elsewhere a space or a hyphen is looked for.
    for at in range(end, 0, -1):
        after_wide = _em(text[at]) == 1 and text[at] not in _CLOSING
        if text[at].isspace() or text[at - 1] == "-" or after_wide:
            return text[:at]
    return text[:end]


def _em(char: str) -> float:
    """Return the width of a character, in parts of the font's size: the wide end of usual fonts."""
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    if char in " .,:;'!|()[]-ijlIft":
        return 0.4
    return 0.9 if char in "mwMW" else 0.62
