"""Which program wrote a card: the data of ``schemas/generators.json``, applied."""

from functools import cache
from typing import Final, NamedTuple

from cardkit._data import load_json


class Generator(NamedTuple):
    """A program that writes cards.

    ``marks`` are texts in lower case, white space collapsed: a card that holds all those of one group is its work.
    ``leaves`` are the headings, normalised, that it leaves to the author.
    """

    id: str
    #: as a sentence has it
    name: str
    marks: tuple[tuple[str, ...], ...]
    leaves: frozenset[str]


@cache
def own_facts() -> frozenset[str]:
    """Return the labels, normalised, of lines that programs fill in by themselves."""
    return frozenset(load_json("schemas", "generators.json")["facts"])


_NOTHING: Final[frozenset[str]] = frozenset()


@cache
def all_generators() -> tuple[Generator, ...]:
    """Return the known programs, the more special ones first."""
    data = load_json("schemas", "generators.json")
    leaves = {name: frozenset(headings) for name, headings in data["leaves"].items()}
    return tuple(
        Generator(
            row["id"],
            row["name"],
            tuple((mark,) if isinstance(mark, str) else tuple(mark) for mark in row["marks"]),
            leaves.get(row.get("leaves", ""), _NOTHING),
        )
        for row in data["generators"]
    )


def find_generator(text: str) -> Generator | None:
    """Return the program that wrote a card's text, or None."""
    lower = _flat(text)
    for generator in all_generators():
        if _is_marked(lower, generator):
            return generator
    return None


def is_work_of(text: str, generator: Generator) -> bool:
    """Tell whether a text bears a mark of a program."""
    return _is_marked(_flat(text), generator)


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def _is_marked(lower: str, generator: Generator) -> bool:
    return any(all(mark in lower for mark in group) for group in generator.marks)
