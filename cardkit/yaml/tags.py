"""Directives, tags and anchors: how they are written, and what a tag makes of a node."""

import re
from typing import Any, Final

from cardkit._lazy import lazy
from cardkit.core_schema import fits
from cardkit.yaml.cursor import BREAK, END, SPACE, Cursor
from cardkit.yaml.nodes import (
    BINARY,
    IMPLICIT,
    LITERAL,
    MERGE,
    STANDARD,
    TEXT,
    Kind,
    Node,
    is_null,
    scalar_value,
)

_HANDLE = lazy(r"!(?:!|[0-9A-Za-z-]+!)?")
# The first character is one UTF-16 unit to JavaScript, so none beyond U+FFFF.
_URI = lazy(
    r"(?:!|[^,\[\]{}\U00010000-\U0010ffff])"
    r"(?:%[0-9a-fA-F]{2}|[0-9A-Za-z\-#;/?:@&=+$,_.!~*'()\[\]])*"
)
_BAD_ESCAPE = lazy(r"%(?![0-9a-fA-F]{2})")
_VERSION = lazy(r"([0-9]+)\.([0-9]+)")
_IN_FLOW = lazy(r"[,\[\]{}]")
_WORD = lazy(r"[^ \t\r\n\0]*")
_NAME = lazy(r"[^ \t\r\n\0,\[\]{}]*")

_NAMES: Final[dict[Kind, tuple[str, ...]]] = {
    "scalar": ("str", "null", "bool", "int", "float", "timestamp", "merge", "binary"),
    "sequence": ("seq", "omap", "pairs"),
    "mapping": ("map", "set"),
}
_KINDS: Final = {STANDARD + name: kind for kind, names in _NAMES.items() for name in names}


class Directives:
    """What the directives of one document have declared."""

    __slots__ = ("handles", "version")

    def __init__(self) -> None:
        self.version = False
        self.handles: dict[str, str] = {}

    def add(self, cursor: Cursor, name: str, arguments: list[str]) -> None:
        """Take one directive; unknown ones mean nothing."""
        if name == "YAML":
            self._set_version(cursor, arguments)
        elif name == "TAG":
            self._add_handle(cursor, arguments)

    def _set_version(self, cursor: Cursor, arguments: list[str]) -> None:
        if self.version:
            raise cursor.refusal("duplication of %YAML directive")
        if len(arguments) != 1:
            raise cursor.refusal("YAML directive accepts exactly one argument")
        match = _VERSION().fullmatch(arguments[0])
        if match is None:
            raise cursor.refusal("ill-formed argument of the YAML directive")
        if match[1].lstrip("0") != "1":
            raise cursor.refusal("unacceptable YAML version of the document")
        self.version = True

    def _add_handle(self, cursor: Cursor, arguments: list[str]) -> None:
        if len(arguments) != 2:
            raise cursor.refusal("TAG directive accepts exactly two arguments")
        handle, prefix = arguments
        if not _HANDLE().fullmatch(handle):
            raise cursor.refusal("ill-formed tag handle (first argument) of the TAG directive")
        if handle in self.handles:
            raise cursor.refusal(f'there is a previously declared suffix for "{handle}" tag handle')
        if not _URI().fullmatch(prefix):
            raise cursor.refusal("ill-formed tag prefix (second argument) of the TAG directive")
        decoded = _decode(prefix)
        if decoded is None:
            raise cursor.refusal(f"tag prefix is malformed: {prefix}")
        self.handles[handle] = decoded


def read_directives(cursor: Cursor) -> tuple[dict[str, str], bool]:
    """Read the directives of a document: its tag handles, and whether there are directives."""
    directives, found = Directives(), False
    text = cursor.text
    while text[cursor.position] != END:
        cursor.skip()
        if cursor.indent > 0 or text[cursor.position] != "%":
            break
        found = True
        cursor.position += 1
        name = _take(cursor, _WORD())
        arguments = []
        if not name:
            raise cursor.refusal("directive name must not be less than one character in length")
        while text[cursor.position] != END:
            cursor.skip_blanks()
            if text[cursor.position] == "#":
                cursor.skip_line()
            if text[cursor.position] in BREAK or text[cursor.position] == END:
                break
            arguments.append(_take(cursor, _WORD()))
        if text[cursor.position] != END:
            cursor.skip_break()
        directives.add(cursor, name, arguments)
    return directives.handles, found


def _take(cursor: Cursor, pattern: re.Pattern[str]) -> str:
    match = pattern.match(cursor.text, cursor.position)
    word = match[0] if match else ""
    cursor.position += len(word)
    return word


def _decode(uri: str) -> str | None:
    """Return a URI with its percent signs resolved, None if they are no UTF-8."""
    if "%" not in uri:
        return uri
    from urllib.parse import unquote_to_bytes  # hardly any tag has an escape

    if _BAD_ESCAPE().search(uri):
        return None
    try:
        return unquote_to_bytes(uri).decode("utf-8")
    except UnicodeError:
        return None


