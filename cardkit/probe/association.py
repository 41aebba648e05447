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
from cardkit.probe.suite import Attribute, Filled, Suite, fill
from cardkit.probe.words import Problem, Words, encode

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
    grid = _plan(masked, suite, suite.templates, suite.attributes, table)
    if not grid.templates or len(grid.attributes) < 2:
        reasons = sorted({skip.reason for skip in grid.skipped})
        raise ProbeError(
            f"{masked.name} cannot be measured with suite {suite.id}: {'; '.join(reasons[:3])}"
        )
    return grid


def plan_controls(masked: MaskedLM, suite: Suite, table: RowTable) -> Grid:
    """Write the rows of the control cells into the table; a pair is kept whole or not at all.

    The attributes of the grid come in pairs: 2k and 2k + 1 belong together.
    """
    words = [word for pair in suite.control_pairs for word in pair]
    first = _plan(masked, suite, suite.control_templates, words, RowTable())
    usable = set(first.attributes)
    kept = [word for pair in suite.control_pairs if usable.issuperset(pair) for word in pair]
    grid = _plan(masked, suite, first.templates, kept, table)
    skipped = [Skipped("control", text, reason) for _, text, reason in first.skipped]
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


def _plan(
    masked: MaskedLM,
    suite: Suite,
    templates: Sequence[str],
    attributes: Sequence[Attribute],
    table: RowTable,
) -> Grid:
    encoded = _encode_all(masked, suite, templates, attributes)
    bad_attributes: dict[int, str] = {}
    bad_templates: dict[int, str] = {}
    for (t, a, _), words in encoded.items():
        if isinstance(words, Problem):
            # A target may be unusable in one place only, at the start of a sentence for example.
            bad, index = (bad_attributes, a) if words.part == "attribute" else (bad_templates, t)
            bad.setdefault(index, words.reason)
    good_templates = [t for t in range(len(templates)) if t not in bad_templates]
    good_attributes = [a for a in range(len(attributes)) if a not in bad_attributes]
    queries, unequal = [], set()
    for t in good_templates:
        line = []
        for a in good_attributes:
            pair = [one for kind in range(2) if isinstance(one := encoded[t, a, kind], Words)]
            if len(pair[0].target) != len(pair[1].target):
                unequal.add(t)
            line.append(
                tuple(
                    add_target(table, one, masked.mask_id, attribute_masked=hidden)
                    for hidden in (False, True)
                    for one in pair
                )
            )
        queries.append(line)
    return Grid(
        templates=tuple(templates[t] for t in good_templates),
        attributes=tuple(attributes[a] for a in good_attributes),
        queries=queries,
        unequal=len(unequal),
        skipped=[
            *(Skipped("attribute", attributes[a].word, why) for a, why in bad_attributes.items()),
            *(Skipped("template", templates[t], why) for t, why in bad_templates.items()),
        ],
    )


def _encode_all(
    masked: MaskedLM, suite: Suite, templates: Sequence[str], attributes: Sequence[Attribute]
) -> dict[tuple[int, int, int], Words | Problem]:
    """Return the tokenized sentence of every (template, attribute, target), by their numbers."""
    keys: list[tuple[int, int, int]] = []
    sentences: list[Filled] = []
    for t, template in enumerate(templates):
        for a, attribute in enumerate(attributes):
            for kind, target in enumerate((suite.positive, suite.negative)):
                keys.append((t, a, kind))
                sentences.append(fill(template, target, attribute))
    if not sentences:
        return {}
    return dict(zip(keys, encode(masked, sentences), strict=True))
