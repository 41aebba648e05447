"""Fixes for YAML that cannot be read: each is tried first, and offered only if the block then reads."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from cardkit.card import Card
from cardkit.diagnostic import Edit, Fix
from cardkit.rules.entries import entry_lines
from cardkit.schema import fields
from cardkit.text import Span
from cardkit.yaml12 import Document, Duplicate, Node, Problem, parse, to_value

# What is wrong in a whole line: a dash or a colon without a blank behind it, a tab, a colon in a value.
_GLUED_ITEM = re.compile(r"( *-)([^\s\-].*)")
_GLUED_KEY = re.compile(r"( *(?:- +)?[A-Za-z_][\w-]*:)([^\s/:].*)")
_TAB = re.compile(r"( *)(\t+[ \t]*[^\s].*)")
# A value that holds a colon and a blank, and no quotes, brackets or comment of its own.
_COLON = re.compile(
    r"( *(?:- +)?[A-Za-z_][\w .-]*:[ \t]+)"
    r"([^\s\"'\[\]{}&*!|>%@`#,?-](?:(?!\s#)[^\"])*:(?:\s(?:(?!\s#)[^\"])*)?)"
    r"((?:\s+#.*)?)"
)


def _spaced(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2]}"


def _untabbed(match: re.Match[str], width: int = 2) -> str:
    bare = match[2].lstrip(" \t")
    blanks = match[2][: len(match[2]) - len(bare)]
    return match[1] + blanks.replace("\t", " " * width) + bare


def _in_quotes(match: re.Match[str]) -> str:
    value = match[2].rstrip()
    return match[1] + '"' + value.replace("\\", "\\\\") + '"' + match[2][len(value) :] + match[3]


class _Mend(NamedTuple):
    message: str
    pattern: re.Pattern[str]
    write: Callable[[re.Match[str]], str]
    #: whether lines next to the one at fault have the same fault
    runs: bool = True


_MENDS: Final = (
    _Mend("put a blank behind each dash", _GLUED_ITEM, _spaced),
    _Mend("put a blank behind the colon", _GLUED_KEY, _spaced),
    _Mend("write blanks in place of tabs", _TAB, _untabbed),
    _Mend("put the value in quotes", _COLON, _in_quotes, runs=False),
)
#: Keys whose values are ids.
_IDS: Final = frozenset(
    (
        "license",
        "language",
        "pipeline_tag",
        "library_name",
        "base_model",
        "base_model_relation",
        "datasets",
        "new_version",
    )
)
#: Keys of results and examples.
_INNER: Final = frozenset(
    (
        "args",
        "config",
        "name",
        "revision",
        "split",
        "task",
        "dataset",
        "type",
        "value",
        "text",
        "src",
        "example_title",
    )
)
#: So many faults of one card are mended at once, one after the other.
_MOST: Final = 20


def syntax_fix(card: Card) -> Fix | None:
    """Return the fix for metadata that is no YAML, where small faults explain all of it."""
    block = card.front_matter
    if block is None or block.content.end - block.content.start > 50_000:
        return None
    text = card.text[block.content.start : block.content.end]
    parts = re.split(r"(\r\n|\r|\n)", text)
    old, ends = parts[::2], [*parts[1::2], ""]
    lines = list(old)
    messages: list[str] = []
    document = card.yaml
    for _ in range(_MOST):
        if document.problem is None:
            break
        step = _step(lines, ends, document.problem, block.content.start if not messages else 0)
        if step is None:
            return None
        lines, document, message = step
        if message not in messages:
            messages.append(message)
    if document.problem or document.excess or document.duplicates or not _keeps(document):
        return None
    if not _all_read(document, old, lines, ends):
        return None
    edits, at = [], block.content.start
    for line, end, new in zip(old, ends, lines, strict=True):
        if line != new:
            edits.append(Edit(Span(at, at + len(line)), new))
        at += len(line) + len(end)
    safe = _same_with_wider_tabs(old, lines, ends, document.value)
    return Fix("safe" if safe else "unsafe", ", ".join(messages), tuple(edits))


def _all_read(document: Document, old: list[str], lines: list[str], ends: list[str]) -> bool:
    """Tell whether a key or value starts in each line that was changed: none became part of a text."""
    begin = {node.span.start for node in _nodes(document.root)}
    at = 0
    for before, after, end in zip(old, lines, ends, strict=True):
        stop = at + len(after)
        if before != after and not any(at <= start < stop for start in begin):
            return False
        at = stop + len(end)
    return True


def _nodes(node: Node | None) -> Iterator[Node]:
    if node is None or node.alias:
        return
    if node.kind == "scalar":
        yield node
    for child in [part for pair in node.pairs for part in pair] + node.items:
        yield from _nodes(child)


def _same_with_wider_tabs(old: list[str], lines: list[str], ends: list[str], value: object) -> bool:
    """Tell whether the value does not hang on how wide a tab is meant to be."""
    wider = []
    for before, after, end in zip(old, lines, ends, strict=True):
        tab = _TAB.fullmatch(before) if before != after else None
        wider.append((_untabbed(tab, 4) if tab else after) + end)
    document = parse("".join(wider))
    return document.problem is not None or repr(document.value) == repr(value)


def _holds_a_key(line: str) -> bool:
    """Tell whether a key of the Hub's stands inside a value: two lines that were run together."""
    inner = re.findall(r"(\S+):(?=\s|$)", line)[1:]
    known = (*fields("model"), *fields("dataset"))
    if line.strip().removeprefix("- ").partition(":")[0] in _IDS:
        return True  # an id has no colon, so there is more in this line than its value
    return any(word.endswith(known) or word in _INNER for word in inner)


