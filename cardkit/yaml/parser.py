"""A parser of YAML that accepts and refuses what js-yaml 4.3 does, and reads it alike.

Where the two specifications (YAML 1.2 and js-yaml) differ, js-yaml is right: the Hub reads cards
with it. Each branch that looks odd is there because js-yaml was seen to do so.
"""

from typing import Final, NamedTuple

from cardkit.text import Span
from cardkit.yaml.blocks import mapping, mapping_from, sequence
from cardkit.yaml.cursor import END, Cursor, Mark, Refused
from cardkit.yaml.flow import collection
from cardkit.yaml.members import Opened, Store
from cardkit.yaml.nodes import LITERAL, Duplicate, Node, Problem
from cardkit.yaml.places import AS_VALUE, Place
from cardkit.yaml.scalars import block, double_quoted, plain, single_quoted
from cardkit.yaml.tags import read_directives, read_name, read_tag, tagged

#: js-yaml's bound on nesting.
MAX_DEPTH: Final = 100


class Parsed(NamedTuple):
    """What parsing a text gave."""

    root: Node | None
    duplicates: list[Duplicate]
    problem: Problem | None
    #: whether there are aliases, so that the values may be larger than the text
    aliases: bool


class Properties:
    """The tag and the anchor of a node, and where they are written."""

    __slots__ = ("anchor", "end", "start", "tag")

    def __init__(self) -> None:
        self.tag: str | None = None
        self.anchor: str | None = None
        #: the place of the first of them; None when there is none
        self.start: Mark | None = None
        self.end = 0


#: of the nodes that have none (nobody changes it)
_NO_PROPERTIES: Final = Properties()


def parse(text: str, base: int = 0) -> Parsed:
    """Parse a block. ``base`` is the offset of ``text`` in its source; all spans start from it."""
    parser = Parser(text, base)
    try:
        root, problem = parser.single_document(), None
    except Refused as error:
        start, size = base + parser.shift, parser.cursor.size
        offset, origin = start + min(error.position, size), start + min(error.origin, size)
        root, problem = None, Problem(error.words, offset, error.line, error.column, origin)
    return Parsed(root, parser.store.duplicates, problem, parser.aliases)


