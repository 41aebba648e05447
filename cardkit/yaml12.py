"""Front matter as the Hub reads it: YAML nodes with exact spans, values by YAML 1.2.

libyaml finds the structure; what a scalar means is decided by ``core_schema``, since the Hub reads
cards with js-yaml.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import yaml

from cardkit.core_schema import Timestamp, resolve
from cardkit.text import Span

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: ten times slower, same events
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]

#: Aliases are expanded when values are read; beyond this many nodes it is an attack or an accident.
MAX_NODES: Final = 100_000
MAX_DEPTH: Final = 100


class Node:
    """One YAML node. ``span`` is where it is written (for an alias, the alias itself)."""

    __slots__ = ("anchor", "items", "kind", "pairs", "span", "style", "tag", "text")

    def __init__(self, kind: Literal["scalar", "mapping", "sequence"], span: Span) -> None:
        self.kind = kind
        self.span = span
        #: what a scalar says, quotes and escapes resolved
        self.text = ""
        #: "plain", "'", '"', "|", ">" for scalars; "flow" or "block" for collections
        self.style = "block"
        self.tag: str | None = None
        self.anchor: str | None = None
        self.pairs: list[tuple[Node, Node]] = []
        self.items: list[Node] = []

    def __repr__(self) -> str:
        return f"<{self.kind} {self.text!r} at {self.span.start}-{self.span.end}>"


class Problem(NamedTuple):
    """Why the block is no YAML: the parser's words, and the offset where it gave up."""

    words: str
    offset: int


class Duplicate(NamedTuple):
    """A key that a mapping has twice: path of the key, its first and its later node."""

    path: Path
    first: Node
    again: Node


class Document:
    """A parsed block: its root node (None when empty), or what is wrong with it."""

    def __init__(self, root: Node | None, problem: Problem | None = None) -> None:
        self.root = root
        self.problem = problem
        self.duplicates: list[Duplicate] = []
        #: why the values cannot be read although the syntax is right (too deep, too many aliases)
        self.excess: Problem | None = None
        #: the value as the Hub sees it; None when empty, broken or excessive
        self.value: Any = None
        if root is not None:
            self.excess = _measure(root)
            if self.excess is None:
                self.value = to_value(root)
                self.duplicates = list(_duplicates(root, ()))

    def find(self, path: Path) -> tuple[Node | None, Node] | None:
        """Return the (key node, value node) at a path; the key is None for list items."""
        if self.root is None or self.excess is not None:
            return None
        key: Node | None = None
        node = self.root
        for step in path:
            if isinstance(step, int):
                if step >= len(node.items):
                    return None
                key, node = None, node.items[step]
            else:
                entry = entries(node).get(step)
                if entry is None:
                    return None
                key, node = entry
        return key, node


def parse(text: str, base: int = 0) -> Document:
    """Parse a block. ``base`` is the offset of ``text`` in its source; all spans start from it."""
    try:
        return Document(_build(text, base))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark and "could not find expected ':'" in (error.problem or ""):
            mark = error.context_mark  # where the line starts that is no key, not where it ends
        words = ", ".join(part for part in (error.context, error.problem) if part)
        return Document(None, Problem(words, base + (mark.index if mark else 0)))
    except yaml.reader.ReaderError as error:
        return Document(None, Problem(_reader_words(error), base + _reader_offset(text, error)))
    except _Refused as error:
        return Document(None, Problem(error.words, base + error.offset))


class _Refused(Exception):  # noqa: N818 (never leaves this module)
    """What js-yaml refuses and libyaml's events do not."""

    def __init__(self, words: str, offset: int) -> None:
        super().__init__(words)
        self.words = words
        self.offset = offset


def _reader_words(error: yaml.reader.ReaderError) -> str:
    character = error.character
    code = character if isinstance(character, int) else ord(character[:1] or "\0")
    return f"the character U+{code:04X} is not allowed in YAML"


def _reader_offset(text: str, error: yaml.reader.ReaderError) -> int:
    # libyaml counts bytes here, the Python reader characters: look for the character itself.
    character = error.character
    found = text.find(chr(character) if isinstance(character, int) else str(character))
    return max(found, 0)


def _build(text: str, base: int) -> Node | None:
    """Make the node tree from the parser's events, without recursion."""
    text, restore = _hide_breaks(text)
    loader = _Loader(text)
    roots: list[Node] = []
    # Each open collection with the key that waits for its value (mappings only).
    stack: list[tuple[Node, list[Node]]] = []
    anchors: dict[str, Node] = {}
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.ScalarEvent):
                node = Node("scalar", _span(event, base))
                node.text = event.value.translate(restore) if restore else event.value
                node.style = event.style or "plain"
                node.tag = event.tag
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                mapping = isinstance(event, yaml.MappingStartEvent)
                node = Node("mapping" if mapping else "sequence", _span(event, base))
                node.style, node.tag = "flow" if event.flow_style else "block", event.tag
            elif isinstance(event, yaml.AliasEvent):
                node = _alias(event, anchors, base)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                node, _ = stack.pop()
                node.span = Span(node.span.start, _end(node, event, base))
                continue
            elif isinstance(event, yaml.DocumentStartEvent) and roots:
                raise _Refused("a second document starts here", _span(event, 0).start)
            else:
                continue
            if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
                node.anchor = event.anchor
                anchors[event.anchor] = node
            _attach(node, stack, roots)
            if node.kind != "scalar" and not isinstance(event, yaml.AliasEvent):
                stack.append((node, []))
    finally:
        loader.dispose()
    return roots[0] if roots and not _is_nothing(roots[0]) else None


_BREAKS: Final = (0x85, 0x2028, 0x2029)


