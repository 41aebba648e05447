"""A change of the metadata -> edits of spans. Pure: a card in, edits out, nothing is written.

What cannot be edited without touching something else (a value shared by an alias, a merge key)
is refused by :func:`cardkit.edit.apply.changed`, which reads the result again.
"""

from typing import Any

from cardkit.card import Card
from cardkit.diagnostic import Edit, format_path
from cardkit.edit.paths import Path
from cardkit.errors import EditError
from cardkit.text import Span
from cardkit.yaml12 import Node
from cardkit.yaml_write import inline, lines, pair


def set_value(card: Card, path: Path, value: Any) -> tuple[Edit, ...]:
    """Return the edits that give a path a value, made where it is missing."""
    editable(card)
    found = card.yaml.find(path) if card.yaml.root is not None else None
    if found is None:
        return _insert(card, path, value)
    key, node = found
    flow = _in_flow(card, path)
    if isinstance(value, dict | list) and value and not flow and key is not None:
        indent = _indent(card, key.span.start)
        body = lines(value, indent if isinstance(value, list) else indent + "  ")
        text = "".join(card.source.newline + line for line in body)
        start = _after_colon(card, key)
        return (Edit(Span(start, max(start, _end(card, node))), text),)
    if node.span.start >= _end(card, node) and key is not None:  # nothing stands there yet
        at = _after_colon(card, key)
        return (Edit(Span(at, at), " " + inline(value)),)
    if key is not None and node.kind != "scalar" and node.style == "block":
        start = _after_colon(card, key)
        return (Edit(Span(start, _end(card, node)), " " + inline(value)),)
    return (Edit(Span(node.span.start, _end(card, node)), inline(value)),)


def add_value(card: Card, path: Path, value: Any) -> tuple[Edit, ...]:
    """Return the edits that put a value at the end of a list; none if it is in it."""
    editable(card)
    found = card.yaml.find(path) if card.yaml.root is not None else None
    if found is None:
        return _insert(card, path, [value])
    key, node = found
    if node.kind == "mapping":
        raise EditError(f"{format_path(path)} is no list; use `set`")
    if node.kind == "sequence":
        if _has(card, path, value):
            return ()
        return _append(card, node, value)
    current = value_at(card, path)
    if current is None:
        return set_value(card, path, [value])
    if current == value and type(current) is type(value):
        return ()
    if _in_flow(card, path) or key is None or node.style in ("|", ">"):
        old = card.text[node.span.start : _end(card, node)]
        text = inline(current) if node.style in ("|", ">") else old
        return (Edit(Span(node.span.start, _end(card, node)), f"[{text}, {inline(value)}]"),)
    # "datasets: squad  # why" becomes a list; words and comment stay as they are.
    dash = card.source.newline + _indent(card, key.span.start) + "- "
    first = Edit(Span(_after_colon(card, key), node.span.start), dash)
    at = _line_end(card, _end(card, node))
    return (
        first,
        Edit(Span(at, at), "".join(_item_lines(card, value, _indent(card, key.span.start)))),
    )


def remove_value(card: Card, path: Path, value: Any = None) -> tuple[Edit, ...]:
    """Return the edits that take out a key, or one value of a list (the key with its last one)."""
    editable(card)
    found = card.yaml.find(path) if card.yaml.root is not None else None
    if found is None:
        raise EditError(f"{format_path(path)} is not in the metadata")
    key, node = found
    if value is not None:
        current = value_at(card, path)
        if node.kind == "sequence":
            hits = [i for i, item in enumerate(current) if item == value]
            if not hits:
                raise EditError(f"{format_path(path)} does not hold {value!r}")
            if len(hits) < len(current):
                return _remove_item(card, node, hits[0])
        elif current != value:
            raise EditError(f"{format_path(path)} is {current!r}, not {value!r}")
    if isinstance(path[-1], int):
        parent = card.node(*path[:-1])
        assert parent is not None
        if len(parent.items) == 1:
            return remove_value(card, path[:-1])
        return _remove_item(card, parent, path[-1])
    assert key is not None
    return _remove_pair(card, path, key)


def editable(card: Card) -> None:
    """Refuse a card whose metadata cannot be read: an edit would be a guess.

    Raises:
        EditError: with the line, and what to do.
    """
    where = card.source.path
    if card.source.problem:
        raise EditError(f"{where}: {card.source.problem.reason}; nothing was written")
    if card.fence_problem is not None and card.fence_problem.kind not in ("none", "empty"):
        raise EditError(
            f"{where}: the Hub does not see this card's metadata block; "
            "`cardkit lint` says why, mend it first"
        )
    document = card.yaml
    trouble = document.problem or document.excess
    if trouble:
        line = card.source.position(trouble.offset).line
        raise EditError(
            f"{where}:{line}: the metadata cannot be read ({trouble.words}); mend it first"
        )
    if document.duplicates:
        again = document.duplicates[0]
        line = card.source.position(again.again.span.start).line
        raise EditError(
            f"{where}:{line}: {format_path(again.path)} is there twice; take one out first"
        )
    if document.root is not None and document.root.kind != "mapping":
        raise EditError(f"{where}: the metadata is no mapping; mend it first")


