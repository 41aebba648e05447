"""CK322: cards as a program wrote them, which nobody has filled in."""

from collections.abc import Iterator

from cardkit.card import Card
from cardkit.diagnostic import Finding, Place
from cardkit.fillers import says_nothing
from cardkit.generators import Generator, find_generator, is_work_of, own_facts
from cardkit.rule import rule
from cardkit.sections import Block, Section
from cardkit.topics import normalise, topic_label

#: What the finding on the whole card stands for.
_STANDS_FOR = (
    "placeholder-limitations",
    "placeholder-bias",
    "placeholder-out-of-scope",
    "placeholder-section",
    "placeholder-description",
    "placeholder-how-to-use",
    "empty-section",
    "template-text",
)
#: Told first, as everywhere.
_FIRST = ("limitations", "bias-risks", "out-of-scope")


@rule("CK322", "unfilled-generated-card", stands_for=_STANDS_FOR)
def unfilled_generated_card(card: Card) -> Iterator[Finding]:
    """A program wrote the card, and all that it leaves to the author is still to be filled in.

    One finding for the whole card, in place of one for each section and each leftover. As soon as
    one of these sections is filled in, the others are told one by one.

    Source: the templates of huggingface_hub, transformers, diffusers, PEFT and skops.

    Bad:
        # mail-sorter

        <!-- This model card has been generated automatically according to the information the
        Trainer had access to. You should probably proofread and complete it, then remove this
        comment. -->

        This model is a fine-tuned version of BERT.

        ## Model description

        More information needed

        ## Intended uses & limitations

        More information needed

    Good:
        # Mail sorter

        This model is a fine-tuned version of BERT.

        ## Model description

        A classifier of English mail.

        ## Intended uses & limitations

        For one's own mail. It was never tried on German.
    """
    levels = card.verdicts.values()
    named = {item.topic for item in levels if item.level == "placeholder" and item.heading}
    # Without one of these no profile is missed, and there is nothing to put together.
    if not named - {"out-of-scope"}:
        return
    program = find_generator(card.text)
    if program is None or not program.leaves:
        return
    left = [s for s in card.sections.walk() if normalise(s.title) in program.leaves]
    left = [s for s in left if s.blocks or not s.children]
    if len(left) < 2 or not all(_is_empty(section, program) for section in left):
        return
    topics = [*(t for t in _FIRST if t in named), *(t for t in card.verdicts if t in named)]
    names = ", ".join(topic_label(topic) for topic in dict.fromkeys(topics))
    lines = ", ".join(str(card.source.position(s.heading.start).line) for s in left[:8])
    yield Finding(
        Place(left[0].heading),
        f"written by {program.name}; nobody has filled in what it leaves open: {names}"
        f" (lines {lines}{', …' if left[8:] else ''})",
        "fill these sections in, or take their headings out",
    )


def _is_empty(section: Section, program: Generator) -> bool:
    """Tell whether a section holds only filler, and what the program wrote there itself."""
    for block in _own(section, program.leaves):
        label = normalise(block.text.partition(":")[0]) if ":" in block.text[:60] else ""
        written = label in own_facts() or is_work_of(block.text, program)
        if block.kind != "rule" and not written and not says_nothing(block.text):
            return False
    return True


def _own(section: Section, leaves: frozenset[str]) -> Iterator[Block]:
    """Yield the blocks of a section and of the sub-sections that somebody added to it."""
    yield from section.blocks
    for child in section.children:
        if normalise(child.title) not in leaves:
            yield from _own(child, leaves)
