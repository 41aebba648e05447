"""How a mapping takes its pairs: property names, keys that come twice, merge keys."""

from typing import Final

from cardkit.core_schema import Timestamp
from cardkit.yaml.cursor import Cursor, Mark
from cardkit.yaml.nodes import (
    LITERAL,
    Duplicate,
    Node,
    is_merge,
    is_null,
    property_name,
    scalar_value,
)

#: js-yaml's bounds on merging.
MAX_MERGED: Final = 10_000
MAX_SOURCES: Final = 100


class Opened:
    """A collection that is being read, and the key whose value comes next (mappings only)."""

    __slots__ = ("key", "merged", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.key: Node | None = None
        #: names that only a merge has set: a key of the mapping's own may still set them
        self.merged: set[str] = set()


class Store:
    """The collections that are being read, and what is counted over all of them."""

    __slots__ = ("duplicates", "merges", "stack")

    def __init__(self) -> None:
        self.stack: list[Opened] = []
        self.duplicates: list[Duplicate] = []
        self.merges = 0

    def open(self, node: Node) -> Opened:
        """Start a collection inside the one started last."""
        opened = Opened(node)
        self.stack.append(opened)
        return opened

    def add(self, cursor: Cursor, into: Opened, key: Node, value: Node, here: Mark) -> None:
        """Add a pair whose key was met at ``here`` to a mapping."""
        node = into.node
        if key.kind == "sequence" and any(item.kind == "sequence" for item in key.items):
            raise cursor.refusal("nested arrays are not supported inside keys")
        node.pairs.append((key, value))
        if is_merge(key):
            self._merge(cursor, into, value)
            return
        name = property_name(key)
        if name in node.members and name not in into.merged:
            self._note_duplicate(cursor, into, name, key, here)
        node.members[name] = (key, value)
        into.merged.discard(name)

    def _merge(self, cursor: Cursor, into: Opened, value: Node) -> None:
        sources = [value]
        if value.kind == "sequence":
            sources = value.items
            if len(sources) > MAX_SOURCES:
                raise cursor.refusal("abnormal merge sequence size")
        for source in sources:
            found = _properties(source)
            if found is None:
                raise cursor.refusal(
                    "cannot merge mappings; the provided source object is unacceptable"
                )
            # js-yaml counts the source and its keys one by one, and stops at the one too many.
            self.merges += 1 + len(found)
            if self.merges > MAX_MERGED:
                raise cursor.refusal(f"merge keys exceeded maxTotalMergeKeys ({MAX_MERGED})")
            for name, entry in list(found.items()):
                if name not in into.node.members:
                    into.node.members[name] = entry
                    into.merged.add(name)

    def _note_duplicate(
        self, cursor: Cursor, into: Opened, name: str, key: Node, here: Mark
    ) -> None:
        path: list[str | int] = []
        for opened in self.stack[: self.stack.index(into)]:
            if opened.node.kind == "sequence":
                path.append(len(opened.node.items))
            elif opened.key is not None:
                path.append(property_name(opened.key))
        # js-yaml takes a zero for "not known", and then names the place it has come to.
        line = here.line or cursor.line
        line_start = here.line_start or cursor.line_start
        column = cursor.column_of(here.position or cursor.position, line_start)
        first = into.node.members[name][0]
        self.duplicates.append(Duplicate((*path, name), first, key, line + 1, column + 1))


def _properties(node: Node) -> dict[str, tuple[Node, Node]] | None:
    """Return the own properties that JavaScript sees in a value; None when it is no object."""
    if node.kind == "mapping":
        return node.members
    if node.kind == "sequence":
        return {str(i): (item, item) for i, item in enumerate(node.items)}
    value = scalar_value(node)
    if isinstance(value, bytes):
        numbers = {}
        for i, byte in enumerate(value):
            number = node.twin(node.span)
            number.text, number.style, number.tag = str(byte), "plain", None
            numbers[str(i)] = (number, number)
        return numbers
    return {} if isinstance(value, Timestamp) else None


def as_key_of_its_own(key: Node) -> Node:
    """Return a key as it stands behind a question mark, where ``<<`` is no merge key."""
    if not is_merge(key):
        return key
    own = key.twin(key.span)
    own.tag = None if is_null(key) else LITERAL
    return own
