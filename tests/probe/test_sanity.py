"""A model that cannot read is refused before anything is said about a lean."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardkit.errors import ProbeError
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate
from cardkit.probe.run import measure
from cardkit.probe.suite import load_suite

SUITE = load_suite()


def test_a_model_that_holds_all_words_for_equally_likely(uniform_folder: Path) -> None:
    masked = load(locate(str(uniform_folder)))
    with pytest.raises(ProbeError, match=r"cannot read this suite.*are -?0\.00 nats a token"):
        measure(masked, SUITE, resamples=10)


def test_random_weights_are_seen(any_model: MaskedLM) -> None:
    with pytest.raises(ProbeError, match="are its weights trained"):
        measure(any_model, SUITE, resamples=10)


def test_a_model_that_can_read(demo_folder: Path) -> None:
    record = measure(load(locate(str(demo_folder))), SUITE, resamples=10).record
    assert record.results.reads is not None
    assert record.results.reads > 2


def test_without_control_words_nothing_is_asked(uniform_folder: Path) -> None:
    suite = replace(SUITE, control_templates=(), control_pairs=())
    record = measure(load(locate(str(uniform_folder))), suite, resamples=10).record
    assert record.results.reads is None
    assert record.results.mean.value == 0
    assert {test.p for test in record.results.tests} == {1.0}
