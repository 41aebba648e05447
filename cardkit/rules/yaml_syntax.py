"""CK02x: the metadata block as YAML."""

import re
from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.core_schema import resolve
from cardkit.diagnostic import Edit, Finding, Fix, Place
from cardkit.rule import rule
from cardkit.text import Span
from cardkit.yaml12 import Node, Path, property_name

_ANY: Final = ("model", "dataset", "space")


@rule("CK020", "yaml-syntax", "hub-error", kinds=_ANY, fixable=True)
def yaml_syntax(card: Card) -> Iterator[Finding]:
    """The metadata is not valid YAML.

    The Hub refuses the push, and until then no tool reads any of the metadata.

    Source: the Hub's validator (observed: ``Invalid YAML in README.md: …``).

    Bad:
        ---
        title: Mail sorter: second version
        ---

    Good:
        ---
        title: "Mail sorter: second version"
        ---
    """
    problem = card.yaml.problem
    if problem is None or card.front_matter is None:
        return
    from cardkit.rules.yaml_mends import syntax_fix  # most cards are well-formed
    from cardkit.rules.yaml_words import explain

    message, help_, span = explain(card.text, card.front_matter.content, problem)
    yield Finding(
        Place(span),
        f"{message} (the parser says: {problem.words})",
        help_,
        syntax_fix(card),
        f"Invalid YAML in README.md: {card.yaml.refusal}",
    )


@rule("CK021", "duplicate-key", "hub-error", kinds=_ANY, fixable=True)
def duplicate_key(card: Card) -> Iterator[Finding]:
    """A key appears twice in the same mapping.

    The Hub refuses it; Python's YAML readers silently take the last one.

    Source: the Hub's validator (observed: ``duplicated mapping key``).

    Bad:
        ---
        license: mit
        license: apache-2.0
        ---

    Good:
        ---
        license: apache-2.0
        ---
    """
    if not card.yaml.duplicates:
        return
    from cardkit.rules.yaml_mends import duplicate_fix

    few = len(card.yaml.duplicates) <= 100  # each fix searches the whole block
    for duplicate in card.yaml.duplicates:
        first = card.source.position(duplicate.first.span.start).line
        yield Finding(
            Place(duplicate.again.span, duplicate.path),
            f"`{duplicate.path[-1]}` is there twice; the first is in line {first}",
            "keep one of them",
            duplicate_fix(card, duplicate) if few else None,
            f"Invalid YAML in README.md: {duplicate.sentence}",
        )


@rule("CK022", "unreasonable-yaml", kinds=_ANY)
def unreasonable_yaml(card: Card) -> Iterator[Finding]:
    """Aliases in the metadata expand without end, or it is nested beyond reason.

    Reading such a block can take all memory, so cardkit stops at a limit and checks no values.

    Source: cardkit's own limits (``cardkit/yaml12.py``), to be safe on untrusted cards.
    """
    excess = card.yaml.excess
    if excess:
        yield Finding(
            Place(Span(excess.offset, excess.offset + 1)),
            f"the metadata cannot be read: {excess.words}",
            "write the values out instead of using anchors and aliases",
        )


_GLUED = re.compile(r"^\s*[A-Za-z_][\w-]*:[^\s/:]")


@rule("CK023", "metadata-not-a-mapping", "hub-error", kinds=_ANY, fixable=True)
def metadata_not_a_mapping(card: Card) -> Iterator[Finding]:
    """The metadata block is a list or a single value, not keys with values.

    Source: the Hub's validator (observed).

    Bad:
        ---
        - license
        - mit
        ---

    Good:
        ---
        license: mit
        ---
    """
    root = card.yaml.root
    if root is None or root.kind == "mapping":
        return
    if root.kind == "sequence":
        message, hub = "the metadata is a list", '"value" must be of type object'
    else:
        message, hub = (
            "the metadata is a single value",
            "The YAML metadata of your README.md is invalid.",
        )
    glued = root.kind == "scalar" and _GLUED.match(root.text)
    from cardkit.rules.yaml_mends import glued_key_fix

    yield Finding(
        Place(card.source.line_span(card.source.position(root.span.start).line)),
        f"{message}, not keys with values",
        "put a blank behind the colon: `key: value`" if glued else "write `key: value` lines",
        glued_key_fix(card) if glued else None,
        hub,
    )


