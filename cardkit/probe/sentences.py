"""Rows for whole sentences: which tokens are scored, and with what around them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardkit.errors import UsageError
from cardkit.probe.causal import CausalLM
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import Row, RowTable, add_query
from cardkit.probe.words import reserved_ids

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Sentence(NamedTuple):
    """A tokenized sentence.

    ``scored`` are the positions of tokens of the text itself; ``left_out`` counts the tokens of
    the text that are not scored: unknown ones, special ones typed by hand, and added ones.
    """

    row: Row
    scored: tuple[int, ...]
    left_out: int


def tokenize(lm: MaskedLM | CausalLM, texts: Sequence[str]) -> list[Sentence]:
    """Tokenize sentences, with the special tokens that the tokenizer adds.

    Raises:
        UsageError: a sentence has nothing to score, or is longer than the model reads.
    """
    if not texts:
        return []
    batch = lm.tokenizer(list(texts), return_special_tokens_mask=True, return_token_type_ids=None)
    types = batch.get("token_type_ids") or [None] * len(texts)
    reserved = reserved_ids(lm.tokenizer)
    if lm.unknown_id is not None:
        reserved.add(lm.unknown_id)
    result = []
    for text, ids, kinds, special in zip(
        texts, batch["input_ids"], types, batch["special_tokens_mask"], strict=True
    ):
        if len(ids) > lm.max_length:
            raise UsageError(
                f'"{_short(text)}" has {len(ids)} tokens; {lm.name} reads {lm.max_length}'
            )
        own = [place for place, added in enumerate(special) if not added]
        scored = tuple(place for place in own if ids[place] not in reserved)
        if not scored:
            raise UsageError(f'"{_short(text)}" holds no token that can be scored')
        row = Row(tuple(ids), tuple(kinds) if kinds is not None and any(kinds) else None)
        result.append(Sentence(row, scored, len(own) - len(scored)))
    return result


def add_masked(
    table: RowTable, sentence: Sentence, positions: Sequence[int], mask_id: int
) -> list[int]:
    """Ask for each token with it alone masked; return the numbers of the queries."""
    numbers = []
    for place in positions:
        ids = list(sentence.row.ids)
        ids[place] = mask_id
        row = Row(tuple(ids), sentence.row.types)
        numbers.append(add_query(table, row, place, sentence.row.ids[place]))
    return numbers


def add_unmasked(table: RowTable, sentence: Sentence) -> list[int]:
    """Ask for each token with nothing masked; return the numbers of the queries."""
    row = sentence.row
    return [add_query(table, row, place, row.ids[place]) for place in sentence.scored]


def add_causal(table: RowTable, sentence: Sentence, start_id: int) -> list[int]:
    """Ask for each token after those before it; return the numbers of the queries."""
    ids, shift = sentence.row.ids, 0
    if ids[0] != start_id:
        ids, shift = (start_id, *ids), 1
    row = Row(ids)
    return [
        add_query(table, row, place + shift - 1, ids[place + shift]) for place in sentence.scored
    ]


def unmodified(first: Sentence, second: Sentence) -> tuple[list[int], list[int]]:
    """Return the positions of the tokens that two sentences share, in each of the two.

    The longest matching blocks of token ids, as Nangia et al. 2020 find them.
    """
    from difflib import SequenceMatcher

    kept: tuple[list[int], list[int]] = ([], [])
    scored = set(first.scored), set(second.scored)
    matcher = SequenceMatcher(None, first.row.ids, second.row.ids, autojunk=False)
    for left, right, size in matcher.get_matching_blocks():
        for step in range(size):
            if left + step in scored[0] and right + step in scored[1]:
                kept[0].append(left + step)
                kept[1].append(right + step)
    return kept


def add_shared(
    table: RowTable, pair: tuple[Sentence, Sentence], mask_id: int
) -> tuple[list[int], list[int]] | None:
    """Ask for each token that two sentences share, it alone masked; None if they share none."""
    shared = unmodified(*pair)
    if not shared[0]:
        return None
    first, second = (
        add_masked(table, part, positions, mask_id)
        for part, positions in zip(pair, shared, strict=True)
    )
    return first, second


def sums(scores: Floats, numbers: Sequence[Sequence[int]]) -> Floats:
    """Add up the queries of each sentence, in nats."""
    return np.array([scores[list(line)].sum() for line in numbers], dtype=np.float64)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
