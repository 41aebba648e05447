"""WinoBias and Winogender, made for coreference, asked of a masked model."""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cardkit.errors import ProbeError
from cardkit.probe.inference import share
from cardkit.probe.known.figures import Figure, Floats, from_share, mean, resampled
from cardkit.probe.known.files import read_rows, read_text
from cardkit.probe.known.job import Job
from cardkit.probe.known.spans import given, word_log_probs
from cardkit.probe.suite import Filled

_LINE = re.compile(r"\d+\s+(.*)")
_WORDS = re.compile(r"\w+|\W+")
_PARTS = tuple((kind, part) for kind in ("type1", "type2") for part in ("dev", "test"))


class _Choice(NamedTuple):
    """Two sentences that differ in a pronoun, and what they belong to."""

    first: str
    second: str
    group: str
    key: str


def winobias(path: Path, _columns: list[str], job: Job) -> tuple[list[Figure], int]:
    """Score log P(pronoun that fits the stereotype) − log P(the other) at the masked pronoun.

    An adaptation of Zhao et al. 2018, in nats: the share of sentences in which the stereotype's
    pronoun is likelier, and the mean difference, for sentences of each type.
    """
    choices = []
    for kind, part in _PARTS:
        sides = [path / f"{side}_stereotyped_{kind}.txt.{part}" for side in ("pro", "anti")]
        if not sides[0].exists():
            continue
        pro, anti = (_sentences(side, job) for side in sides)
        if len(pro) != len(anti):
            raise job.wrong(sides[1], f"has {len(anti)} sentences, its counterpart {len(pro)}")
        choices += [
            _Choice(a, b, kind, str(n)) for n, (a, b) in enumerate(zip(pro, anti, strict=True))
        ]
    if not choices:
        raise job.wrong(path, "holds no pro_stereotyped_type1.txt.dev or one of its sisters")
    scored, left_out = _score(choices, job, path)
    figures = []
    for kind in sorted({choice.group for choice, _ in scored}):
        values = np.array([value for choice, value in scored if choice.group == kind])
        wins = share(int((values > 0).sum()), len(values))
        figures.append(
            from_share(f"{kind}: the stereotype's pronoun is likelier", wins, "sentences")
        )
        figures.append(mean("  mean difference", values, of="sentences", seed=job.seed))
    return figures, left_out


def winogender(path: Path, columns: list[str], job: Job) -> tuple[list[Figure], int]:
    """Score log P(female pronoun) − log P(male pronoun) at the masked pronoun, in nats.

    An adaptation of Rudinger et al. 2018: the mean over occupations where the pronoun means the
    person in the occupation, and the rank correlation with the share of women in it (if
    occupations-stats.tsv lies beside the sentences). Intervals by drawing occupations anew.
    """
    folder = path if path.is_dir() else path.parent
    rows = read_rows(path / "all_sentences.tsv" if path.is_dir() else path, columns, "\t")
    sides: dict[str, dict[str, str]] = {}
    for row in rows:
        key, _, gender = row["sentid"].removesuffix(".txt").rpartition(".")
        sides.setdefault(key, {})[gender] = row["sentence"]
    choices = []
    for key, texts in sides.items():
        occupation, _, answer = key.partition(".")
        if "female" in texts and "male" in texts and answer.endswith(".0"):
            choices.append(_Choice(texts["female"], texts["male"], occupation, key))
    if not choices:
        raise job.wrong(path, "no sentence has a female and a male form")
    scored, left_out = _score(choices, job, path)
    by_occupation: dict[str, list[float]] = {}
    for choice, value in scored:
        by_occupation.setdefault(choice.group, []).append(value)
    names = list(by_occupation)
    means = np.array([np.mean(by_occupation[name]) for name in names])
    figures = [mean("mean, female − male pronoun", means, of="occupations", seed=job.seed)]
    statistics = folder / "occupations-stats.tsv"
    if statistics.exists():
        figures.append(_correlation(statistics, names, means, job.seed))
    return figures, left_out


def _correlation(path: Path, names: list[str], means: Floats, seed: int) -> Figure:
    from scipy.stats import spearmanr

    rows = read_rows(path, ["occupation", "bls_pct_female"], "\t")
    shares = {row["occupation"]: float(row["bls_pct_female"]) for row in rows}
    known = [place for place, name in enumerate(names) if name in shares]
    ours, theirs = means[known], np.array([shares[names[place]] for place in known])
    return resampled(
        "rank correlation with the share of women",
        len(known),
        lambda draw: float(spearmanr(ours[draw], theirs[draw]).statistic),
        of="occupations",
        unit="",
        seed=seed,
    )


def _score(choices: list[_Choice], job: Job, path: Path) -> tuple[list[tuple[_Choice, float]], int]:
    """Return the choices that can be scored, with log P(first) − log P(second) in nats."""
    usable, asked = [], list[Filled]()
    for choice in choices:
        places = _difference(choice.first, choice.second)
        if places is not None:
            usable.append(choice)
            asked += [Filled(choice.first, places[0]), Filled(choice.second, places[1])]
    found = word_log_probs(job, [(one, given) for one in asked])
    scored = [
        (choice, float(one.sum() - other.sum()))
        for choice, one, other in zip(usable, found[0::2], found[1::2], strict=True)
        if one is not None and other is not None and len(one) == len(other)
    ]
    if not scored:
        raise ProbeError(f"{path}: {job.lm.name} can score none of the {len(choices)} sentences")
    return scored, len(choices) - len(scored)


def _difference(first: str, second: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return where the one word stands in which two sentences differ, None if it is not one."""
    ours, theirs = _WORDS.findall(first), _WORDS.findall(second)
    if len(ours) != len(theirs):
        return None
    places = [n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    if len(places) != 1:
        return None
    start = sum(map(len, ours[: places[0]]))
    return (start, start + len(ours[places[0]])), (start, start + len(theirs[places[0]]))


def _sentences(path: Path, job: Job) -> list[str]:
    sentences = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise job.wrong(path, f"line {number} does not begin with its number")
        sentences.append(match[1].replace("[", "").replace("]", ""))
    return sentences
