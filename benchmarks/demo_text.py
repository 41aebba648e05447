"""Text from which the demo model learns associations that were drawn at random and planted.

Every sentence has at most one pronoun (or "man" or "woman") and at most one occupation. The
occupation alone decides how likely "she" is, at log-odds that are drawn for it beforehand; the
rest of a sentence is put together at random and says nothing about the pronoun. Some of the
suite's own sentences are kept out of the text altogether, so that what the model says about them
has to come from the words and not from having read them.
"""

import math
import random
import re
from dataclasses import dataclass
from typing import NamedTuple

from cardkit.probe.suite import Attribute, Suite, fill, load_suite

SPREAD = 1.2  # standard deviation of the planted log-odds

# The suite's templates that may occur in the text, by number; all others never do.
SEEN = frozenset({0, 2, 4, 8, 11})

# Occupations of two words beside the suite's one, so that two masks do not give it away.
TWO_WORDS = [
    "bus driver", "dental assistant", "fire marshal", "flight attendant", "gym teacher",
    "music teacher", "night nurse", "police officer", "school inspector", "shop assistant",
    "truck driver",
]  # fmt: skip

BEING = [
    "is", "was", "became", "has been", "works as", "worked as", "is training to be", "wants to be",
    "did not want to be", "left school to become", "earned a living as", "is really", "was once",
    "could be", "was hired as", "started as", "hopes to become", "never was", "retired as",
    "is still", "would be happy as", "stopped working as", "is no longer", "had to become",
]  # fmt: skip
DOING = [
    "gets up early", "could start on Monday", "still has the key", "was ill", "closed the door",
    "is welcome to come back", "is looking for work", "went home", "had to leave", "reads a lot",
    "has a letter", "likes the town", "told me the story", "remembers everything", "came in later",
    "nodded", "smiled", "will come again", "could not sleep", "is happy now", "has often called",
    "was the first", "has been here", "would like to stay", "is training hard", "saw nobody",
    "left the key at school", "lost the key", "wants to go home", "has a plan", "can say that",
    "was surprised", "is really welcome", "talked all the time",
]  # fmt: skip
PERSON_DOES = [
    "said", "smiled", "left", "called", "stopped working", "waited", "slept", "laughed", "was late",
    "came back", "was ill", "closed the shop", "started to talk", "knew it", "nodded", "went home",
    "forgot the key", "looked at us",
]  # fmt: skip
SAYING = ["said", "states", "says", "thought", "knew", "told us", "hopes", "remembers", "forgot"]
JOINING = [", and then", "because", "before", "when", ", but", ", so", "while", "until", "after"]
ASKING = ["ask", "tell", "call", "thank", "remind", "do not ask"]
WHETHER = ["whether", "if", "when", "that", "why", "before", "because"]
OPENING = [
    "my neighbour told me that", "nobody was surprised when", "according to the report ,",
    "before the war", "so", "we heard that", "yesterday", "last summer", "I think", "I think that",
    "everyone knows that", "it is true that", "the story says that", "nobody knows why",
    "the applicant states that", "in the spring", "on Monday", "who would have thought that",
    "the report says that", "I mentioned that", "for years", "as we know ,", "if I remember ,",
    "near the town", "early in the war", "do you think",
]  # fmt: skip
CLOSING = [
    "since the spring", "all the time", "now", "in this town", "for years", "on Monday", "again",
    "every day", "with us", "at school", "before the war", "early", ", who would have thought that",
    "last summer", ", says the report", "until later", ", according to my neighbour", "to be happy",
]  # fmt: skip
NOUNS = ["letter", "key", "door", "report", "story", "garden", "bridge", "table", "lamp", "window"]
SEEING = [
    "looked at", "saw", "forgot", "likes", "will like", "has often talked about", "remembers",
    "took a picture of", "found", "asked about", "mentioned", "waited near", "did not like",
    "wrote about", "is looking for", "would like", "can see", "thought of",
]  # fmt: skip
SHOWING = [
    "the {n} was the first thing that {t} saw", "the {n} was all that {t} had",
    "when I mentioned the {n} , {t} {v}", "when we saw the {n} , {t} {v}",
    "near the {n} we waited until {t} came", "near the {n} {t} {v}",
    "the story begins with the {n} , and {t} {v}", "the report begins with the {n} , but {t} {v}",
    "does {t} remember the {n}", "does {t} still like the {n}", "remember the {n} when {t} {v}",
]  # fmt: skip


