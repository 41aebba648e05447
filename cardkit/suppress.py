"""Suppression comments, in the metadata and in the text.

``# cardkit: ignore[CK203] reason`` in YAML speaks of its own line, or, alone on a line, of the key
below it. ``<!-- cardkit: ignore[thin-bias] reason -->`` in Markdown speaks of its own line and of
the block below it; right under a heading, of the heading as well. ``ignore-file[…]`` speaks of the
whole card; what is absent has no place, so it can be suppressed in no other way.
"""

import re
from typing import NamedTuple

from cardkit.card import Card
from cardkit.rule import Rule
from cardkit.rules import all_rules, by_name
from cardkit.text import Span

_COMMENT = (
    r"(?P<yaml>\#[ \t]*)cardkit:[ \t]*ignore(?P<file>-file)?\[(?P<rules>[^\]\n]*)\](?P<reason>[^\n\r]*)"
    r"|<!--[ \t]*cardkit:[ \t]*ignore(?P<file2>-file)?\[(?P<rules2>[^\]\n]*)\](?P<reason2>[^\n\r]*?)-->"
)


class Suppression(NamedTuple):
    """One comment: the codes it names, where it stands, and which part of the text it covers."""

    codes: frozenset[str]
    unknown: tuple[str, ...]
    reason: str
    span: Span
    covered: Span
    whole_file: bool

    def covers(self, rule: Rule, span: Span, absent: bool) -> bool:
        """Tell whether a finding of a rule at a place is suppressed."""
        if rule.code not in self.codes:
            return False
        if self.whole_file:
            return True
        return not absent and self.covered.start <= span.start <= self.covered.end


def find_suppressions(card: Card) -> list[Suppression]:
    """Return the suppression comments of a card, in the order of the text."""
    if "cardkit:" not in card.text:
        return []
    found = []
    end = card.front_matter.end if card.front_matter else 0
    code = [
        block.span
        for section in card.sections.walk()
        for block in section.blocks
        if block.kind == "code"
    ]
    for match in re.finditer(_COMMENT, card.text):
        in_yaml = match["yaml"] is not None
        inside_code = any(span.start <= match.start() < span.end for span in code)
        if in_yaml != (match.start() < end) or inside_code:
            continue
        names = [
            name.strip()
            for name in (match["rules"] or match["rules2"] or "").split(",")
            if name.strip()
        ]
        codes = [_codes(name) for name in names]
        reason = (match["reason"] if in_yaml else match["reason2"]) or ""
        found.append(
            Suppression(
                frozenset(code for some in codes for code in some),
                tuple(name for name, some in zip(names, codes, strict=True) if not some),
                reason.strip(" \t:-–—"),
                Span(*match.span()),
                _yaml_cover(card, match) if in_yaml else _text_cover(card, match),
                bool(match["file"] or match["file2"]),
            )
        )
    return found


def _codes(name: str) -> list[str]:
    if name.lower() in by_name():
        return [by_name()[name.lower()].code]
    return [rule.code for rule in all_rules() if rule.code == name.upper()]


def _yaml_cover(card: Card, match: re.Match[str]) -> Span:
    """Return its own line, or for a comment alone the lines of the key below."""
    source = card.source
    number = source.position(match.start()).line
    line = source.line_span(number)
    if card.text[line.start : match.start()].strip():
        return line
    below = source.line_span(number + 1)
    text = card.text[below.start : below.end]
    indent = len(text) - len(text.lstrip())
    last = number + 1
    while last < source.line_count:
        following = source.line_span(last + 1)
        words = card.text[following.start : following.end]
        deeper = len(words) - len(words.lstrip()) > indent or words.lstrip().startswith("- ")
        if not words.strip() or not deeper:
            break
        last += 1
    return Span(line.start, source.line_span(last).end)


def _text_cover(card: Card, match: re.Match[str]) -> Span:
    """Return its own line and the block below; from the heading on if it stands right under one."""
    source = card.source
    number = source.position(match.start()).line
    start = source.line_span(number).start
    for section in card.sections.walk():
        between = card.text[section.heading.end : match.start()]
        if section.level and section.heading.end <= match.start() and not between.strip():
            start = section.heading.start
    last = number
    while last < source.line_count and not card.text[slice(*source.line_span(last + 1))].strip():
        last += 1
    while last < source.line_count and card.text[slice(*source.line_span(last + 1))].strip():
        last += 1
    return Span(start, source.line_span(last).end)
