"""Scores of a word that stands somewhere in a sentence, found by its characters."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardkit.probe.forward import Progress, score
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import Row, RowTable, add_query
from cardkit.probe.words import reserved_ids

Floats = NDArray[np.float64]
Span = tuple[int, int]


class Asked(NamedTuple):
    """A sentence, the characters of the word that is scored, and of one that is hidden."""

    text: str
    word: Span
    hidden: Span | None = None


def word_log_probs(
    lm: MaskedLM,
    asked: Sequence[Asked],
    *,
    one_mask: bool = False,
    batch_tokens: int,
    progress: Progress | None = None,
) -> list[Floats | None]:
    """Return the log-probabilities of each word's tokens, in nats, None where it has no score.

    A word of tokens w₁ … w_k gives log P(w_j | w₁ … w_{j−1}, rest) for each j, its later tokens
    masked, or left out altogether with ``one_mask``, as StereoSet's authors do. Tokens of the
    hidden word are masked throughout.
    """
    table, numbers = RowTable(), list[list[int] | None]()
    reserved = reserved_ids(lm.tokenizer) | (
        {lm.unknown_id} if lm.unknown_id is not None else set()
    )
    batch = lm.tokenizer(
        [item.text for item in asked], return_offsets_mapping=True, return_token_type_ids=None
    )
    types = batch.get("token_type_ids") or [None] * len(asked)
    for item, ids, kinds, offsets in zip(
        asked, batch["input_ids"], types, batch["offset_mapping"], strict=True
    ):
        word = _places(offsets, item.word)
        hidden = _places(offsets, item.hidden) if item.hidden else []
        usable = word and (hidden or not item.hidden) and len(ids) <= lm.max_length
        if not usable or any(ids[place] in reserved for place in word) or set(word) & set(hidden):
            numbers.append(None)
            continue
        masked = [lm.mask_id if place in hidden else token for place, token in enumerate(ids)]
        numbers.append(
            _ask(table, masked, kinds, word, [ids[p] for p in word], lm.mask_id, one_mask)
        )
    found = score(lm, table, batch_tokens=batch_tokens, progress=progress)
    return [None if line is None else found[line] for line in numbers]


def _ask(
    table: RowTable,
    ids: list[int],
    types: list[int] | None,
    word: list[int],
    tokens: list[int],
    mask_id: int,
    one_mask: bool,
) -> list[int]:
    before, after = ids[: word[0]], ids[word[-1] + 1 :]
    numbers = []
    for done in range(len(tokens)):
        masks = 1 if one_mask else len(tokens) - done
        row = [*before, *tokens[:done], *[mask_id] * masks, *after]
        kinds = tuple(types[: len(row)]) if types and any(types) else None
        numbers.append(add_query(table, Row(tuple(row), kinds), word[0] + done, tokens[done]))
    return numbers


def _places(offsets: Sequence[Span], span: Span) -> list[int]:
    """Return the tokens of some characters; one that reaches beyond them spoils the word."""
    start, stop = span
    found = [place for place, (a, b) in enumerate(offsets) if max(a, start) < min(b, stop)]
    # A token may begin with the blank before the word, and with nothing else.
    clean = all(a >= start - 1 and b <= stop for a, b in (offsets[place] for place in found))
    return found if clean else []
