"""The log-probability bias once more: one sentence at a time, nothing shared with the package.

Words are found with ``char_to_token``, sentences are made by ``str.replace``, the model gives all
logits of one row, and the softmax is taken in float64.
"""

from typing import Any

import torch


def sentence(
    template: str, target: str, attribute: str, article: str | None
) -> tuple[str, int, int]:
    """Return the filled, capitalised sentence and where target and attribute begin."""
    text = template.replace("{article}", article or "")
    if text.index("{target}") < text.index("{attribute}"):
        target_at = text.index("{target}")
        text = text.replace("{target}", target)
        attribute_at = text.index("{attribute}")
        text = text.replace("{attribute}", attribute)
    else:
        attribute_at = text.index("{attribute}")
        text = text.replace("{attribute}", attribute)
        target_at = text.index("{target}")
        text = text.replace("{target}", target)
    return text[0].upper() + text[1:], target_at, attribute_at


def token_places(encoding: Any, tokenizer: Any, start: int, word: str) -> list[int]:
    """Return the token positions of the word that starts at a character."""
    places = {encoding.char_to_token(n) for n in range(start, start + len(word))} - {None}
    places = set(range(min(places), max(places) + 1))
    before = min(places) - 1
    token = tokenizer.convert_ids_to_tokens(encoding["input_ids"][before])
    if token in ("▁", "Ġ"):
        places.add(before)
    return sorted(places)


def log_prob(model: Any, mask: int, ids: list[int], places: list[int], hidden: list[int]) -> float:
    """Chain rule over ``places`` with the tokens at ``hidden`` masked throughout."""
    row = list(ids)
    for place in [*places, *hidden]:
        row[place] = mask
    total = 0.0
    for place in places:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([row])).logits[0, place]
        total += torch.log_softmax(logits.double(), dim=-1)[ids[place]].item()
        row[place] = ids[place]
    return total


def association(
    model: Any, tokenizer: Any, template: str, target: str, attribute: str, article: str | None
) -> float:
    """log P(target | attribute) − log P(target | attribute masked), in nats."""
    text, target_at, attribute_at = sentence(template, target, attribute, article)
    encoding = tokenizer(text)
    ids = list(encoding["input_ids"])
    here = token_places(encoding, tokenizer, target_at, target)
    there = token_places(encoding, tokenizer, attribute_at, attribute)
    mask = tokenizer.mask_token_id
    return log_prob(model, mask, ids, here, []) - log_prob(model, mask, ids, here, there)
