"""CK1xx: the keys of the metadata. The kinds of their values are in shapes.py."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._data import load_json
from cardkit.card import DATASET_KEYS, SPACE_KEYS, Card
from cardkit.diagnostic import Edit, Finding, Fix, Key
from cardkit.rule import rule
from cardkit.rules.entries import removal, scalar_text
from cardkit.schema import check
from cardkit.suggest import nearest
from cardkit.text import Span
from cardkit.yaml12 import Node

#: Keys that people write -> the key they mean.
_MEANT: Final = {
    "licence": "license",
    "licenses": "license",
    "licences": "license",
    "lisence": "license",
    "liscence": "license",
    "licenese": "license",
    "languages": "language",
    "lang": "language",
    "library": "library_name",
    "library-name": "library_name",
    "library_tag": "library_name",
    "pipeline": "pipeline_tag",
    "pipeline-tag": "pipeline_tag",
    "pipeline_tags": "pipeline_tag",
    "base_models": "base_model",
    "base-model": "base_model",
    "basemodel": "base_model",
    "finetuned_from": "base_model",
    "dataset": "datasets",
    "metric": "metrics",
    "tag": "tags",
    "model_index": "model-index",
    "modelindex": "model-index",
    "co2_emissions": "co2_eq_emissions",
    "co2_eq_emission": "co2_eq_emissions",
    "widgets": "widget",
    "license-name": "license_name",
    "license-link": "license_link",
    "license_url": "license_link",
    "mask-token": "mask_token",
    "extra_gated_field": "extra_gated_fields",
    "new-version": "new_version",
}
#: Fields whose misspelt key may be renamed: the value has the shape the right key wants.
_STRING: Final = (str,)
_LIST: Final = (list,)
_SHAPES: Final = {
    "tags": _LIST,
    "widget": _LIST,
    "model-index": _LIST,
    "pipeline_tag": _STRING,
    "library_name": _STRING,
}


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = load_json("schemas", "model-card.schema.json")["properties"]
    return fields


@rule("CK101", "misspelt-key", fixable=True)
def misspelt_key(card: Card) -> Iterator[Finding]:
    """A key that the Hub does not know, one letter or habit away from one it does.

    The Hub keeps unknown keys without a word, so the licence or the task simply never shows.

    Source: the fields of the Hub's model cards; unknown keys are accepted silently (observed).

    Bad:
        ---
        licence: mit
        ---

    Good:
        ---
        license: mit
        ---
    """
    fields = _fields()
    for key, value in card.metadata.items():
        if key in fields or key in DATASET_KEYS or key in SPACE_KEYS:
            continue
        meant = _meant(key, list(fields))
        if meant is None or (meant == "widget" and _is_of_another_hub(value)):
            continue
        there = meant in card.metadata
        help_ = f"did you mean `{meant}`?" + (" It is there as well" if there else "")
        fix = None
        found = card.yaml.find((key,))
        if meant == "license" and str(value).lower() in ("license", "licence", "license_name"):
            fix = removal(card, (key,))  # what a script writes that knows no licence
        elif (
            found and found[0] and not there and isinstance(value, _SHAPES.get(meant, (str, list)))
        ):
            certain = key in _MEANT or key.lower() == meant
            # Under its right name the Hub looks at the value: the fix must not make it refuse one.
            safe = certain and not check({meant: value})
            edit = Edit(_bare(card, found[0].span), meant)
            fix = Fix("safe" if safe else "unsafe", f"rename it to {meant}", (edit,))
        elif found and found[0] and not there and meant in _SHAPES and _SHAPES[meant] == _STRING:
            fix = _with_one_value(card, found[0], found[1], meant, value)
        yield Finding(Key((key,)), f"the Hub does not know the key `{key}`", help_, fix)


def _is_of_another_hub(value: Any) -> bool:
    """Tell the `widgets` of ModelScope, which name a task and its inputs, from a misspelt key."""
    return isinstance(value, list) and any(
        isinstance(item, dict) and "task" in item and "inputs" in item for item in value
    )


def _with_one_value(card: Card, key: Node, node: Node, meant: str, value: Any) -> Fix | None:
    """Return the fix that renames a key and writes its list of one as the text the right key wants."""
    if not (isinstance(value, list) and len(value) == 1 and isinstance(value[0], str)):
        return None
    if node.style == "flow" or node.alias or node.anchor or check({meant: value[0]}):
        return None
    if re.search(r"[#&!\n]", card.text[node.span.start : node.span.end]):
        return None
    after = card.text.index(":", key.span.end) + 1
    value_edit = Edit(Span(after, node.span.end), f" {scalar_text(value[0])}")
    edits = (Edit(_bare(card, key.span), meant), value_edit)
    return Fix("safe", f"rename it to {meant}, with one value", edits)


def _bare(card: Card, span: Span) -> Span:
    """Return the span of a key without its quotes."""
    quoted = card.text[span.start] in "'\""
    return Span(span.start + 1, span.end - 1) if quoted else span


def _meant(key: str, fields: list[str]) -> str | None:
    lower = key.lower()
    if lower in _MEANT:
        return _MEANT[lower]
    if lower in fields:
        return lower
    # Near misses by letters alone: strict, since authors add keys of their own.
    return nearest(lower, fields, cutoff=0.88) if len(lower) > 4 else None


@rule("CK120", "missing-license")
def missing_license(card: Card) -> Iterator[Finding]:
    """The metadata names no licence.

    Without one nobody may use the model, and no licence filter finds it.

    Source: hub-docs, model-cards.md and the release checklist.

    Bad:
        ---
        tags:
        - nlp
        ---

    Good:
        ---
        license: mit
        ---
    """
    if card.metadata and not (
        {"license", "licence", "licenses", "license_name"} & card.metadata.keys()
    ):
        yield Finding(
            Key(("license",)),
            "the metadata names no licence",
            "add for instance `license: apache-2.0`",
        )
