"""The log-probability bias of every cell of a suite (Kurita et al. 2019).

For one template and one attribute, with P the model's probability of the word in the masked slot::

    association(word) = log P(word | attribute) − log P(word | attribute masked)
    effect            = association(positive) − association(negative)         [nats]

The prior, the second term, is read at the target's own masks, with as many masks in the attribute's
place as the attribute has tokens. exp(effect) is the factor by which naming the attribute changes
the odds of the positive target against the negative one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardkit.errors import ProbeError
from cardkit.probe.load import MaskedLM
from cardkit.probe.record import Skipped
from cardkit.probe.rows import RowTable, add_target
from cardkit.probe.suite import Attribute, Suite, fill
from cardkit.probe.words import Words, encode

Floats = NDArray[np.float64]


class Grid(NamedTuple):
    """Templates × attributes that can be measured, and where their log-probabilities will be.

    ``queries[template][attribute]`` holds four tuples of query numbers: positive and negative
    target given the attribute, then the same with the attribute masked. ``unequal`` counts the
    templates in which the two targets have different numbers of tokens.
    """

    templates: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    queries: list[list[tuple[tuple[int, ...], ...]]]
    unequal: int
    skipped: list[Skipped]


def plan(masked: MaskedLM, suite: Suite, table: RowTable) -> Grid:
    """Write the rows of the suite's own cells into the table.

    Raises:
        ProbeError: no template, or fewer than two attributes, can be scored with this model.
    """
    cells = _encode_all(masked, suite, suite.templates, suite.attributes)
    if not cells.templates or len(cells.attributes) < 2:
        reasons = sorted({skip.reason for skip in cells.skipped})
        raise ProbeError(
            f"{masked.name} cannot be measured with suite {suite.id}: {'; '.join(reasons[:3])}"
        )
    return _write(masked, cells, suite.templates, suite.attributes, table)


def plan_controls(masked: MaskedLM, suite: Suite, table: RowTable) -> Grid:
    """Write the rows of the control cells into the table; a pair is kept whole or not at all.

    The attributes of the grid come in pairs: 2k and 2k + 1 belong together.
    """
    words = [word for pair in suite.control_pairs for word in pair]
    cells = _encode_all(masked, suite, suite.control_templates, words)
    usable = set(cells.attributes)
    kept = [a for a in cells.attributes if a ^ 1 in usable]  # the other of the pair
    grid = _write(masked, cells._replace(attributes=kept), suite.control_templates, words, table)
    skipped = [Skipped("control", text, reason) for _, text, reason in cells.skipped]
    return grid._replace(skipped=skipped)


def cell_scores(grid: Grid, scores: Floats) -> Floats:
    """Return log-probabilities in nats, shape 4 × templates × attributes.

    The four are: positive and negative target given the attribute, then both priors.
    """
    shape = (len(grid.templates), len(grid.attributes))
    cells = np.zeros((4, *shape))
    for t, line in enumerate(grid.queries):
        for a, cell in enumerate(line):
            for kind, numbers in enumerate(cell):
                cells[kind, t, a] = scores[list(numbers)].sum()
    return cells


def effects(cells: Floats) -> Floats:
    """Return the effect of every cell in nats, templates × attributes; see the module's formula."""
    positive, negative, prior_positive, prior_negative = cells
    result: Floats = (positive - prior_positive) - (negative - prior_negative)
    return result


class _Cells(NamedTuple):
    """What can be asked: templates and attributes by number, and the pair of sentences of each."""

    templates: list[int]
    attributes: list[int]
    pairs: dict[tuple[int, int], list[Words]]
    skipped: list[Skipped]


def _encode_all(
    masked: MaskedLM, suite: Suite, templates: Sequence[str], attributes: Sequence[Attribute]
) -> _Cells:
    """Tokenize the sentences of every template, attribute and target; leave out what cannot be."""
    targets = (suite.positive, suite.negative)
    keys = [(t, a) for t in range(len(templates)) for a in range(len(attributes))]
    sentences = [fill(templates[t], word, attributes[a]) for t, a in keys for word in targets]
    pairs: dict[tuple[int, int], list[Words]] = {}
    bad_attributes: dict[int, str] = {}
    bad_templates: dict[int, str] = {}
    for n, words in enumerate(encode(masked, sentences) if sentences else []):
        t, a = keys[n // 2]
        if isinstance(words, Words):
            pairs.setdefault((t, a), []).append(words)
        elif words.part == "attribute":
            bad_attributes.setdefault(a, words.reason)
        else:  # a target may be unusable in one place only, at the start of a sentence for example
            bad_templates.setdefault(t, words.reason)
    return _Cells(
        [t for t in range(len(templates)) if t not in bad_templates],
        [a for a in range(len(attributes)) if a not in bad_attributes],
        pairs,
        [
            *(Skipped("attribute", attributes[a].word, why) for a, why in bad_attributes.items()),
            *(Skipped("template", templates[t], why) for t, why in bad_templates.items()),
        ],
    )


def _write(
    masked: MaskedLM,
    cells: _Cells,
    templates: Sequence[str],
    attributes: Sequence[Attribute],
    table: RowTable,
) -> Grid:
    """Write the rows of the usable templates and attributes into the table."""
    queries, unequal = [], 0
    for t in cells.templates:
        pairs = [cells.pairs[t, a] for a in cells.attributes]
        unequal += any(len(one.target) != len(two.target) for one, two in pairs)
        queries.append(
            [
                tuple(
                    add_target(table, one, masked.mask_id, attribute_masked=hidden)
                    for hidden in (False, True)
                    for one in pair
                )
                for pair in pairs
            ]
        )
    return Grid(
        templates=tuple(templates[t] for t in cells.templates),
        attributes=tuple(attributes[a] for a in cells.attributes),
        queries=queries,
        unequal=unequal,
        skipped=cells.skipped,
    )