def read_tag(cursor: Cursor, handles: dict[str, str]) -> str:
    """Read the tag that starts here; return its full name."""
    cursor.position += 1
    text, start = cursor.text, cursor.position
    if text[start] == "<":
        return _read_verbatim(cursor)
    handle = "!"
    if text[start] == "!":
        handle, start = "!!", start + 1
        cursor.position = start
    named = handle == "!!"
    while text[cursor.position] not in SPACE and text[cursor.position] != END:
        if text[cursor.position] == "!":
            if named:
                raise cursor.refusal("tag suffix cannot contain exclamation marks")
            handle = text[start - 1 : cursor.position + 1]
            if not _HANDLE().fullmatch(handle):
                raise cursor.refusal("named tag handle cannot contain such characters")
            named, start = True, cursor.position + 1
        cursor.position += 1
    suffix = text[start : cursor.position]
    if _IN_FLOW().search(suffix):
        raise cursor.refusal("tag suffix cannot contain flow indicator characters")
    suffix = _checked(cursor, suffix)
    if handle in handles:
        return handles[handle] + suffix
    if handle in ("!", "!!"):
        return (STANDARD if handle == "!!" else "!") + suffix
    raise cursor.refusal(f'undeclared tag handle "{handle}"')


def _read_verbatim(cursor: Cursor) -> str:
    start = cursor.position + 1
    end = cursor.text.find(">", start + 1)
    if end < 0:
        cursor.position = len(cursor.text) - 1
        raise cursor.refusal("unexpected end of the stream within a verbatim tag")
    cursor.position = end + 1
    return _checked(cursor, cursor.text[start:end])


def _checked(cursor: Cursor, name: str) -> str:
    if name and not _URI().fullmatch(name):
        raise cursor.refusal(f"tag name cannot contain such characters: {name}")
    decoded = _decode(name)
    if decoded is None:
        raise cursor.refusal(f"tag name is malformed: {name}")
    return decoded


def read_name(cursor: Cursor, what: str) -> str:
    """Read the name of an anchor or alias, whose mark is here."""
    cursor.position += 1
    name = _take(cursor, _NAME())
    if not name:
        raise cursor.refusal(f"name of an {what} node must contain at least one character")
    return name


def tagged(cursor: Cursor, node: Node, tag: str, whole: bool) -> Node:
    """Return what a tag makes of a node.

    ``whole`` says that the node has been read with properties of its own, so that it has a value
    already; else a scalar is no more than its text yet.
    """
    if tag == LITERAL:
        if not whole and _has_text(node):
            node.tag = LITERAL
        return node
    kind = None if node.alias or _is_bare(node) else node.kind
    start = node.span.start - cursor.base
    value = scalar_value(node) if whole else node.text if _has_text(node) else None
    nothing = node.kind == "scalar" and value is None
    if tag == IMPLICIT:
        wanted = "scalar"
    elif tag not in _KINDS or (kind and kind != _KINDS[tag]):
        raise cursor.refusal(f"unknown tag !<{tag}>", start)
    else:
        wanted = _KINDS[tag]
    if not nothing and wanted != kind:
        words = f'it should be "{wanted}", not "{kind or "null"}"'
        raise cursor.refusal(f"unacceptable node kind for !<{tag}> tag; {words}", start)
    result = _of_nothing(node, tag) if nothing else _changed(node, tag, value)
    if result is None:
        raise cursor.refusal(f"cannot resolve a node with !<{tag}> explicit tag", start)
    return result


def _has_text(node: Node) -> bool:
    return node.kind == "scalar" and not _is_bare(node)


def _is_bare(node: Node) -> bool:
    """Tell a node that consists of properties, or of nothing at all."""
    return node.style == "plain" and not node.text


def _of_nothing(node: Node, tag: str) -> Node | None:
    """Return what a tag makes of null; None where js-yaml refuses that."""
    wanted = "scalar" if tag == IMPLICIT else _KINDS[tag]
    result = Node(wanted, node.span)
    result.style = "plain"
    if tag == TEXT:
        result.tag = TEXT
    elif wanted == "scalar" and tag not in (IMPLICIT, MERGE, STANDARD + "null"):
        return None
    elif tag == MERGE:
        result.tag = MERGE
    return result


def _changed(node: Node, tag: str, value: Any) -> Node | None:
    """Return what a tag makes of a node that is not null; None where js-yaml refuses that."""
    if node.kind != "scalar":
        if tag == STANDARD + "pairs":
            return _pairs(node)
        return node if _suits(node, tag) else None
    if not isinstance(value, str):
        return node if tag in (TEXT, IMPLICIT) else None
    if tag == IMPLICIT:
        # An empty text is not null here, unlike where nothing is written.
        tag = MERGE if value == "<<" else IMPLICIT if value else TEXT
    elif tag == MERGE:
        if value != "<<":
            return None
    elif tag == BINARY:
        from cardkit.yaml.javascript import is_base64

        if not is_base64(value):
            return None
    elif tag != TEXT and not fits(tag.removeprefix(STANDARD), value):
        return None
    result = node.twin(node.span)
    result.text, result.tag = value, tag
    return result


def _suits(node: Node, tag: str) -> bool:
    """Tell whether the content of a collection is what its tag asks for."""
    if tag == STANDARD + "set":
        return all(is_null(value) for _, value in node.members.values())
    if tag == STANDARD + "omap":
        if not all(item.kind == "mapping" and len(item.members) == 1 for item in node.items):
            return False
        return len({name for item in node.items for name in item.members}) == len(node.items)
    return True


def _pairs(node: Node) -> Node | None:
    """Return the list of lists that ``!!pairs`` makes of a list of mappings with one key each."""
    result = Node("sequence", node.span)
    result.style = node.style
    for item in node.items:
        if item.kind != "mapping" or len(item.members) != 1:
            return None
        ((name, (key, value)),) = item.members.items()
        first = key.twin(key.span)
        first.kind, first.text, first.tag = "scalar", name, TEXT
        pair = Node("sequence", item.span)
        pair.style, pair.items = item.style, [first, value]
        result.items.append(pair)
    return result
