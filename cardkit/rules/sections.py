"""CK300 to CK310: recommended sections that are absent, apart from limitations and bias (CK5xx)."""

from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.diagnostic import Finding, Topic
from cardkit.rule import rule
from cardkit.topics import topic_label
from cardkit.verdicts import knows_wording


def says_anything(card: Card) -> bool:
    """Tell whether the body has any words beyond its headings."""
    return any(block.text.strip() for section in card.sections.walk() for block in section.blocks)


#: What people say without a heading, in words that are known in some languages only.
_TOLD_IN_PROSE: Final = frozenset(("intended-use",))
#: Fewer words show no language.
_FEW_WORDS: Final = 20


def _is_foreign(card: Card) -> bool:
    """Tell whether the prose is in a language whose wording is not known."""
    words = sum(len(block.text.split()) for block in card.prose)
    return words >= _FEW_WORDS and not knows_wording(card.prose)


def _missing(card: Card, topic: str, message: str, help_: str) -> Iterator[Finding]:
    if (
        card.verdicts[topic].level == "absent"
        and says_anything(card)
        and not card.verdicts[topic].doubtful
        and not (topic in _TOLD_IN_PROSE and _is_foreign(card))
    ):
        yield Finding(Topic(topic), message, help_)


@rule("CK300", "empty-body")
def empty_body(card: Card) -> Iterator[Finding]:
    """The card has metadata, or a title, and not a word more.

    Source: the Hub's guide to model cards; Liang et al. 2024 (arXiv 2402.05160) on what cards lack.

    Bad:
        ---
        license: mit
        ---
        # Mail sorter

    Good:
        ---
        license: mit
        ---
        # Mail sorter

        Sorts English mail into work, private and rubbish.
    """
    titles = [section.title for section in card.sections.walk() if section.level]
    # A long title is a description, if a short one.
    if not says_anything(card) and not any(len(title.split()) > 5 for title in titles):
        yield Finding(
            Topic("model-description"),
            "the card has a title and not a word more" if titles else "the card has no text",
            "`cardkit new` writes the recommended sections",
        )


@rule("CK301", "missing-description")
def missing_description(card: Card) -> Iterator[Finding]:
    """Nowhere does the card say what the model is.

    Source: the course's list ("Model description"); Mitchell et al. 2019, "Model Details".

    Bad:
        # Mail sorter
        ## Citation
        See our paper.

    Good:
        # Mail sorter
        A classifier of English mail, fine-tuned from BERT base.
    """
    yield from _missing(
        card,
        "model-description",
        "the card does not say what the model is",
        "describe it in a sentence or two under the title",
    )


@rule("CK302", "missing-intended-use")
def missing_intended_use(card: Card) -> Iterator[Finding]:
    """Nowhere does the card say what the model is for, and for whom.

    Source: the course's list ("Intended uses & limitations"); Mitchell et al. 2019, "Intended Use".

    Bad:
        # Mail sorter
        Trained for three epochs.

    Good:
        # Mail sorter
        Trained for three epochs.
        ## Intended use
        Sorting one's own mail.
    """
    yield from _missing(
        card,
        "intended-use",
        "the card does not say what the model is for",
        'add a section "Intended use": the task, and the people it is meant for',
    )


@rule("CK303", "missing-how-to-use")
def missing_how_to_use(card: Card) -> Iterator[Finding]:
    """Nowhere does the card show how to run the model.

    Source: the course's list ("How to use").

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## How to use
        Load it with `pipeline("text-classification")`.
    """
    yield from _missing(
        card,
        "how-to-use",
        "the card does not show how to use the model",
        'add a section "How to use" with code that runs',
    )


@rule("CK304", "missing-training-data")
def missing_training_data(card: Card) -> Iterator[Finding]:
    """Neither the text nor ``datasets`` says what the model was trained on.

    A card that speaks of data sets or samples at all is given the benefit of the doubt.

    Source: the course's list ("Training data"); Mitchell et al. 2019, "Training Data".

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Training data
        12,000 letters of three volunteers, 2020 to 2023.
    """
    datasets = card.metadata.get("datasets")
    if datasets and datasets != [None]:
        return
    yield from _missing(
        card,
        "training-data",
        "the card does not say what the model was trained on",
        'add a section "Training data": which data, how much, from where',
    )


