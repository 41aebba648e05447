"""Writing cards: facts and answers in, a card with visible gaps out. Nothing is invented."""

import os
from typing import Any, NamedTuple

__all__ = ["Written", "write_card"]


class Written(NamedTuple):
    """What :func:`write_card` did."""

    path: str
    text: str
    #: topics that answers or facts fill, and those left as a visible TODO (of a new card)
    filled: tuple[str, ...]
    left: tuple[str, ...]
    #: what was refreshed, and what people changed and so stayed (of a card that was there)
    changes: tuple[str, ...]
    kept: tuple[str, ...]
    #: files that could not be read, and facts that contradict each other
    problems: tuple[str, ...]


def write_card(
    folder: str | os.PathLike[str],
    answers: Any = None,
    *,
    output: str | os.PathLike[str] | None = None,
    facts: Any = None,
    overwrite: bool = False,
) -> Written:
    """Write the card of a model folder, or refresh the one that cardkit wrote before.

    Args:
        folder: where the model's files are.
        answers: what people said: a mapping with the keys of a file of answers (``name``,
            ``repo_id``, ``card_language``, ``style``, ``metadata``, ``evaluation``, ``answers``),
            or the path of such a file.
        output: the card; README.md in the folder by default.
        facts: :class:`cardkit.facts.Facts` to use instead of reading the folder.
        overwrite: write anew over a card in which nothing is cardkit's. Without it that is refused.

    Raises:
        InputError: the folder is missing, or there is a card that cardkit did not write.
        UsageError: answers that mean nothing, or that the Hub would refuse.
    """
    from cardkit.authoring.job import run

    return run(os.fspath(folder), answers, os.fspath(output) if output else None, facts, overwrite)
