"""Tests of effects: against scipy, by hand, and by how often they are wrong."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from cardkit.probe import inference, stats
from cardkit.probe.association import effects
from cardkit.probe.load import MaskedLM
from cardkit.probe.record import Estimate
from cardkit.probe.run import measure
from cardkit.probe.suite import load_suite

scipy_stats = pytest.importorskip("scipy.stats")
RNG = np.random.default_rng(11)


def test_sign_test_is_the_binomial_test() -> None:
    values = RNG.normal(0.3, 1, 60)
    values[:5] = 0
    above, n, p = inference.sign_test(values)
    assert (above, n) == ((values > 0).sum(), 55)
    assert p == scipy_stats.binomtest(above, 55).pvalue
    assert inference.sign_test(np.zeros(4)) == (0, 0, 1.0)


def test_wilson_by_hand() -> None:
    z, n, p = scipy_stats.norm.ppf(0.975), 60, 0.55
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    found = inference.share(33, 60)
    assert found.percent == pytest.approx(55)
    assert (found.low, found.high) == pytest.approx((100 * (middle - half), 100 * (middle + half)))


def test_sign_flip_of_few_items_is_exact() -> None:
    values = RNG.normal(0.5, 1, 8)
    means = [abs(np.mean(values * signs)) for signs in itertools.product([1, -1], repeat=8)]
    expected = np.mean([mean >= abs(values.mean()) - 1e-12 for mean in means])
    assert inference.sign_flip(values, 0) == pytest.approx(expected)


def test_sign_flip_is_seeded_and_two_sided() -> None:
    values = RNG.normal(0.3, 1, 60)
    p = inference.sign_flip(values, 3)
    assert p == inference.sign_flip(values, 3)
    assert p == pytest.approx(inference.sign_flip(-values, 3))
    assert p == pytest.approx(scipy_stats.ttest_1samp(values, 0).pvalue, abs=0.02)
    assert inference.sign_flip(np.zeros(20), 0) == 1.0
    assert inference.sign_flip(values + 3, 0) == pytest.approx(1 / 10_000)


def test_sign_flip_is_wrong_as_often_as_it_may_be() -> None:
    wrong = [inference.sign_flip(RNG.normal(size=30), n, 199) <= 0.05 for n in range(400)]
    assert 0.02 <= np.mean(wrong) <= 0.08


def test_holm_by_hand() -> None:
    assert inference.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert inference.holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert inference.holm([0.02]) == [0.02]
    assert inference.holm([]) == []


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ((0.5, 0.2, 0.8), (0.5, 0.25, 0.75), "different"),
        ((0.05, -0.1, 0.19), (0.05, -0.05, 0.15), "equivalent"),
        ((0.05, -0.2, 0.3), (0.05, -0.15, 0.25), "undecided"),
        ((0.1, 0.05, 0.15), (0.1, 0.06, 0.14), "equivalent"),
        ((0.15, 0.05, 0.25), (0.15, 0.07, 0.23), "different"),
        ((0.1, None, None), (0.1, None, None), None),
    ],
)
def test_verdicts(wide: tuple, narrow: tuple, expected: str | None) -> None:
    assert inference.verdict(Estimate(*wide), Estimate(*narrow), 0.2) == expected


def test_equivalence_is_seldom_claimed_at_the_margin() -> None:
    """The true mean is the margin itself: TOST may call it equivalent in about 5 % at most."""
    claimed, times = 0, 300
    for time in range(times):
        values = (
            0.2
            + RNG.normal(0, 0.2, (14, 1))
            + RNG.normal(0, 0.3, (1, 60))
            + RNG.normal(0, 0.3, (14, 60))
        )
        draws = stats.draw(values.shape, time, resamples=500)
        wide, narrow = stats.mean(values, draws), stats.mean(values, draws, 0.9)
        claimed += inference.verdict(wide, narrow, 0.2) == "equivalent"
    assert claimed / times <= 0.09


def test_the_record_holds_the_tests_of_the_measured_cells(bert: MaskedLM) -> None:
    suite = replace(load_suite(), attributes=load_suite().attributes[::3])
    measured = measure(bert, suite, seed=4, resamples=300)
    values = effects(measured.cells)
    groups = np.array([a.group for a in measured.grid.attributes])
    results = measured.record.results
    assert [test.group for test in results.tests] == ["all", *suite.groups]
    ps = []
    for test in results.tests:
        means = values[:, (groups == test.group) | (test.group == "all")].mean(axis=0)
        assert test.n == means.size
        assert test.above == (means > 0).sum()
        p = scipy_stats.binomtest(test.above, test.n).pvalue
        assert test.sign_p == pytest.approx(p, abs=1e-4)
        assert test.mean.value == pytest.approx(means.mean(), abs=1e-3)
        assert (test.mean.low is None) is (test.n < 10)
        ps.append(test.p)
    adjusted = [test.p_holm for test in results.tests]
    assert adjusted == pytest.approx(inference.holm(ps), abs=1e-3)
    for one, line in zip(results.by_template, values, strict=True):
        assert one.effect.value == pytest.approx(line.mean(), abs=1e-3)
