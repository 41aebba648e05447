"""Shared by the rules with fixes: keys and list items taken out or put in, whole lines at a time.

Only what stands on lines of its own is touched, and nothing that holds a comment, an anchor or a tag:
None means that there is no such edit.
"""

import re

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Edit, Fix, Safety
from cardkit.text import Span
from cardkit.yaml12 import Node, Path

_SAFE_PLAIN = lazy(r"(?!(?:no|yes|on|off|true|false|null)\Z)[A-Za-z][\w.+/-]*\Z", re.IGNORECASE)


def written(card: Card, span: Span) -> str:
    """Return the text of a span."""
    return card.text[span.start : span.end]


def scalar_text(value: str) -> str:
    """Return how a short text is written as a plain scalar, or in quotes where that is needed."""
    if _SAFE_PLAIN().match(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def indent_of(card: Card, offset: int) -> str:
    """Return the blanks that the line of an offset starts with."""
    line = card.text[_line_start(card, offset) : offset]
    return line[: len(line) - len(line.lstrip(" "))]


def entry_lines(card: Card, key: Node, value: Node) -> Span | None:
    """Return the whole lines of a key and its value in a block mapping."""
    start = _line_start(card, key.span.start)
    if card.text[start : key.span.start].strip(" "):
        return None
    return _whole_lines(card, start, max(key.span.end, value.span.end), value)


def item_lines(card: Card, item: Node) -> Span | None:
    """Return the whole lines of an item of a block sequence."""
    start = _line_start(card, item.span.start)
    if not re.fullmatch(r" *- *", card.text[start : item.span.start]):
        return None
    return _whole_lines(card, start, item.span.end, item)


def _whole_lines(card: Card, start: int, end: int, value: Node) -> Span | None:
    rest = re.compile(r"[ \t:]*(?:\r\n|\r|\n)").match(card.text, end)
    if rest is None:
        return None
    text = card.text[start:end]
    if "#" in text or value.anchor or value.alias or value.tag or "&" in text:
        return None
    return Span(start, rest.end())


def remove(card: Card, path: Path) -> Edit | None:
    """Return the edit that takes out a key or a list item.

    A key is not taken out that is the last of its mapping; with the last item of a list goes the key.
    """
    found = card.yaml.find(path)
    holder = card.node(*path[:-1]) if len(path) > 1 else card.yaml.root
    if found is None or holder is None or holder.alias:
        return None
    key, value = found
    if holder.style == "flow":
        parts = [Span(item.span.start, item.span.end) for item in holder.items]
        parts += [Span(name.span.start, item.span.end) for name, item in holder.pairs]
        at = holder.items.index(value) if key is None else holder.pairs.index((key, value))
        return None if value.anchor or value.tag else _remove_in_brackets(card, parts, at)
    if key is None:
        if len(holder.items) == 1:
            return remove(card, path[:-1])
        lines = item_lines(card, value)
    else:
        lines = entry_lines(card, key, value) if len(holder.pairs) > 1 else None
    return Edit(lines, "") if lines else None


def _remove_in_brackets(card: Card, parts: list[Span], at: int) -> Edit | None:
    """Return the edit that takes out one part of a list or mapping in brackets, and a comma."""
    if len(parts) == 1:
        return None
    span = Span(parts[at - 1].end, parts[at].end) if at else Span(parts[at].start, parts[1].start)
    text = written(card, span)
    return None if "\n" in text or "#" in text else Edit(span, "")


def removal(card: Card, path: Path, safety: Safety = "safe") -> Fix | None:
    """Return the fix that takes out a key or a list item."""
    edit = remove(card, path)
    what = "item" if isinstance(path[-1], int) else "key"
    return Fix(safety, f"take out the {what}", (edit,)) if edit else None


def insert_after(card: Card, path: Path, lines: list[str]) -> Edit | None:
    """Return the edit that puts lines, as they are indented there, below a key and its value."""
    found = card.yaml.find(path)
    if found is None or found[0] is None:
        return None
    key, value = found[0], found[1]
    start = _line_start(card, key.span.start)
    before = card.text[start : key.span.start]
    if before.strip(" -"):
        return None
    end = re.compile(r"[^\r\n]*").match(card.text, max(key.span.end, value.span.end))
    assert end is not None  # it matches everywhere
    if value.style in ("|", ">") or (value.items and value.items[-1].style in ("|", ">")):
        return None
    newline, indent = card.source.newline, " " * len(before)
    text = "".join(f"{newline}{indent}{line}" for line in lines)
    return Edit(Span(end.end(), end.end()), text)


def append(card: Card, path: Path, value: str) -> Edit | None:
    """Return the edit that adds an item to a list."""
    node = card.node(*path)
    if node is None or node.kind != "sequence" or not node.items or node.alias:
        return None
    text, last = scalar_text(value), node.items[-1]
    if node.style == "flow":
        return Edit(Span(last.span.end, last.span.end), f", {text}")
    start = _line_start(card, last.span.start)
    lead = re.match(r" *- *", card.text[start : last.span.start])
    end = re.compile(r"[^\r\n]*").match(card.text, last.span.end)
    if not lead or lead.end() != last.span.start - start or last.style in ("|", ">") or not end:
        return None
    return Edit(Span(end.end(), end.end()), f"{card.source.newline}{lead[0]}{text}")


def add_to_list(card: Card, name: str, value: str, below: str) -> Edit | None:
    """Return the edit that adds an item to the list of a key, or a new key with it below another."""
    if name in card.metadata:
        return append(card, (name,), value)
    return insert_after(card, (below,), [f"{name}:", f"- {scalar_text(value)}"])


def _line_start(card: Card, offset: int) -> int:
    return max(card.text.rfind("\n", 0, offset), card.text.rfind("\r", 0, offset)) + 1
