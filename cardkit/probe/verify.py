"""Score a sample of the cells of a results file again and compare."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cardkit.errors import InputError
from cardkit.probe.forward import BATCH_TOKENS, score
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import RowTable, add_target
from cardkit.probe.suite import Suite, fill
from cardkit.probe.words import Words, encode

SHARE = 0.05
LEAST = 20  # cells
TOLERANCE = 1e-3  # nats
_KINDS = ("positive", "negative", "prior_positive", "prior_negative")


class Verified(NamedTuple):
    """How many of the cells were scored again, and by how much the worst differs, in nats."""

    cells: int
    of: int
    worst: float
    where: str  # the worst cell, filled in

    @property
    def agrees(self) -> bool:
        """Whether no cell differs by more than ``TOLERANCE``."""
        return self.worst <= TOLERANCE


def verify(
    masked: MaskedLM,
    suite: Suite,
    results: Path,
    *,
    seed: int = 0,
    batch_tokens: int = BATCH_TOKENS,
) -> Verified:
    """Score a seeded twentieth of the cells again, 20 at least.

    Raises:
        InputError: the file cannot be read, holds no cells, or is of another suite or precision.
        ProbeError: the model gives NaN.
    """
    cells = _read(results, suite, masked.dtype)
    templates, words = cells["templates"], cells["attributes"]
    by_word = {attribute.word: attribute for attribute in suite.attributes}
    total = len(templates) * len(words)
    size = min(total, max(LEAST, round(SHARE * total)))
    chosen = np.random.Generator(np.random.PCG64(seed)).choice(total, size=size, replace=False)
    table = RowTable()
    asked: list[tuple[str, float, tuple[int, ...]]] = []
    for number in sorted(chosen.tolist()):
        t, a = divmod(number, len(words))
        filled = [
            fill(templates[t], target, by_word[words[a]])
            for target in (suite.positive, suite.negative)
        ]
        pair = [one for one in encode(masked, filled) if isinstance(one, Words)]
        if len(pair) < 2:
            raise InputError(f"{results}: this model cannot be asked “{filled[0].text}”")
        for kind, name in enumerate(_KINDS):
            query = add_target(table, pair[kind % 2], masked.mask_id, attribute_masked=kind > 1)
            asked.append((filled[kind % 2].text, cells["log_probabilities"][name][t][a], query))
    scores = score(masked, table, batch_tokens=batch_tokens)
    differences = [abs(float(scores[list(query)].sum()) - old) for _, old, query in asked]
    worst = int(np.argmax(differences))
    return Verified(size, total, differences[worst], asked[worst][0])


def _read(path: Path, suite: Suite, dtype: str) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        cells = data["cells"]
        shape = (len(cells["templates"]), len(cells["attributes"]))
        numbers = [np.asarray(cells["log_probabilities"][name], np.float64) for name in _KINDS]
        sha256, theirs = data["suite"]["sha256"], data["settings"]["dtype"]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: no results of the bias probe ({error!r})") from None
    if sha256 != suite.sha256:
        raise InputError(f"{path}: measured with another suite, or another version of {suite.id}")
    if theirs != dtype:
        raise InputError(f"{path}: measured in {theirs}, not {dtype}; add --dtype {theirs}")
    if not all(one.shape == shape for one in numbers) or 0 in shape:
        raise InputError(f"{path}: its cells are incomplete")
    return dict(cells)
