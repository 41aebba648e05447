"""The wording by which prose speaks of a topic: the data of ``schemas/cues.json``, made searchable."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cardkit._data import load_json
from cardkit.text import is_east_asian

_RUN = 4
_WORDS = re.compile(r"[a-z]{4,}")


class Cue(NamedTuple):
    """One way of speaking of a topic, searched in a sentence in lower case.

    Args:
        expression: the regular expression that decides.
        strong: whether its wording says much by itself.
        unless: groups of expressions by which the sentence speaks of something else.
    """

    expression: str
    strong: bool
    unless: tuple[str, ...]

    def matches(self, sentence: str) -> bool:
        """Tell whether a sentence in lower case speaks of the topic."""
        return bool(_compiled(self.expression).search(sentence)) and not any(
            _others(name).search(sentence) for name in self.unless
        )


def letter_runs(text: str) -> set[str]:
    """Return what a text in lower case is made of: runs of four letters a to z, other characters."""
    words = set(_WORDS.findall(text))
    runs = {word[i : i + _RUN] for word in words for i in range(len(word) - _RUN + 1)}
    return runs if text.isascii() else runs | set(text)


def _runs(trigger: str) -> tuple[str, str] | None:
    """Return two runs that every text with this trigger holds, if there are any."""
    if other := next((character for character in trigger if not character.isascii()), None):
        return other, other
    if words := _WORDS.findall(trigger):
        longest = max(words, key=len)
        return longest[:_RUN], longest[-_RUN:]
    return None


def likely_cues(topic: str, kind: str, runs: set[str]) -> Iterator[tuple[Cue, list[str]]]:
    """Yield the cues that a text with these runs of letters can hold, with the triggers it can.

    Of hundreds of cues a card meets a few: asking for runs is cheaper than searching its text.
    """
    cues, by_run, always = _index(topic, kind)
    likely: dict[int, list[str]] = {}
    for run in by_run.keys() & runs:
        for position, trigger, last in by_run[run]:
            if last in runs:
                likely.setdefault(position, []).append(trigger)
    for position, trigger in always:
        likely.setdefault(position, []).append(trigger)
    for position in sorted(likely):
        yield cues[position], likely[position]


_ByRun = dict[str, list[tuple[int, str, str]]]


@cache
def _index(topic: str, kind: str) -> tuple[list[Cue], _ByRun, list[tuple[int, str]]]:
    """Return the cues; by a run the position of a cue, a trigger, its other run; those without."""
    cues: list[Cue] = []
    by_run: _ByRun = {}
    always: list[tuple[int, str]] = []
    for rows in load_json("schemas", "cues.json")[kind].get(topic, {}).values():
        for triggers, expression, *marks in rows:
            unless = tuple(mark.removeprefix("unless ") for mark in marks if mark != "thin")
            for trigger in triggers:
                if runs := _runs(trigger):
                    by_run.setdefault(runs[0], []).append((len(cues), trigger, runs[1]))
                else:
                    always.append((len(cues), trigger))
            cues.append(Cue(expression, "thin" not in marks, unless))
    return cues, by_run, always


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    # When its trigger is met: compiling all of them takes longer than linting a card.
    return re.compile(expression)


@cache
def _others(name: str) -> re.Pattern[str]:
    return re.compile("|".join(load_json("schemas", "cues.json")["unless"][name]))


@cache
def _wording(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(load_json("schemas", "cues.json")[kind]))


def is_generic(sentence: str) -> bool:
    """Tell a sentence (in lower case) that would fit any model from one that speaks of this one."""
    if _wording("boilerplate").search(sentence):
        return True
    # Wording in Chinese, Japanese and Korean is not judged: what is said there counts as specific.
    if is_east_asian(sentence) or not _wording("hedged").search(sentence):
        return False
    return not any(
        _compiled(expression).search(sentence)
        for expression in load_json("schemas", "cues.json")["specific"]
    )
