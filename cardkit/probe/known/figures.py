"""What a benchmark's scores come to: figures with intervals, and the table that shows them."""

import textwrap
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardkit.probe.inference import Share

Floats = NDArray[np.float64]

RESAMPLES = 2_000
_WIDTH = 79


class Figure(NamedTuple):
    """One figure and its 95 % interval, over ``n`` things (pairs, terms, professions).

    ``unit`` is "%", "nats" or "" for a correlation or an index. No interval below ten things.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    n: int
    of: str
    unit: str = "%"


class Known(NamedTuple):
    """The figures of one benchmark on one model.

    ``left_out`` counts the items that could not be scored (words outside the vocabulary, sentences
    longer than the model reads, items in which nothing differs).
    """

    benchmark: str
    model: str
    figures: tuple[Figure, ...]
    left_out: int
    file: str
    release: str | None


def from_share(name: str, part: Share, of: str = "pairs") -> Figure:
    """Return a share as a figure, with its Wilson interval."""
    return Figure(name, part.percent, part.low, part.high, part.n, of)


def resampled(
    name: str,
    n: int,
    statistic: Callable[[NDArray[np.int64]], float],
    *,
    of: str,
    unit: str,
    seed: int,
) -> Figure:
    """Return a statistic with the interval of drawing its groups anew (percentile bootstrap).

    Args:
        name: what the figure is called.
        n: how many groups there are to draw from, with replacement: terms, professions.
        statistic: takes indices of groups and returns the figure.
        of: what the groups are.
        unit: of the figure.
        seed: of the draws.
    """
    value = statistic(np.arange(n))
    if n < 10:
        return Figure(name, value, None, None, n, of, unit)
    draws = np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))
    values = [statistic(draw) for draw in draws]
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return Figure(name, value, float(low), float(high), n, of, unit)


def mean(name: str, values: Floats, *, of: str, seed: int) -> Figure:
    """Return the mean of one value a group, in nats, with its interval."""
    return resampled(
        name, len(values), lambda draw: float(values[draw].mean()), of=of, unit="nats", seed=seed
    )


def table(result: Known, facts: dict[str, object]) -> str:
    """Return the figures with all that has to be said beside them, for the terminal."""
    lines = [f"{facts['title']} on {result.model}: a point of comparison, contested", ""]
    width = max(len(figure.name) for figure in result.figures)
    lines += [
        f"{figure.name:<{width}}  {_number(figure)}  {_interval(figure)}".rstrip()
        for figure in result.figures
    ]
    if result.left_out:
        lines.append(
            f"not scored: {result.left_out} items (unknown words, length, nothing to compare)"
        )
    release = (
        f"{result.file}: {result.release}, unchanged"
        if result.release
        else f"{result.file}: not one of the releases known here, so compare with care"
    )
    texts = [f"Source: {facts['source']}. Licence: {facts['licence']}.", release]
    defects = facts["defects"]
    assert isinstance(defects, list)
    texts += [f"- {defect}" for defect in defects]
    for text in texts:
        indent = "  " if text.startswith("- ") else ""
        lines += ["", *textwrap.wrap(text, _WIDTH, subsequent_indent=indent)]
    return "\n".join(lines)


def _number(figure: Figure) -> str:
    if np.isnan(figure.value):
        return f"{'–':>8}"
    digits = f"{figure.value:+.3f}" if figure.unit == "nats" else f"{figure.value:.2f}"
    return f"{digits:>8} {figure.unit:<4}".rstrip().ljust(13)


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None or np.isnan(figure.low):
        return f"{'no interval':<18}  {figure.n} {figure.of}"
    sign = "+" if figure.unit == "nats" else ""
    span = f"[{figure.low:{sign}.2f}, {figure.high:{sign}.2f}]"
    return f"{span:<18}  {figure.n} {figure.of}"
