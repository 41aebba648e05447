"""Figures and texts from files, as a card shows them."""

import re
from typing import Any, Final

_MARKUP = re.compile(r"([\\`*\[\]|])")
_LONGEST: Final = 200


def figure(value: float) -> str:
    """Return a number as people read it: whole ones with commas, others to four decimals."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return f"{int(value):,}"
    if 0.001 <= abs(value) < 1e6:
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"


def exact(value: float) -> str:
    """Return a setting as it was given: 2e-05, 42, 0.1."""
    return str(value)


def shown(value: Any) -> str:
    """Return a value from a file as one line of Markdown that cannot be more than text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return exact(value)
    text = " ".join(str(value).split())
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rstrip() + " …"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", text)


def duration(seconds: float) -> str:
    """Return a time: ``4 h 40 min``, ``12 min 3 s``, ``8.2 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes + (rest >= 30), 60)
    return f"{hours:,} h {minutes} min"


def mass(kilograms: float) -> str:
    """Return a mass of CO2 equivalents with its unit."""
    if kilograms >= 1:
        return f"{figure(round(kilograms, 2))} kg CO₂eq"
    return f"{figure(round(kilograms * 1000, 2))} g CO₂eq"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
