"""How large the values of a text with aliases would be, told without making them."""

from collections.abc import Iterable

from cardkit.yaml.nodes import Node, Problem


class _TooMuch(Exception):  # noqa: N818 (never leaves this module)
    def __init__(self, words: str, node: Node) -> None:
        super().__init__(words)
        self.problem = Problem(words, node.span.start)


def measure(root: Node, most: int, deepest: int) -> Problem | None:
    """Count the nodes that reading the values would visit; say where they are too many or too deep."""
    # What is below a list of children that aliases may share: how many nodes, how many levels.
    known: dict[int, tuple[int, int]] = {}
    under_way: set[int] = set()

    def below(node: Node, depth: int) -> tuple[int, int]:
        children = node.pairs or node.items
        if not children:
            return 1, 0
        key = id(children)
        if key in under_way:
            raise _TooMuch("an alias contains itself", node)
        if key not in known:
            if depth >= deepest:
                raise _TooMuch(f"nested deeper than {deepest} levels", node)
            under_way.add(key)
            count = levels = 1
            for part in _children(node):
                more, deeper = below(part, depth + 1)
                count, levels = count + more, max(levels, deeper + 1)
                if count > most:
                    raise _TooMuch(f"aliases expand to over {most} nodes", node)
            under_way.discard(key)
            known[key] = count, levels
        if depth + known[key][1] > deepest:
            raise _TooMuch(f"nested deeper than {deepest} levels", node)
        return known[key]

    try:
        below(root, 0)
    except _TooMuch as error:
        return error.problem
    return None


def _children(node: Node) -> Iterable[Node]:
    if node.pairs:
        return (value for _, value in node.pairs)  # a key is no more than its name
    return node.items
