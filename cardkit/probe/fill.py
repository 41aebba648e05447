"""The familiar illustration: a sentence with [MASK] and the model's likeliest words for it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from cardkit.errors import UsageError
from cardkit.probe.forward import BATCH_TOKENS, position_logits
from cardkit.probe.load import MaskedLM
from cardkit.probe.record import Filler, Prompt
from cardkit.probe.rows import Row

TOP = 5
MASK = "[MASK]"


class Candidate(NamedTuple):
    """A token for the place of the mask.

    ``token`` is its spelling in the vocabulary, ``word`` what it reads as, without the space that
    it may carry; ``log_probability`` is in nats.
    """

    id: int
    token: str
    word: str
    probability: float
    log_probability: float


def prompt_rows(
    masked: MaskedLM, prompts: Sequence[str], what: str = "--prompt"
) -> list[tuple[Row, int]]:
    """Return the row and the mask's position of each prompt; ``what`` names one in messages.

    "[MASK]" stands for the tokenizer's own mask token, which may be written as well.

    Raises:
        UsageError: a prompt without a mask, with more than one, or longer than the model reads.
    """
    own = masked.tokenizer.mask_token
    result = []
    for prompt in prompts:
        encoded = masked.tokenizer(prompt.replace(MASK, own))
        ids = encoded["input_ids"]
        if ids.count(masked.mask_id) != 1:
            raise UsageError(f'{what} "{prompt}" has to hold {MASK} exactly once')
        if len(ids) > masked.max_length:
            raise UsageError(f'{what} "{prompt}" is longer than {masked.name} reads')
        types = encoded.get("token_type_ids")
        row = Row(tuple(ids), tuple(types) if types is not None and any(types) else None)
        result.append((row, ids.index(masked.mask_id)))
    return result


def candidates(
    masked: MaskedLM,
    texts: Sequence[str],
    top: int,
    *,
    what: str = "--prompt",
    batch_tokens: int = BATCH_TOKENS,
) -> list[tuple[Candidate, ...]]:
    """Return for each text the ``top`` likeliest tokens at its mask, the likeliest first.

    Raises:
        UsageError: as ``prompt_rows``.
        ProbeError: the model gives NaN or infinite scores.
    """
    rows = prompt_rows(masked, texts, what)
    wanted = [(number, position) for number, (_, position) in enumerate(rows)]
    found: dict[int, tuple[Candidate, ...]] = {}
    for places, logits, normaliser in position_logits(
        masked, [row for row, _ in rows], wanted, batch_tokens=batch_tokens
    ):
        best = (logits - normaliser[:, None]).topk(min(top, masked.vocabulary), dim=-1)
        for place, values, tokens in zip(places, best.values, best.indices, strict=True):
            found[place[0]] = tuple(
                _candidate(masked, token, value)
                for token, value in zip(tokens.tolist(), values.tolist(), strict=True)
            )
    return [found[number] for number in range(len(texts))]


def _candidate(masked: MaskedLM, token: int, log_probability: float) -> Candidate:
    return Candidate(
        id=token,
        token=masked.tokenizer.convert_ids_to_tokens(token) or "",
        word=masked.tokenizer.decode([token]).strip(),
        probability=math.exp(log_probability),
        log_probability=log_probability,
    )


def top_words(masked: MaskedLM, prompts: Sequence[str], top: int = TOP) -> tuple[Prompt, ...]:
    """Return for each prompt the ``top`` likeliest words, probabilities to five decimals."""
    return tuple(
        Prompt(prompt, tuple(Filler(one.word, round(one.probability, 5)) for one in found))
        for prompt, found in zip(prompts, candidates(masked, prompts, top), strict=True)
    )
