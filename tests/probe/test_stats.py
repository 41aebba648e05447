"""The statistics: against scipy, by hand, and by how often the intervals cover the truth."""

import numpy as np
import pytest

from cardkit.probe import stats

scipy_stats = pytest.importorskip("scipy.stats")
RNG = np.random.default_rng(7)


def repeated(values: np.ndarray, draws: stats.Draws, number: int) -> np.ndarray:
    """One resample written out: rows and columns repeated as often as they were drawn."""
    rows = np.repeat(np.arange(values.shape[0]), draws.templates[number].astype(int))
    columns = np.repeat(np.arange(values.shape[1]), draws.attributes[number].astype(int))
    return values[np.ix_(rows, columns)]


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 10, 13, 30, 59, 200])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
def test_students_t(freedom: int, confidence: float) -> None:
    expected = scipy_stats.t.ppf((1 + confidence) / 2, freedom)
    assert stats.student_t(freedom, confidence) == pytest.approx(expected, rel=1e-9)


def test_intervals_are_quantiles_of_resamples_written_out() -> None:
    values = RNG.normal(size=(11, 13))
    draws = stats.draw(values.shape, seed=3, resamples=200)
    means = [repeated(values, draws, n).mean() for n in range(200)]
    sizes = [np.abs(repeated(values, draws, n)).mean() for n in range(200)]
    for estimate, resampled, value in (
        (stats.mean(values, draws), means, values.mean()),
        (stats.mean_size(values, draws), sizes, np.abs(values).mean()),
    ):
        assert estimate.value == pytest.approx(value)
        assert [estimate.low, estimate.high] == pytest.approx(
            np.quantile(resampled, [0.025, 0.975])
        )


def test_rank_correlation_is_spearmans_in_every_resample() -> None:
    values = RNG.normal(size=(12, 15))
    reference = RNG.integers(0, 6, 15).astype(float)  # with ties
    draws = stats.draw(values.shape, seed=3, resamples=200)
    resampled = []
    for n in range(200):
        columns = np.repeat(np.arange(15), draws.attributes[n].astype(int))
        means = repeated(values, draws, n).mean(axis=0).round(9)
        resampled.append(scipy_stats.spearmanr(means, reference[columns]).statistic)
    estimate = stats.rank_correlation(values, reference, draws)
    expected = scipy_stats.spearmanr(values.mean(axis=0), reference).statistic
    assert estimate is not None
    assert estimate.value == pytest.approx(expected)
    assert [estimate.low, estimate.high] == pytest.approx(np.quantile(resampled, [0.025, 0.975]))


def test_attributes_without_reference_are_left_out() -> None:
    values = RNG.normal(size=(12, 15))
    reference = np.arange(15.0)
    reference[[2, 7]] = np.nan
    draws = stats.draw(values.shape, seed=0, resamples=50)
    estimate = stats.rank_correlation(values, reference, draws)
    known = ~np.isnan(reference)
    expected = scipy_stats.spearmanr(values.mean(axis=0)[known], reference[known]).statistic
    assert estimate is not None
    assert estimate.value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "reference"),
    [
        (np.zeros((12, 15)), np.arange(15.0)),
        (RNG.normal(size=(12, 15)), np.ones(15)),
        (RNG.normal(size=(12, 15)), np.full(15, np.nan)),
    ],
)
def test_a_correlation_without_spread_is_not_defined(
    values: np.ndarray, reference: np.ndarray
) -> None:
    draws = stats.draw(values.shape, seed=0, resamples=50)
    assert stats.rank_correlation(values, reference, draws) is None


@pytest.mark.parametrize(("shape", "given"), [((9, 60), False), ((14, 9), False), ((10, 10), True)])
def test_no_interval_from_fewer_than_ten(shape: tuple[int, int], given: bool) -> None:
    values = RNG.normal(size=shape)
    draws = stats.draw(shape, seed=0, resamples=100)
    for estimate in (
        stats.mean(values, draws),
        stats.mean_size(values, draws),
        stats.rank_correlation(values, np.arange(float(shape[1])), draws),
    ):
        assert estimate is not None
        assert (estimate.low is not None) is given
        assert (estimate.high is not None) is given


def test_one_attribute_over_the_templates() -> None:
    sample = RNG.normal(size=14)
    low, high = scipy_stats.t.interval(0.95, 13, loc=sample.mean(), scale=scipy_stats.sem(sample))
    estimate = stats.over_templates(sample)
    assert estimate == pytest.approx((sample.mean(), low, high))
    assert stats.over_templates(sample[:9])[1:] == (None, None)


def test_the_seed_decides_everything() -> None:
    values = RNG.normal(size=(14, 60))
    first, second, other = (stats.mean(values, stats.draw((14, 60), seed)) for seed in (5, 5, 6))
    assert first == second
    assert first != other


def drawn_effects(
    generator: np.random.Generator, templates: int, attributes: int, slope: float
) -> tuple[np.ndarray, np.ndarray]:
    """Effects as a model might have them, and reference shares with which they grow."""
    shares = generator.uniform(size=attributes)
    effects = (
        0.3
        + generator.normal(0, 0.5, (templates, 1))
        + slope * (shares - 0.5)
        + generator.normal(0, 0.8, (1, attributes))
        + generator.normal(0, 0.7, (templates, attributes))
    )
    return effects, shares


def truth(slope: float) -> tuple[float, float, float]:
    """Mean, mean size and rank correlation in a population so large that nothing is left open."""
    generator = np.random.default_rng(99)
    shares = generator.uniform(size=400_000)
    means = 0.3 + slope * (shares - 0.5) + generator.normal(0, 0.8, 400_000)
    cells = means + generator.normal(0, np.hypot(0.5, 0.7), 400_000)
    return 0.3, float(np.abs(cells).mean()), float(scipy_stats.spearmanr(shares, means).statistic)


@pytest.mark.parametrize("slope", [0.0, 2.0])
@pytest.mark.parametrize("shape", [(10, 40), (14, 60)])
def test_intervals_cover_the_truth_as_often_as_they_say(
    shape: tuple[int, int], slope: float
) -> None:
    generator = np.random.default_rng(shape[0] * 1000 + shape[1])
    wanted, times = truth(slope), 500
    covered = np.zeros(3)
    for time in range(times):
        values, shares = drawn_effects(generator, *shape, slope)
        draws = stats.draw(shape, time, resamples=1000)
        correlation = stats.rank_correlation(values, shares, draws)
        found = (stats.mean(values, draws), stats.mean_size(values, draws), correlation)
        for n, (estimate, value) in enumerate(zip(found, wanted, strict=True)):
            assert estimate is not None
            assert estimate.low is not None
            assert estimate.high is not None
            covered[n] += estimate.low <= value <= estimate.high
    # Nominally 0.95; the standard error of a share counted over 500 times is 0.01.
    assert covered.min() / times >= 0.91
    assert covered.max() / times <= 0.99


def test_resampling_single_cells_would_not() -> None:
    """The mistake this design avoids, so that the test above can be trusted to see it."""
    generator = np.random.default_rng(1)
    covered = 0
    for _ in range(300):
        values = (
            generator.normal(0, 0.5, (14, 1))
            + generator.normal(0, 0.8, (1, 60))
            + generator.normal(0, 0.7, (14, 60))
        )
        margin = 1.96 * values.std() / np.sqrt(values.size)
        covered += abs(values.mean()) <= margin
    assert covered / 300 < 0.6
