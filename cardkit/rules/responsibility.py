"""CK5xx: limitations, bias and risks, out-of-scope use."""

from collections.abc import Iterator

from cardkit.card import Card
from cardkit.diagnostic import Finding, Topic
from cardkit.rule import rule
from cardkit.rules.headings import placeholder_message


def _level(card: Card, topic: str, level: str) -> Iterator[Topic]:
    verdict = card.verdicts[topic]
    if verdict.level == level and not verdict.doubtful:
        yield Topic(topic, verdict.spans[0] if verdict.spans else None)


def fills_masks(card: Card) -> bool:
    """Tell whether the bias probe can measure the model, by its metadata or the files beside it."""
    task, tags = card.metadata.get("pipeline_tag"), card.metadata.get("tags")
    if task is None and isinstance(tags, list) and "fill-mask" in tags:
        return True
    if task is None and card.model_folder is not None:
        from cardkit.facts import read_configs

        fact = read_configs(card.model_folder).by_name.get("pipeline_tag")
        task = fact.value if fact else None
    return task == "fill-mask"


def _how_to_fill_in(card: Card) -> str:
    if fills_masks(card):
        return "the model fills masks: `cardkit bias-probe MODEL --card README.md` measures it"
    return "say what was looked at, what was found, and who may be harmed"


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
            _how_to_fill_in(card),
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
        message = placeholder_message(card.verdicts["limitations"])
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
        message = placeholder_message(card.verdicts["bias-risks"])
        yield Finding(
            topic,
            message,
            _how_to_fill_in(card),
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
        message = placeholder_message(card.verdicts["out-of-scope"])
        yield Finding(topic, message, "name uses that would go wrong or do harm")


def _thin(card: Card, topic: str, what: str, help_: str) -> Iterator[Finding]:
    verdict = card.verdicts[topic]
    if verdict.level == "thin":
        shown = f': "{verdict.evidence[:80]}"' if verdict.evidence else ""
        yield Finding(Topic(topic, verdict.spans[0]), f"{what}{shown}", help_)


@rule("CK505", "thin-limitations")
def thin_limitations(card: Card) -> Iterator[Finding]:
    """What the card says about limitations would fit any model.

    A reader who must decide whether to use this one learns nothing from it.

    Source: Mitchell et al. 2019, "Caveats and Recommendations"; the Hub's guide to model cards.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        Like all models, it may make mistakes.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        Letters of more than 512 words are cut; it was never tried on German.
    """
    yield from _thin(
        card,
        "limitations",
        "what is said on limitations would fit any model",
        "name one case in which this model fails, or one thing it was not tested on",
    )


@rule("CK506", "thin-bias")
def thin_bias(card: Card) -> Iterator[Finding]:
    """What the card says about bias and risks would fit any model.

    Source: Mitchell et al. 2019, "Ethical Considerations"; the Hub's guide to model cards.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        The model may produce biased output.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        Letters by women are sorted as private twice as often as those by men.
    """
    yield from _thin(
        card,
        "bias-risks",
        "what is said on bias and risks would fit any model",
        "say which groups or harms were looked at in this model, and what was found",
    )


@rule("CK510", "thin-out-of-scope")
def thin_out_of_scope(card: Card) -> Iterator[Finding]:
    """What the card says about out-of-scope use would fit any model.

    Source: Mitchell et al. 2019, "Out-of-scope use cases"; the Hub's template.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-scope use
        The model should not be used to intentionally create hostile or alienating environments.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-scope use
        It cannot tell which letters to a public office are urgent, and must not decide it.
    """
    yield from _thin(
        card,
        "out-of-scope",
        "what is said on out-of-scope use would fit any model",
        "name a use that somebody could think of and that this model is not for",
    )
