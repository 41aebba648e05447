"""What a card says about each topic, and the words that show it.

The best place in the card decides: a heading with its text, a labelled line ("**Limitations:** …"),
a row of a table of facts, or prose without any heading that says the thing.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, Literal, NamedTuple

from cardkit._data import load_json
from cardkit.fillers import is_filler, says_nothing
from cardkit.sections import Block, Section, plain_text
from cardkit.text import Span
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
#: Sections whose prose speaks of something else: papers, people, terms.
_ELSEWHERE: Final = frozenset(("citation", "license", "authors", "contact"))


class Verdict(NamedTuple):
    """What a card says about one topic.

    ``spans`` are the places that decided, ``evidence`` the words there; ``heading`` the section
    that names the topic, if one does.
    """

    topic: str
    level: Level
    spans: tuple[Span, ...] = ()
    evidence: str = ""
    heading: Section | None = None

    @property
    def present(self) -> bool:
        """Whether the card says something about the topic."""
        return self.level in ("covered", "thin")


class _Place(NamedTuple):
    """A heading or label that names topics, with the blocks that stand under it."""

    topics: frozenset[str]
    span: Span
    blocks: list[Block]
    section: Section | None
    #: whether it has sub-sections on topics of their own
    parent: bool = False


def judge(root: Section) -> dict[str, Verdict]:
    """Return the verdict on every topic for a body, given its section tree."""
    best = {topic: Verdict(topic, "absent") for topic in TOPICS}
    prose: list[Block] = []
    quoted = quoted_card(root)
    for place in _places(root, prose):
        for verdict in _judge_place(place):
            if verdict.level == "placeholder" and place.span.start >= quoted:
                continue
            if _RANK[verdict.level] > _RANK[best[verdict.topic].level]:
                best[verdict.topic] = verdict
    lower = [block.text.lower() for block in prose]
    everything = "\n".join(lower)
    for topic in TOPICS:
        if not best[topic].present and (hit := _find_prose(topic, prose, lower, everything)):
            best[topic] = hit
    if not best["evaluation-results"].present and (table := _results_table(root)):
        best["evaluation-results"] = Verdict(
            "evaluation-results", "covered", (table.span,), _excerpt([table])
        )
    if not best["how-to-use"].present and (code := _usage_code(root)):
        best["how-to-use"] = Verdict("how-to-use", "covered", (code.span,), _excerpt([code]))
    if not best["model-description"].present and (words := _opening(root, prose)):
        best["model-description"] = Verdict(
            "model-description", "covered", (words.span,), _excerpt([words])
        )
    return best


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
            if block.kind == "text" and _ORIGINAL.match(block.text) and len(block.text) < 80:
                return block.span.start
    return root.end + 1


def _opening(root: Section, prose: list[Block]) -> Block | None:
    """Return the words that say what the model is where no heading announces them.

    That is the first sentence of the card, or a title that is itself a description.
    """
    title = root.children[0] if root.children else None
    early = [root, *([title, *title.children[:1]] if title else [])]
    blocks = [block for section in early for block in section.blocks if block in prose]
    if title:
        names = [section.title for section in early[1:] if not title_topics(section.title)]
        blocks.append(Block("text", title.heading, " ".join(names)))
    for block in blocks:
        words = plain_text(block.text)
        if len(words.split()) > 3 or (len(words) > 8 and not words.isascii()):
            return block
    return None


def _places(root: Section, prose: list[Block]) -> Iterator[_Place]:
    """Yield what names topics; gather on the way the blocks that are the card's own prose."""
    inherited: dict[int, list[Block]] = {}
    topics: dict[int, frozenset[str]] = {}
    for section in root.walk():
        own = _section_topics(section, root)
        parent = section.parent
        if own or parent is None or not topics[id(parent)]:
            topics[id(section)] = own
            blocks = inherited[id(section)] = list(section.blocks)
        else:
            # A sub-heading without a topic of its own speaks of its parent's.
            topics[id(section)] = topics[id(parent)]
            blocks = inherited[id(section)] = inherited[id(parent)]
            if section.kind == "bold":
                blocks.append(Block("text", section.heading, section.title))
            blocks += section.blocks
        elsewhere = topics[id(section)] and topics[id(section)] <= _ELSEWHERE
        if not elsewhere:
            if (section.kind == "bold" and not own) or section in root.children[:1]:
                prose.append(Block("text", section.heading, section.title))
            prose += (block for block in section.blocks if block.kind in ("text", "html", "table"))
        yield from _labelled(section.blocks)
    for section in root.walk():
        if section is not root and (own := _section_topics(section, root)):
            children = any(_section_topics(child, root) for child in section.children)
            yield _Place(own, section.heading, inherited[id(section)], section, children)