def _hide_breaks(text: str) -> tuple[str, dict[int, int]]:
    """Put stand-ins for the characters that end a line in YAML 1.1 only.

    Return the new text, of the same length, and the table that brings the characters back.
    """
    hidden = [code for code in _BREAKS if chr(code) in text]
    if not hidden:
        return text, {}
    free = (code for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    table = dict(zip(hidden, free, strict=False))
    return text.translate(table), {new: old for old, new in table.items()}


def _is_nothing(node: Node) -> bool:
    """Tell the empty scalar that stands for a block without content."""
    return node.kind == "scalar" and node.style == "plain" and not node.text and not node.tag


def _span(event: Any, base: int) -> Span:
    return Span(base + event.start_mark.index, base + event.end_mark.index)


def _end(node: Node, event: Any, base: int) -> int:
    """Return where a collection ends: for block style the end of its last child."""
    if node.style == "flow":
        return base + int(event.end_mark.index)
    if node.pairs:
        key, value = node.pairs[-1]
        return max(key.span.end, value.span.end)
    if node.items:
        return node.items[-1].span.end
    return node.span.start


def _attach(node: Node, stack: list[tuple[Node, list[Node]]], roots: list[Node]) -> None:
    """Hand a node to the collection it stands in."""
    if not stack:
        roots.append(node)
        return
    parent, waiting = stack[-1]
    if parent.kind == "sequence":
        parent.items.append(node)
    elif waiting:
        parent.pairs.append((waiting.pop(), node))
    else:
        waiting.append(node)


def _alias(event: Any, anchors: dict[str, Node], base: int) -> Node:
    """Return a node of its own place that shares the content of its anchor."""
    target = anchors.get(event.anchor)
    if target is None:
        raise _Refused(f'unidentified alias "{event.anchor}"', _span(event, 0).start)
    node = Node(target.kind, _span(event, base))
    node.text, node.style, node.tag = target.text, target.style, target.tag
    node.pairs, node.items = target.pairs, target.items
    return node


def _measure(root: Node) -> Problem | None:
    """Count the nodes that reading the values would visit; say where it is too much."""
    sizes: dict[int, int] = {}  # id of a shared list of children -> nodes below
    open_lists: set[int] = set()

    def size(node: Node, depth: int) -> int:
        if depth > MAX_DEPTH:
            raise _TooMuch(Problem(f"nested deeper than {MAX_DEPTH} levels", node.span.start))
        children: Any = node.pairs or node.items
        if not children:
            return 1
        key = id(children)
        if key in open_lists:
            raise _TooMuch(Problem("an alias contains itself", node.span.start))
        if key not in sizes:
            open_lists.add(key)
            parts = (part for pair in node.pairs for part in pair) if node.pairs else node.items
            total = 1
            for part in parts:
                total += size(part, depth + 1)
                if total > MAX_NODES:
                    where = Problem(f"aliases expand to over {MAX_NODES} nodes", node.span.start)
                    raise _TooMuch(where)
            open_lists.discard(key)
            sizes[key] = total
        return sizes[key]

    try:
        size(root, 0)
    except _TooMuch as error:
        return error.problem
    return None


class _TooMuch(Exception):  # noqa: N818 (never leaves this module)
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words)
        self.problem = problem


def entries(node: Node) -> dict[str, tuple[Node, Node]]:
    """Return a mapping's entries by property name, merge keys (``<<``) applied."""
    result: dict[str, tuple[Node, Node]] = {}
    merged: list[Node] = []
    for key, value in node.pairs:
        if is_merge(key):
            merged += value.items if value.kind == "sequence" else [value]
        else:
            result[property_name(key)] = (key, value)
    for source in merged:
        if source.kind == "mapping":
            for name, entry in entries(source).items():
                result.setdefault(name, entry)
    return result


def is_merge(key: Node) -> bool:
    """Tell whether a key is the merge key ``<<``."""
    return key.kind == "scalar" and key.text == "<<" and key.style == "plain"


def property_name(key: Node) -> str:
    """Return the JavaScript property name a key becomes: ``1`` and ``"1"`` are one."""
    if key.kind == "mapping":
        return "[object Object]"
    if key.kind == "sequence":
        return ",".join(property_name(item) for item in key.items)
    value = scalar_value(key)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return value.text if isinstance(value, Timestamp) else str(value)


def to_value(node: Node) -> Any:
    """Return the value of a node as plain Python (dict, list, str, int, float, bool, None).

    Dates are :class:`Timestamp`. The node must not be excessive (see :class:`Document`).
    """
    if node.kind == "scalar":
        return scalar_value(node)
    if node.kind == "sequence":
        return [to_value(item) for item in node.items]
    return {name: to_value(value) for name, (_, value) in entries(node).items()}


def _duplicates(node: Node, path: Path) -> Iterator[Duplicate]:
    """Yield the keys that some mapping below a node has more than once."""
    if node.kind == "mapping":
        seen: dict[str, Node] = {}
        for key, value in node.pairs:
            name = property_name(key)
            if not is_merge(key):
                if name in seen:
                    yield Duplicate((*path, name), seen[name], key)
                seen.setdefault(name, key)
            yield from _duplicates(value, (*path, name))
    for i, item in enumerate(node.items):
        yield from _duplicates(item, (*path, i))


def scalar_value(node: Node) -> Any:
    """Return what a scalar means to js-yaml 4.3: str, int, float, bool, None or Timestamp."""
    text = node.text
    tag = node.tag
    if tag is not None and tag != "!":
        return text if tag == "tag:yaml.org,2002:str" else resolve(text)
    return resolve(text) if tag is None and node.style == "plain" else text
