"""CK512 and CK809: what the bias probe wrote into the card, and whether it still holds."""

import os
from collections.abc import Iterator

from cardkit.card import Card
from cardkit.diagnostic import Finding, Place
from cardkit.measured import find_measured, is_edited, measured_files
from cardkit.rule import rule
from cardkit.text import Span


def _block(card: Card) -> tuple[str, Span] | None:
    """Return the text of the measurement and the span of the line that begins it."""
    span = find_measured(card.text)
    if span is None:
        return None
    block = card.text[span.start : span.end]
    first = block.splitlines()[0]
    return block, Span(span.start, span.start + len(first))


@rule("CK512", "edited-measurement")
def edited_measurement(card: Card) -> Iterator[Finding]:
    """The text of a measurement is not what `cardkit bias-probe` wrote.

    Between its markers stands what a record proves, and the end marker holds a sum of the words and
    numbers there. Spaces, line ends and the layout of tables may change; a number that was put
    right by hand is a number that nobody measured. Own words belong outside of the markers.
    `cardkit bias-probe --check` says which line it is.

    Source: cardkit's bias probe, docs/bias-probe.md.

    Bad:
        # A model
        <!-- cardkit:bias-probe begin suite=gender-occupation-en@1.0.0 -->
        Naming the occupation multiplies the odds by 1.01.
        <!-- cardkit:bias-probe end sum=0123456789abcdef -->

    Good:
        # A model
        <!-- cardkit:bias-probe begin suite=gender-occupation-en@1.0.0 -->
        Naming the occupation multiplies the odds by 2.51.
        <!-- cardkit:bias-probe end sum=ea71e4393f9663ec -->
    """
    found = _block(card)
    if found is not None and is_edited(found[0]):
        yield Finding(
            Place(found[1]),
            "the measurement was edited: its words and numbers are not those that were written",
            "measure again with `cardkit bias-probe`; write your own words outside of the markers",
        )


@rule("CK809", "stale-measurement")
def stale_measurement(card: Card) -> Iterator[Finding]:
    """The measurement in the card is of other files than lie beside it.

    The record names every file that was measured, with its hash. Small files are hashed again; of
    large ones the size and 64 pieces spread over the file are compared, so that the weights need
    not be read: training changes them nearly everywhere, but training of a small part alone can slip
    between the pieces. A file that is not here says nothing, and a Git LFS pointer stands for the file
    that it names. `cardkit bias-probe --check` hashes everything, and asks about the suite as well.

    Source: cardkit's bias probe, docs/bias-probe.md.
    """
    folder = card.model_folder
    found = _block(card) if folder is not None else None
    if folder is None or found is None:
        return
    from cardkit.facts.thumbprint import is_same

    changed = [
        file.name
        for file in measured_files(found[0])
        # A name that leads out of the folder is none of a model's files.
        if os.path.basename(file.name) == file.name
        and is_same(os.path.join(folder, file.name), file.sha256, file.thumbprint) is False
    ]
    if changed:
        names = ", ".join(changed[:4]) + (", …" if changed[4:] else "")
        have = "has" if len(changed) == 1 else "have"
        yield Finding(
            Place(found[1]),
            f"the measurement is stale: {names} {have} changed since",
            "measure again: `cardkit bias-probe FOLDER --card README.md`",
        )
