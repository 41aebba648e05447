"""CK5xx: limitations, bias and risks, out-of-scope use."""

from collections.abc import Iterator

from cardkit.card import Card
from cardkit.diagnostic import Finding, Topic
from cardkit.rule import rule
from cardkit.rules.sections import placeholder_message


def _level(card: Card, topic: str, level: str) -> Iterator[Topic]:
    verdict = card.verdicts[topic]
    if verdict.level == level:
        yield Topic(topic, verdict.spans[0] if verdict.spans else None)


def _measure(card: Card) -> str | None:
    """Say how bias could be measured, if the model is one that can be."""
    tags = card.metadata.get("tags")
    fill_mask = card.metadata.get("pipeline_tag") == "fill-mask" or (
        isinstance(tags, list) and "fill-mask" in tags
    )
    return (
        "the model is a fill-mask model: `cardkit bias-probe MODEL --card README.md` measures it"
        if fill_mask
        else None
    )


@rule("CK501", "missing-bias")
def missing_bias(card: Card) -> Iterator[Finding]:
    """The card says nothing about bias, risks or harms.

    Every model has some; who uses it must know which were looked at and what was found.

    Source: Mitchell et al. 2019, "Ethical Considerations"; the Hub's template ("Bias, Risks, and
    Limitations"); the course's list ("Limitations and bias").

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        Letters by women are sorted as private twice as often as those by men.
    """
    for topic in _level(card, "bias-risks", "absent"):
        yield Finding(
            topic,
            "the card says nothing about bias or risks",
            _measure(card) or "say what was looked at, what was found, and who may be harmed",
        )


@rule("CK502", "placeholder-limitations")
def placeholder_limitations(card: Card) -> Iterator[Finding]:
    """A section on limitations that names none.

    Source: the Hub's template and the Trainer's ("Intended uses & limitations", "More information
    needed").

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        More information needed

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        Letters of more than 512 words are cut; it was never tried on German.
    """
    for topic in _level(card, "limitations", "placeholder"):
        message = placeholder_message("limitations", card.verdicts["limitations"].evidence)
        yield Finding(
            topic,
            message,
            "say where the model fails, on what it was not tested, what input it cannot take",
        )


@rule("CK503", "missing-limitations")
def missing_limitations(card: Card) -> Iterator[Finding]:
    """The card says nothing about where the model fails.

    Source: the course's list ("Limitations and bias"); Mitchell et al. 2019, "Caveats and
    Recommendations"; the Hub's template.

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        It was never tried on German.
    """
    for topic in _level(card, "limitations", "absent"):
        yield Finding(
            topic,
            "the card says nothing about limitations",
            "say where the model fails, on what it was not tested, what input it cannot take",
        )


@rule("CK504", "placeholder-bias")
def placeholder_bias(card: Card) -> Iterator[Finding]:
    """A section on bias or risks that names none.

    Source: the Hub's template ("Bias, Risks, and Limitations"); Mitchell et al. 2019.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Bias, Risks, and Limitations
        [More Information Needed]

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Bias, Risks, and Limitations
        It was never tried on German. Letters by women are sorted as private twice as often.
    """
    for topic in _level(card, "bias-risks", "placeholder"):
        message = placeholder_message("bias-risks", card.verdicts["bias-risks"].evidence)
        yield Finding(
            topic,
            message,
            _measure(card) or "say what was looked at, what was found, and who may be harmed",
        )


@rule("CK507", "missing-out-of-scope")
def missing_out_of_scope(card: Card) -> Iterator[Finding]:
    """The card does not say what the model must not be used for.

    Source: Mitchell et al. 2019, "Out-of-scope use cases"; the Hub's template.

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-scope use
        Do not use it to watch other people's mail.
    """
    for topic in _level(card, "out-of-scope", "absent"):
        yield Finding(
            topic,
            "the card does not say what the model is not for",
            "name uses that would go wrong or do harm",
        )


@rule("CK508", "placeholder-out-of-scope")
def placeholder_out_of_scope(card: Card) -> Iterator[Finding]:
    """A section on out-of-scope use that names none.

    Source: the Hub's template ("Out-of-Scope Use").

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-Scope Use
        [More Information Needed]

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-Scope Use
        Watching other people's mail.
    """
    for topic in _level(card, "out-of-scope", "placeholder"):
        message = placeholder_message("out-of-scope", card.verdicts["out-of-scope"].evidence)
        yield Finding(topic, message, "name uses that would go wrong or do harm")
