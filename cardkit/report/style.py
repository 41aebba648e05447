"""Colour by hand: a few ANSI codes, and none where they are not wanted."""

import os
from collections.abc import Callable
from typing import Final

Paint = Callable[[str, str], str]

_CODES: Final = {"red": "31", "yellow": "33", "cyan": "36", "green": "32", "bold": "1", "dim": "2"}


def wants_color(color: str, terminal: bool) -> bool:
    """Tell whether output is to be coloured, given ``--color`` and whether a terminal shows it."""
    if color == "auto":
        return terminal and not os.environ.get("NO_COLOR")
    return color == "always"


def painter(color: bool) -> Paint:
    """Return a function (text, style) that colours a text, or leaves it as it is."""
    if not color:
        return lambda text, style: text  # noqa: ARG005
    return lambda text, style: f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else text


def printable(text: str) -> str:
    """Write characters that would move the cursor or hide text as escapes.

    A card is untrusted input: it must not be able to paint the terminal.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else f"\\u{ord(c):04x}" for c in text)
