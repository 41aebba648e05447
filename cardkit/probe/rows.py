"""Every masked row and every question about it, written down before the model is run.

A *row* is a token sequence in which something is masked; a *query* asks for the log-probability
of one token at one masked position of one row. Equal rows are kept once: "she" and "he" ask about
the same row, and a row whose attribute is masked serves all attributes of that many tokens.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from cardkit.probe.words import Words


class Row(NamedTuple):
    """The input of one forward pass: token ids and, when not all zero, segment ids."""

    ids: tuple[int, ...]
    types: tuple[int, ...] | None = None


class Query(NamedTuple):
    """Log-probability of ``token`` at ``position`` of row number ``row``."""

    row: int
    position: int
    token: int


@dataclass(slots=True)
class RowTable:
    """Distinct rows and distinct queries, each with its number, in the order of first use."""

    rows: dict[Row, int] = field(default_factory=dict)
    queries: dict[Query, int] = field(default_factory=dict)


def add_query(table: RowTable, row: Row, position: int, token: int) -> int:
    """Add a query, and its row if it is new; return the query's number."""
    number = table.rows.setdefault(row, len(table.rows))
    query = Query(number, position, token)
    return table.queries.setdefault(query, len(table.queries))


def add_target(
    table: RowTable, words: Words, mask_id: int, *, attribute_masked: bool
) -> tuple[int, ...]:
    """Add the queries whose log-probabilities sum to that of the sentence's target word.

    log P(w₁ … w_k) = Σ_j log P(w_j | w₁ … w_{j−1}), the later tokens of the word masked: the chain
    rule from left to right (Kauf & Ivanova 2023). With ``attribute_masked`` the attribute is
    replaced by as many masks as it has tokens, which gives the prior of Kurita et al. 2019, read
    at the target's own positions.

    Returns:
        The numbers of the queries, one per token of the target.
    """
    ids = _masked(words.ids, words.attribute if attribute_masked else (), mask_id)
    ids = _masked(ids, words.target, mask_id)
    numbers = []
    for position in words.target:
        token = words.ids[position]
        numbers.append(add_query(table, Row(tuple(ids), words.types), position, token))
        ids[position] = token
    return tuple(numbers)


def _masked(ids: Collection[int], positions: Collection[int], mask_id: int) -> list[int]:
    return [mask_id if place in positions else token for place, token in enumerate(ids)]
