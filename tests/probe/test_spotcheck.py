"""After a run in bfloat16 some cells are scored again in float32: what is found is said."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from probe_command import cardkit
from probe_models import build_bert

from cardkit.errors import InputError
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.record import SpotCheck, from_json, to_json
from cardkit.probe.run import Measurement, measure
from cardkit.probe.section import render
from cardkit.probe.suite import Suite, load_suite
from cardkit.probe.summary import summary
from cardkit.probe.wording import LANGUAGES, texts_for

SUITE = load_suite()


def measured(folder: Path, dtype: str, suite: Suite = SUITE, seed: int = 0) -> Measurement:
    masked = load(locate(str(folder)), dtype=dtype)
    return measure(masked, suite, resamples=20, seed=seed)


@pytest.fixture(scope="module")
def both(demo_folder: Path) -> tuple[Measurement, Measurement]:
    return measured(demo_folder, "float32"), measured(demo_folder, "bfloat16")


def test_the_differences_are_those_to_a_run_in_float32(
    both: tuple[Measurement, Measurement], demo_folder: Path
) -> None:
    full, half = both
    check = half.record.settings.spot_check
    assert check is not None
    assert (check.cells, check.of, check.bound) == (42, 840, SUITE.margin)
    differences = np.abs(full.cells - half.cells)
    assert 0 < check.log_probability <= round(differences.max(), 4)
    # A few differences of 840 cells are that large; those of the sample cannot be far below.
    assert check.log_probability > np.quantile(differences.max(axis=0), 0.5)
    other = measured(demo_folder, "bfloat16", seed=1).record.settings.spot_check
    assert other is not None
    assert other.log_probability != check.log_probability  # another sample


def test_every_cell_of_a_small_suite_is_checked(demo_folder: Path) -> None:
    suite = dataclasses.replace(
        SUITE, templates=SUITE.templates[:2], attributes=SUITE.attributes[:7]
    )
    suite = dataclasses.replace(suite, family=("all",))
    full, half = (measured(demo_folder, dtype, suite) for dtype in ("float32", "bfloat16"))
    check = half.record.settings.spot_check
    assert check is not None
    assert (check.cells, check.of) == (14, 14)
    worst = np.abs(full.cells - half.cells).max()
    assert check.log_probability == pytest.approx(worst, abs=1e-4)
    given, hidden = full.cells[:2] - half.cells[:2], full.cells[2:] - half.cells[2:]
    effect = np.abs((given[0] - hidden[0]) - (given[1] - hidden[1])).max()
    assert check.effect == pytest.approx(effect, abs=1e-4)


def test_float32_needs_none(both: tuple[Measurement, Measurement]) -> None:
    record = both[0].record
    assert record.settings.spot_check is None
    assert "spot_check" not in to_json(record)
    assert "again in float32" not in summary(record)


def test_it_is_in_the_record_and_on_the_terminal(both: tuple[Measurement, Measurement]) -> None:
    record = both[1].record
    assert from_json(to_json(record)) == record
    check = json.loads(to_json(record))["settings"]["spot_check"]
    assert set(check) == set(SpotCheck._fields)
    assert f"42 of 840 cells again in float32; log-probabilities differ by {check['log_probability']:.3f}" in summary(record)  # fmt: skip
    broken = to_json(record).replace('"spot_check"', '"spot_cheque"')
    with pytest.raises(InputError, match="missing or unknown: spot_cheque"):
        from_json(broken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_the_section(both: tuple[Measurement, Measurement], language: str) -> None:
    for measurement, told in zip(both, (False, True), strict=True):
        block = render(measurement.record, texts_for(measurement.record, language, SUITE))
        how = next(line for line in block.splitlines() if measurement.record.date in line)
        assert bool(re.search(r"840\D.*\b42\D.*float32", how)) is told


def test_results_of_another_precision_are_refused(demo_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "results.json"
    assert cardkit(demo_folder, "--dtype", "bfloat16", "--output", output).exit_code == 0
    done = cardkit(demo_folder, "--verify", output)
    assert done.exit_code == 2
    assert "add --dtype bfloat16" in done.stderr
    assert cardkit(demo_folder, "--verify", output, "--dtype", "bfloat16").exit_code == 0


def test_too_rough_a_precision_is_refused(tmp_path: Path) -> None:
    folder = build_bert(tmp_path / "bert")
    model = load(locate(str(folder))).model
    with torch.no_grad():  # logits so far apart that eight bits cannot tell them
        model.cls.predictions.transform.LayerNorm.weight *= 60
    model.save_pretrained(folder)
    card = tmp_path / "README.md"
    card.write_text("# A model\n", encoding="utf-8")
    done = cardkit(folder, "--dtype", "bfloat16", "--card", card)
    assert done.exit_code == 2
    assert "bfloat16 moves effects by up to" in done.stderr
    assert "measure with --dtype float32" in done.stderr
    assert card.read_text(encoding="utf-8") == "# A model\n"
    assert cardkit(folder, "--card", card).exit_code == 0