@rule("CK305", "missing-training-procedure")
def missing_training_procedure(card: Card) -> Iterator[Finding]:
    """Nowhere does the card say how the model was made.

    A card that speaks of training at all is given the benefit of the doubt.

    Source: the course's list ("Training procedure").

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Training procedure
        Three epochs with AdamW at 2e-5 on one GPU.
    """
    yield from _missing(
        card,
        "training-procedure",
        "the card does not say how the model was trained",
        'add a section "Training procedure": objective, hyperparameters, hardware',
    )


@rule("CK306", "missing-evaluation")
def missing_evaluation(card: Card) -> Iterator[Finding]:
    """Neither the text nor ``model-index`` says how good the model is.

    Source: the course's list ("Evaluation results"); Mitchell et al. 2019, "Quantitative Analyses".

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Evaluation results
        Accuracy 0.93 on 1,200 letters that were held out.
    """
    index = card.metadata.get("model-index")
    if isinstance(index, list) and any(
        isinstance(entry, dict) and entry.get("results") for entry in index
    ):
        return
    yield from _missing(
        card,
        "evaluation-results",
        "the card does not say how good the model is",
        'add a section "Evaluation results": numbers, and the data they come from',
    )


@rule("CK307", "missing-environmental-impact")
def missing_environmental_impact(card: Card) -> Iterator[Finding]:
    """Neither the text nor ``co2_eq_emissions`` says what training cost in energy or emissions.

    Source: the Hub's template ("Environmental Impact"); Lacoste et al. 2019.

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Environmental impact
        Two hours on one GPU, about 0.3 kWh.
    """
    if "co2_eq_emissions" not in card.metadata:
        yield from _missing(
            card,
            "environmental-impact",
            "the card says nothing about energy or emissions",
            'add a section "Environmental impact": hardware, hours, where',
        )


@rule("CK308", "missing-citation")
def missing_citation(card: Card) -> Iterator[Finding]:
    """Nowhere does the card say how to cite the model.

    Source: the Hub's template ("Citation"); Mitchell et al. 2019, "Model Details".

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Citation
        A. Author (2024): Sorting mail.
    """
    yield from _missing(
        card,
        "citation",
        "the card does not say how to cite the model",
        'add a section "Citation", BibTeX if there is a paper',
    )


@rule("CK309", "missing-contact")
def missing_contact(card: Card) -> Iterator[Finding]:
    """Nowhere does the card say whom to ask.

    Source: the Hub's template ("Model Card Contact"); Mitchell et al. 2019, "Model Details".

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Contact
        Open a discussion on the Community tab.
    """
    yield from _missing(card, "contact", "the card names no contact", 'add a section "Contact"')


#: Topics that no rule of their own asks for.
_UNASKED: Final = (
    "recommendations",
    "evaluation-data",
    "technical-specifications",
    "license",
    "authors",
)


@rule("CK310", "missing-required-topic")
def missing_required_topic(card: Card) -> Iterator[Finding]:
    """A topic is absent that ``required-topics`` of the configuration names.

    It speaks only of topics that no other rule asks for, and only where configuration does.

    Source: the configuration; the Hub's template has all of these sections.

    Bad:
        # Mail sorter
        A classifier of English mail.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Recommendations
        Have a person look at what it sorts as rubbish.
        ## Evaluation data
        1,200 letters of the same volunteers.
        ## Technical specifications
        Twelve layers, 110 million parameters.
        ## License
        MIT
        ## Authors
        The mail team.
    """
    for topic in _UNASKED:
        label = topic_label(topic)
        yield from _missing(
            card,
            topic,
            f"{label}: the card says nothing on it, and the configuration requires it",
            f'add a section "{label}"',
        )
