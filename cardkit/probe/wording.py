"""What the section and its chart say, in each language: the data in ``templates/probe``.

Every language has the same keys. A message is a text with places in braces, or several texts, one
for each plural form ("one", "other"). Decimal signs stay points, so that numbers are the same
bytes in every language as in the record.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from cardkit._data import data_path
from cardkit.errors import CardkitError
from cardkit.probe.numbers import count, escape
from cardkit.probe.record import Record
from cardkit.probe.suite import Suite, load_suite

LANGUAGES: Final = ("en", "zh", "fr", "de", "es")


class Texts(NamedTuple):
    """The words of a language, and what the suite has to say in it.

    ``in_suite`` tells whether the suite itself speaks that language; where it does not, its own
    texts stand in English. ``safe`` makes any text fit for where it goes, as these already are.
    """

    language: str
    words: Mapping[str, Any]
    title: str
    noun: str
    nouns: str
    reference: str | None
    groups: Mapping[str, str]
    limits: tuple[str, ...]
    in_suite: bool
    safe: Callable[[str], str]

    def say(self, key: str, /, **values: object) -> str:
        """Return a message with its places filled in, as they are."""
        text: str = self.words[key]
        return text.format(**self._nouns(), **values)

    def plural(self, key: str, number: int, /, **values: object) -> str:
        """Return a message in the plural form that the number asks for."""
        forms: Mapping[str, str] = self.words[key]
        # French counts 0 as one; Chinese has no plural.
        one = number == 1 or (self.language == "fr" and number == 0)
        text = forms["one" if one and "one" in forms else "other"]
        return text.format(n=count(number), **self._nouns(), **values)

    def _nouns(self) -> dict[str, str]:
        return {"noun": self.noun, "nouns": self.nouns}


@cache
def words(language: str) -> Mapping[str, Any]:
    """Return the messages of a language; treat them as read-only, they are shared."""
    with open(data_path("templates", "probe", f"{language}.json"), encoding="utf-8") as file:
        found: Mapping[str, Any] = json.load(file)
    return found


def card_language(metadata: Mapping[str, Any]) -> str:
    """Return the language that a section is written in: the first of the card's that there is.

    Args:
        metadata: of the card; ``language`` is a code or a list of them.
    """
    value = metadata.get("language")
    for one in value if isinstance(value, list) else [value]:
        code = re.split(r"[-_]", one.lower())[0] if isinstance(one, str) else ""
        if code in LANGUAGES:
            return code
    return "en"


def texts_for(
    record: Record,
    language: str = "en",
    suite: Suite | None = None,
    safe: Callable[[str], str] = escape,
) -> Texts:
    """Return what to say of a record in a language.

    Args:
        record: of the measurement.
        language: one of ``LANGUAGES``.
        suite: the suite, which may hold translations of its own; by default the one that ships
            under the record's name. One that has changed since is not used.
        safe: makes any text fit for where it goes; for Markdown by default.
    """
    info = record.suite
    plain = Texts(
        language, words(language), safe(info.title), safe(info.noun), safe(info.nouns),
        None if info.reference is None else safe(info.reference), {},
        tuple(map(safe, info.limits)), language == "en", safe,
    )  # fmt: skip
    if language == "en":
        return plain
    own = suite if suite is not None else load_shipped(info.id)
    if own is None or own.sha256 != info.sha256 or language not in own.translations:
        return plain
    data = own.translations[language]
    limits = [data["experimental"]] if own.experimental is not None else []
    reference = data.get("reference", info.reference)
    return plain._replace(
        title=safe(data["title"]),
        noun=safe(data["attribute"]["singular"]),
        nouns=safe(data["attribute"]["plural"]),
        reference=None if reference is None else safe(reference),
        groups={name: safe(text) for name, text in data.get("groups", {}).items()},
        limits=tuple(map(safe, [*limits, *data["limits"]])),
        in_suite=True,
    )


def reason(texts: Texts, text: str) -> str:
    """Return why something was not measured in the language of the texts, escaped."""
    known: Mapping[str, str] = words("en")["reasons"]
    for key, pattern in known.items():
        expression = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(pattern))
        if match := re.fullmatch(expression, text, re.DOTALL):
            values = {name: escape(value) for name, value in match.groupdict().items()}
            said: str = texts.words["reasons"][key].format(**values)
            return said
    return escape(text)


@cache
def load_shipped(name: str) -> Suite | None:
    """Return the suite that ships under a name, None if none does."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return None
    try:
        return load_suite(name)
    except CardkitError:
        return None
