"""`cardkit bias-probe A B`: paired differences on the same cells."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from probe_command import cardkit

from cardkit.errors import ProbeError
from cardkit.probe.association import effects
from cardkit.probe.compare import compare, comparison_table
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.run import Measurement, measure
from cardkit.probe.suite import load_suite


@pytest.fixture(scope="module")
def pair(bert_folder: Path, roberta_folder: Path) -> tuple[Measurement, Measurement]:
    from cardkit.probe import sanity

    before, sanity.LEAST = sanity.LEAST, -1000.0
    suite = replace(load_suite(), attributes=load_suite().attributes[::3])
    models = [load(locate(str(folder))) for folder in (bert_folder, roberta_folder)]
    first, second = (measure(model, suite, resamples=100) for model in models)
    sanity.LEAST = before
    return first, second


def test_differences_are_paired(pair: tuple[Measurement, Measurement]) -> None:
    found = compare(*pair)
    first, second = (effects(one.cells) for one in pair)
    assert (found.templates, found.attributes) == first.shape
    assert found.mean.value == pytest.approx((first - second).mean())
    assert found.size.value == pytest.approx((np.abs(first) - np.abs(second)).mean())
    assert found.mean.low is not None
    assert found.mean.low < found.mean.value < (found.mean.high or 0)


def test_turned_round_the_sign_changes(pair: tuple[Measurement, Measurement]) -> None:
    there, back = compare(*pair), compare(*pair[::-1])
    assert there.mean.value == pytest.approx(-back.mean.value)
    assert there.size.value == pytest.approx(-back.size.value)


def test_a_model_and_itself(pair: tuple[Measurement, Measurement]) -> None:
    found = compare(pair[0], pair[0])
    assert found.mean == (0, 0, 0)
    assert found.verdict == "equivalent"
    assert found.correlation is not None
    assert found.correlation.value == pytest.approx(1)


def test_other_suites_do_not_compare(pair: tuple[Measurement, Measurement]) -> None:
    suite = replace(pair[1].record.suite, sha256="0" * 64)
    other = replace(pair[1], record=replace(pair[1].record, suite=suite))
    with pytest.raises(ProbeError, match="do not compare"):
        compare(pair[0], other)


def test_cells_of_one_alone_are_left_out(pair: tuple[Measurement, Measurement]) -> None:
    grid = pair[1].grid
    fewer = replace(
        pair[1],
        grid=grid._replace(templates=grid.templates[2:], attributes=grid.attributes[1:]),
        cells=pair[1].cells[:, 2:, 1:],
    )
    found = compare(pair[0], fewer)
    expected = (effects(pair[0].cells) - effects(pair[1].cells))[2:, 1:].mean()
    assert found.mean.value == pytest.approx(expected)


def test_it_never_says_which_is_better(pair: tuple[Measurement, Measurement]) -> None:
    text = comparison_table(*pair, compare(*pair)).lower()
    assert not [word for word in ("biased", "fair", "better", "worse", "pass") if word in text]


def test_the_command(demo_folder: Path, bert_folder: Path, tmp_path: Path) -> None:
    done = cardkit(demo_folder, bert_folder)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("demo_model − bert, gender-occupation-en")
    done = cardkit(demo_folder, bert_folder, "--card", tmp_path / "README.md")
    assert done.exit_code == 2
    assert "of one model" in done.stderr