class Parser:
    """The state of reading one text, and the nodes that are no collections."""

    def __init__(self, text: str, base: int) -> None:
        whole = text if text.endswith(("\r", "\n")) or not text else text + "\n"
        self.shift = 1 if whole.startswith("\ufeff") else 0
        whole = whole[self.shift :]
        self.cursor = Cursor(whole + END, base + self.shift, len(text) - self.shift)
        self.nul = whole.find(END)
        #: js-yaml is done where no more than one character is left, which is a line end
        self.done = len(whole) - 1
        self.depth = 0
        self.aliases = False
        self.store = Store()
        self.anchors: dict[str, Node] = {}
        #: what ``anchors`` held before, while a trial is under way that may be taken back
        self.journal: list[tuple[str, Node | None]] = []
        self.trials = 0
        self.handles: dict[str, str] = {}

    # Documents

    def single_document(self) -> Node | None:
        """Read the text, which must be one document at most."""
        cursor = self.cursor
        if self.nul >= 0:
            cursor.position = self.nul
            raise cursor.refusal("null byte is not allowed in input")
        cursor.skip_indent()
        first, count, second = None, 0, 0
        while cursor.position < self.done:
            count += 1
            if count == 1:
                first = self._document()
                continue
            if count == 2:
                second = cursor.position
            self._document()
        if count > 1:
            words = "expected a single document in the stream, but found more"
            raise Refused(words, second, 0, 0)
        return first

    def _document(self) -> Node | None:
        cursor, text = self.cursor, self.cursor.text
        self.anchors = {}
        self.handles, found = read_directives(cursor)
        cursor.skip()
        if cursor.indent == 0 and text.startswith("---", cursor.position):
            cursor.position += 3
            cursor.skip()
        elif found:
            raise cursor.refusal("directives end mark is expected")
        root = self.node(cursor.indent - 1, AS_VALUE, seek=False, compact=True)
        cursor.skip()
        if cursor.at_marker():
            if text[cursor.position] == ".":
                cursor.position += 3
                cursor.skip()
        elif cursor.position < self.done:
            # Text at the top was meant as something else, so that is where what is wrong starts.
            text_at = root.span.start - cursor.base if root and root.kind == "scalar" else None
            words = "end of the stream or a document separator is expected"
            raise cursor.refusal(words, text_at)
        return root

    # Nodes

    def node(self, parent: int, place: Place, *, seek: bool, compact: bool) -> Node | None:
        """Read the node that starts here, or None if none does.

        ``parent`` is the indentation of what it belongs to. ``seek`` lets it start in a later line,
        ``compact`` lets a block collection start in this one.
        """
        if self.depth >= MAX_DEPTH:
            raise self.cursor.refusal(f"nesting exceeded maxDepth ({MAX_DEPTH})")
        self.depth += 1
        cursor = self.cursor
        side, fresh = 1, False
        if seek and cursor.skip():
            side, fresh = _side(cursor.indent, parent), True
        own = _NO_PROPERTIES
        can_open = place.blocks and (fresh or compact)
        if side > 0 and cursor.text[cursor.position] in "!&":
            own = Properties()
            side, fresh = self._properties(own, parent, side, fresh)
            can_open = place.blocks and fresh
        content, whole = None, False
        if side > 0:
            content, whole = self._content(own, parent, place, can_open)
        elif side == 0 and place.outdented and can_open:
            content = sequence(self, cursor.column, own.anchor)
        self.depth -= 1
        return self._finished(own, content, whole)

    def _properties(self, own: Properties, parent: int, side: int, fresh: bool) -> tuple[int, bool]:
        """Read a tag and an anchor; tell the side of what follows, and whether it has a new line."""
        cursor, ended = self.cursor, 0
        while (character := cursor.text[cursor.position]) in "!&":
            start = cursor.mark()
            if fresh and (own.tag if character == "!" else own.anchor) is not None:
                break  # it belongs to the first key of a mapping that starts here
            try:
                self._property(own)
            except Refused as error:
                error.origin = start.position
                raise
            own.start = own.start or start
            own.end = cursor.position
            ended = cursor.skip()
            if ended:
                side, fresh = _side(cursor.indent, parent), True
        return side, ended > 0

    def _property(self, own: Properties) -> None:
        cursor = self.cursor
        if cursor.text[cursor.position] == "!":
            if own.tag is not None:
                raise cursor.refusal("duplication of a tag property")
            own.tag = read_tag(cursor, self.handles)
        else:
            if own.anchor is not None:
                raise cursor.refusal("duplication of an anchor property")
            own.anchor = read_name(cursor, "anchor")

    def _content(
        self, own: Properties, parent: int, place: Place, can_open: bool
    ) -> tuple[Node | None, bool]:
        """Read what stands behind the properties; tell whether it had properties of its own too."""
        cursor = self.cursor
        indent = parent + 1 if place.blocks else parent
        if can_open and cursor.tab < 0:
            column = cursor.column
            node = sequence(self, column, own.anchor)
            if node is not None:
                return node, False
            node, detected = mapping(self, column, indent, own.anchor)
            if node is not None:
                return node, not detected
            if cursor.text[cursor.position] != END:
                # js-yaml has forgotten them by now: `!!int` above a block scalar means nothing.
                own.tag = own.anchor = None
        node = collection(self, indent, own.anchor)
        is_block = cursor.text[cursor.position] in "|>"
        if node is None and own.start and place.blocks and not can_open and not is_block:
            node = mapping_from(self, own.start, indent)
            if node is not None:
                own.tag = own.anchor = own.start = None
        if node is None:
            node = self._scalar(own, indent, place)
        return node, False

    def _scalar(self, own: Properties, indent: int, place: Place) -> Node | None:
        """Read a scalar or an alias."""
        cursor = self.cursor
        character = cursor.text[cursor.position]
        if character == "*":
            node: Node | None = self._alias()
            if own.tag is not None or own.anchor is not None:
                start = own.start.position if own.start else None
                raise cursor.refusal("alias node should not have any properties", start)
            return node
        if character == "'":
            node = single_quoted(cursor)
        elif character == '"':
            node = double_quoted(cursor)
        elif character in "|>":
            node = block(cursor, indent) if place.blocks else None
        else:
            node = plain(cursor, indent, place.in_flow)
        if own.anchor is not None:
            self.remember(own.anchor, node or self.nothing(own.end))
        return node

    def _alias(self) -> Node:
        cursor, start = self.cursor, self.cursor.position
        name = read_name(cursor, "alias")
        target = self.anchors.get(name)
        if target is None:
            raise cursor.refusal(f'unidentified alias "{name}"', start)
        node = target.twin(cursor.node("scalar", start, cursor.position).span)
        node.alias = self.aliases = True
        cursor.skip()
        return node

    def _finished(self, own: Properties, content: Node | None, whole: bool) -> Node | None:
        """Apply a node's properties."""
        if own.start is None or (own.tag is None and own.anchor is None):
            return content
        start, base = own.start.position, self.cursor.base
        node = content or self.nothing(own.end)
        node.span = Span(base + start, node.span.end)
        if own.tag is not None:
            node = tagged(self.cursor, node, own.tag, whole)
        if own.anchor is not None:
            node.anchor = own.anchor
            if own.tag != LITERAL:
                self.remember(own.anchor, node)
        return node

    def nothing(self, position: int) -> Node:
        """Return the null that stands where nothing is written."""
        node = self.cursor.node("scalar", position, position)
        node.style = "plain"
        return node

    def add(self, into: Opened, key: Node, value: Node | None, here: Mark) -> None:
        """Add a pair to a mapping; no value is null, and stands behind its key."""
        if value is None:
            value = self.nothing(key.span.end - self.cursor.base)
        self.store.add(self.cursor, into, key, value, here)

    def remember(self, anchor: str | None, node: Node) -> None:
        """Let an anchor name a node."""
        if anchor is None:
            return
        if self.trials:
            self.journal.append((anchor, self.anchors.get(anchor)))
        self.anchors[anchor] = node


def _side(indent: int, parent: int) -> int:
    """Tell whether a line is indented more (1), as much (0) or less (-1) than its parent."""
    return (indent > parent) - (indent < parent)
