"""What a rule is: a function over a card, with a permanent code, a name and its documentation.

A rule's docstring is its documentation everywhere: a summary line, paragraphs that say why, a line
``Source:``, and indented cards under ``Bad:`` and ``Good:`` that run as tests.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from cardkit.card import Card, Kind
from cardkit.diagnostic import Finding, Ground

Check = Callable[[Card], Iterable[Finding]]


#: All kinds of card, and those whose metadata has a language and a named licence.
ANY_KIND: Final[tuple[Kind, ...]] = ("model", "dataset", "space")
OF_DATA: Final[tuple[Kind, ...]] = ("model", "dataset")


class Rule(NamedTuple):
    """One thing that a user would want to switch off."""

    code: str
    name: str
    ground: Ground
    check: Check
    #: the kinds of card it speaks about
    kinds: tuple[Kind, ...]
    #: whether it knows a fix for some of its findings
    fixable: bool
    #: names of rules whose findings are not told where this one's is: it stands for them
    stands_for: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """Code and name, as they are always shown: together."""
        return f"{self.code} {self.name}"


class RuleDoc(NamedTuple):
    """A rule's docstring, taken apart."""

    summary: str
    why: str
    source: str
    bad: list[str]
    good: list[str]


def rule(
    code: str,
    name: str,
    ground: Ground = "advice",
    *,
    kinds: tuple[Kind, ...] = ("model",),
    fixable: bool = False,
    stands_for: Iterable[str] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields findings."""

    def decorate(check: Check) -> Rule:
        return Rule(code, name, ground, check, kinds, fixable, frozenset(stands_for))

    return decorate


_PART = re.compile(r"^(Source|Bad|Good):[ ]*", re.MULTILINE)


def read_doc(rule: Rule) -> RuleDoc:
    """Take a rule's docstring apart (empty parts where Python runs without docstrings)."""
    import textwrap  # with its expressions a millisecond, and only needed to show documentation

    text = rule.check.__doc__ or rule.name
    summary, _, rest = text.partition("\n")
    pieces = _PART.split(textwrap.dedent(rest))
    parts: dict[str, list[str]] = {"Source": [], "Bad": [], "Good": []}
    for kind, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        parts[kind].append(piece)
    source = " ".join(" ".join(parts["Source"]).split())
    examples = [[_example(piece) for piece in parts[kind]] for kind in ("Bad", "Good")]
    return RuleDoc(summary, pieces[0].strip(), source, *examples)


def _example(piece: str) -> str:
    """Return an indented example as the card it stands for."""
    import textwrap

    return textwrap.dedent(piece.strip("\n")).rstrip() + "\n"
