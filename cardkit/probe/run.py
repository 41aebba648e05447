"""One measurement from start to end: load, write down the rows, run them, summarise."""

import dataclasses
import datetime
import math
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardkit import __version__
from cardkit.probe import association, inference, sanity, stats
from cardkit.probe.association import Grid
from cardkit.probe.files import file_hashes, thumbprints
from cardkit.probe.fill import prompt_rows, top_words
from cardkit.probe.forward import BATCH_TOKENS, Progress
from cardkit.probe.kept import score_into, store_for
from cardkit.probe.load import MaskedLM
from cardkit.probe.record import (
    Counts,
    Estimate,
    GroupTest,
    ModelInfo,
    Record,
    Results,
    Settings,
    SuiteInfo,
    TemplateEffect,
    WordEffect,
)
from cardkit.probe.record import to_json as record_json
from cardkit.probe.rows import RowTable
from cardkit.probe.spotcheck import spot_check
from cardkit.probe.store import Store
from cardkit.probe.suite import Suite

METHOD = "log-probability bias (Kurita et al. 2019)"
EXTREMES = 3
_DIGITS = 3

Floats = NDArray[np.float64]
Draw = Callable[[tuple[int, ...]], stats.Draws]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A record, and the scores of every cell that it was made from.

    ``cells`` and ``control_cells`` are log-probabilities in nats, 4 × templates × attributes: the
    positive and the negative target given the attribute, then the same with the attribute masked.
    """

    record: Record
    grid: Grid
    control_grid: Grid
    cells: Floats
    control_cells: Floats


def measure(
    masked: MaskedLM,
    suite: Suite,
    *,
    prompts: Sequence[str] = (),
    seed: int = 0,
    resamples: int = stats.RESAMPLES,
    batch_tokens: int = BATCH_TOKENS,
    progress: Progress | None = None,
    today: datetime.date | None = None,
    resume: Path | None = None,
    keep: Path | None = None,
    opened: Callable[[Store], None] | None = None,
) -> Measurement:
    """Measure a model with a suite.

    Args:
        masked: the loaded model.
        suite: what to ask.
        prompts: sentences with [MASK] to be shown after the suite's own illustration.
        seed: of the resampling, the only thing left to chance.
        resamples: how many times templates and attributes are drawn.
        batch_tokens: tokens in one forward pass.
        progress: called with (rows done, rows in all) after each forward pass.
        today: the date to be recorded; the present day by default.
        resume: file in which scores are kept as they come; what it holds is not computed again,
            and it is deleted at the end.
        keep: folder for such a file, used without ``resume``; only this very measurement (same
            files, rows, precision, device, libraries) goes on from it.
        opened: called with the store of scores before the first forward pass, if there is one.

    Raises:
        ProbeError: the model cannot be measured with this suite, or gives NaN.
        UsageError: a prompt without exactly one mask.
    """
    started = time.monotonic()
    shown = list(dict.fromkeys([*suite.illustration, *prompts]))
    prompt_rows(masked, shown)  # a mistake there should show before the work begins
    table = RowTable()
    grid = association.plan(masked, suite, table)
    control_grid = association.plan_controls(masked, suite, table)
    rows = len(table.rows)
    readable = sanity.plan(masked, suite, table)
    files = file_hashes(masked.folder)
    store = store_for(masked, table, files, resume, keep)
    if store is not None and opened is not None:
        opened(store)
    scores = score_into(store, masked, table, batch_tokens=batch_tokens, progress=progress)
    reads = sanity.margin(masked, scores, readable)
    checked = spot_check(
        masked, table, grid, scores, bound=suite.margin, seed=seed, batch_tokens=batch_tokens
    )
    cells = association.cell_scores(grid, scores)
    control_cells = association.cell_scores(control_grid, scores)
    results = _results(suite, grid, cells, control_grid, control_cells, reads, seed, resamples)
    record = Record(
        model=_model_info(masked, files),
        suite=_suite_info(suite),
        settings=Settings(
            method=METHOD,
            interval=f"95 % intervals by resampling sentences and {suite.nouns}",
            seed=seed,
            resamples=resamples,
            margin=suite.margin,
            dtype=masked.dtype,
            device=masked.device,
            spot_check=checked,
        ),
        counts=Counts(
            templates=len(grid.templates),
            attributes=len(grid.attributes),
            references=sum(a.reference is not None for a in grid.attributes),
            control_templates=len(control_grid.templates),
            control_pairs=len(control_grid.attributes) // 2,
            unequal_targets=grid.unequal,
            rows=rows,
        ),
        results=results,
        prompts=top_words(masked, shown),
        skipped=(*grid.skipped, *control_grid.skipped),
        versions=_versions(),
        date=(today or datetime.date.today()).isoformat(),
        minutes=math.ceil((time.monotonic() - started) / 60),
    )
    return Measurement(record, grid, control_grid, cells, control_cells)


def results_json(measurement: Measurement) -> dict[str, Any]:
    """Return everything as plain data: the record, and all cells at full precision.

    The record here names no file of results: it would have to name this one, with its hash.
    """
    import json

    record = dataclasses.replace(measurement.record, results_file=None)
    return {
        **json.loads(record_json(record)),
        "cells": _cells_json(measurement.grid, measurement.cells),
        "control_cells": _cells_json(measurement.control_grid, measurement.control_cells),
    }


def _cells_json(grid: Grid, cells: Floats) -> dict[str, Any]:
    names = ("positive", "negative", "prior_positive", "prior_negative")
    return {
        "unit": "nats; lists are templates × attributes",
        "templates": list(grid.templates),
        "attributes": [attribute.word for attribute in grid.attributes],
        "references": [attribute.reference for attribute in grid.attributes],
        "log_probabilities": {
            name: matrix.tolist() for name, matrix in zip(names, cells, strict=True)
        },
        "effects": association.effects(cells).tolist(),
    }


def _results(
    suite: Suite,
    grid: Grid,
    cells: Floats,
    control_grid: Grid,
    control_cells: Floats,
    reads: float | None,
    seed: int,
    resamples: int,
) -> Results:
    effects = association.effects(cells)
    # Groups of one size share their draws, and drawing takes longer than what is done with it.
    draw = cache(partial(stats.draw, seed=seed, resamples=resamples))
    draws = draw(effects.shape)
    reference = np.array(
        [np.nan if a.reference is None else a.reference for a in grid.attributes], dtype=np.float64
    )
    correlation = stats.rank_correlation(effects, reference, draws)
    by_template = effects.mean(axis=1)
    return Results(
        mean=_rounded(stats.mean(effects, draws)),
        mean_size=_rounded(stats.mean_size(effects, draws)),
        noise_floor=_noise_floor(control_grid, control_cells, draw),
        rank_correlation=None if correlation is None else _rounded(correlation),
        lowest_template=_round(by_template.min()),
        highest_template=_round(by_template.max()),
        toward_positive=_extremes(grid, effects, 1),
        toward_negative=_extremes(grid, effects, -1),
        tests=_tests(suite, grid, effects, seed, draw),
        by_template=tuple(
            TemplateEffect(template, _rounded(stats.over_templates(line)))
            for template, line in zip(grid.templates, effects, strict=True)
        ),
        reads=None if reads is None else _round(reads),
    )


def _tests(
    suite: Suite, grid: Grid, effects: Floats, seed: int, draw: Draw
) -> tuple[GroupTest, ...]:
    """Test the suite's family of hypotheses: no lean on average, in each group."""
    tests = []
    for group in suite.family:
        chosen = [n for n, a in enumerate(grid.attributes) if group in ("all", a.group)]
        if not chosen:
            continue
        values = effects[:, chosen]
        draws = draw(values.shape)
        mean, narrow = stats.mean(values, draws), stats.mean(values, draws, 0.9)
        means = values.mean(axis=0)
        above, _, sign_p = inference.sign_test(np.round(means, 9))
        p = inference.sign_flip(means, seed)
        verdict = inference.verdict(mean, narrow, suite.margin)
        tests.append(GroupTest(group, len(chosen), mean, above, sign_p, p, p, verdict))
    adjusted = inference.holm([test.p for test in tests])
    return tuple(
        test._replace(
            mean=_rounded(test.mean),
            sign_p=round(test.sign_p, 4),
            p=round(test.p, 4),
            p_holm=round(p, 4),
        )
        for test, p in zip(tests, adjusted, strict=True)
    )


