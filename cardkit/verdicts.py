"""What a card says about each topic, and the words that show it.

The best place in the card decides: a heading with its text, a labelled line ("**Limitations:** …"),
a row of a table of facts, or prose without any heading that says the thing.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, Literal, NamedTuple

from cardkit._lazy import lazy
from cardkit.evidence import (
    STRONG_DECIDES,
    Evidence,
    Prose,
    comes_near,
    find_evidence,
    split_sentences,
)
from cardkit.fillers import is_filler, says_nothing, without_label
from cardkit.grades import Strong, grade, is_pointer, is_reference
from cardkit.places import Place, TopicsOf, find_places
from cardkit.sections import Block, Section, plain_text
from cardkit.structures import bibtex, results_table, usage_code, wordless
from cardkit.text import Span, is_east_asian
from cardkit.topics import TOPICS, title_topics

Level = Literal["covered", "thin", "placeholder", "absent"]
_RANK: Final = {"absent": 0, "placeholder": 1, "thin": 2, "covered": 3}
#: Headings that name one of these often name another too; the text decides which are meant.
_SHARED: Final = frozenset(("limitations", "bias-risks", "out-of-scope", "intended-use"))
#: Topics that code can speak about.
_IN_CODE: Final = frozenset(
    (
        "how-to-use",
        "citation",
        "training-procedure",
        "evaluation-results",
        "technical-specifications",
        "training-data",
    )
)


class Verdict(NamedTuple):
    """What a card says about one topic.

    ``spans`` are the places that decided, ``evidence`` the words there; ``heading`` the section
    that names the topic, if one does. ``doubtful`` marks an "absent" that nobody should rely on:
    the card holds words that may speak of the topic.
    """

    topic: str
    level: Level
    spans: tuple[Span, ...] = ()
    evidence: str = ""
    heading: Section | None = None
    doubtful: bool = False

    @property
    def present(self) -> bool:
        """Whether the card says something about the topic."""
        return self.level in ("covered", "thin")


def judge(root: Section, topics_of: TopicsOf = title_topics) -> dict[str, Verdict]:
    """Return the verdict on every topic for a body.

    Args:
        root: the section tree of the body.
        topics_of: tells which topics a title names.
    """
    best = {topic: Verdict(topic, "absent") for topic in TOPICS}
    body = find_places(root, topics_of)

    def offer(verdict: Verdict | None) -> None:
        if verdict and _RANK[verdict.level] > _RANK[best[verdict.topic].level]:
            best[verdict.topic] = verdict

    # Of two places that say nothing a heading is meant before a label, and one that names the topic
    # alone before others: "Model description", not the "Model details" above it.
    for place in sorted(body.places, key=lambda place: (not place.section, len(place.topics))):
        for verdict in _judge_place(place):
            if verdict.level != "placeholder" or place.span.start < body.quoted:
                offer(verdict)
    prose = Prose(body.prose)
    for topic in TOPICS:
        if best[topic].level != "covered":
            offer(_judge_prose(topic, prose))
    shown = wordless(root)
    for topic, find in (
        ("evaluation-results", results_table),
        ("how-to-use", usage_code),
        ("citation", bibtex),
    ):
        if best[topic].level != "covered" and (block := find(shown)):
            offer(_verdict(topic, [block], None, headed=False, strong=lambda: True))
    for topic, verdict in best.items():
        if verdict.level == "absent" and comes_near(topic, prose):
            best[topic] = verdict._replace(doubtful=True)
    found = best["model-description"]
    facts = found.level == "absent"  # beside a note to fill in they do not describe the model
    if not found.present and (opening := _opening(root, body.prose, facts)):
        offer(Verdict("model-description", "covered", (opening.span,), excerpt([opening])))
    return best


def _verdict(
    topic: str, blocks: list[Block], section: Section | None, *, headed: bool, strong: Strong
) -> Verdict:
    level = grade(topic, blocks, headed, strong)
    spans = tuple(sorted(block.span for block in blocks[:3]))
    return Verdict(topic, level, spans, excerpt(blocks), section)


def _judge_place(place: Place) -> Iterator[Verdict]:
    """Yield the verdict on each topic that a place names."""
    said = [
        block for block in place.blocks if block.kind != "rule" and not says_nothing(block.text)
    ]
    if all(block.kind == "text" and _ANNOUNCES().search(block.text) for block in said):
        said = []
    words = [block for block in said if block.kind != "code"]
    for topic in place.topics:
        content = said if topic in _IN_CODE else words
        if topic == "model-description" and _only_facts(place.blocks, said):
            content = said = []
        if topic == "citation":
            content = [block for block in content if not _BYLINE().match(plain_text(block.text))]
            if _OTHER_WORKS().match(place.title) and not any(is_reference(b) for b in content):
                continue
        if not content:
            # Sub-sections on topics of their own leave what a template wrote above them as it is.
            if not said and (place.blocks or not place.parent):
                evidence = excerpt(place.blocks)
                yield Verdict(topic, "placeholder", (place.span,), evidence, place.section)
            continue
        headed = True
        shared = len(place.topics) > 1 and topic in _SHARED and knows_wording(words)
        # "See the paper" sends on to all that the heading names.
        if shared and not is_pointer("\n".join(block.text for block in words)):
            content = _meant(topic, words, place.topics)
            if not content:
                yield Verdict(topic, "placeholder", (place.span,), "", place.section)
                continue
        strong = partial(_strong, topic, content)
        yield _verdict(topic, content, place.section, headed=headed, strong=strong)


def _only_facts(blocks: list[Block], said: list[Block]) -> bool:
    """Tell a list of facts below a note to say what the model is: the note is still to be followed."""
    noted = any(block.text.strip() and is_filler(block.text) for block in blocks)
    return noted and all(map(_is_fact, said))


def _is_fact(block: Block) -> bool:
    """Tell a list item that opens with a label: "- **Task:** fill-mask"."""
    text = plain_text(block.text)
    return block.depth > 0 and without_label(text) != text


#: "please cite the following paper:" with nothing behind it
_ANNOUNCES = lazy(r"[:：]\s*\Z")
_BYLINE = lazy(
    r"\W*(?:(?:created|written|made|developed|trained) )?by [^.\d]{3,80}\Z", re.IGNORECASE
)
#: What a card was built on, which is not how to cite it.
_OTHER_WORKS = lazy(
    r"\W*(?:references?|参考文献|參考文獻|참고 ?문헌|literatur|referencias|referências|riferimenti|références?)\W*\Z",
    re.IGNORECASE,
)


def _strong(topic: str, blocks: list[Block]) -> bool:
    return any(item.strong for item in find_evidence(topic, Prose(blocks), one=True))


def _meant(topic: str, words: list[Block], topics: frozenset[str]) -> list[Block]:
    """Return the sentences below a heading of several topics that speak of one of them."""
    prose = Prose(words)
    found = find_evidence(topic, prose) or find_evidence(topic, prose, "weak")
    if found:
        return _as_blocks(found)
    if topic == "limitations" and "intended-use" not in topics:
        return _neutral(words)
    if topic == "intended-use" and not _only_warnings(words):
        return words
    return []


def _as_blocks(found: Iterable[Evidence]) -> list[Block]:
    return [Block("text", item.span, item.text) for item in found]


# "Model" is a word of many languages.
_ENGLISH = lazy(r"\b(?:the|is|are|of|and|to|this|for|not|may|be|with|in)\b", re.IGNORECASE)


def knows_wording(blocks: list[Block]) -> bool:
    """Tell whether a text is in a language whose wording we know (see schemas/cues.json)."""
    text = " ".join(block.text for block in blocks)
    if not text.isascii():
        # Cyrillic, Arabic and the scripts of India and Thailand; then Chinese, Japanese, Korean.
        if any("\u0400" <= c <= "\u0eff" for c in text):
            return False
        if is_east_asian(text):
            return True
    return _ENGLISH().search(text) is not None


#: Words without which a sentence below "Limitations and bias" is a remark, not a limit.
_LIMITING = lazy(
    r"\b(?:not|no|none|only|less|limit\w*|cannot|may|might|could|can|should|however|but|few\w*|lack\w*"
    r"|fail\w*|slow\w*|short\w*|small\w*|difficult|hard|worse|poor\w*|errors?|noisy|contains?|than"
    r"|trained|drop\w*|until|before|because|due|depend\w*)\b|n't"
)


def _neutral(blocks: list[Block]) -> list[Block]:
    """Return sentences that are not about bias: below "Limitations and bias" they tell limits."""
    found = []
    for block in blocks:
        for sentence in split_sentences(block.text):
            one = Block("text", block.span, sentence)
            prose = Prose([one])
            limiting = len(sentence.split()) > 7 and _LIMITING().search(sentence.lower())
            if limiting and not (
                find_evidence("bias-risks", prose) or find_evidence("bias-risks", prose, "weak")
            ):
                found.append(one)
    return found


def _only_warnings(blocks: list[Block]) -> bool:
    """Tell whether each block warns of limits, bias or misuse, so that none says a use."""
    return all(
        any(find_evidence(topic, Prose([block])) for topic in _SHARED - {"intended-use"})
        for block in blocks
    )


def _judge_prose(topic: str, prose: Prose) -> Verdict | None:
    """Return what the card's prose says about a topic, with or without a heading that names it."""
    found = find_evidence(topic, prose, one=topic in STRONG_DECIDES)
    if not found:
        return None
    found.sort(key=lambda item: not item.strong)
    strong = found[0].strong
    return _verdict(topic, _as_blocks(found), None, headed=False, strong=lambda: strong)


