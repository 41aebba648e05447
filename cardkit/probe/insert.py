"""Put the block into the text of a card without touching the rest."""

from typing import Final, NamedTuple

from cardkit.card import Card
from cardkit.errors import InputError
from cardkit.places import find_places
from cardkit.probe.markers import END, find_block
from cardkit.sections import Section
from cardkit.text import Source, Span
from cardkit.topics import topic_label

TOPIC: Final = "bias-risks"
#: A block to try a card with before there is anything to write.
STAND_IN: Final = f"<!-- cardkit:bias-probe begin -->\n\n| a |\n|---|\n| b |\n\n{END}"


class Place(NamedTuple):
    """Where a new block goes: a character offset, and the heading it stands under.

    ``level`` is that of a heading to be made, 0 if the card has one.
    """

    offset: int
    heading: str
    level: int = 0


class Inserted(NamedTuple):
    """The new text, and where the block stands if it was not there before."""

    text: str
    place: Place | None


def insert(card: Card, block: str, title: str | None = None) -> Inserted:
    """Put the block into the text of a card.

    A block that is there already is replaced exactly; a new one goes where ``find_place`` says.
    Line ends follow the card's. Nothing outside the block changes, except that a new block gets
    blank lines around it and, where there is none, a heading: ``title``, or the topic's name.

    Raises:
        InputError: the markers in the card are damaged, or nobody would see a block at its place.
    """
    text, newline = card.text, card.source.newline
    block = block.replace("\n", newline)
    old = find_block(text)
    if old is not None:
        return Inserted(text[: old.start] + block + text[old.end :], None)
    place = find_place(card)
    if title is not None and place.level:
        place = place._replace(heading=title)
    before, after = text[: place.offset], text[place.offset :]
    heading = f"{'#' * place.level} {place.heading}{newline * 2}" if place.level else ""
    lead = _blank_line_after(before, newline)
    trail = newline if not after else newline + ("" if _starts_blank(after) else newline)
    new = f"{before}{lead}{heading}{block}{trail}{after}"
    at = len(before) + len(lead)
    span = Span(at + len(heading), at + len(heading) + len(block))
    if not _is_seen(card.with_source(Source.from_text(new)), span, at if heading else None):
        line = card.source.position(place.offset).line
        raise InputError(
            f"line {line}: the measurement would stand inside code, a comment or HTML that is not"
            " closed before it; close that first"
        )
    return Inserted(new, place)


def find_place(card: Card) -> Place:
    """Find the end of the first section on bias and risks; else the end of the card.

    The end of a section is before its first sub-section or the next heading. Of a section on more
    topics than one, the part on bias is meant. A card that is quoted below one's own is somebody
    else's, so nothing goes there.
    """
    body = find_places(card.sections, card.topics_of)
    topics = {
        place.section: place.topics
        for place in body.places
        if place.section is not None and place.span.start < body.quoted
    }
    # A bold line is a heading only where there is no real one.
    found = [section for section in topics if TOPIC in topics[section]]
    for section in sorted(found, key=lambda section: section.kind == "bold"):
        part = _most_specific(section, topics)
        real = [child for child in part.children if child.kind != "bold"]
        offset = real[0].heading.start if real else part.end
        if offset > part.heading.start:  # not two headings of HTML in one line
            return Place(offset, part.title)
    title = next(iter(card.sections.children), None)
    levels = [
        section.level
        for section in topics
        if section.kind != "bold" and not (section is title and section.level == 1)
    ]
    end = min(body.quoted, len(card.text))
    return Place(end, topic_label(TOPIC), min(levels, default=2))


def _most_specific(section: Section, topics: dict[Section, frozenset[str]]) -> Section:
    """Return the section itself, or the part of it that names bias and fewer topics besides."""
    parts = [part for part in section.walk() if TOPIC in topics.get(part, ())]
    return min(parts, key=lambda part: (part.kind == "bold", len(topics[part])))


def _is_seen(card: Card, span: Span, heading: int | None) -> bool:
    """Tell whether readers see the block, and the heading made for it, and the probe finds it.

    Code, a comment or a tag that nobody closed would swallow it.
    """
    try:
        block = find_block(card.text)
    except InputError:
        return False
    sections = list(card.sections.walk())
    return (
        block is not None
        and (block.start, block.end) == span
        and (heading is None or any(section.heading.start == heading for section in sections[1:]))
        and any(
            part.kind == "table" and not part.quoted and not part.depth
            for section in sections
            for part in section.blocks
            if span.start <= part.span.start < span.end
        )
    )


def _blank_line_after(before: str, newline: str) -> str:
    if not before:
        return ""
    if not before.endswith(("\n", "\r")):
        return newline * 2
    return "" if before.endswith(newline * 2) else newline


def _starts_blank(after: str) -> bool:
    return after.startswith(("\n", "\r"))
