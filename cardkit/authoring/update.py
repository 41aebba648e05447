"""Facts into a card that is there: only what facts own is refreshed, every other byte stays."""

import re
from typing import Any, NamedTuple

from cardkit.authoring.blocks import Block, find_blocks, find_record, wrap, write_record
from cardkit.authoring.content import CURVE, Ground, contents, topics_of_blocks
from cardkit.authoring.words import LANGUAGES, words
from cardkit.authoring.write import Request, files, proved_beside
from cardkit.card import Card
from cardkit.diagnostic import Edit
from cardkit.edit.apply import changed, same
from cardkit.facts import Facts
from cardkit.fix import apply_edits
from cardkit.text import Source

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Update(NamedTuple):
    """A card brought up to date: the new card, what changed, what people changed, files beside it."""

    card: Card
    #: keys and blocks that are fresh now
    changes: tuple[str, ...]
    #: keys and blocks of cardkit's that people changed, and that stay as they are
    kept: tuple[str, ...]
    files: dict[str, str]


def update_card(card: Card, facts: Facts) -> Update:
    """Return a card with its facts refreshed.

    Metadata: a key that cardkit wrote and nobody changed gets its new value; a key that files prove
    now and that was never there is added; one that somebody took out stays out. Body: the blocks
    between cardkit's comments, if what stands there is what cardkit wrote.

    Raises:
        EditError: the metadata cannot be read.
    """
    found = find_record(card)
    data = found[0] if found else {}
    request = _request(data)
    changes: list[str] = []
    kept: list[str] = []
    new = card
    if found:
        new, owned = _metadata(card, facts, request, data["metadata"], changes, kept)
        new = _with_record(new, data | {"metadata": owned})
    language = words(request.language)
    fields = new.metadata
    ground = Ground(facts, fields, language, request.repo_id)
    blocks = contents(ground)
    new = _blocks(new, blocks, language["todos"], changes, kept)
    beside = files(ground) if f"({CURVE})" in new.text else {}
    return Update(new, tuple(changes), tuple(kept), beside)


def owns(card: Card) -> bool:
    """Tell whether anything in a card is cardkit's to refresh."""
    return find_record(card) is not None or bool(find_blocks(card))


def _request(data: dict[str, Any]) -> Request:
    """Return what a record remembers; what makes no sense there counts as not said."""
    language = data.get("language")
    evaluation = data.get("evaluation")
    repo_id = data.get("repo_id")
    return Request(
        name=str(data.get("name") or "model"),
        repo_id=repo_id if isinstance(repo_id, str) else None,
        language=language if language in LANGUAGES else "en",
        evaluation=evaluation if isinstance(evaluation, dict) else {},
    )


def _metadata(
    card: Card,
    facts: Facts,
    request: Request,
    recorded: dict[str, Any],
    changes: list[str],
    kept: list[str],
) -> tuple[Card, dict[str, Any]]:
    """Return the card with fresh metadata, and what of it is cardkit's."""
    current = card.metadata
    owned = {
        key: value
        for key, value in recorded.items()
        if key in current and same(current[key], value)
    }
    given = {key: value for key, value in current.items() if key not in owned}
    removed = set(recorded) - set(current)
    kept += (f"metadata {key}" for key in recorded if key in given)
    kept += (f"metadata {key} (taken out)" for key in sorted(removed))
    for key, value in proved_beside(facts, request, given).items():
        if key in removed or (key in owned and same(owned[key], value)):
            continue
        card = changed(card, "set", (key,), value)
        owned[key] = value
        changes.append(f"metadata {key}")
    # What was taken out stays known, so that it is not added again.
    return card, owned | {key: recorded[key] for key in recorded if key in removed or key in given}


def _with_record(card: Card, data: dict[str, Any]) -> Card:
    found = find_record(card)
    assert found is not None
    if same(found[0], data):
        return card
    return _edited(card, [Edit(found[1], write_record(data))])


def _blocks(
    card: Card, blocks: dict[str, str], todos: dict[str, str], changes: list[str], kept: list[str]
) -> Card:
    """Return the card with fresh blocks."""
    newline = card.source.newline
    topics = dict(topics_of_blocks())
    edits = []
    for block in find_blocks(card):
        if block.name not in blocks:
            continue
        if not block.untouched:
            kept.append(f"block {block.name}")
            continue
        content = blocks[block.name]
        if not content and block.name in topics:
            # The note goes once somebody has written something beside it.
            note = todos[topics[block.name]]
            if block.content.strip() not in ("", note):
                continue  # the file that said it is gone, which does not make it wrong
            content = "" if _alone_is_not(card, block) else note
        elif not content:
            continue
        text = wrap(block.name, content, newline)
        if newline != "\n":
            text = re.sub(r"\r\n|\r|\n", newline, text)
        if text != card.text[block.span.start : block.span.end]:
            edits.append(Edit(block.span, text))
            changes.append(f"block {block.name}")
    return _edited(card, edits) if edits else card


def _alone_is_not(card: Card, block: Block) -> bool:
    """Tell whether other words stand in the section of a block."""
    for section in card.sections.walk():
        inner = min((child.heading.start for child in section.children), default=section.end)
        if section.heading.end <= block.span.start < inner:
            before = card.text[section.heading.end : block.span.start]
            after = card.text[block.span.end : inner]
            return bool(_COMMENT.sub("", before + after).strip())
    return False


def _edited(card: Card, edits: list[Edit]) -> Card:
    data = card.source.encode(apply_edits(card.text, edits))
    return card.with_source(Source(data, card.source.path))
