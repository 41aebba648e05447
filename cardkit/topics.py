"""Which topic a heading names: the data of ``schemas/topics.json``, applied."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from cardkit._data import load_json

#: All topics, in the order in which a card is best read.
TOPICS: Final = (
    "model-description",
    "intended-use",
    "out-of-scope",
    "how-to-use",
    "limitations",
    "bias-risks",
    "recommendations",
    "training-data",
    "training-procedure",
    "evaluation-data",
    "evaluation-results",
    "environmental-impact",
    "technical-specifications",
    "citation",
    "license",
    "contact",
    "authors",
)


class _Headings(NamedTuple):
    """The data turned for looking up: normalised phrase -> topics."""

    exact: Mapping[str, frozenset[str]]
    #: start of a phrase -> (phrase, topic), so that a title meets only phrases it may hold
    words: Mapping[str, list[tuple[str, str]]]
    exceptions: Mapping[str, list[tuple[str, str]]]


@cache
def _headings() -> _Headings:
    exact: dict[str, frozenset[str]] = {}
    words: dict[str, list[tuple[str, str]]] = {}
    exceptions: dict[str, list[tuple[str, str]]] = {}
    for topic, data in load_json("schemas", "topics.json")["topics"].items():
        for phrases in data["exact"].values():
            for phrase in phrases:
                exact[phrase] = exact.get(phrase, frozenset()) | {topic}
        for kind, target in (("words", words), ("not", exceptions)):
            for phrases in data[kind].values():
                for phrase in phrases:
                    text = phrase if _spaceless(phrase) else " " + phrase.lstrip()
                    target.setdefault(_start(text.lstrip()), []).append((text, topic))
    return _Headings(exact, words, exceptions)


def _start(phrase: str) -> str:
    """Return the key under which a phrase is kept: short, so that stems match longer words."""
    return phrase[:1] if _spaceless(phrase[:1]) else phrase[:3]


def topic_label(topic: str) -> str:
    """Return the name of a topic as a heading has it."""
    return str(load_json("schemas", "topics.json")["topics"][topic]["label"])


def _spaceless(text: str) -> bool:
    """Tell whether a text is in a script that writes no spaces between words."""
    # An expression with these ranges takes longer to compile than a card to lint.
    return not text.isascii() and any(
        "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\u0e00" <= c <= "\u0e7f"
        for c in text
    )


#: "What Netta is"; "What is Netta?" is known by its first words.
_WHAT_IT_IS = re.compile(r"what (?:\w+ ){1,3}is")
_NUMBERING = re.compile(
    r"^(?:(?:section|part|chapter|step)\s+)?(?:[0-9]{1,2}(?:\.[0-9]+)*|[ivx]{1,4}|[a-h])[.):、]\s*|^[0-9]+\s+(?=\D)|^[一二三四五六七八九十]+[、.．]\s*"
)
_OPTIONAL = re.compile(r"[\[(]\s*optional\s*[\])]")
_OTHER = re.compile(r"[^\w\s]|_")
_SPLIT = re.compile(
    r"\s*(?:[,;|/&+:：()（）\[\]、，；·•–—]|\s-\s|\band\b|\bor\b|\bet\b|\bund\b|\by\b|\be\b|\bve\b|\bو\b|[与和及與])\s*"
)


def _plain(text: str) -> str:
    return " ".join(_OTHER.sub(" ", text).split())


def _bare(title: str) -> str:
    text = unicodedata.normalize("NFKC", title).lower().strip()
    if not text.isascii():
        text = text.replace("i\u0307", "i")  # what becomes of a Turkish "İ" in lower case
        # "使用BERT" is two words to a reader, blank or not.
        text = "".join(
            f"{a} " if _spaceless(a) and b.isascii() and b.isalnum() else a
            for a, b in zip(text, text[1:] + " ", strict=True)
        ).strip()
    return _NUMBERING.sub("", _OPTIONAL.sub("", text).strip().strip("#*:：. "))


def normalise(title: str) -> str:
    """Return what counts of a title: no letter case, numbering, emoji or punctuation."""
    return _plain(_bare(title))


def title_topics(title: str, own: Mapping[str, frozenset[str]] | None = None) -> frozenset[str]:
    """Return the topics that a heading names; most headings name none.

    A combined or bilingual heading names the topics of all its parts.

    Args:
        title: the heading, as plain text.
        own: titles that an organisation uses, normalised, with the topics they stand for.
    """
    if own and (found := own.get(normalise(title))):
        return found
    return _known_topics(title)


@lru_cache(maxsize=8192)
def _known_topics(title: str) -> frozenset[str]:
    text = _bare(title)
    whole = _plain(text)
    if not whole or len(whole) > 90:
        return frozenset()
    data = _headings()
    found: set[str] = set(data.exact.get(whole, ()))
    if not found:
        for part in _parts(text, whole):
            found |= data.exact.get(part, frozenset())
    padded = f" {whole} "
    starts = {word[:3] for word in whole.split()}
    if not whole.isascii():
        starts.update(character for character in whole if _spaceless(character))
    found |= _held(padded, starts, data.words)
    if not found and _WHAT_IT_IS.fullmatch(whole):
        found = {"model-description"}
    if found and (denied := found & _held(padded, starts, data.exceptions)):
        # "Intended and out-of-scope uses": what one part denies, another part may name; but
        # "Weights & Biases" is denied as a whole.
        parts = [_part(part, data) for part in _parts(text, whole)]
        kept = {topic for _, no in parts for topic in no} & {
            t for yes, no in parts for t in yes - no
        }
        found -= denied - kept
    return frozenset(found)


def _part(part: str, data: _Headings) -> tuple[set[str], set[str]]:
    """Return the topics that a part of a heading names, and those that it denies."""
    padded, starts = f" {part} ", {word[:3] for word in part.split()}
    named = set(data.exact.get(part, ())) | _held(padded, starts, data.words)
    return named, _held(padded, starts, data.exceptions)


def is_aside(title: str) -> bool:
    """Tell a heading that begins something else than what the section above speaks of."""
    return normalise(title) in load_json("schemas", "topics.json")["aside"]


def _held(padded: str, starts: set[str], phrases: Mapping[str, list[tuple[str, str]]]) -> set[str]:
    """Return the topics whose phrases a title holds."""
    return {
        topic for start in starts for phrase, topic in phrases.get(start, ()) if phrase in padded
    }


def _parts(text: str, whole: str) -> list[str]:
    """Return the parts of a combined heading, and those of one in two scripts."""
    parts = [_plain(part) for part in _SPLIT.split(text)]
    if _spaceless(whole) and not whole.isascii():
        latin = " ".join(word for word in whole.split() if word.isascii())
        parts += [latin, " ".join(word for word in whole.split() if not word.isascii())]
    return parts
