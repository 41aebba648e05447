"""Text that nobody wrote for this card: what templates leave behind, and notes to fill in later."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from cardkit._data import load_json
from cardkit.text import Span

FillerKind = Literal["template", "todo", "variable", "optional", "unset"]


class Leftover(NamedTuple):
    """One place with template or filler text."""

    kind: FillerKind
    span: Span
    text: str


_MARKS = re.compile(r"[*_`#>\[\]{}<>|~]+|^\s*(?:[-+•·]|\d+[.)])\s+|^\[[ x]\]", re.MULTILINE)
_LABEL = re.compile(
    r"^\s*(?:[-+*•]\s+)?(?:\*\*|__)?[^\n*_:：]{1,50}(?:\*\*|__)?\s*[:：](?:\*\*|__)?\s*(.*)$",
    re.DOTALL,
)
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\([^()\n]*\)")
_EMPTY = re.compile(r"[\W_]*")
#: What a template leaves when nobody filled it in: ``{{ metric }}``, ``{metric_table}``.
_VARIABLE = re.compile(r"(?:[-*\s]|\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{[a-z_]+\})+")
#: A note in brackets that stands for what is to be written: ``[Description of the data]``, ``[value]``.
_NOTE = re.compile(
    r"[-*+•\s]*\[(?:(?:describe|description|list|discuss|insert|provide|explain|specify|your|name of|link to|add"
    r"|brief|details|information|summari[sz]e|state) [^\[\]\n]{1,160}"
    r"|(?:value|name|date|link|url|number|version|metric|score|text)s?)\][.\s]*",
    re.IGNORECASE,
)


#: A text with one of these is English; the fillers of other languages need not be tried on it.
_ENGLISH = frozenset(
    ("the", "is", "are", "of", "and", "to", "for", "with", "this", "model", "in", "on", "by", "a")
)


#: Fillers are shorter, but for a few sentences of templates.
_SHORT, _LONG = 100, 250


@cache
def _filler(kind: Literal["en", "en, long", "other"]) -> re.Pattern[str]:
    """Return what matches the fillers in English, the long ones, or those in other languages."""
    groups = load_json("schemas", "fillers.json")["nothing"]
    names = [kind] if kind in groups else [name for name in groups if not name.startswith("en")]
    return re.compile("|".join(phrase for name in names for phrase in groups[name]), re.IGNORECASE)


def is_filler(text: str) -> bool:
    """Tell whether a paragraph, list item or cell says nothing: empty, punctuation, a filler."""
    if "{" in text and _VARIABLE.fullmatch(text):
        return True
    if len(text) > _LONG:
        return False
    if "[" in text and _NOTE.fullmatch(text):
        return True
    shown = _LINK.sub(r"\1", text) if "](" in text else text
    words = " ".join(_MARKS.sub(" ", shown).split()).strip(" .…:!-–—()（）。、,;'\"")
    if _EMPTY.fullmatch(words):
        return not _has_symbol(text)
    if len(words) > _SHORT:
        return _filler("en, long").fullmatch(words) is not None
    if _filler("en").fullmatch(words):
        return True
    known = words.isascii() and not _ENGLISH.isdisjoint(words.lower().split())
    return not known and _filler("other").fullmatch(words) is not None


def _has_symbol(text: str) -> bool:
    """Tell an image or a lone emoji (which shows something) from mere punctuation."""
    return "![" in text or any(ord(character) > 0x2FFF for character in text)


def without_label(text: str) -> str:
    """Return what stands behind a leading label (``- **License:** mit``), or the text itself."""
    match = _LABEL.match(text)
    return match[1] if match else text


def says_nothing(text: str) -> bool:
    """Tell whether a block holds only filler, with or without a leading label, line by line."""
    if is_filler(text) or _is_labelled_filler(text):
        return True
    lines = [line for line in text.split("\n") if line.strip()]
    return 1 < len(lines) <= 12 and all(
        is_filler(line) or _is_labelled_filler(line) for line in lines
    )


def _is_labelled_filler(text: str) -> bool:
    match = _LABEL.match(text)
    return match is not None and is_filler(match[1])


@cache
def _leftovers() -> tuple[tuple[FillerKind, re.Pattern[str], tuple[str, ...]], ...]:
    """Return (kind, expression, hints): what is searched for wherever it stands in the prose."""
    flags = {"i": re.IGNORECASE, "m": re.MULTILINE}
    return tuple(
        (
            row["kind"],
            re.compile(row["pattern"], sum(flags[flag] for flag in row["flags"])),
            tuple(row["hints"]),
        )
        for row in load_json("schemas", "fillers.json")["leftovers"]
    )


_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|`[^`\n]+`|<(script|style|pre|code)\b.*?(?:</\1>|\Z)",
    re.DOTALL | re.IGNORECASE,
)


def visible(text: str, span: Span) -> str:
    """Return a piece of a text with comments and code blanked, of the same length."""
    return _HIDDEN.sub(lambda match: " " * len(match[0]), text[span.start : span.end])


def find_leftovers(text: str, spans: Iterable[Span]) -> Iterator[Leftover]:
    """Yield the template and filler texts in some pieces of prose, comments and code left out."""
    lower = text.lower()
    present = [
        (kind, pattern)
        for kind, pattern, hints in _leftovers()
        if any(hint in lower for hint in hints)
    ]
    if not present:
        return
    for span in spans:
        piece = visible(text, span)
        for kind, pattern in present:
            for match in pattern.finditer(piece):
                start = span.start + match.start()
                yield Leftover(kind, Span(start, start + len(match[0])), match[0].strip())