def _noise_floor(grid: Grid, cells: Floats, draw: Draw) -> Estimate | None:
    """Estimate the mean absolute difference between the two words of a control pair."""
    if not grid.templates or not grid.attributes:
        return None
    effects = association.effects(cells)
    difference = effects[:, 0::2] - effects[:, 1::2]
    return _rounded(stats.mean_size(difference, draw(difference.shape)))


def _extremes(grid: Grid, effects: Floats, sign: int) -> tuple[WordEffect, ...]:
    means = effects.mean(axis=0) * sign
    order = np.argsort(-means, kind="stable")[:EXTREMES]
    return tuple(
        WordEffect(grid.attributes[a].word, _rounded(stats.over_templates(effects[:, a])))
        for a in order
        if _round(means[a]) > 0
    )


def _round(value: float) -> float:
    return round(float(value), _DIGITS) + 0.0  # + 0.0 turns −0.0 into 0.0


def _rounded(estimate: Estimate) -> Estimate:
    value, low, high = estimate
    return Estimate(
        _round(value),
        None if low is None else _round(low),
        None if high is None else _round(high),
    )


def _model_info(masked: MaskedLM, files: dict[str, str]) -> ModelInfo:
    return ModelInfo(
        name=masked.name,
        architecture=masked.architecture,
        commit=masked.commit,
        files=files,
        thumbprints=thumbprints(masked.folder),
    )


def _suite_info(suite: Suite) -> SuiteInfo:
    return SuiteInfo(
        id=suite.id,
        version=suite.version,
        sha256=suite.sha256,
        title=suite.title,
        language=suite.language,
        axis=suite.axis,
        positive=suite.positive,
        negative=suite.negative,
        noun=suite.noun,
        nouns=suite.nouns,
        reference=suite.reference,
        limits=suite.limits if suite.experimental is None else (suite.experimental, *suite.limits),
    )


def _versions() -> dict[str, str]:
    names = ("torch", "transformers", "tokenizers", "numpy")
    return {
        "cardkit": __version__,
        **{name: version(name) for name in names},
        "python": platform.python_version(),
    }
