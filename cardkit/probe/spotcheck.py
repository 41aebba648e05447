"""After a run in lower precision: a seeded sample of its cells, scored again in float32.

bfloat16 keeps eight bits of a number, so that each log-probability is off by some hundredths of a
nat, which the mean over many cells mostly evens out. How far off is measured, not assumed.
"""

import numpy as np
from numpy.typing import NDArray

from cardkit.errors import ProbeError
from cardkit.probe.association import Grid, cell_scores, effects
from cardkit.probe.forward import BATCH_TOKENS, score
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import Located
from cardkit.probe.record import SpotCheck
from cardkit.probe.rows import RowTable, add_query

SHARE = 0.05
LEAST = 20  # cells

Floats = NDArray[np.float64]


def spot_check(
    masked: MaskedLM,
    table: RowTable,
    grid: Grid,
    scores: Floats,
    *,
    bound: float,
    seed: int = 0,
    batch_tokens: int = BATCH_TOKENS,
) -> SpotCheck | None:
    """Compare a twentieth of the cells, 20 at least, with the same model in float32.

    Args:
        masked: the model that gave the scores; it is loaded once more, from the same files.
        table: the rows and queries that were asked.
        grid: which queries make up which cell.
        scores: the log-probability of every query, in nats.
        bound: how far an effect may be off, in nats.
        seed: of the sample.
        batch_tokens: tokens in one forward pass.

    Returns:
        None when the scores are in float32 already.

    Raises:
        ProbeError: an effect differs by more than ``bound``.
    """
    if masked.dtype == "float32":
        return None
    width = len(grid.attributes)
    total = len(grid.templates) * width
    size = min(total, max(LEAST, round(SHARE * total)))
    chosen = np.random.Generator(np.random.PCG64(seed)).choice(total, size=size, replace=False)
    cells = [divmod(number, width) for number in sorted(chosen.tolist())]
    rows, queries, again = list(table.rows), list(table.queries), RowTable()
    asked = []
    for t, a in cells:
        old = [[queries[number] for number in numbers] for numbers in grid.queries[t][a]]
        asked.append(
            tuple(
                tuple(add_query(again, rows[q.row], q.position, q.token) for q in kind)
                for kind in old
            )
        )
    full = load(Located(masked.folder, masked.name, masked.commit), device=masked.device)
    part = grid._replace(templates=("",) * size, attributes=grid.attributes[:1])
    before = cell_scores(part._replace(queries=[[grid.queries[t][a]] for t, a in cells]), scores)
    after = cell_scores(
        part._replace(queries=[[one] for one in asked]),
        score(full, again, batch_tokens=batch_tokens),
    )
    worst = float(np.abs(after - before).max())
    effect = float(np.abs(effects(after) - effects(before)).max())
    if effect > bound:
        raise ProbeError(
            f"{masked.name}: {masked.dtype} moves effects by up to {effect:.2f} nats, beyond the"
            f" {bound:g} within which a lean counts as none; measure with --dtype float32."
            " Nothing was written."
        )
    return SpotCheck(size, total, round(worst, 4), round(effect, 4), bound)
