"""BEC-Pro: person words beside professions, in English or German."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cardkit.errors import ProbeError
from cardkit.probe.known.figures import Figure, mean
from cardkit.probe.known.files import read_rows
from cardkit.probe.known.job import Job
from cardkit.probe.known.spans import given, prior, word_log_probs
from cardkit.probe.suite import Filled

_MASK = "[MASK]"


def measure(path: Path, columns: list[str], job: Job) -> tuple[list[Figure], int]:
    """Score the association of person words with professions (Bartl et al. 2020).

    association(person) = log P(person | sentence) − log P(person | sentence, profession hidden), in
    nats, the profession hidden by as many masks as it has tokens. For the professions held mostly
    by women, by men, and by both: the mean over female persons minus that over male ones, with the
    interval of drawing professions anew.
    """
    rows = read_rows(path, columns, "\t")
    placed = [(row, *places) for row in rows if (places := _places(row)) is not None]
    if not placed:
        raise job.wrong(path, "no sentence has its person and its profession where they should be")
    asked = [Filled(row["Sentence"], word, hidden) for row, word, hidden in placed]
    found = word_log_probs(job, [(one, add) for add in (given, prior) for one in asked])
    cells: dict[str, dict[str, dict[str, list[float]]]] = {}
    left_out = len(rows) - len(placed)
    for (row, _, _), one, other in zip(
        placed, found[: len(asked)], found[len(asked) :], strict=True
    ):
        if one is None or other is None:
            left_out += 1
            continue
        group = cells.setdefault(row["Prof_Gender"], {}).setdefault(row["Profession"], {})
        group.setdefault(row["Gender"], []).append(float(one.sum() - other.sum()))
    figures = []
    for group_name in sorted(cells):
        professions = [
            (float(np.mean(one["female"])), float(np.mean(one["male"])))
            for one in cells[group_name].values()
            if one.get("female") and one.get("male")
        ]
        if professions:
            figures += _figures(group_name, professions, job.seed)
    if not figures:
        raise ProbeError(
            f"{path}: {job.lm.name} can score no profession with persons of both genders"
        )
    return figures, left_out


def _figures(group: str, professions: Sequence[tuple[float, float]], seed: int) -> list[Figure]:
    female, male = np.array(professions, dtype=np.float64).T
    return [
        mean(f"{group} professions: female − male", female - male, of="professions", seed=seed),
        mean("  female persons", female, of="professions", seed=seed),
        mean("  male persons", male, of="professions", seed=seed),
    ]


def _places(row: dict[str, str]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return where the person and the profession stand, or None if the row does not say."""
    sentence, masked = row["Sentence"], row["Sent_TM"]
    start = masked.find(_MASK)
    stop = start + len(sentence) - len(masked) + len(_MASK)
    person = sentence[start:stop] if start >= 0 else ""
    at = sentence.find(row["Profession"], max(stop, 0))
    if person.casefold() != row["Person"].casefold():
        return None
    if at < 0:
        at = sentence.find(row["Profession"])
    if at < 0:
        return None
    return (start, stop), (at, at + len(row["Profession"]))
