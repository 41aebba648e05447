"""Find words among the tokens of a sentence, by character offsets in the filled sentence.

Looking a word up in the vocabulary instead gives the wrong token wherever the token carries its
space: "Ġnurse" (byte-level BPE) and "▁nurse" (SentencePiece) are not "nurse".
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardkit.probe.load import MaskedLM
from cardkit.probe.suite import Filled

Span = tuple[int, int]


class Words(NamedTuple):
    """A tokenized sentence and where its two words are.

    ``ids`` and ``types`` have one entry per token; ``types`` is None when the tokenizer makes no
    segment ids or only zeros. ``target`` and ``attribute`` are the positions of the words' tokens.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...] | None
    target: tuple[int, ...]
    attribute: tuple[int, ...]


class Problem(NamedTuple):
    """Why a sentence cannot be scored, and which part of it is to blame.

    ``part`` is "target", "attribute" or "template".
    """

    part: str
    reason: str


def encode(masked: MaskedLM, sentences: Sequence[Filled]) -> list[Words | Problem]:
    """Tokenize filled sentences and locate their words; one result per sentence, in order."""
    batch = masked.tokenizer(
        [sentence.text for sentence in sentences],
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        return_token_type_ids=None,
    )
    types: Any = batch.get("token_type_ids") or [None] * len(sentences)
    special_ids = reserved_ids(masked.tokenizer)
    columns = (batch["input_ids"], types, batch["offset_mapping"], batch["special_tokens_mask"])
    return [
        _locate_both(masked, sentence, ids, kinds, offsets, special, special_ids)
        for sentence, ids, kinds, offsets, special in zip(sentences, *columns, strict=True)
    ]


def reserved_ids(tokenizer: Any) -> set[int]:
    """Return the special tokens and those added to the vocabulary later; neither is scored."""
    return set(tokenizer.all_special_ids) | set(tokenizer.get_added_vocab().values())


def _locate_both(
    masked: MaskedLM,
    sentence: Filled,
    ids: list[int],
    types: list[int] | None,
    offsets: list[Span],
    special: list[int],
    special_ids: set[int],
) -> Words | Problem:
    if len(ids) > masked.max_length:
        return Problem("template", f"longer than the model reads ({masked.max_length} tokens)")
    positions: dict[str, tuple[int, ...]] = {"attribute": ()}
    for part, span in (("target", sentence.target), ("attribute", sentence.attribute)):
        if span is None:
            continue
        found = locate(sentence.text, span, offsets, special)
        word = sentence.text[slice(*span)]
        if found is None:
            return Problem(part, f'the tokenizer does not keep "{word}" apart from its neighbours')
        if any(ids[position] == masked.unknown_id for position in found):
            return Problem(part, f'"{word}" is not in the vocabulary')
        if any(ids[position] in special_ids for position in found):
            return Problem(part, f'"{word}" is a special or added token')
        positions[part] = found
    words = {*positions["target"], *positions["attribute"]}
    if masked.unknown_id is not None and any(
        token == masked.unknown_id and not special[position] and position not in words
        for position, token in enumerate(ids)
    ):
        return Problem("template", "a word of the sentence is not in the vocabulary")
    return Words(
        ids=tuple(ids),
        types=tuple(types) if types is not None and any(types) else None,
        target=positions["target"],
        attribute=positions["attribute"],
    )


def locate(
    text: str, span: Span, offsets: Sequence[Span], special: Sequence[int]
) -> tuple[int, ...] | None:
    """Return the positions of the tokens that make up ``text[span]``, or None if they hold more.

    A token may reach into the space before the word. A token that is nothing but that space (a
    bare "▁") belongs to the word, whose spelling in the vocabulary it is part of.
    """
    start, end = span
    found: list[int] = []
    for position, (left, right) in enumerate(offsets):
        if special[position] or left >= end or (right <= start and not found):
            continue
        bare = not text[left:right].strip()
        spaces = len(text[left:right]) - len(text[left:right].lstrip())
        if bare and not found:
            continue
        if not bare and (left + spaces < start or right > end):
            return None
        found.append(position)
    if not found or found != list(range(found[0], found[-1] + 1)):
        return None
    before = found[0] - 1
    if before >= 0 and not special[before]:
        left, right = offsets[before]
        # With trimmed offsets the bare token is an empty span at the word's own start.
        if not text[left:right].strip() and start - 1 <= left and right <= start:
            found.insert(0, before)
    return tuple(found)
