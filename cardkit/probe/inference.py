"""Tests of effects: is there one, is there none worth the name, or is it undecided.

Everything is from scipy where scipy has the method. scipy is imported where it is used: it takes
a while to load.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardkit.probe.record import Estimate

Floats = NDArray[np.float64]
Verdict = Literal["different", "equivalent", "undecided"]

CONFIDENCE = 0.95
PERMUTATIONS = 9_999


class Share(NamedTuple):
    """``hits`` of ``n`` in percent, with Wilson's 95 % interval; NaN when n is 0."""

    hits: int
    n: int
    percent: float
    low: float
    high: float


def share(count: int, n: int) -> Share:
    """Return a share in percent with Wilson's score interval."""
    from scipy.stats import binomtest

    if n == 0:
        return Share(0, 0, np.nan, np.nan, np.nan)
    interval = binomtest(count, n).proportion_ci(CONFIDENCE, method="wilson")
    return Share(count, n, 100 * count / n, 100 * float(interval.low), 100 * float(interval.high))


def sign_test(values: Floats) -> tuple[int, int, float]:
    """Return how many values lie above 0, how many differ from 0, and the exact two-sided p.

    Ties are left out. p is 1 when nothing is left.
    """
    from scipy.stats import binomtest

    above, n = int((values > 0).sum()), int((values != 0).sum())
    return above, n, float(binomtest(above, n).pvalue) if n else 1.0


def sign_flip(values: Floats, seed: int, permutations: int = PERMUTATIONS) -> float:
    """Return the two-sided p of the mean of ``values`` when each might as well be its negative.

    The items (the mean effects of the attributes) are taken as independent, the templates as
    given. Exact when there are few items, else p = (1 + b) / (1 + B) over B seeded draws.
    """
    from scipy.stats import permutation_test

    if values.size < 2 or not values.any():
        return 1.0
    result = permutation_test(
        (values,),
        lambda sample, axis: np.abs(np.mean(sample, axis=axis)),
        permutation_type="samples",
        vectorized=True,
        n_resamples=permutations,
        alternative="greater",
        random_state=np.random.Generator(np.random.PCG64(seed)),
    )
    return float(result.pvalue)


def holm(values: Sequence[float]) -> list[float]:
    """Return p values adjusted by Holm's method for the family that they make up."""
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = highest
    return adjusted


def verdict(wide: Estimate, narrow: Estimate, margin: float) -> Verdict | None:
    """Decide between a difference, none worth the name, and neither.

    Args:
        wide: the estimate with its 95 % interval.
        narrow: the same with its 90 % interval.
        margin: effects within ±margin (nats) count as none worth the name.

    Returns:
        "equivalent" if the 90 % interval lies within the margin, which is two one-sided tests at
        5 % (TOST); else "different" if the 95 % interval leaves out 0; else "undecided". An effect
        that is shown, yet within the margin, is "equivalent". None without intervals.
    """
    if wide.low is None or wide.high is None or narrow.low is None or narrow.high is None:
        return None
    if -margin < narrow.low and narrow.high < margin:
        return "equivalent"
    return "undecided" if wide.low <= 0 <= wide.high else "different"
