"""Front matter as the Hub reads it: YAML nodes with exact spans, values by YAML 1.2.

The Hub reads cards with js-yaml. So does this, in effect: the parser in ``cardkit.yaml`` accepts,
refuses and understands texts as js-yaml 4.3 does (docs/yaml.md says how well that is tested).
"""

from collections.abc import Sequence
from typing import Any, Final

from cardkit.yaml.nodes import (
    Duplicate,
    Node,
    Path,
    Problem,
    entries,
    is_merge,
    property_name,
    scalar_value,
    to_value,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Document",
    "Duplicate",
    "Node",
    "Path",
    "Problem",
    "entries",
    "is_merge",
    "parse",
    "property_name",
    "scalar_value",
    "to_value",
]

#: Aliases are expanded when values are read; beyond this many nodes it is an attack or an accident.
MAX_NODES: Final = 100_000
#: Deeper values come from aliases only: js-yaml refuses a text that is nested so deep.
MAX_DEPTH: Final = 100


class Document:
    """A parsed block: its root node (None when empty), or what is wrong with it.

    ``aliases`` says whether the values may be larger than the text.
    """

    def __init__(
        self,
        root: Node | None,
        problem: Problem | None = None,
        duplicates: Sequence[Duplicate] = (),
        *,
        aliases: bool = False,
    ) -> None:
        self.root = root
        self.problem = problem
        #: the keys that come twice, in the order in which js-yaml would meet them; with a problem,
        #: those before it
        self.duplicates = list(duplicates)
        #: why the values cannot be read although the syntax is right (aliases that expand too far)
        self.excess: Problem | None = None
        #: the value as the Hub sees it; None when empty, broken or excessive
        self.value: Any = None
        if root is not None:
            if aliases:
                from cardkit.yaml.bounds import measure  # hardly any card has aliases

                self.excess = measure(root, MAX_NODES, MAX_DEPTH)
            if self.excess is None:
                self.value = to_value(root)

    @property
    def refusal(self) -> str | None:
        """What the Hub says about the block if it refuses to read it: the first thing js-yaml met."""
        if self.duplicates:
            return self.duplicates[0].sentence
        return self.problem.sentence if self.problem else None

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
    from cardkit.yaml.parser import parse as read  # not needed for a card without metadata

    parsed = read(text, base)
    return Document(parsed.root, parsed.problem, parsed.duplicates, aliases=parsed.aliases)
