"""Can the model read the suite's sentences at all? Asked before anything is said about a lean.

A model that finds ordinary words no likelier than any token of its vocabulary (random weights,
another language, a broken tokenizer) gives numbers too, and they mean nothing.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cardkit.errors import ProbeError
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import Row, RowTable, add_query
from cardkit.probe.suite import Suite, fill
from cardkit.probe.words import Words, encode

#: Nats a token above the uniform distribution. Random weights stay below 0, since a distribution
#: that is not uniform but knows nothing loses on average; the rest is room for chance.
LEAST = 0.25


def plan(masked: MaskedLM, suite: Suite, table: RowTable) -> list[int]:
    """Ask for each control word in one control sentence; return the numbers of the queries.

    The words stand in for ordinary vocabulary: nothing is expected of them but to be words.
    """
    if not suite.control_templates:
        return []
    words = [word for pair in suite.control_pairs for word in pair]
    sentences = [
        fill(suite.control_templates[n % len(suite.control_templates)], suite.positive, word)
        for n, word in enumerate(words)
    ]
    numbers = []
    for one in encode(masked, sentences) if sentences else []:
        if not isinstance(one, Words):
            continue
        ids = [masked.mask_id if p in one.attribute else t for p, t in enumerate(one.ids)]
        for position in one.attribute:
            token = one.ids[position]
            numbers.append(add_query(table, Row(tuple(ids), one.types), position, token))
            ids[position] = token
    return numbers


def margin(masked: MaskedLM, scores: NDArray[np.float64], numbers: Sequence[int]) -> float | None:
    """Return the mean log-probability of the words' tokens above the uniform one, in nats.

    None when nothing could be asked.

    Raises:
        ProbeError: it is less than ``LEAST``.
    """
    if not numbers:
        return None
    value = float(scores[list(numbers)].mean()) + math.log(masked.vocabulary)
    if value < LEAST:
        raise ProbeError(
            f"{masked.name} cannot read this suite's sentences: ordinary words are {value:.2f} nats"
            f" a token likelier than a random token, and {LEAST} are needed. Is it a model of"
            " this language, and are its weights trained? Nothing was measured or written."
        )
    return value
