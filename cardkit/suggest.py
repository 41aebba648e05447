"""The nearest allowed value, and how sure it is: what "did you mean" says and a fix writes."""

import re
from functools import cache
from typing import Final, NamedTuple

from cardkit._data import load_json
from cardkit.vocab import load_vocab, vocab_file, vocabulary


class Suggestion(NamedTuple):
    """What was probably meant. ``certain`` when only the spelling differs: a fix may write it."""

    value: str | None
    certain: bool = False
    #: a sentence, where no single value is right
    hint: str | None = None


_FILLING = re.compile(
    r"\b(?:the|license|licence|version|v(?=\d)|international|public|unported)\b|\(.*?\)"
)
_SEPARATORS = re.compile(r"[\s_,;/-]+")


def _normal(text: str) -> str:
    """Write an id or a name so that case, blanks, hyphens and filling words do not count."""
    text = _FILLING.sub(" ", text.lower().replace("’", "'").strip())
    return _SEPARATORS.sub("-", text.strip()).strip("-.")


@cache
def _spellings(vocabulary: str, _file: str | None) -> dict[str, str]:
    """Return normalised spelling -> id; spellings that fit several ids are left out."""
    data = load_vocab(vocabulary)
    found: dict[str, set[str]] = {}
    for id_, name in data["ids"].items():
        for text in (id_, name):
            found.setdefault(_normal(text), set()).add(id_)
    spellings = {text: ids.pop() for text, ids in found.items() if len(ids) == 1}
    spellings |= {_normal(id_): id_ for id_ in data["ids"]}
    return spellings | {_normal(text): id_ for text, id_ in data.get("aliases", {}).items()}


def suggest(vocabulary: str, text: str) -> Suggestion | None:
    """Return the id of a vocabulary that a text most probably means."""
    normal = _normal(text)
    data = load_vocab(vocabulary)
    if normal in data.get("hints", {}):
        return Suggestion(None, hint=data["hints"][normal])
    spelling = _spellings(vocabulary, vocab_file()).get(normal)
    if spelling:
        return Suggestion(spelling, certain=True)
    close = nearest(normal, [id_ for id_ in data["ids"] if len(id_) > _SHORT])
    return Suggestion(close) if close else None


_SHORT: Final = 2


def nearest(text: str, candidates: list[str], cutoff: float = 0.8) -> str | None:
    """Return the candidate most like a text, if any is like it."""
    from difflib import get_close_matches  # only needed when something is wrong

    found = get_close_matches(text, candidates, n=1, cutoff=cutoff)
    return found[0] if found else None


def suggest_language(text: str) -> Suggestion | None:
    """Return the language code that a text most probably means."""
    data = load_vocab("languages")
    lower = text.strip().lower()
    if lower in data["hints"]:
        return Suggestion(None, hint=data["hints"][lower])
    ids = vocabulary("languages")
    if lower in ids:
        return Suggestion(lower, certain=True)
    if lower in data["aliases"]:
        return Suggestion(data["aliases"][lower], certain=True)
    # en-US, pt_BR, zh-Hans-CN: the language, and the whole tag for language_bcp47
    base, _, rest = re.sub("_", "-", lower).partition("-")
    if base in ids and rest and re.fullmatch(r"(?:[a-z]{4}-)?(?:[a-z]{2}|[0-9]{3})|[a-z]{4}", rest):
        return Suggestion(base, certain=True)
    by_name = _language_names()
    if lower in by_name:
        return Suggestion(by_name[lower], certain=True)
    return None


@cache
def _language_names() -> dict[str, str]:
    """Return English name in lower case -> code, two-letter codes first."""
    names: dict[str, str] = {}
    short = load_json("schemas", "vocab", "languages.json")["ids"]
    long = load_json("schemas", "vocab", "language_names.json")["names"]
    for code, name in (*short.items(), *long.items()):
        names.setdefault(name.lower(), code)
    return names
