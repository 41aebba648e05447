"""The record of a card names the file that holds every score, and its hash.

That file holds the record as well, without this one field, so nothing is hashed that would hold its
own hash. What was measured decides its bytes: the same measurement gives the same file.
"""

import dataclasses
import hashlib
import os

from cardkit.probe.record import Record, ResultsFile


def name_results(record: Record, text: str, output: str | None, card: str | None) -> Record:
    """Return the record with the file of results that its card is to name.

    Args:
        record: what was measured; it names the file of an earlier run if that was the same one.
        text: all that such a file holds.
        output: where it is written now; None if it is not.
        card: the card; None if none is written.
    """
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    named = record.results_file
    if output is not None and card is not None:
        named = ResultsFile(_seen_from(card, output), digest)
    elif named is not None and named.sha256 != digest:
        named = None  # its scores are not those of this run, to the last digit
    return dataclasses.replace(record, results_file=named)


def _seen_from(card: str, output: str) -> str:
    """Return the path of the file from the card's folder; its name alone if it lies elsewhere."""
    folder = os.path.dirname(os.path.realpath(card))
    path = os.path.realpath(output)
    if os.path.splitdrive(path)[0] != os.path.splitdrive(folder)[0]:
        return os.path.basename(path)
    seen = os.path.relpath(path, folder)
    return os.path.basename(path) if seen.startswith(os.pardir) else seen.replace(os.sep, "/")
