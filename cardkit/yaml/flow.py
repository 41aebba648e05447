"""Flow collections: entries in brackets or braces."""

from typing import TYPE_CHECKING

from cardkit.text import Span
from cardkit.yaml.cursor import END, SPACE
from cardkit.yaml.members import Opened
from cardkit.yaml.nodes import Node
from cardkit.yaml.places import IN_FLOW

if TYPE_CHECKING:
    from cardkit.yaml.parser import Parser


def collection(parser: "Parser", indent: int, anchor: str | None) -> Node | None:
    """Read a collection in brackets or braces."""
    cursor, text, start = parser.cursor, parser.cursor.text, parser.cursor.position
    if text[start] not in "[{":
        return None
    closing = "}" if text[start] == "{" else "]"
    node = cursor.node("mapping" if closing == "}" else "sequence", start, start)
    node.style = "flow"
    parser.remember(anchor, node)
    opened = parser.store.open(node)
    cursor.position += 1
    due = True  # whether another entry may come
    while text[cursor.position] != END:
        cursor.skip()
        if text[cursor.position] == closing:
            cursor.position += 1
            node.span = Span(node.span.start, cursor.base + cursor.position)
            parser.store.stack.pop()
            return node
        if not due:
            raise cursor.refusal("missed comma between flow collection entries", start)
        if text[cursor.position] == ",":
            raise cursor.refusal("expected the node content, but found ','", start)
        _entry(parser, opened, indent)
        cursor.skip()
        due = text[cursor.position] == ","
        if due:
            cursor.position += 1
    raise cursor.refusal("unexpected end of the stream within a flow collection", start)


def _entry(parser: "Parser", opened: Opened, indent: int) -> None:
    """Read one entry of a flow collection."""
    cursor, text, start = parser.cursor, parser.cursor.text, parser.cursor.position
    asked = text[start] == "?" and text[start + 1] in SPACE
    if asked:
        cursor.position += 1
        cursor.skip()
    here = cursor.mark()
    key = parser.node(indent, IN_FLOW, seek=False, compact=True)
    key = key or parser.nothing(here.position)
    value = None
    cursor.skip()
    colon = text[cursor.position] == ":" and (asked or cursor.line == here.line)
    in_sequence = opened.node.kind == "sequence"
    if in_sequence and not colon and not asked:
        opened.node.items.append(key)
        return
    into = opened
    if in_sequence:
        into = parser.store.open(cursor.node("mapping", start, start))
        into.node.style = "flow"
    if colon:
        cursor.position += 1
        behind = cursor.position
        cursor.skip()
        into.key = key
        value = parser.node(indent, IN_FLOW, seek=False, compact=True)
        value = value or parser.nothing(behind)
    parser.add(into, key, value, here)
    if in_sequence:
        parser.store.stack.pop()
        end = max(key.span.end, into.node.pairs[-1][1].span.end)
        into.node.span = Span(into.node.span.start, end)
        opened.node.items.append(into.node)
