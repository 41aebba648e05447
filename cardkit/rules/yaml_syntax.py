"""CK02x: the metadata block as YAML."""

import re
from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.diagnostic import Edit, Finding, Fix, Place
from cardkit.rule import rule
from cardkit.text import Span
from cardkit.yaml12 import Node, Path, entries

_ANY: Final = ("model", "dataset", "space")


@rule("CK020", "yaml-syntax", "hub-error", kinds=_ANY)
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
    offset = min(problem.offset, card.front_matter.content.end)
    line = card.source.position(offset).line
    span = card.source.line_span(line)
    if not card.text[span.start : span.end].strip() and line > 1:
        span = card.source.line_span(line - 1)
    message, help_ = _explain(card, span, problem.words)
    yield Finding(
        Place(Span(min(offset, span.end), span.end)),
        f"{message} (the parser says: {problem.words})",
        help_,
        hub_message=f"Invalid YAML in README.md: {problem.words}",
    )


_COLON = re.compile(r"^\s*(?:- )?[\w.-]+:\s+[^\s'\"\[{|>#].*?:(?:\s|$)")
_GLUED = re.compile(r"^\s*[A-Za-z_][\w-]*:[^\s/:]")
_DASH = re.compile(r"^\s*-[^\s-]")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)")


def _explain(card: Card, span: Span, words: str) -> tuple[str, str]:
    """Say in plain words what is wrong around a line that the parser gave up on."""
    text = card.text[span.start : span.end]
    before = card.source.line_span(max(card.source.position(span.start).line - 1, 1))
    around = (card.text[before.start : before.end], text)
    if any(_CONFLICT.match(line) for line in around):
        return "a merge conflict was left in the metadata", "choose one side and delete the markers"
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in around) or "\\t" in words:
        return "a tab where YAML wants spaces", "replace the tab by spaces"
    if any(_DASH.match(line) for line in around):
        return "a list mark without a blank behind it", "write `- item`, not `-item`"
    if _COLON.match(text):
        return "a value that holds a colon", "put the whole value in quotes"
    if any(_GLUED.match(line) for line in around):
        return "a key without a blank behind its colon", "write `key: value`, not `key:value`"
    if text.lstrip()[:1] in ("@", "`", "%", "*", "&", "!"):
        return f"`{text.lstrip()[0]}` has a meaning of its own in YAML", "put the value in quotes"
    if "expected ':'" in words:
        return (
            "a line that is neither `key: value` nor a list item",
            "indent it below its key, put it in quotes, or move it out of the metadata",
        )
    return "the metadata is not valid YAML", "see the place above; quotes around a value often help"


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
    for duplicate in card.yaml.duplicates:
        first = card.source.position(duplicate.first.span.start).line
        yield Finding(
            Place(duplicate.again.span, duplicate.path),
            f"`{duplicate.path[-1]}` is there twice; the first is in line {first}",
            "keep one of them",
            hub_message="Invalid YAML in README.md: duplicated mapping key",
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


@rule("CK023", "metadata-not-a-mapping", "hub-error", kinds=_ANY)
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
    yield Finding(
        Place(card.source.line_span(card.source.position(root.span.start).line)),
        f"{message}, not keys with values",
        "put a blank behind the colon: `key: value`" if glued else "write `key: value` lines",
        hub_message=hub,
    )


# What YAML 1.1 reads as something else than the Hub does, where the Hub sees a string.
_WORDS: Final = frozenset(
    word for base in ("yes", "no", "on", "off") for word in (base, base.title(), base.upper())
)
_OLD_FORMS = re.compile(
    r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z"  # 12:30 is 750
    r"|[-+]?[0-9]+(?:_[0-9]+)+\Z"  # 1_000 is 1000
)


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
    for path, node in _scalars(card.yaml.root, ()):
        if node.style != "plain" or node.tag:
            continue
        if node.text in _WORDS or _OLD_FORMS.match(node.text):
            quoted = f'"{node.text}"'
            yield Finding(
                Place(node.span, path),
                f"`{node.text}` is text to the Hub, but not to YAML 1.1 readers such as PyYAML",
                f"write {quoted}",
                Fix("safe", "put it in quotes", (Edit(node.span, quoted),)),
            )


def _scalars(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    """Yield the scalar values below a node with their paths; aliases are passed over."""
    if node.kind == "mapping":
        for name, (_, value) in entries(node).items():
            yield from _scalars(value, (*path, name))
    elif node.kind == "sequence":
        for i, item in enumerate(node.items):
            yield from _scalars(item, (*path, i))
    elif node.span.end - node.span.start == len(node.text):
        yield path, node
