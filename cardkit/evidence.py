"""The sentences by which prose speaks of a topic."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

from cardkit.classifier import known_features, log_odds
from cardkit.cues import letter_runs, likely_cues
from cardkit.fillers import says_nothing
from cardkit.sections import Block
from cardkit.text import Span

# The address of a link is not what the card says.
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\((?!#)[^()\n]*\)")
#: More sentences than these change no verdict.
_ENOUGH = 12
#: More of those that the classifier finds likeliest change none either.
_LIKELIEST = 5
#: A longer piece without a full stop is data, not a sentence.
_LONGEST = 1500
#: A label has fewer words.
_LABEL_WORDS = 5
_WARNINGS = ("limitations", "bias-risks", "out-of-scope")


class _Odds(NamedTuple):
    """How the classifier's log-odds on a topic are read."""

    #: a cue is not believed below
    least: float
    #: no cue is needed from here on
    enough: float
    #: nobody should say that a card is silent on the topic from here on
    near: float


# Counted on cards that the classifier had not learnt from (benchmarks/train_classifier.py --check).
_ODDS: Final = {
    "limitations": _Odds(-0.75, 0.4, -0.1),
    "bias-risks": _Odds(-1.5, 0.3, -0.9),
    "out-of-scope": _Odds(-2.5, -0.3, -1.2),
    "intended-use": _Odds(-0.5, 1.6, 0.2),
    "how-to-use": _Odds(0.0, 2.0, 0.8),
    "training-data": _Odds(1.0, 2.1, 1.1),
    "training-procedure": _Odds(1.0, 2.7, 1.2),
    "evaluation-results": _Odds(0.0, 1.7, 0.7),
}
#: Topics that one sentence covers if its wording says much by itself.
STRONG_DECIDES: Final = frozenset(("intended-use", "training-procedure", "training-data"))

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


class _Lines:
    """Some sentences in lower case, prepared so that looking for many cues is cheap."""

    def __init__(self, lower: list[str]) -> None:
        self.lower = lower
        self.everything = "\n".join(lower)
        self.runs = letter_runs(self.everything)
        #: the offset in ``everything`` at which each sentence starts
        self._starts = [0, *accumulate(len(sentence) + 1 for sentence in lower)]

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


class Prose:
    """Some blocks of text as sentences."""

    def __init__(self, blocks: list[Block]) -> None:
        #: (block, sentence)
        self.sentences = [
            (block, sentence)
            for block in blocks
            for sentence in split_sentences(_plain(block.text))
            if len(sentence) <= _LONGEST
        ]
        self.lower = [sentence.lower() for _, sentence in self.sentences]

        self._odds: dict[str, list[float | None]] = {}

    @cached_property
    def lines(self) -> _Lines:
        """All sentences, to be searched."""
        return _Lines(self.lower)

    @cached_property
    def _known(self) -> list[list[int]]:
        return known_features("\n".join(self.lower)) if self.lower else []

    def odds(self, topic: str) -> list[float | None]:
        """Return the log-odds that each sentence speaks of a topic; None where nobody knows."""
        if topic not in self._odds:
            self._odds[topic] = log_odds(topic, self._known)
        return self._odds[topic]


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
    """Return the sentences that speak of a topic, each once, at most a dozen, the likeliest first.

    Args:
        topic: the topic.
        prose: where to look.
        kind: "cues", or "weak" for words that decide only below a heading that names the topic
            among others.
        one: stop at the first sentence that says much by itself.
    """
    limits = _ODDS.get(topic) if kind == "cues" else None
    if limits is None:
        lines, places = prose.lines, list(range(len(prose.lower)))
        found: dict[int, bool] = {}
    else:
        odds = prose.odds(topic)
        found = dict.fromkeys(_likeliest(topic, prose, limits.enough), False)
        least = math.inf if found and topic not in STRONG_DECIDES else limits.least
        places = [i for i, value in enumerate(odds) if value is None or value >= least]
        lines = _Lines([prose.lower[i] for i in places])
    if not places:
        return _evidence(prose, found)
    for cue, triggers in likely_cues(topic, kind, lines.runs):
        for at in lines.holding(triggers):
            lower = _said(topic, lines.lower[at])
            if not found.get(places[at]) and cue.matches(lower) and _counts(topic, lower):
                found[places[at]] = cue.strong
        if len(found) >= _ENOUGH or (one and any(found.values())):
            break
    return _evidence(prose, found)


def _evidence(prose: Prose, found: Mapping[int, bool]) -> list[Evidence]:
    """Return the sentences of some indices, with whether each says much by itself."""
    return [
        Evidence(prose.sentences[i][1], prose.sentences[i][0].span, strong)
        for i, strong in found.items()
    ]


def _likeliest(topic: str, prose: Prose, enough: float) -> list[int]:
    """Return the sentences that speak of a topic by their words alone, the likeliest first."""
    likely = [
        (-value, i)
        for i, value in enumerate(prose.odds(topic))
        if value is not None and value >= enough
    ]
    found: list[int] = []
    for _, i in sorted(likely):
        if _counts(topic, _said(topic, prose.lower[i])):
            found.append(i)
            if len(found) == _LIKELIEST:
                break
    return found


def comes_near(topic: str, prose: Prose) -> bool:
    """Tell whether a sentence may speak of a topic, though that is not likely enough to say so."""
    limits = _ODDS.get(topic)
    return limits is not None and any(
        value is not None and value >= limits.near and _counts(topic, prose.lower[i])
        for i, value in enumerate(prose.odds(topic))
    )


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