#: The title that templates give a card; it says no more than the model's address.
_NO_NAME = lazy(r"\W*(?:model )?card (?:for|of)\b|\W*model card\W*\Z", re.IGNORECASE)


def _opening(root: Section, prose: list[Block], facts: bool) -> Block | None:
    """Return the words that say what the model is where no heading announces them.

    That is the first sentence of the card, or a title that is itself a description; labelled facts
    count if ``facts`` is true.
    """
    title = root.children[0] if root.children else None
    early = [root, *([title, *title.children[:1]] if title else [])]
    blocks = [block for section in early for block in section.blocks if block in prose]
    if title:
        names = [
            section.title
            for section in early[1:]
            if not title_topics(section.title) and not _NO_NAME().match(section.title)
        ]
        blocks.append(Block("text", title.heading, " ".join(names)))
    for block in blocks:
        words = plain_text(block.text)
        if says_nothing(block.text) or (not facts and _is_fact(block)):
            continue
        if len(words.split()) > 3 or (len(words) > 8 and not words.isascii()):
            return block
    return None


def excerpt(blocks: Iterable[Block]) -> str:
    """Return the first words of some blocks, on one line."""
    for block in blocks:
        text = " ".join(block.text.split()) if block.kind == "code" else plain_text(block.text)
        if text:
            return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " …"
    return ""
