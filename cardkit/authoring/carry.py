"""What people wrote in an old card, sorted by topic, to be carried over into a new one."""

import re
from typing import Any, Final, NamedTuple

from cardkit.authoring.blocks import find_blocks, find_record
from cardkit.authoring.questions import ALL
from cardkit.card import Card
from cardkit.edit.apply import changed
from cardkit.edit.change import editable
from cardkit.engine import lint
from cardkit.errors import EditError
from cardkit.fillers import says_nothing
from cardkit.sections import Section

#: What the Trainer and other tools say about themselves.
_NOTICE = re.compile(r"<!--\s*This model card has been generated automatically[\s\S]*?-->\s*")
#: Topics of headings -> the section of a new card that takes them in.
_HOME: Final = {
    "evaluation-data": "evaluation-results",
    "authors": "contact",
    "recommendations": "limitations",
    "technical-specifications": "model-description",
}


class Carried(NamedTuple):
    """What an old card holds: title, metadata, texts by topic, sections without a topic."""

    name: str | None
    metadata: dict[str, Any]
    answers: dict[str, str]
    others: tuple[tuple[str, str], ...]
    #: metadata that the Hub refuses or ignores, and so is left behind: key, reason
    dropped: tuple[tuple[str, str], ...]
    #: the metadata block as it was written, comments and all, without what was dropped; or None
    block: str | None


def carry(card: Card) -> Carried:
    """Return what people wrote in a card; fillers and what facts own are left behind."""
    metadata, dropped = _metadata(card)
    clean = Card.from_text(_without_blocks(card), card.source.path)
    answers: dict[str, list[str]] = {}
    others: list[tuple[str, str]] = []
    name = None
    for section in clean.sections.walk():
        text = _own_text(clean, section)
        title = section.title.strip()
        if section.level == 1 and name is None and title:
            name = title
        if not text:
            continue
        home = _home(clean, section)
        if home is not None:
            inner = not clean.topics_of(title)  # it has its topic from the section it stands in
            answers.setdefault(home, []).append(
                f"#### {title}\n\n{text}" if inner and title else text
            )
        elif section.level <= 1:
            answers.setdefault("model-description", []).append(text)
        else:
            others.append((title, text))
    texts = {topic: "\n\n".join(parts) for topic, parts in answers.items()}
    block = _block(card, [key for key, _ in dropped])
    return Carried(name, metadata, texts, tuple(others), dropped, block)


def _home(card: Card, section: Section) -> str | None:
    """Return the topic that takes a section in: its own, or that of the section it stands in."""
    while section.level:
        topics = card.topics_of(section.title)
        for topic in ALL:
            if topic in topics or any(_HOME.get(other) == topic for other in topics):
                return topic
        if section.parent is None or section.parent.level <= 1:
            return None
        section = section.parent
    return None


def _own_text(card: Card, section: Section) -> str:
    """Return the text between a heading and the next one; nothing if it says nothing."""
    if all(says_nothing(block.text) for block in section.blocks):
        return ""
    end = min((child.heading.start for child in section.children), default=section.end)
    return _NOTICE.sub("", card.text[section.heading.end : end]).strip()


def _without_blocks(card: Card) -> str:
    """Return the body without what cardkit wrote; what somebody changed in a block stays."""
    text = card.text
    edits = [(block.span, "" if block.untouched else block.content) for block in find_blocks(card)]
    if found := find_record(card):
        edits.append((found[1], ""))
    for span, new in sorted(edits, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text[card.body_start :]


def _metadata(card: Card) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """Return the metadata that the Hub takes, without what the card's record says cardkit wrote."""
    found = dict(card.metadata)
    record = find_record(card)
    for key, value in record[0]["metadata"].items() if record else ():
        if found.get(key) == value:
            del found[key]
    dropped = []
    for item in lint(card).diagnostics:
        key = _first(item.target)
        if item.ground != "advice" and key in found:
            dropped.append((key, item.message))
            del found[key]
    return found, tuple(dropped)


def _block(card: Card, dropped: list[str]) -> str | None:
    """Return the metadata block between fences, so that comments and spelling live on."""
    if card.front_matter is None:
        return None
    try:
        editable(card)
        for key in dropped:
            card = changed(card, "remove", (key,))
    except EditError:
        return None
    block = card.front_matter
    if block is None:
        return None
    return card.text[block.content.start : block.content.end].replace("\r\n", "\n")


def _first(target: str | None) -> str:
    return re.split(r"[.\[]", target or "", maxsplit=1)[0]