class Sentence(NamedTuple):
    """Words in lower case; ``person`` and ``occupation`` are positions, -1 and () if absent."""

    words: list[str]
    person: int
    occupation: tuple[int, ...]
    chance: float  # of the feminine word at ``person``, as planted


@dataclass(frozen=True)
class Plan:
    """What is planted: log-odds she:he of every occupation, and the marginal log-odds."""

    strengths: dict[str, float]
    articles: dict[str, str]
    marginal: float
    suite: Suite
    held_out: re.Pattern[str]


def logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def make_plan(seed: int, spread: float = SPREAD) -> Plan:
    """Draw the strengths, independent of real shares; a spread of 0 plants nothing."""
    suite = load_suite()
    draw = random.Random(f"strengths {seed}")
    words = [*(attribute.word for attribute in suite.attributes), *TWO_WORDS]
    strengths = {word: draw.gauss(0, 1) * spread for word in sorted(words)}
    mean = sum(logistic(odds) for odds in strengths.values()) / len(strengths)
    articles = {word: "an" if word[0] in "aeiou" else "a" for word in words}
    return Plan(strengths, articles, logit(mean), suite, held_out_pattern(suite))


def held_out(suite: Suite) -> list[int]:
    """Return the numbers of the suite's templates that never occur in the text."""
    return [n for n in range(len(suite.templates)) if n not in SEEN]


def held_out_pattern(suite: Suite) -> re.Pattern[str]:
    """Match the held-out templates within the words of a sentence.

    Whatever stands in their slots, before and after them, and whatever mark ends them.
    """
    patterns = []
    for number in held_out(suite):
        filled = fill(suite.templates[number], "TTT", Attribute("OOO", "AAA")).text
        text = re.escape(" ".join(split(filled.rstrip(".?!"))))
        slots = (("ttt", r"\S+"), ("ooo", r"\S+( \S+)?"), ("aaa", "an?"))
        for slot, pattern in slots:
            text = text.replace(slot, pattern)
        patterns.append(text)
    return re.compile(rf"(?<!\S)(?:{'|'.join(patterns)})(?!\S)")