_METRICS = re.compile(
    r"\b(?:acc(?:uracy)?|f1|em|exact match|bleu|rouge|wer|cer|precision|recall|auc|map|mrr|score|loss"
    r"|perplexity|ppl|mmlu|pearson|spearman|avg|average)\b",
    re.IGNORECASE,
)


def _results_table(root: Section) -> Block | None:
    """Return the first table with a metric in its head and numbers below, wherever it stands."""
    for section in root.walk():
        for block in section.blocks:
            if block.kind == "table":
                head, _, rows = block.text.partition("\n")
                if _METRICS.search(head) and re.search(r"\d[.,]\d", rows):
                    return block
    return None


def _usage_code(root: Section) -> Block | None:
    """Return the first code that runs a model, wherever it stands."""
    for section in root.walk():
        for block in section.blocks:
            if block.kind == "code" and _CODE_USE.search(block.text):
                return block
    return None


def _section_topics(section: Section, root: Section) -> frozenset[str]:
    """Return the topics a heading names; the card's title names what the model is, not these."""
    if section is root:
        return frozenset()
    found = title_topics(section.title)
    if (
        found
        and root.children[0] is section
        and section.level == 1
        and len(section.title.split()) > 3
    ):
        return frozenset()
    return found


_LABEL = re.compile(
    r"\s*(?:[-+*•]\s+)?(?:\*\*|__|<b>|<strong>)?([^\n*_:：|<>]{2,60}?)\s*"
    r"(?:(?:\*\*|__|</b>|</strong>)\s*[:：]?|[:：](?:\*\*|__|</b>|</strong>)?)[ \t]*"
)
_ROW = re.compile(r"^\s*\|?\s*(?:\*\*|__)?([^|\n*_]{2,60}?)(?:\*\*|__)?\s*\|(.*)$", re.MULTILINE)


def _labelled(blocks: list[Block]) -> Iterator[_Place]:
    """Yield the lines that open with a label naming topics, and such rows of tables."""
    for i, block in enumerate(blocks):
        if block.kind == "table":
            for row in _ROW.finditer(block.text):
                if found := title_topics(plain_text(row[1])):
                    cells = Block("text", block.span, row[2].replace("|", " ").strip())
                    yield _Place(found, block.span, [cells], None)
        elif block.kind in ("text", "html") and (match := _LABEL.match(block.text)):
            found = title_topics(plain_text(match[1]))
            if not found:
                continue
            rest = block.text[match.end() :]
            content = [Block("text", block.span, rest)] if rest.strip() else []
            for later in blocks[i + 1 :]:
                if later.depth <= block.depth and (block.depth or content or later.kind == "text"):
                    if not block.depth and not content:
                        content.append(later)  # "Limitations:" alone, then its paragraph
                    break
                content.append(later)
            yield _Place(found, block.span, content, None)


def _judge_place(place: _Place) -> Iterator[Verdict]:
    """Yield the verdict on each topic that a place names."""
    said = [
        b
        for b in place.blocks
        if b.kind != "rule" and (b.kind == "code" or not says_nothing(b.text))
    ]
    words = [block for block in said if block.kind != "code"]
    for topic in place.topics:
        content = said if topic in _IN_CODE else words
        if not content:
            if not place.parent and not said:
                yield Verdict(
                    topic, "placeholder", (place.span,), _excerpt(place.blocks), place.section
                )
            continue
        shared = len(place.topics) > 1 and topic in _SHARED
        if shared and _has_cues(words):
            hit = _cue(topic, words) or _cue(topic, words, "weak")
            if hit is None and topic == "limitations" and "intended-use" not in place.topics:
                hit = _neutral(words)
            if hit is None and (topic != "intended-use" or _only_warnings(words)):
                yield Verdict(topic, "placeholder", (place.span,), "", place.section)
                continue
            content = [hit] if hit else content
        yield Verdict(
            topic, "covered", tuple(b.span for b in content[:3]), _excerpt(content), place.section
        )


