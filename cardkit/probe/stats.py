"""Estimates with intervals for a design of templates × attributes.

The templates and the attributes are both samples of what could have been asked, so both are
resampled, independently of each other (the "pigeonhole" bootstrap, Owen 2007). Resampling single
cells, as is often done, treats the cells of one template as independent and gives intervals that
are far too narrow. Below ten templates or ten attributes resampling both is too narrow as well,
and no interval is given.

A resample is held as how often each template and each attribute was drawn, which turns the
statistics into matrix products.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardkit.probe.record import Estimate

Floats = NDArray[np.float64]

MIN_LEVELS = 10
RESAMPLES = 10_000
CONFIDENCE = 0.95


class Draws(NamedTuple):
    """How often each level was drawn: resamples × templates and resamples × attributes."""

    templates: Floats
    attributes: Floats


def draw(shape: tuple[int, int], seed: int, resamples: int = RESAMPLES) -> Draws:
    """Draw resamples for a templates × attributes matrix; a seed always gives the same draws."""
    generator = np.random.Generator(np.random.PCG64(seed))
    templates, attributes = (
        generator.multinomial(levels, np.full(levels, 1 / levels), size=resamples)
        for levels in shape
    )
    return Draws(templates.astype(np.float64), attributes.astype(np.float64))


def mean(values: Floats, draws: Draws, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate the mean of a templates × attributes matrix."""
    resampled = ((draws.templates @ values) * draws.attributes).sum(axis=1) / values.size
    return _estimate(float(values.mean()), resampled, values.shape, confidence)


def mean_size(values: Floats, draws: Draws) -> Estimate:
    """Estimate the mean absolute value of a templates × attributes matrix.

    The absolute value is taken cell by cell: that mean is estimated without bias, whereas the
    absolute value of a mean over few templates is too large, in each resample even more so.
    """
    return mean(np.abs(values), draws)


def rank_correlation(values: Floats, reference: Floats, draws: Draws) -> Estimate | None:
    """Estimate Spearman's correlation of the attributes' mean effects with a reference.

    Args:
        values: effects, templates × attributes.
        reference: one value per attribute; NaN leaves the attribute out.
        draws: resamples for the shape of ``values``.

    Returns:
        None when it is not defined: fewer than three references, or no spread on one side.
    """
    known = ~np.isnan(reference)
    values, reference = values[:, known], reference[known]
    if reference.size < 3:
        return None
    once = np.ones((1, reference.size))
    # Rounded, so that equal means are ties whatever the order of summation.
    means = np.round(values.mean(axis=0), 9)
    value = _weighted_spearman(means[None], reference[None], once)[0]
    if math.isnan(value):
        return None
    means = np.round(draws.templates @ values / len(values), 9)
    counts = draws.attributes[:, known]
    resampled = _weighted_spearman(means, np.broadcast_to(reference, means.shape), counts)
    return _estimate(float(value), resampled, values.shape)


def over_templates(sample: Floats) -> Estimate:
    """Estimate one attribute's mean effect from its effects in each template, by Student's t.

    Likewise one template's mean effect from its effects with each attribute.
    """
    n = sample.size
    value = float(sample.mean())
    if n < MIN_LEVELS:
        return Estimate(value)
    margin = student_t(n - 1) * float(sample.std(ddof=1)) / math.sqrt(n)
    return Estimate(value, value - margin, value + margin)


def student_t(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Return t with P(|T| < t) = confidence, T of Student's distribution with that freedom."""
    from scipy.stats import t

    return float(t.ppf((1 + confidence) / 2, freedom))


def _estimate(
    value: float, resampled: Floats, shape: tuple[int, ...], confidence: float = CONFIDENCE
) -> Estimate:
    defined = resampled[~np.isnan(resampled)]
    # A statistic undefined in many resamples has no interval worth the name.
    if min(shape) < MIN_LEVELS or defined.size < CONFIDENCE * resampled.size:
        return Estimate(value)
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))


def _weighted_spearman(x: Floats, y: Floats, counts: Floats) -> Floats:
    """Return row by row the correlation of the ranks of x and y, each pair ``counts`` times."""
    x, y = _midranks(x, counts), _midranks(y, counts)
    total = counts.sum(axis=1, keepdims=True)
    x = x - (counts * x).sum(axis=1, keepdims=True) / total
    y = y - (counts * y).sum(axis=1, keepdims=True) / total
    spread = (counts * x * x).sum(axis=1) * (counts * y * y).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = (counts * x * y).sum(axis=1) / np.sqrt(spread)
    return result


def _midranks(keys: Floats, counts: Floats) -> Floats:
    """Return row by row the ranks of the keys, each drawn ``counts`` times, ties sharing theirs."""
    order = np.argsort(keys, axis=1, kind="stable")
    keys = np.take_along_axis(keys, order, axis=1)
    counts = np.take_along_axis(counts, order, axis=1)
    upper = np.cumsum(counts, axis=1)
    lower = upper - counts
    new = np.ones(keys.shape, dtype=bool)
    new[:, 1:] = keys[:, 1:] != keys[:, :-1]
    last = np.ones(keys.shape, dtype=bool)
    last[:, :-1] = new[:, 1:]
    lower = np.maximum.accumulate(np.where(new, lower, -np.inf), axis=1)
    upper = np.minimum.accumulate(np.where(last, upper, np.inf)[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty_like(upper)
    np.put_along_axis(ranks, order, (lower + upper + 1) / 2, axis=1)
    return ranks
