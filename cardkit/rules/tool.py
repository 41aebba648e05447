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


@rule("CK911", "hub-refusal", "hub-error", kinds=_ANY)
def hub_refusal(card: Card) -> Iterator[Finding]:  # noqa: ARG001
    """The Hub itself refuses the card (``cardkit lint --online``), for something cardkit has not found.

    The words are the Hub's own. Please report such a card: cardkit should have known.

    Source: the Hub's answer, ``POST /api/validate-yaml``.
    """
    return iter(())


@rule("CK912", "hub-notice", "hub-warning", kinds=_ANY)
def hub_notice(card: Card) -> Iterator[Finding]:  # noqa: ARG001
    """The Hub itself warns of something (``cardkit lint --online``) that cardkit has not found.

    Source: the Hub's answer, ``POST /api/validate-yaml``.
    """
    return iter(())