def _step(
    lines: list[str], ends: list[str], problem: Problem, base: int
) -> tuple[list[str], Document, str] | None:
    """Mend one fault: return the lines, what they now say, and what was done. None if nothing helps."""
    starts = [0]
    for line, end in zip(lines, ends, strict=True):
        starts.append(starts[-1] + len(line) + len(end))
    mark, origin = (
        max(bisect_right(starts, place - base) - 1, 0) for place in (problem.offset, problem.origin)
    )
    last = len(lines) - 1
    places = dict.fromkeys(min(max(i, 0), last) for i in (origin, mark, mark - 1))
    for mend in _MENDS:
        for place in places:
            if not mend.pattern.fullmatch(lines[place]):
                continue
            first = final = place
            while mend.runs and first > 0 and mend.pattern.fullmatch(lines[first - 1]):
                first -= 1
            while mend.runs and final < last and mend.pattern.fullmatch(lines[final + 1]):
                final += 1
            if mend.pattern is _COLON and _holds_a_key(lines[place]):
                continue
            new = list(lines)
            for i in range(first, final + 1):
                match = mend.pattern.fullmatch(lines[i])
                new[i] = mend.write(match) if match else lines[i]
            document = parse("".join(line + end for line, end in zip(new, ends, strict=True)))
            # What is wrong must now be further down.
            after = document.problem
            if after is None or after.line - 1 > max(mark, final):
                return new, document, mend.message
    return None


def _keeps(after: Document) -> bool:
    """Tell whether what was made is a mapping with keys that look like keys."""
    root = after.root
    if root is None or root.kind != "mapping":
        return False
    return all(" " not in name for name in root.members)


def glued_key_fix(card: Card) -> Fix | None:
    """Return the fix for metadata that is one text, because no colon has a blank behind it."""
    block = card.front_matter
    if block is None:
        return None
    text = card.text[block.content.start : block.content.end]
    edits = []
    for match in re.finditer(r"(?m)^[A-Za-z_][\w-]*:(?=[^\s/:])", text):
        at = block.content.start + match.end()
        edits.append(Edit(Span(at, at), " "))
    after = parse(re.sub(r"(?m)^([A-Za-z_][\w-]*:)(?=[^\s/:])", r"\1 ", text))
    if not edits or after.problem or after.duplicates or after.excess or not _keeps(after):
        return None
    return Fix("safe", "put a blank behind the colon", tuple(edits))


def duplicate_fix(card: Card, duplicate: Duplicate) -> Fix | None:
    """Return the fix for a key that is there twice: the copy goes, or the one that readers overlook."""
    found = _pairs(card.yaml.root, duplicate)
    if found is None:
        return None
    first, again = found
    same = _value(first[1]) == _value(again[1])
    # Python's readers take the last, so the first has no effect anywhere.
    lines = entry_lines(card, *(again if same else first))
    if lines is None:
        return None
    if same:
        return Fix("safe", "take out the copy", (Edit(lines, ""),))
    return Fix("unsafe", "take out the first, which Python's readers overlook", (Edit(lines, ""),))


def _value(node: Node) -> object:
    return None if node.alias or node.anchor else (node.kind, repr(to_value(node)))


def _pairs(
    root: Node | None, duplicate: Duplicate
) -> tuple[tuple[Node, Node], tuple[Node, Node]] | None:
    for node in _mappings(root):
        pairs = {id(key): (key, value) for key, value in node.pairs}
        if id(duplicate.first) in pairs and id(duplicate.again) in pairs:
            return pairs[id(duplicate.first)], pairs[id(duplicate.again)]
    return None


def _mappings(node: Node | None) -> Iterator[Node]:
    if node is None or node.alias:
        return
    if node.kind == "mapping":
        yield node
    for child in [value for _, value in node.pairs] + node.items:
        yield from _mappings(child)
