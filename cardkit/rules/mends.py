"""Fixes for values of a wrong kind. Each is tried before it is offered: the result must be better."""

import re

from cardkit.card import Card
from cardkit.diagnostic import Edit, Fix, Safety
from cardkit.edits import apply_edits
from cardkit.rules.entries import indent_of, remove, scalar_text, written
from cardkit.schema import SchemaError, check
from cardkit.text import Source, Span
from cardkit.yaml12 import Node, Path


def proved(card: Card, fix: Fix | None) -> Fix | None:
    """Return a fix if the metadata with it can be read and has fewer schema errors than before."""
    if fix is None or card.front_matter is None:
        return None
    new = card.with_source(Source.from_text(apply_edits(card.text, fix.edits)))
    if new.yaml.problem or new.yaml.excess or len(new.yaml.duplicates) > len(card.yaml.duplicates):
        return None
    before = sum(error.hub for error in check(card.metadata, card.kind))
    after = sum(error.hub for error in check(new.metadata, card.kind))
    return fix if new.metadata and after < before else None


def without_nulls(card: Card, error: SchemaError) -> Fix | None:
    """Return the fix that takes out a key without a value, or all empty items of a list."""
    path = error.path
    if isinstance(path[-1], int):
        holder = card.node(*path[:-1])
        items = _list_at(card, path[:-1])
        if holder is None or items.index(None) != path[-1]:
            return None  # the first of them mends all
        nulls = [i for i, item in enumerate(items) if item is None]
        if len(nulls) == len(holder.items):
            edits = [remove(card, path[:-1])]
        else:
            edits = [_empty_item(card, path[:-1], i) for i in nulls]
        found = [edit for edit in edits if edit]
        mend = Fix("safe", "take out what is empty", tuple(found)) if all(edits) else None
    else:
        edit = remove(card, path)
        mend = Fix("safe", "take out the key", (edit,)) if edit else None
    return proved(card, mend)


def _list_at(card: Card, path: Path) -> list[object]:
    value: object = card.metadata
    for step in path:
        value = value[step]  # type: ignore[index]
    return value if isinstance(value, list) else []


def _empty_item(card: Card, path: Path, index: int) -> Edit | None:
    """Return the edit that takes out an item of nothing, or of the word null, with its dash."""
    holder = card.node(*path)
    item = holder.items[index] if holder else None
    if holder is None or item is None or holder.style == "flow" or item.anchor or item.tag:
        return None
    start = card.text.rfind("-", 0, item.span.start)
    line = card.text.rfind("\n", 0, start) + 1
    end = re.compile(r"[ \t]*(?:\r\n|\r|\n)").match(card.text, item.span.end)
    if card.text[line:start].strip(" ") or end is None:
        return None
    return Edit(Span(line, end.end()), "")


def as_list(card: Card, error: SchemaError) -> Fix | None:
    """Return the fix that makes a list of one out of a text or a mapping."""
    node = card.node(*error.path)
    if node is None or node.tag or node.anchor or node.alias:
        return None
    text = written(card, node.span)
    safety: Safety = "safe"
    if node.kind == "mapping":
        if node.style == "flow":
            edits = [Edit(Span(node.span.start, node.span.start), "["),
                     Edit(Span(node.span.end, node.span.end), "]")]  # fmt: skip
        else:
            edits = _as_item(card, node)
    elif "\n" in text or node.kind != "scalar":
        return None
    elif node.style == "plain":
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if len(parts) > 1:
            safety = "unsafe"
        if set(text) & set("[]{}#:&*!|>'\"%@`"):
            return None
        edits = [Edit(node.span, f"[{', '.join(parts)}]")]
    else:
        edits = [Edit(node.span, f"[{text}]")]
    message = "make it a list of one" if safety == "safe" else "make it a list"
    return proved(card, Fix(safety, message, tuple(edits)))


def _as_item(card: Card, node: Node) -> list[Edit]:
    """Return the edits that put a dash before the first line of a block mapping and indent the rest."""
    start = node.span.start
    edits = [Edit(Span(start, start), "- ")]
    newline = re.compile(r"(?:\r\n|\r|\n)(?=[^\r\n])")
    ends = (match.end() for match in newline.finditer(card.text, start, node.span.end))
    return edits + [Edit(Span(end, end), "  ") for end in ends]


def as_text(card: Card, error: SchemaError) -> Fix | None:
    """Return the fix that writes as text what is text but for its form: a list of one, digits."""
    node = card.node(*error.path)
    if node is None or node.tag or node.anchor or node.alias:
        return None
    value = error.value
    if isinstance(value, list):
        if len(value) != 1 or not isinstance(value[0], str) or not value[0]:
            return None
        span = node.span
        start, text = span.start, scalar_text(value[0])
        if "#" in written(card, span) or "\n" in value[0]:
            return None
        found = card.yaml.find(error.path)
        if node.style != "flow" and found and found[0]:
            start = card.text.index(":", found[0].span.end) + 1
            text = f" {text}"
            if "#" in card.text[start : span.start]:
                return None
        mend = Fix("safe", f"write {value[0]} alone", (Edit(Span(start, span.end), text),))
        return proved(card, mend)
    text = written(card, node.span)
    if isinstance(value, dict) or node.style != "plain" or "\n" in text:
        return None
    if value is False and error.path[0] == "language":
        text = "no"  # PyYAML makes a boolean of the code of Norwegian
        return proved(card, Fix("unsafe", 'write "no"', (Edit(node.span, '"no"'),)))
    return proved(card, Fix("safe", "put it in quotes", (Edit(node.span, f'"{text}"'),)))


def as_mapping(card: Card, error: SchemaError) -> Fix | None:
    """Return the fix that makes one mapping out of a list of mappings with one key each."""
    node = card.node(*error.path)
    if node is None or node.kind != "sequence" or node.style == "flow" or not node.items:
        return None
    edits, names = [], set()
    outer = indent_of(card, node.span.start)
    found = card.yaml.find(error.path)
    own = indent_of(card, found[0].span.start) if found and found[0] else outer
    for item in node.items:
        plain = item.kind == "mapping" and item.style != "flow" and not item.alias
        if not plain or len(item.pairs) != 1 or item.pairs[0][1].kind != "scalar":
            return None
        names |= set(item.members)
        start = card.text.rfind("-", 0, item.span.start)
        # The dash was as far left as the key may be: its place becomes indentation.
        pad = " " * (2 if outer == own else 0)
        edits.append(Edit(Span(start, item.span.start), pad))
    if len(names) != len(node.items):
        return None
    return proved(card, Fix("safe", "leave out the dashes", tuple(edits)))
