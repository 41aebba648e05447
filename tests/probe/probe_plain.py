"""The scores once more: one sentence at a time, nothing shared with the package.

Words are found with ``char_to_token``, sentences are made by ``str.replace``, the model gives all
logits of one row, and the softmax is taken in float64.
"""

import difflib
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


def own_places(tokenizer: Any, ids: list[int]) -> list[int]:
    """Return where the tokens of the text itself are."""
    special = set(tokenizer.all_special_ids)
    return [place for place, token in enumerate(ids) if token not in special]


def pseudo_log_likelihood(model: Any, tokenizer: Any, text: str) -> float:
    ids = tokenizer(text)["input_ids"]
    places = own_places(tokenizer, ids)
    return sum(log_prob(model, tokenizer.mask_token_id, ids, [place], []) for place in places)


def pair(model: Any, tokenizer: Any, first: str, second: str) -> tuple[float, float]:
    """Sum over the tokens that two sentences share, one masked at a time."""
    left, right = tokenizer(first)["input_ids"], tokenizer(second)["input_ids"]
    codes = difflib.SequenceMatcher(None, left, right).get_opcodes()
    mask, totals = tokenizer.mask_token_id, [0.0, 0.0]
    for kind, i, j, k, n in codes:
        if kind != "equal":
            continue
        for side, (ids, here) in enumerate(((left, range(i, j)), (right, range(k, n)))):
            own = set(own_places(tokenizer, ids))
            totals[side] += sum(log_prob(model, mask, ids, [p], []) for p in here if p in own)
    return totals[0], totals[1]


def unmasked(model: Any, tokenizer: Any, text: str, weighted: bool) -> float:
    """AUL and AULA; the model must have been loaded with eager attention for the latter."""
    ids = torch.tensor([tokenizer(text)["input_ids"]])
    with torch.no_grad():
        output = model(input_ids=ids, output_attentions=weighted)
    logs = torch.log_softmax(output.logits[0].double(), dim=-1)
    terms = []
    for place in own_places(tokenizer, ids[0].tolist()):
        term = logs[place, ids[0, place]].item()
        if weighted:
            received = [layer[0, :, :, place].double().mean() for layer in output.attentions]
            term *= (sum(received) / len(received)).item()
        terms.append(term)
    return sum(terms) / len(terms)


def causal_loss(model: Any, tokenizer: Any, text: str) -> tuple[float, int]:
    """Return the model's own loss on the text after the start token, and the tokens it is over."""
    ids = torch.tensor([[tokenizer.bos_token_id, *tokenizer(text)["input_ids"]]])
    with torch.no_grad():
        return model(input_ids=ids, labels=ids).loss.item(), ids.shape[1] - 1
