"""How likely a sentence speaks of a topic: a linear classifier over words and pairs of words.

Cues (``cardkit.cues``) know wording that somebody wrote down; this one has learnt from sentences of
real cards which words, and which two beside each other, stand where people speak of a topic. It reads
English only. ``schemas/classifier.json`` holds the weights, ``benchmarks/train_classifier.py`` makes it
(naive Bayes log-count ratios as features of a logistic regression: Wang and Manning, 2012).
"""

import re
from array import array
from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from cardkit._data import load_json

_NUMBER = re.compile(r"\d+")
_TOKEN = re.compile(r"[a-z']+|[^\s!-~]+|[^\sa-z']")
_URL = re.compile(r"https?://\S+")
#: What a weight counts, in log-odds: it is kept as one signed byte.
UNIT: Final = 0.04
#: Of a sentence of whose words and marks it knows a smaller share it says nothing: another language.
_KNOWN: Final = 0.6
#: The ends of a sentence, which every language has.
_ENDS: Final = 2


_Weights = Mapping[str, tuple[float, Sequence[int]]]


class _Model(NamedTuple):
    """The words and pairs that are known, by their place; by topic a bias and a weight a place."""

    places: Mapping[str, int]
    topics: _Weights
    grades: _Weights


@cache
def _model() -> _Model:
    return read_model(load_json("schemas", "classifier.json"))


def read_model(data: Mapping[str, Any]) -> _Model:
    """Return a classifier as it is used, of the form that it is kept in."""
    names = data["names"].split("\n")
    topics, grades = (
        {
            topic: (row["bias"], array("b", b64decode(row["weights"])))
            for topic, row in data[kind].items()
        }
        for kind in ("topics", "grades")
    )
    return _Model(dict(zip(names, range(len(names)), strict=True)), topics, grades)


def tokens(text: str) -> list[list[str]]:
    """Return the words and marks of each line, numbers as "0", its ends as "^" and "$".

    Args:
        text: sentences in lower case, one a line, as a reader sees them: without marks of emphasis.
    """
    if "://" in text:
        text = _URL.sub("url", text)
    text = text.replace("’", "'").replace("n't", " n't").replace("`", "")
    find = _TOKEN.findall
    return [["^", *find(line), "$"] for line in _NUMBER.sub("0", text).split("\n")]


def features(words: list[str]) -> set[str]:
    """Return the words and the pairs of neighbours, each once."""
    return {*words, *map(" ".join, pairwise(words))}


def known_features(text: str) -> list[list[int]]:
    """Return the places of the words and pairs of each line in the classifier.

    Args:
        text: sentences as for ``tokens``.

    Returns:
        For each line the places; none at all for a sentence in a language that is not known.
    """
    places = _model().places
    return [
        [places[item] for item in features(words) if item in places]
        if sum(map(places.__contains__, words)) - _ENDS > _KNOWN * (len(words) - _ENDS)
        else []
        for words in tokens(text)
    ]


def log_odds(topic: str, sentences: list[list[int]]) -> list[float | None]:
    """Return the log-odds (natural logarithm) that each sentence speaks of a topic.

    Args:
        topic: one that the classifier has learnt.
        sentences: what ``known_features`` returned.

    Returns:
        For each sentence a value; None where its language is not known.
    """
    bias, weights = _model().topics[topic]
    weight = weights.__getitem__
    return [bias + UNIT * sum(map(weight, known)) if known else None for known in sentences]


def grade_odds(topic: str, text: str) -> float | None:
    """Return the log-odds that what a card says on a topic would help somebody decide.

    Args:
        topic: the topic.
        text: all sentences that speak of it, as for ``tokens``.

    Returns:
        None where nobody knows: for a topic or a language that the classifier has not learnt.
    """
    weights = _model().grades.get(topic)
    known: set[int] = set().union(*known_features(text))
    if weights is None or not known:
        return None
    bias, values = weights
    return bias + UNIT * sum(map(values.__getitem__, known))
