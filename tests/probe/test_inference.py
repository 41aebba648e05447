"""Tests of effects: against scipy, by hand, and by how often they are wrong."""

import itertools

import numpy as np
import pytest

from cardkit.probe import inference
from cardkit.probe.record import Estimate

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
