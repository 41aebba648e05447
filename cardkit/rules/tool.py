"""CK9xx: cardkit itself. The engine yields these findings; here stands what they mean."""

from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.diagnostic import Finding
from cardkit.rule import rule

_ANY: Final = ("model", "dataset", "space")


@rule("CK901", "rule-crash", kinds=_ANY)
def rule_crash(card: Card) -> Iterator[Finding]:  # noqa: ARG001
    """A rule of cardkit failed on this card. This is a bug of cardkit, not of the card.

    The other rules have run all the same. Please report it with the card, if you may share it.

    Source: cardkit's engine.
    """
    return iter(())


@rule("CK902", "unused-suppression", kinds=_ANY)
def unused_suppression(card: Card) -> Iterator[Finding]:  # noqa: ARG001
    """A suppression comment that suppresses nothing, or names no rule.

    It would hide the next real finding of that rule.

    Source: cardkit's engine.
    """
    return iter(())


@rule("CK903", "suppression-without-reason", kinds=_ANY)
def suppression_without_reason(card: Card) -> Iterator[Finding]:  # noqa: ARG001
    """A suppression comment that does not say why.

    Write the reason behind the bracket: ``# cardkit: ignore[CK203] our lawyers gave it this name``.

    Source: cardkit's engine.
    """
    return iter(())
