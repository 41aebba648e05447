"""Where a body names topics: headings with their text, labelled lines, rows of tables of facts."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from cardkit.fillers import is_filler
from cardkit.sections import Block, Section, plain_text
from cardkit.text import Span
from cardkit.topics import is_aside, title_topics

TopicsOf = Callable[[str], frozenset[str]]
#: Sections whose prose speaks of something else: papers, people, terms.
_ELSEWHERE: Final = frozenset(("citation", "authors", "contact"))
#: A longer title is a sentence of its own, often a paragraph that a line of dashes made a heading.
_TITLE_WORDS: Final = 8


class Place(NamedTuple):
    """A heading or label that names topics, with the blocks that stand under it."""

    topics: frozenset[str]
    span: Span
    blocks: list[Block]
    section: Section | None = None
    #: the heading or label
    title: str = ""
    #: whether it has sub-sections on topics of their own
    parent: bool = False


class Body(NamedTuple):
    """A body taken apart: what names topics, and the blocks that are the card's own prose."""

    places: list[Place]
    prose: list[Block]
    #: the offset from which the card quotes another one (beyond its end if it does not)
    quoted: int


def find_places(root: Section, topics_of: TopicsOf = title_topics) -> Body:
    """Take a body apart, given its section tree and what tells the topics of a title."""
    places: list[Place] = []
    prose: list[Block] = []
    named: dict[Section, frozenset[str]] = {root: frozenset()}
    #: a section's own topics, or those of the section it is part of; and the blocks on them
    topics: dict[Section, frozenset[str]] = {}
    gathered: dict[Section, list[Block]] = {}
    for section in root.walk():
        own = named[section]
        # The card's title names what the model is, not a topic.
        for child in section.children:
            title = section is root and child is root.children[0] and child.level == 1
            found = topics_of(child.title)
            named[child] = frozenset() if title and len(_WORD.findall(child.title)) > 3 else found
        parent = section.parent
        if own or parent is None or not topics[parent] or is_aside(section.title):
            topics[section] = own
            gathered[section] = [*_told_by_title(section, own, topics_of), *section.blocks]
        else:
            # A sub-heading without a topic of its own speaks of its parent's.
            topics[section] = topics[parent]
            blocks = gathered[section] = gathered[parent]
            if section.kind == "bold":
                blocks.append(Block("text", section.heading, section.title))
            blocks += section.blocks
        if not (own and own <= _ELSEWHERE) and topics[section] != {"citation"}:
            if (
                (section.kind == "bold" and not own)
                or section in root.children[:1]
                or len(section.title.split()) > _TITLE_WORDS
            ):
                prose.append(Block("text", section.heading, section.title))
            prose += filter(_is_prose, section.blocks)
        places += _labelled(section.blocks, topics_of)
    for section, own in named.items():
        if own:
            children = any(named[child] for child in section.children)
            places.append(
                Place(own, section.heading, gathered[section], section, section.title, children)
            )
    return Body(places, prose, quoted_card(root))


_WORD = re.compile(r"\w+")


def _told_by_title(section: Section, own: frozenset[str], topics_of: TopicsOf) -> list[Block]:
    """Return what a heading says itself behind the topic it names: "Model name: letters-8b"."""
    label, _, rest = section.title.partition(": ")
    if not own or not rest.strip() or topics_of(label) != own or topics_of(rest):
        return []
    return [Block("text", section.heading, rest)]


_LABEL = re.compile(
    r"^[ \t]*(?:[-+*•][ \t]+)?(?:\*\*|__|<b>|<strong>)?([^\n*_:：|<>]{2,60}?)[ \t]*"
    r"(?:(?:\*\*|__|</b>|</strong>)[ \t]*[:：]?|[:：](?!//)(?:\*\*|__|</b>|</strong>)?)[ \t]*",
    re.MULTILINE,
)
_ROW = re.compile(r"^\s*\|?\s*(?:\*\*|__)?([^|\n*_]{2,60}?)(?:\*\*|__)?\s*\|(.*)$", re.MULTILINE)


_PARAMETER = re.compile(r"\W*(?:none|all|lora_only|true|false|-?\d[\d.e-]*)\W*\Z", re.IGNORECASE)
_VERSION = re.compile(r"\W*v?\d+(?:\.\w+)+\W*\Z")


def _means_software(topics: frozenset[str], value: str) -> bool:
    """Tell a parameter of an adapter ("bias: none") and a library ("Datasets: 4.0.0") from a topic."""
    return (topics == {"bias-risks"} and _PARAMETER.match(value) is not None) or (
        topics == {"training-data"} and _VERSION.match(value) is not None
    )


def _labelled(blocks: list[Block], topics_of: TopicsOf) -> Iterator[Place]:
    """Yield the lines that open with a label naming topics, and such rows of tables."""
    for i, block in enumerate(blocks):
        if block.kind == "table":
            # More columns hold measurements, where a row's name is no topic of the card.
            rows = _ROW.finditer(block.text) if _columns(block.text) == 2 else ()
            for row in rows:
                if found := topics_of(plain_text(row[1])):
                    cells = Block("text", block.span, row[2].replace("|", " ").strip())
                    yield Place(found, block.span, [cells], title=row[1])
            continue
        if block.kind not in ("text", "html") or not (
            "*" in block.text or ":" in block.text or "：" in block.text
        ):
            continue
        labels = list(_LABEL.finditer(block.text))
        for label, following in itertools.zip_longest(labels, labels[1:]):
            if found := topics_of(plain_text(label[1])):
                rest = block.text[label.end() : following.start() if following else None]
                if _means_software(found, rest):
                    continue
                content = [Block("text", block.span, rest)] if rest.strip() else []
                if following is None:
                    content += _below_label(blocks, i, bool(content))
                yield Place(found, block.span, content, title=label[1])


def _is_prose(block: Block) -> bool:
    """Tell text from code and from tables of samples or numbers; facts stand in two columns."""
    if "{{" in block.text and is_filler(block.text):
        return False
    return block.kind in ("text", "html") or (block.kind == "table" and _columns(block.text) == 2)


def _columns(table: str) -> int:
    head = table.partition("\n")[0].strip().strip("|")
    return head.count("|") + 1


def _below_label(blocks: list[Block], i: int, said: bool) -> Iterator[Block]:
    """Yield what stands below the label that ends a block: the rest of its list item.

    "Limitations:" alone on a line speaks of the paragraph below it.
    """
    block = blocks[i]
    for later in blocks[i + 1 :]:
        if later.depth <= block.depth and (block.depth or said or later.kind == "text"):
            if not block.depth and not said:
                yield later
            return
        said = True
        yield later


_ORIGINAL = re.compile(
    r"\W*(?:the )?original (?:model )?(?:card|description|readme|model file)", re.IGNORECASE
)


def quoted_card(root: Section) -> int:
    """Return the offset from which a card quotes another one, or one beyond its end.

    Who converts a model pastes its card below a heading "Original model card". What it says is
    true of the copy, what it leaves open is not the copier's to fill in.
    """
    for section in root.walk():
        if _ORIGINAL.match(section.title):
            return section.heading.start
        for block in section.blocks:
            if block.kind == "text" and len(block.text) < 80 and _ORIGINAL.match(block.text):
                return block.span.start
    return root.end + 1