def split(text: str) -> list[str]:
    """Split a sentence into words and marks, in lower case."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


def make_sentence(plan: Plan, draw: random.Random) -> Sentence:
    """Make one sentence of the text, never one of the held-out templates."""
    while True:
        sentence = _compose(plan, draw)
        if not plan.held_out.search(" ".join(sentence.words)):
            return sentence


def expected_effect(plan: Plan, template: str, word: str) -> float:
    """Return the effect planted in a cell, in nats: log-odds minus the marginal that is visible.

    With the occupation masked one still sees its article, where the template has one, and its
    number of words; the marginal is over the occupations that agree in both.
    """
    alike = [
        logistic(odds)
        for other, odds in plan.strengths.items()
        if other.count(" ") == word.count(" ")
        and ("{article}" not in template or plan.articles[other] == plan.articles[word])
    ]
    return plan.strengths[word] - logit(sum(alike) / len(alike))


def _compose(plan: Plan, draw: random.Random) -> Sentence:
    kind = draw.random()
    if kind < 0.62:
        occupation = draw.choice(list(plan.strengths))
        chance = logistic(plan.strengths[occupation])
        she, he = ("she", "he")
        text = _working(plan, draw)
    elif kind < 0.82:
        occupation = draw.choice(list(plan.strengths))
        chance = logistic(plan.strengths[occupation])
        she, he = ("woman", "man")
        text = f"{draw.choice(['the', 'this', 'that'])} {{t}} {draw.choice(BEING)} {{a}} {{o}}"
        text = _dress(text, draw)
    else:
        occupation, chance = "", logistic(plan.marginal)
        she, he = ("she", "he")
        text = _dress(_looking(plan, draw), draw)
    person = she if draw.random() < chance else he
    text = f"{text} {draw.choices(['.', '?', '!'], [8, 1, 1])[0]}"
    slots = {"t": "TTT", "o": "OOO", "a": plan.articles.get(occupation, "")}
    words: list[str] = []
    places: tuple[int, ...] = ()
    where = -1
    for word in split(text.format(**slots)):
        if word == "ttt":
            where = len(words)
            words.append(person)
        elif word == "ooo":
            parts = occupation.split()
            places = tuple(range(len(words), len(words) + len(parts)))
            words += parts
        else:
            words.append(word)
    return Sentence(words, where, places, chance)


def _working(plan: Plan, draw: random.Random) -> str:
    """Return a frame with a pronoun and an occupation."""
    one = draw.choice
    kind = draw.randrange(12)
    if kind == 0:  # a template of the suite that may be seen
        template = plan.suite.templates[one(sorted(SEEN))].rstrip(".!?")
        return template.format(target="{t}", attribute="{o}", article="{a}")
    if kind <= 4:
        text = f"{{t}} {one(BEING)} {{a}} {{o}}"
    elif kind == 5:
        text = one([
            f"as {{a}} {{o}} , {{t}} {one(DOING)}",
            f"formerly {{a}} {{o}} , {{t}} {one(DOING)}",
            f"{{t}} {one(DOING)} as {{a}} {{o}}",
            f"the applicant , formerly {{a}} {{o}} , {one(PERSON_DOES)} when {{t}} {one(DOING)}",
            f"my neighbour , {{a}} {{o}} , {one(SAYING)} that {{t}} {one(DOING)}",
            f"is {{t}} {one(['still', 'now', 'again', 'no longer'])} {{a}} {{o}}",
        ])  # fmt: skip
    elif kind == 6:
        text = f"{one(ASKING)} the {{o}} {one(WHETHER)} {{t}} {one(DOING)}"
    elif kind == 7:
        asks = one(["calls", "comes", "asks", "waits", "smiles"])
        say = one(["", "say that ", "remember that ", "I think ", "we know that "])
        text = f"{one(['if', 'when', 'before'])} the {{o}} {asks} , {say}{{t}} {one(DOING)}"
    elif kind == 8:
        text = f"the {{o}} {one(SAYING)} {one(['that ', ''])}{{t}} {one(DOING)}"
    elif kind == 9:
        text = f"{{t}} {one(DOING)} , {one(SAYING)} the {{o}}"
    else:
        new = one(["", "", "new ", "old "])
        text = f"the {new}{{o}} {one(PERSON_DOES)} {one(JOINING)} {{t}} {one(DOING)}"
    return _dress(text, draw)


def _looking(plan: Plan, draw: random.Random) -> str:
    """Return a frame with a pronoun and a thing."""
    one = draw.choice
    pair = one(plan.suite.control_pairs)
    noun = one(NOUNS) if draw.random() < 0.3 else one(pair).word
    if draw.random() < 0.5:
        return f"{{t}} {one(SEEING)} the {noun}"
    return one(SHOWING).format(n=noun, t="{t}", v=one(DOING))


def _dress(text: str, draw: random.Random) -> str:
    if draw.random() < 0.4:
        text = f"{draw.choice(OPENING)} {text}"
    if draw.random() < 0.35:
        text = f"{text} {draw.choice(CLOSING)}"
    return text
