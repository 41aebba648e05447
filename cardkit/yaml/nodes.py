"""What a text of YAML says, as nodes with exact spans, and what the nodes mean in JavaScript."""

from typing import Any, Final, Literal, NamedTuple

from cardkit.core_schema import Timestamp, resolve
from cardkit.text import Span

Path = tuple[str | int, ...]
Kind = Literal["scalar", "mapping", "sequence"]

#: Tags whose names JavaScript code knows; what they do to a node is in ``tags``.
STANDARD: Final = "tag:yaml.org,2002:"
TEXT: Final = STANDARD + "str"
MERGE: Final = STANDARD + "merge"
BINARY: Final = STANDARD + "binary"
#: the mark of a scalar that is text although it looks like something else
LITERAL: Final = "!"
#: the mark of a scalar that means what it would mean unquoted
IMPLICIT: Final = "?"

_NO_NODES: list[Any] = []  # shared by all scalars, never written to


class Node:
    """One YAML node. ``span`` is where it is written (for an alias, the alias itself)."""

    __slots__ = (
        "alias",
        "anchor",
        "items",
        "kind",
        "members",
        "pairs",
        "span",
        "style",
        "tag",
        "text",
    )

    def __init__(self, kind: Kind, span: Span) -> None:
        self.kind = kind
        self.span = span
        #: what a scalar says, quotes and escapes resolved
        self.text = ""
        #: "plain", "'", '"', "|", ">" for scalars; "flow" or "block" for collections
        self.style = "block"
        #: the tag that decides what a scalar means, None where its form does
        self.tag: str | None = None
        self.anchor: str | None = None
        #: whether it stands for another node, whose content it shares
        self.alias = False
        #: a mapping's keys and values as they are written
        self.pairs: list[tuple[Node, Node]] = _NO_NODES
        #: a mapping's entries by property name, merge keys applied
        self.members: dict[str, tuple[Node, Node]] = _NO_MEMBERS
        #: a sequence's items
        self.items: list[Node] = _NO_NODES
        if kind == "mapping":
            self.pairs, self.members = [], {}
        elif kind == "sequence":
            self.items = []

    def twin(self, span: Span) -> "Node":
        """Return a node of its own place that shares the content of this one."""
        twin = Node("scalar", span)
        twin.kind, twin.text, twin.style, twin.tag = self.kind, self.text, self.style, self.tag
        twin.pairs, twin.members, twin.items = self.pairs, self.members, self.items
        return twin

    def __repr__(self) -> str:
        return f"<{self.kind} {self.text!r} at {self.span.start}-{self.span.end}>"


_NO_MEMBERS: dict[str, tuple[Node, Node]] = {}


class Problem(NamedTuple):
    """Why the block is no YAML: js-yaml's words, and the offset where it gave up."""

    words: str
    offset: int
    #: the place as js-yaml counts, both 1-based within the block, the column in UTF-16 units; 0 when
    #: it names no place
    line: int = 0
    column: int = 0
    #: the offset where the construct starts that is wrong: a quote, a bracket, a key
    origin: int = 0

    @property
    def sentence(self) -> str:
        """The words with the place, as the Hub prints them."""
        return f"{self.words} ({self.line}:{self.column})" if self.line else self.words


class Duplicate(NamedTuple):
    """A key that a mapping has twice: path of the key, its first and its later node."""

    path: Path
    first: Node
    again: Node
    #: the place as js-yaml counts (see :class:`Problem`)
    line: int = 0
    column: int = 0

    @property
    def sentence(self) -> str:
        """What the Hub prints if it meets this one first."""
        return f"duplicated mapping key ({self.line}:{self.column})"


def entries(node: Node) -> dict[str, tuple[Node, Node]]:
    """Return a mapping's entries by property name, merge keys (``<<``) applied."""
    return node.members


def is_merge(key: Node) -> bool:
    """Tell whether a key is the merge key ``<<``."""
    if key.kind != "scalar" or key.alias:
        return False
    return key.tag == MERGE or (key.tag is None and key.style == "plain" and key.text == "<<")


def property_name(key: Node) -> str:
    """Return the JavaScript property name a key becomes: ``1`` and ``"1"`` are one."""
    if key.kind == "mapping":
        return "[object Object]"
    if key.kind == "sequence":
        # JavaScript joins an array with commas, and leaves its nulls empty.
        return ",".join("" if is_null(item) else property_name(item) for item in key.items)
    value = scalar_value(key)
    if isinstance(value, str):
        return value
    from cardkit.yaml.javascript import as_text  # few keys are numbers

    return as_text(value)


def is_null(node: Node) -> bool:
    """Tell whether a node's value is null."""
    return node.kind == "scalar" and scalar_value(node) is None


def scalar_value(node: Node) -> Any:
    """Return what a scalar means to js-yaml 4.3: str, int, float, bool, None, Timestamp or bytes."""
    tag = node.tag
    if tag is None:
        return resolve(node.text) if node.style == "plain" else node.text
    if tag in (LITERAL, TEXT):
        return node.text
    if tag == BINARY:
        from cardkit.yaml.javascript import from_base64

        return from_base64(node.text)
    return node.text or None if tag == MERGE else resolve(node.text)


def to_value(node: Node) -> Any:
    """Return the value of a node as plain Python (dict, list, str, int, float, bool, None).

    Dates are :class:`Timestamp`. The node must not be excessive (see ``yaml12.Document``).
    """
    if node.kind == "scalar":
        return scalar_value(node)
    if node.kind == "sequence":
        return [to_value(item) for item in node.items]
    return {name: to_value(value) for name, (_, value) in node.members.items()}


__all__ = ["Duplicate", "Node", "Path", "Problem", "Timestamp", "entries", "to_value"]
