"""Shared by the rules on values: showing a scalar, and writing it anew."""

import re

from cardkit.card import Card
from cardkit.diagnostic import Edit, Fix
from cardkit.text import Span
from cardkit.yaml12 import Node, Path


def shown(value: object) -> str:
    """Return a value in quotes, cut if it is long."""
    text = str(value)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


def replace(card: Card, path: Path, new: str, safety: bool) -> Fix | None:
    """Return the fix that writes a scalar anew, its quotes kept."""
    node = card.node(*path)
    if node is None or node.kind != "scalar" or node.style not in ("plain", "'", '"') or node.tag:
        return None
    span, text = _inside(card, node), new
    if node.style == "plain" and not _PLAIN.match(new):
        text = f'"{new}"'
    return Fix("safe" if safety else "unsafe", f"write {new}", (Edit(span, text),))


_PLAIN = re.compile(r"(?!(?:no|yes|on|off|true|false|null)\Z)[A-Za-z][\w.+/-]*\Z", re.IGNORECASE)


def _inside(card: Card, node: Node) -> Span:
    """Return the span of a scalar without its quotes (and without an anchor before it)."""
    start, end = node.span
    if node.anchor:
        start = card.text.index("&" + node.anchor, start) + len(node.anchor) + 1
        start += len(card.text[start:end]) - len(card.text[start:end].lstrip())
    return Span(start + 1, end - 1) if node.style != "plain" else Span(start, end)
