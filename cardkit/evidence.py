"""The sentences by which prose speaks of a topic: the data of ``schemas/cues.json``, applied."""

import re
from functools import cache
from typing import NamedTuple

from cardkit._data import load_json
from cardkit.fillers import says_nothing
from cardkit.sections import Block
from cardkit.text import Span

# The address of a link is not what the card says.
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\((?!#)[^()\n]*\)")
#: More sentences than these change no verdict.
_ENOUGH = 12


_MARKUP = re.compile(r"</?[a-z][^<>]*>|\*\*|__")


def _plain(text: str) -> str:
    """Return the words of a block in lower case, without tags, bold marks and link addresses.

    Links within the page keep their "(#": they are entries of a table of contents.
    """
    return _MARKUP.sub("", _LINK.sub(r"\1", text).lower())


class Evidence(NamedTuple):
    """One sentence in lower case, where its block stands, and whether it says much."""

    text: str
    span: Span
    strong: bool


class _Cue(NamedTuple):
    """``triggers``: texts of which one is in every match, so that a cheap search goes first."""

    triggers: tuple[str, ...]
    expression: str
    strong: bool
    #: groups of expressions by which a sentence speaks of something else
    unless: tuple[str, ...]


class Prose:
    """Some blocks of text, prepared so that looking for many cues is cheap."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self._lower = [_plain(block.text) for block in blocks]
        # A trigger may be broken over two lines, so it is looked for in text without line ends.
        self.flat = [" ".join(text.split()) for text in self._lower]
        self.everything = "\n".join(self.flat)
        self._sentences: dict[int, list[str]] = {}

    def sentences(self, i: int) -> list[str]:
        """Return the sentences of the block with an index, in lower case."""
        if i not in self._sentences:
            self._sentences[i] = split_sentences(self._lower[i])
        return self._sentences[i]


@cache
def _cues(topic: str, kind: str) -> tuple[_Cue, ...]:
    data = load_json("schemas", "cues.json")[kind].get(topic, {})
    return tuple(_cue(*row) for rows in data.values() for row in rows)


def _cue(triggers: list[str], expression: str, *marks: str) -> _Cue:
    unless = tuple(mark.removeprefix("unless ") for mark in marks if mark != "thin")
    return _Cue(tuple(triggers), expression, "thin" not in marks, unless)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    # When its trigger is met: compiling all of them takes longer than linting a card.
    return re.compile(expression)


@cache
def _unless(name: str) -> re.Pattern[str]:
    return re.compile("|".join(load_json("schemas", "cues.json")["unless"][name]))


_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=\s*(?:[-*+•|]|\d+[.)]))|(?<=[。！？；])")
# What makes a sentence speak of something else than this model: the terms of a licence, the authors
# of the card, a name, an entry of a table of contents.
_ELSEWHERE = re.compile(
    r"copyright holder|weights (?:&|&amp;|and) biases|express or implied|merchantability"
    r"|fitness for a particular|model card has been written|^[-*+\s]*\[[^\]]*\]\(#"
    r"|be sure to (?:include|describe|mention)|this section (?:should|describes|addresses)"
    r"|^\W*(?:(?:bias|biases|risks?|and|known|limitations?|intended|uses?|out-of-scope)\W*)+$"
)


def split_sentences(text: str) -> list[str]:
    """Cut a text into sentences, list items and rows, white space collapsed."""
    return [flat for part in _SENTENCE.split(text) if (flat := " ".join(part.split()))]


def find_evidence(topic: str, prose: Prose, kind: str = "cues") -> list[Evidence]:
    """Return the sentences that speak of a topic, each once, at most a dozen.

    ``kind`` is "cues", or "weak" for words that decide only below a heading that names the topic
    among others.
    """
    found: dict[tuple[int, str], Evidence] = {}
    for cue in _cues(topic, kind):
        met = [trigger for trigger in cue.triggers if trigger in prose.everything]
        if not met:
            continue
        for i, text in enumerate(prose.flat):
            if not any(trigger in text for trigger in met):
                continue
            for sentence in prose.sentences(i):
                key = (i, sentence)
                if key in found and found[key].strong:
                    continue
                if not any(trigger in sentence for trigger in met):
                    continue
                if (
                    _compiled(cue.expression).search(sentence)
                    and not any(_unless(name).search(sentence) for name in cue.unless)
                    and _counts(sentence)
                ):
                    found[key] = Evidence(sentence, prose.blocks[i].span, cue.strong)
        if len(found) >= _ENOUGH:
            break
    return sorted(found.values(), key=lambda item: item.span)


def _counts(sentence: str) -> bool:
    return not says_nothing(sentence) and not _ELSEWHERE.search(sentence)


@cache
def _wording(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(load_json("schemas", "cues.json")[kind]))


def is_generic(sentence: str) -> bool:
    """Tell a sentence (in lower case) that would fit any model from one that speaks of this one."""
    if _wording("boilerplate").search(sentence):
        return True
    return bool(_wording("hedged").search(sentence)) and not _wording("specific").search(sentence)
