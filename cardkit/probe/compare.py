"""Two models on the same cells: paired differences, never two numbers side by side.

The same suite is asked of both, so that each cell of one has its partner in the other, and what the
sentences and words bring with them cancels out. Cells that only one of the two could be asked are left
out.
"""

from typing import NamedTuple

import numpy as np

from cardkit.errors import ProbeError
from cardkit.probe import association, inference, stats
from cardkit.probe.numbers import interval, signed
from cardkit.probe.record import Estimate
from cardkit.probe.run import Measurement


class Comparison(NamedTuple):
    """Differences first − second in nats, over ``templates`` × ``attributes`` common cells.

    ``mean`` is of the effects, ``size`` of their absolute values, ``correlation`` Spearman's of the
    attributes' mean effects. ``verdict`` is on ``mean``, as ``inference.verdict``.
    """

    templates: int
    attributes: int
    mean: Estimate
    size: Estimate
    correlation: Estimate | None
    verdict: str | None


def compare(first: Measurement, second: Measurement) -> Comparison:
    """Compare two measurements.

    Raises:
        ProbeError: they are of different suites or versions, or have no cell in common.
    """
    ours, theirs = first.record.suite, second.record.suite
    if ours.sha256 != theirs.sha256:
        raise ProbeError(
            f"measurements with {ours.id} {ours.version} and {theirs.id} {theirs.version} do not compare"
        )
    templates = [t for t in first.grid.templates if t in second.grid.templates]
    attributes = [a for a in first.grid.attributes if a in second.grid.attributes]
    if not templates or not attributes:
        raise ProbeError("the two models have no cell of the suite in common")
    matrices = []
    for one in (first, second):
        rows = [one.grid.templates.index(t) for t in templates]
        columns = [one.grid.attributes.index(a) for a in attributes]
        matrices.append(association.effects(one.cells)[np.ix_(rows, columns)])
    draws = stats.draw(matrices[0].shape, first.record.settings.seed)
    difference = matrices[0] - matrices[1]
    mean = stats.mean(difference, draws)
    narrow = stats.mean(difference, draws, 0.9)
    return Comparison(
        templates=len(templates),
        attributes=len(attributes),
        mean=mean,
        size=stats.mean(np.abs(matrices[0]) - np.abs(matrices[1]), draws),
        correlation=stats.rank_correlation(matrices[0], matrices[1].mean(axis=0), draws),
        verdict=inference.verdict(mean, narrow, first.record.settings.margin),
    )


def comparison_table(first: Measurement, second: Measurement, found: Comparison) -> str:
    """Return the comparison as text for the terminal, with a line end."""
    suite, margin = first.record.suite, first.record.settings.margin
    reading = {
        "different": "the means differ",
        "equivalent": f"the means differ by less than {margin:.2f} nats",
        "undecided": "whether the means differ is undecided",
        None: "no interval from so few sentences or words: nothing is shown",
    }[found.verdict]
    rows = [("mean lean", found.mean), ("mean size of the lean", found.size)]
    lines = [
        f"{first.record.model.name} − {second.record.model.name}, {suite.id} {suite.version},"
        f" {found.templates} templates × {found.attributes} {suite.nouns} that both were asked",
        *(f"  {name:<22} {signed(one.value):>6} nats  {interval(one)}" for name, one in rows),
    ]
    if found.correlation is not None:
        value = f"{signed(found.correlation.value):>6}"
        lines.append(f"  {'rank correlation':<22} {value}")
    return "\n".join([*lines, f"  {reading}", ""])
