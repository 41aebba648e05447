"""The familiar illustration: a sentence with [MASK] and the model's likeliest words for it."""

from collections.abc import Sequence

from cardkit.errors import UsageError
from cardkit.probe.forward import position_logits
from cardkit.probe.load import MaskedLM
from cardkit.probe.record import Filler, Prompt
from cardkit.probe.rows import Row

TOP = 5
MASK = "[MASK]"


def prompt_rows(masked: MaskedLM, prompts: Sequence[str]) -> list[tuple[Row, int]]:
    """Return the row and the mask's position of each prompt.

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
            raise UsageError(f'--prompt "{prompt}" has to hold {MASK} exactly once')
        if len(ids) > masked.max_length:
            raise UsageError(f'--prompt "{prompt}" is longer than {masked.name} reads')
        types = encoded.get("token_type_ids")
        row = Row(tuple(ids), tuple(types) if types is not None and any(types) else None)
        result.append((row, ids.index(masked.mask_id)))
    return result


def top_words(masked: MaskedLM, prompts: Sequence[str], top: int = TOP) -> tuple[Prompt, ...]:
    """Return for each prompt the ``top`` likeliest tokens at the mask, with their probabilities.

    Raises:
        UsageError: as ``prompt_rows``.
        ProbeError: the model gives NaN or infinite scores.
    """
    rows = prompt_rows(masked, prompts)
    wanted = [(number, position) for number, (_, position) in enumerate(rows)]
    fillers: dict[int, tuple[Filler, ...]] = {}
    for places, logits, normaliser in position_logits(masked, [row for row, _ in rows], wanted):
        best = (logits - normaliser[:, None]).exp().topk(min(top, masked.vocabulary), dim=-1)
        for place, values, tokens in zip(places, best.values, best.indices, strict=True):
            fillers[place[0]] = tuple(
                Filler(masked.tokenizer.decode([token]).strip(), round(probability, 5))
                for token, probability in zip(tokens.tolist(), values.tolist(), strict=True)
            )
    return tuple(Prompt(prompt, fillers[n]) for n, prompt in enumerate(prompts))