def _excerpt(blocks: Iterable[Block]) -> str:
    """Return the first words of some blocks, on one line."""
    for block in blocks:
        text = plain_text(block.text) if block.kind != "code" else " ".join(block.text.split())
        if text:
            return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " …"
    return ""


_ENGLISH = re.compile(
    r"\b(?:the|is|are|of|and|to|this|model|for|not|may|be|with|in)\b", re.IGNORECASE
)


def _has_cues(blocks: list[Block]) -> bool:
    """Tell whether a text is in a language whose wording we know (see schemas/cues.json)."""
    text = " ".join(block.text for block in blocks)
    if not text.isascii():
        # Cyrillic, Arabic and the scripts of India and Thailand; then Chinese, Japanese, Korean.
        if any("\u0400" <= c <= "\u0eff" for c in text):
            return False
        if any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text):
            return True
    return _ENGLISH.search(text) is not None


def _neutral(blocks: list[Block]) -> Block | None:
    """Return a sentence that is not about bias: below "Limitations and bias" it is about limits."""
    for block in blocks:
        for sentence in _SENTENCE.split(block.text):
            one = Block("text", block.span, sentence)
            if len(sentence.split()) > 7 and not (
                _cue("bias-risks", [one]) or _cue("bias-risks", [one], "weak")
            ):
                return one
    return None


def _only_warnings(blocks: list[Block]) -> bool:
    """Tell whether each block warns of limits, bias or misuse, so that none says a use."""
    return all(
        any(_cue(topic, [block]) for topic in ("limitations", "bias-risks", "out-of-scope"))
        for block in blocks
    )


Cue = tuple[str, str]


@cache
def _cues(topic: str, strength: str = "cues") -> tuple[Cue, ...]:
    """Return (trigger, expression) pairs of a topic, of all languages."""
    data = load_json("schemas", "cues.json")[strength].get(topic, {})
    return tuple((trigger, expression) for pairs in data.values() for trigger, expression in pairs)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    # When its trigger is met: compiling all of them takes longer than linting a card.
    return re.compile(expression)


_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=\s*(?:[-*+•|]|\d+[.)]))|(?<=[。！？；])")


def _cue(topic: str, blocks: list[Block], strength: str = "cues") -> Block | None:
    """Return the first sentence in which some blocks speak of a topic, as a block."""
    lower = [block.text.lower() for block in blocks]
    return _search(_cues(topic, strength), blocks, lower, "\n".join(lower))


def _search(
    cues: tuple[Cue, ...], blocks: list[Block], lower: list[str], everything: str
) -> Block | None:
    for trigger, expression in cues:
        if trigger not in everything:
            continue
        for block, text in zip(blocks, lower, strict=True):
            if trigger in text:
                for sentence in _SENTENCE.split(text):
                    flat = " ".join(sentence.split())
                    if (
                        trigger in flat
                        and _compiled(expression).search(flat)
                        and not is_filler(flat)
                        and not _FOREIGN_MATTER.search(flat)
                    ):
                        return Block(block.kind, block.span, flat, block.depth, block.quoted)
    return None


# What a sentence may hold that makes it speak of something else than this model: the terms of a
# licence, the authors of the card, an entry of a table of contents.
_FOREIGN_MATTER = re.compile(
    r"copyright holder|weights (?:&|&amp;|and) biases|express or implied|merchantability|fitness for a particular"
    r"|model card has been written|^[-*+\s]*\[[^\]]*\]\(#"
)
_CODE_USE = re.compile(
    r"from_pretrained\(|pipeline\(|SentenceTransformer\(|load_model|load_from_hub|snapshot_download"
    r"|\.(?:generate|predict|encode|from_hparams|transcribe)\(|\b(?:ollama|docker|llama)[ -]\w*(?:run|cli|server)"
)


def _find_prose(
    topic: str, prose: list[Block], lower: list[str], everything: str
) -> Verdict | None:
    """Return what the card's prose says about a topic outside any heading that names it."""
    hit = _search(_cues(topic), prose, lower, everything)
    return Verdict(topic, "covered", (hit.span,), _excerpt([hit])) if hit else None