def value_at(card: Card, path: Path) -> Any:
    """Return the value of the metadata at a path; None if it is not there."""
    return value_in(card.yaml.value, path)


def value_in(value: Any, path: Path) -> Any:
    """Return what stands at a path in a value; None if it is not there."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _has(card: Card, path: Path, value: Any) -> bool:
    return any(item == value and type(item) is type(value) for item in value_at(card, path))


def _insert(card: Card, path: Path, value: Any) -> tuple[Edit, ...]:
    """Return the edit that adds what is missing of a path, below what is there of it."""
    newline = card.source.newline
    block = card.front_matter
    depth = len(path) - 1
    while depth and card.yaml.find(path[:depth]) is None:
        depth -= 1
    for step in reversed(path[depth + 1 :]):
        if isinstance(step, int):
            if step:
                raise EditError(f"{format_path(path)}: there is no item {step} yet")
            value = [value]
        else:
            value = {step: value}
    step = path[depth]
    if block is None:
        text = "".join(line + newline for line in ["---", *pair(str(step), value), "---"])
        rest = card.text.lstrip("\r\n")
        return (Edit(Span(0, 0), text + (newline if rest and rest == card.text else "")),)
    parent = card.node(*path[:depth]) if depth else card.yaml.root
    if parent is None:  # a block of comments and blank lines
        at = block.content.end
        lead = newline if card.text[block.content.start : at].strip() else ""
        text = newline.join(pair(str(step), value))
        if not lead:
            at = block.content.start
            text += newline if block.content.end > at else ""
        return (Edit(Span(at, at), lead + text),)
    if isinstance(step, int):
        if parent.kind != "sequence" or step != len(parent.items):
            raise EditError(f"{format_path(path)}: there is no such item")
        return _append(card, parent, value)
    if parent.kind == "scalar" and value_at(card, path[:depth]) is None and depth:
        return set_value(card, path[:depth], {step: value})
    if parent.kind != "mapping":
        raise EditError(
            f"{format_path(path[:depth])} is no mapping; {step!r} cannot be put into it"
        )
    if parent.style == "flow":
        return (_flow_insert(card, parent, f"{inline(step)}: {inline(value)}", parent.pairs[-1:]),)
    first, last = parent.pairs[0][0], parent.pairs[-1]
    indent = _indent(card, first.span.start)
    if not depth and _open_ended(card, last[1]):
        # A block of text that ends the metadata would gain a line end: the key goes before it.
        at = card.source.offset(card.source.position(last[0].span.start).line)
        return (Edit(Span(at, at), "".join(line + newline for line in pair(step, value, indent))),)
    at = _line_end(card, max(_end(card, last[1]), last[0].span.end))
    return (Edit(Span(at, at), "".join(newline + line for line in pair(step, value, indent))),)


def _open_ended(card: Card, node: Node) -> bool:
    """Tell whether a value ends in a block of text that nothing follows."""
    while node.pairs or node.items:
        node = node.pairs[-1][1] if node.pairs else node.items[-1]
    block = card.front_matter
    assert block is not None
    return node.style in ("|", ">") and not card.text[_end(card, node) : block.content.end].strip()


def _append(card: Card, node: Node, value: Any) -> tuple[Edit, ...]:
    """Return the edit that adds an item to a list."""
    if node.style == "flow":
        last = [(node.items[-1], node.items[-1])] if node.items else []
        return (_flow_insert(card, node, inline(value), last),)
    dash = _dash(card, node, len(node.items) - 1)
    at = _line_end(card, max(_end(card, node.items[-1]), dash + 1))
    return (Edit(Span(at, at), "".join(_item_lines(card, value, _indent(card, dash)))),)


def _item_lines(card: Card, value: Any, indent: str) -> list[str]:
    return [card.source.newline + line for line in lines([value], indent)]


def _flow_insert(card: Card, node: Node, text: str, last: list[tuple[Node, Node]]) -> Edit:
    """Return the edit that adds a member to ``[…]`` or ``{…}``."""
    if not last:
        return Edit(Span(node.span.start + 1, node.span.start + 1), text)
    end = max(last[0][0].span.end, _end(card, last[0][1]))
    rest = card.text[end : node.span.end]
    comma = rest.find(",")
    if "#" not in rest and comma >= 0:  # a comma that nothing follows
        return Edit(Span(end + comma + 1, end + comma + 1), " " + text)
    return Edit(Span(end, end), ", " + text)


def _remove_item(card: Card, node: Node, i: int) -> tuple[Edit, ...]:
    if node.style == "flow":
        return (_flow_remove(card, [(item, item) for item in node.items], i),)
    start = _dash(card, node, i)
    if i + 1 < len(node.items):
        end = _dash(card, node, i + 1)
        if card.source.position(end).line > card.source.position(start).line:
            # What stands between (comments above the next item) stays.
            return (_cut_lines(card, start, max(_end(card, node.items[i]), start + 1)),)
        return (Edit(Span(start, end), ""),)
    return (_cut_lines(card, start, max(_end(card, node.items[i]), start + 1)),)


def _remove_pair(card: Card, path: Path, key: Node) -> tuple[Edit, ...]:
    parent = card.node(*path[:-1]) if len(path) > 1 else card.yaml.root
    assert parent is not None
    i = next((i for i, (other, _) in enumerate(parent.pairs) if other is key), None)
    if i is None:
        raise EditError(f"{format_path(path)} comes from a merge key; take it out there")
    if parent.style == "flow":
        return (_flow_remove(card, parent.pairs, i),)
    end = max(_end(card, parent.pairs[i][1]), _after_colon(card, key))
    if len(parent.pairs) == 1:
        if len(path) > 1:
            return remove_value(card, path[:-1])
        block = card.front_matter
        assert block is not None
        rest = card.text[block.content.start : key.span.start] + card.text[_line_end(card, end) : block.content.end]  # fmt: skip
        if rest.strip():
            raise EditError(
                f"{format_path(path)} is the last key; the block would be left with comments"
            )
        return (Edit(Span(block.opening.start, block.end), ""),)
    before = card.text[card.source.line_span(card.source.position(key.span.start).line).start : key.span.start]  # fmt: skip
    if before.strip() and i + 1 < len(parent.pairs):  # the first key of a list item: "- type: x"
        return (Edit(Span(key.span.start, parent.pairs[i + 1][0].span.start), ""),)
    return (_cut_lines(card, key.span.start, end),)


def _flow_remove(card: Card, members: list[tuple[Node, Node]], i: int) -> Edit:
    """Return the edit that takes a member out of ``[…]`` or ``{…}``, and a comma with it."""
    start = members[i][0].span.start
    end = max(members[i][0].span.end, _end(card, members[i][1]))
    if i + 1 < len(members):
        return Edit(Span(start, members[i + 1][0].span.start), "")
    if i:
        before = members[i - 1]
        return Edit(Span(max(before[0].span.end, _end(card, before[1])), end), "")
    return Edit(Span(start, end), "")


def _cut_lines(card: Card, start: int, end: int) -> Edit:
    """Return the edit that takes out the lines from one offset to another, comments on them too."""
    begin = card.source.offset(card.source.position(start).line)
    stop = card.source.offset(card.source.position(end).line + 1)
    block = card.front_matter
    assert block is not None
    if stop > block.content.end:  # the last line: the line end before it goes, the one behind stays
        stop = _line_end(card, end)
        while begin > block.content.start and card.text[begin - 1] in "\r\n":
            begin -= 1
            if card.text[begin] == "\n" and begin > 0 and card.text[begin - 1] == "\r":
                begin -= 1
            break
    return Edit(Span(begin, stop), "")


def _in_flow(card: Card, path: Path) -> bool:
    """Tell whether a value stands inside ``[…]`` or ``{…}``."""
    for depth in range(len(path)):
        node = card.node(*path[:depth]) if depth else card.yaml.root
        if node is not None and node.style == "flow":
            return True
    return False


def _end(card: Card, node: Node) -> int:
    """Return where a value ends, line ends and blanks behind it left out."""
    end = node.span.end
    while end > node.span.start and card.text[end - 1] in " \t\r\n":
        end -= 1
    return end


def _line_end(card: Card, offset: int) -> int:
    return card.source.line_span(card.source.position(offset).line).end


def _after_colon(card: Card, key: Node) -> int:
    return card.text.index(":", key.span.end) + 1


def _dash(card: Card, node: Node, i: int) -> int:
    """Return where the dash of an item stands."""
    at = node.items[i].span.start
    dash = card.text.rfind("-", node.span.start, at + 1 if card.text[at : at + 1] == "-" else at)
    # An empty item may have its place behind the dash, or at the start of what follows.
    while dash > node.span.start and card.text[dash + 1 : at].strip():
        dash = card.text.rfind("-", node.span.start, dash)
    return dash


def _indent(card: Card, offset: int) -> str:
    """Return blanks as wide as the line is up to an offset."""
    return " " * (card.source.position(offset).column - 1)
