"""Block collections: a line for each item, a column for each collection."""

from typing import TYPE_CHECKING

from cardkit.text import Span
from cardkit.yaml.cursor import END, SPACE, Cursor, Mark
from cardkit.yaml.members import as_key_of_its_own
from cardkit.yaml.nodes import Node
from cardkit.yaml.places import AS_ITEM, AS_KEY, AS_VALUE

if TYPE_CHECKING:
    from cardkit.yaml.parser import Parser


def sequence(parser: "Parser", column: int, anchor: str | None) -> Node | None:
    """Read a block sequence whose dashes stand in a column."""
    cursor, text = parser.cursor, parser.cursor.text
    if cursor.tab >= 0:
        return None
    node = cursor.node("sequence", cursor.position, cursor.position)
    parser.remember(anchor, node)
    if text[cursor.position] != "-" or text[cursor.position + 1] not in SPACE:
        return None
    parser.store.open(node)
    while text[cursor.position] != END:
        _refuse_tab(cursor)
        if text[cursor.position] != "-" or text[cursor.position + 1] not in SPACE:
            break
        cursor.position += 1
        dash_end = cursor.position
        if cursor.skip() and cursor.indent <= column:
            node.items.append(parser.nothing(dash_end))
            continue
        line = cursor.line
        item = parser.node(column, AS_ITEM, seek=False, compact=True)
        node.items.append(item or parser.nothing(dash_end))
        if _ends_here(cursor, line, column, "sequence"):
            break
    parser.store.stack.pop()
    node.span = Span(node.span.start, node.items[-1].span.end)
    return node


def _refuse_tab(cursor: Cursor) -> None:
    if cursor.tab >= 0:
        cursor.position = cursor.tab
        raise cursor.refusal("tab characters must not be used in indentation")


def _ends_here(cursor: Cursor, line: int, column: int, kind: str) -> bool:
    """Go to what follows an entry; tell whether it is outside the collection."""
    cursor.skip()
    if cursor.text[cursor.position] == END:
        return True
    if cursor.line == line or cursor.indent > column:
        raise cursor.refusal(f"bad indentation of a {kind} entry")
    return cursor.indent < column


def mapping(
    parser: "Parser", column: int, indent: int, anchor: str | None
) -> tuple[Node | None, bool]:
    """Read a block mapping whose keys stand in a column; tell whether it is one.

    What is no mapping after all is the node that was read in place of the first key.
    """
    cursor, text = parser.cursor, parser.cursor.text
    if cursor.tab >= 0:
        return None, False
    node = cursor.node("mapping", cursor.position, cursor.position)
    parser.remember(anchor, node)
    opened = parser.store.open(node)
    key: Node | None = None
    asked = False  # whether a key was read behind a question mark, and its value is due
    here = cursor.mark()
    while text[cursor.position] != END:
        if not asked:
            _refuse_tab(cursor)
        line = cursor.line
        if text[cursor.position] in "?:" and text[cursor.position + 1] in SPACE:
            if text[cursor.position] == "?":
                if key is not None:
                    parser.add(opened, key, None, here)
                key, asked = None, True
            elif key is not None:
                asked = False
            else:
                raise cursor.refusal(
                    "incomplete explicit mapping pair; a key node is missed;"
                    " or followed by a non-tabulated empty line"
                )
            cursor.position += 1
            compact = True
        else:
            here = cursor.mark()
            first = parser.node(indent, AS_KEY, seek=False, compact=True)
            if first is None:
                break
            if not _colon(cursor, here, detected=bool(node.pairs) or key is not None):
                parser.store.stack.pop()
                return first, False
            if key is not None:
                parser.add(opened, key, None, here)
            key, asked, compact = first, False, False
        behind = cursor.position
        if asked:
            here = cursor.mark()
        opened.key = key
        child = parser.node(column, AS_VALUE, seek=True, compact=compact)
        child = child or parser.nothing(behind)
        if key is None:
            key = as_key_of_its_own(child)
        else:
            parser.add(opened, key, child, here)
            key, asked = None, False
        if _ends_here(cursor, line, column, "mapping"):
            break
    if key is not None:
        parser.add(opened, key, None, here)
    parser.store.stack.pop()
    if not node.pairs:
        return None, False
    last_key, last_value = node.pairs[-1]
    node.span = Span(node.span.start, max(last_key.span.end, last_value.span.end))
    return node, True


def _colon(cursor: Cursor, key: Mark, detected: bool) -> bool:
    """Pass over the colon behind a key that started at a place; tell whether there is one."""
    text = cursor.text
    if cursor.line != key.line:
        if detected:
            raise cursor.refusal(
                "can not read a block mapping entry; a multiline key may not be an implicit key",
                key.position,
            )
        return False
    cursor.skip_blanks()
    if text[cursor.position] != ":":
        if detected:
            raise cursor.refusal(
                "can not read an implicit mapping pair; a colon is missed", key.position
            )
        return False
    cursor.position += 1
    if text[cursor.position] not in SPACE:
        raise cursor.refusal(
            "a whitespace character is expected after the key-value separator"
            " within a block mapping"
        )
    return True


def mapping_from(parser: "Parser", start: Mark, indent: int) -> Node | None:
    """Try to read a mapping whose first key has the properties that start at a place."""
    cursor = parser.cursor
    back, changes, twice = cursor.mark(), len(parser.journal), len(parser.store.duplicates)
    cursor.back_to(start)
    parser.trials += 1
    node, detected = mapping(parser, cursor.column, indent, None)
    parser.trials -= 1
    if detected:
        if not parser.trials:
            parser.journal.clear()
        return node
    while len(parser.journal) > changes:
        name, before = parser.journal.pop()
        if before is None:
            del parser.anchors[name]
        else:
            parser.anchors[name] = before
    del parser.store.duplicates[twice:]
    cursor.back_to(back)
    return None
