"""The sentences by which prose speaks of a topic."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from cardkit.cues import letter_runs, likely_cues
from cardkit.fillers import says_nothing
from cardkit.sections import Block
from cardkit.text import Span

# The address of a link is not what the card says.
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\((?!#)[^()\n]*\)")
#: More sentences than these change no verdict.
_ENOUGH = 12
#: A longer piece without a full stop is data, not a sentence.
_LONGEST = 1500
#: A label has fewer words.
_LABEL_WORDS = 5
_WARNINGS = ("limitations", "bias-risks", "out-of-scope")


_URL = re.compile(r"https?://[^\s)>\]]+")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"\*(?:\*|(?<![\w*]\*)(?=\w)|(?<=\w\*)(?![\w*]))")


def _plain(text: str) -> str:
    """Return the words of a block without tags, marks of emphasis and link addresses.

    Links within the page keep their "(#": they are entries of a table of contents.
    """
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "*" in text:
        text = _EMPHASIS.sub("", text)
    return text.replace("__", "")


class Evidence(NamedTuple):
    """One sentence as it is written, where its block stands, and whether it says much."""

    text: str
    span: Span
    strong: bool


class Prose:
    """Some blocks of text as sentences, prepared so that looking for many cues is cheap."""

    def __init__(self, blocks: list[Block]) -> None:
        #: (block, sentence)
        self.sentences = [
            (block, sentence)
            for block in blocks
            for sentence in split_sentences(_plain(block.text))
            if len(sentence) <= _LONGEST
        ]
        self.lower = [sentence.lower() for _, sentence in self.sentences]
        self.everything = "\n".join(self.lower)
        self.runs = letter_runs(self.everything)
        #: the offset in ``everything`` at which each sentence starts
        self._starts = [0, *accumulate(len(sentence) + 1 for sentence in self.lower)]

    def holding(self, texts: Iterable[str]) -> list[int]:
        """Return the indices of the sentences that hold one of some texts, in order."""
        found: set[int] = set()
        for text in texts:
            at = self.everything.find(text)
            while at >= 0:
                index = bisect_right(self._starts, at) - 1
                found.add(index)
                at = self.everything.find(text, self._starts[index + 1])
        return sorted(found)


_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=\s*(?:[-*+•|]|\d+[.)]))|(?<=[。！？；])")
# What makes a sentence speak of something else than this model: the terms of a licence, the authors
# of the card, a name, an entry of a table of contents.
_ELSEWHERE = re.compile(
    r"copyright holder|weights (?:&|&amp;|and) biases|express or implied|merchantability"
    r"|fitness for a particular|model card has been written|^[-*+\s]*\[[^\]]*\]\(#"
    r"|be sure to (?:include|describe|mention)|this section (?:should|describes|addresses)"
    r"|^\W*(?:(?:bias|biases|risks?|and|known|limitations?|intended|uses?|out-of-scope)\W*)+$"
    r"|[:：]\s*(?:n\.?/?a\b\.?|not applicable)\W*$"
)


def split_sentences(text: str) -> list[str]:
    """Cut a text into sentences, list items and rows, white space collapsed."""
    return [flat for part in _SENTENCE.split(text) if (flat := " ".join(part.split()))]


def find_evidence(
    topic: str, prose: Prose, kind: str = "cues", *, one: bool = False
) -> list[Evidence]:
    """Return the sentences that speak of a topic, each once, at most a dozen.

    Args:
        topic: the topic.
        prose: where to look.
        kind: "cues", or "weak" for words that decide only below a heading that names the topic
            among others.
        one: stop at the first sentence that says much by itself.
    """
    found: dict[int, Evidence] = {}
    for cue, triggers in likely_cues(topic, kind, prose.runs):
        for i in prose.holding(triggers):
            lower = _said(topic, prose.lower[i])
            if (
                not (i in found and found[i].strong)
                and cue.matches(lower)
                and _counts(topic, lower)
            ):
                block, sentence = prose.sentences[i]
                found[i] = Evidence(sentence, block.span, cue.strong)
        if len(found) >= _ENOUGH or (one and any(item.strong for item in found.values())):
            break
    return [found[i] for i in sorted(found)]


def _said(topic: str, sentence: str) -> str:
    """Return a sentence as it is searched: a bare address warns of nothing."""
    return _URL.sub("", sentence) if "://" in sentence and topic in _WARNINGS else sentence


def _counts(topic: str, sentence: str) -> bool:
    if topic in _WARNINGS and sentence.endswith(("?", "？")):
        return False  # a question warns of nothing; its answer may
    leads_in = sentence.endswith((":", "：")) and sentence.count(" ") >= _LABEL_WORDS
    if leads_in and topic in _WARNINGS:
        # "The model does poorly on:" says it before the list does; shorter pieces are labels.
        sentence = sentence[:-1]
    return not says_nothing(sentence) and not _ELSEWHERE.search(sentence)