# What YAML 1.1 reads as something else than the Hub does, where the Hub sees a string.
_WORDS: Final = frozenset(
    word for base in ("yes", "no", "on", "off") for word in (base, base.title(), base.upper())
)
_SEXAGESIMAL = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")  # 12:30 is 750


@rule("CK024", "ambiguous-value", kinds=_ANY, fixable=True)
def ambiguous_value(card: Card) -> Iterator[Finding]:
    """A plain value that YAML 1.1 readers turn into something else than the Hub sees.

    The Hub reads YAML 1.2, Python's PyYAML reads 1.1: for it ``no`` is False and ``12:30`` is 750.
    A tool that loads and saves the card writes the wrong value back (Norwegian becomes ``false``,
    and then the Hub refuses it).

    Source: YAML 1.1, boolean and sexagesimal types; huggingface_hub#797.

    Bad:
        ---
        language: no
        ---

    Good:
        ---
        language: "no"
        ---
    """
    if card.yaml.root is None or card.yaml.excess:
        return
    for path, node in _scalars(card.yaml.root):
        if _is_bare(node) and (node.text in _WORDS or _SEXAGESIMAL.match(node.text)):
            quoted = f'"{node.text}"'
            yield Finding(
                Place(node.span, path),
                f"`{node.text}` is text to the Hub, but not to YAML 1.1 readers such as PyYAML",
                f"write {quoted}",
                Fix("safe", "put it in quotes", (Edit(node.span, quoted),)),
            )


# The numbers of js-yaml 4.1, which knew underscores and had no bounds.
_OLD_NUMBER = (
    r"(?:[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)"
    r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?)(?<!_)\Z"
)
_NUMERIC: Final = frozenset("-+.0123456789")


@rule("CK025", "readers-disagree", kinds=_ANY, fixable=True)
def readers_disagree(card: Card) -> Iterator[Finding]:
    """A value that js-yaml 4.1 and 4.3 read differently.

    The Hub's server uses js-yaml 4, and which release is not public. cardkit follows 4.3. Release 4.1
    took `1_000` and `2023_01` for numbers, and kept blanks at the end of a line within quotes; many
    tools for cards still have it (and PyYAML takes `1_000` for a number too).

    Source: js-yaml 4.1.0 and 4.3.2, compared as in docs/yaml.md.

    Bad:
        ---
        revision: 2023_01
        ---

    Good:
        ---
        revision: "2023_01"
        ---
    """
    if card.yaml.root is None or card.yaml.excess:
        return
    for path, node in _scalars(card.yaml.root):
        if _is_bare(node):
            if node.text[:1] in _NUMERIC and _is_old_number(node.text):
                quoted = f'"{node.text}"'
                yield Finding(
                    Place(node.span, path),
                    f"`{_cut(node.text)}` is text to js-yaml 4.3, and a number to 4.1",
                    "put it in quotes if it is text; else write the number without underscores",
                    Fix("safe", "put it in quotes", (Edit(node.span, quoted),)),
                )
        elif node.style in ("'", '"'):
            yield from _blanks_in_quotes(card, path, node)


def _is_old_number(text: str) -> bool:
    return re.match(_OLD_NUMBER, text) is not None and isinstance(resolve(text), str)


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _blanks_in_quotes(card: Card, path: Path, node: Node) -> Iterator[Finding]:
    written = card.text[node.span.start : node.span.end]
    if "\n" not in written:
        return
    spans = [
        Span(node.span.start + match.start(1), node.span.start + match.end(1))
        for match in re.finditer(r"[^\s\\]([ \t]+)(?=\r?\n)", written)
    ]
    if spans:
        yield Finding(
            Place(spans[0], path),
            "blanks at the end of a line within quotes: js-yaml 4.1 keeps them, 4.3 does not",
            "delete them",
            Fix("safe", "delete them", tuple(Edit(span, "") for span in spans)),
        )


def _is_bare(node: Node) -> bool:
    """Tell a plain scalar in one line that has neither tag nor anchor."""
    return node.style == "plain" and node.span.end - node.span.start == len(node.text) > 0


def _scalars(root: Node) -> Iterator[tuple[Path, Node]]:
    """Yield the scalar values that are written below a node, in their order, with their paths."""
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if node.alias:
            continue
        if node.kind == "mapping":
            below = [((*path, property_name(key)), value) for key, value in node.pairs]
            stack.extend(reversed(below))
        elif node.kind == "sequence":
            stack.extend([((*path, i), item) for i, item in enumerate(node.items)][::-1])
        else:
            yield path, node
