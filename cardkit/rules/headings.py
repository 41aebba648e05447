"""CK320 to CK330: sections that are there and hold nothing, and headings that are none."""

from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.diagnostic import Edit, Finding, Fix, Place, Topic
from cardkit.rule import rule
from cardkit.text import Span
from cardkit.topics import topic_label
from cardkit.verdicts import Verdict

#: Topics with rules of their own: CK323 and CK324, and those in CK5xx.
_APART: Final = frozenset(
    ("model-description", "how-to-use", "limitations", "bias-risks", "out-of-scope")
)


@rule("CK320", "placeholder-section")
def placeholder_section(card: Card) -> Iterator[Finding]:
    """A section on a recommended topic that holds nothing, or only what a template left there.

    Readers take the heading for an answer and find none. Fill it in or take it out.

    Source: the Hub's guide to model cards; the templates of huggingface_hub and the Trainer.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Training data
        More information needed

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Training data
        12,000 letters of three volunteers.
    """
    for topic, verdict in card.verdicts.items():
        if topic not in _APART:
            yield from _placeholder(verdict)


@rule("CK323", "placeholder-description")
def placeholder_description(card: Card) -> Iterator[Finding]:
    """The section that should say what the model is holds nothing, or a note to fill it in.

    Source: the course's list ("Model description"); the templates of huggingface_hub and the Trainer.

    Bad:
        ## Model description
        TODO

    Good:
        ## Model description
        A classifier of English mail.
    """
    yield from _placeholder(card.verdicts["model-description"])


@rule("CK324", "placeholder-how-to-use")
def placeholder_how_to_use(card: Card) -> Iterator[Finding]:
    """The section that should show how to run the model holds nothing, or a note to fill it in.

    Source: the course's list ("How to use"); the Hub's template ("How to Get Started").

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## How to use
        TODO

    Good:
        # Mail sorter
        A classifier of English mail.
        ## How to use
        Load it with `pipeline("text-classification")`.
    """
    yield from _placeholder(card.verdicts["how-to-use"])


def _placeholder(verdict: Verdict) -> Iterator[Finding]:
    # A labelled line is no section; what it lacks, CK701 and CK703 tell.
    if verdict.level == "placeholder" and verdict.heading:
        yield Finding(Topic(verdict.topic, verdict.spans[0]), placeholder_message(verdict))


def placeholder_message(verdict: Verdict) -> str:
    """Return what to say of a topic whose section is a placeholder."""
    label = topic_label(verdict.topic)
    if verdict.evidence:
        return f'{label}: "{verdict.evidence}" is all there is'
    if verdict.heading and any(block.text.strip() for block in verdict.heading.blocks):
        return f"{label}: named by a heading, and what stands below speaks of something else"
    return f"{label}: named by a heading with nothing below it"


@rule("CK321", "empty-section")
def empty_section(card: Card) -> Iterator[Finding]:
    """A heading with nothing below it.

    A heading followed by sub-headings is not empty, and one followed by a heading of its own level
    may be the title of a group. Headings that name a recommended topic are ``placeholder-section``'s
    matter.

    Source: the Hub's guide to model cards.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Folder names

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Folder names
        Work, private, rubbish.
    """
    sections = [
        section for section in card.sections.walk() if section.kind in ("atx", "setext", "html")
    ]
    for i, section in enumerate(sections):
        following = sections[i + 1].level if i + 1 < len(sections) else 0
        if section.blocks or section.children or card.topics_of(section.title) or i == 0:
            continue
        # Before a heading of the same level it may be meant as the title of a group, and a long
        # one is a sentence in large letters.
        if (
            following < section.level
            and 0 < len(section.title.split()) <= 4
            and _is_name(section.title)
        ):
            yield Finding(
                Place(section.heading),
                f'nothing stands below "{section.title}"',
                "fill the section in or take its heading out",
            )


def _is_name(title: str) -> bool:
    """Tell the name of a section from a sentence, a link or a mention."""
    # "Version: 1.0" says itself what it has to say.
    return (
        not title.endswith((".", "!", "?", ":", "。", "！", "？", "："))
        and not {*title} & {*"/@=<>"}
        and ": " not in title
    )


@rule("CK330", "heading-without-space", fixable=True)
def heading_without_space(card: Card) -> Iterator[Finding]:
    """``##Use`` is no heading but text with two hash signs, for the Hub as for CommonMark.

    Source: CommonMark 0.31, ATX headings.

    Bad:
        # Mail sorter
        A classifier of English mail.

        ##Contact
        Ask on the Community tab.

    Good:
        # Mail sorter
        A classifier of English mail.

        ## Contact
        Ask on the Community tab.
    """
    for section in card.sections.walk():
        if section.kind == "hash" and section.level > 1:
            line = card.text[section.heading.start : section.heading.end]
            at = section.heading.start + line.index("#") + section.level
            yield Finding(
                Place(section.heading),
                f"`{line.strip()[:40]}` is shown as text, not as a heading",
                "put a blank behind the hash signs",
                Fix("safe", "put a blank behind the hash signs", (Edit(Span(at, at), " "),)),
            )
