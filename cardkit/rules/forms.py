"""CK1xx: keys and values that say nothing, or something else than was meant; keys that may not be."""

from collections.abc import Iterator
from typing import Final

from cardkit._data import load_json
from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Edit, Finding, Fix, Key, Value
from cardkit.rule import ANY_KIND, rule
from cardkit.rules.entries import item_lines, removal, scalar_text
from cardkit.rules.scalars import shown
from cardkit.schema import check, fields

#: Fields where an empty list says nothing (in others tools write one).
_NOT_EMPTY: Final = ("license", "language", "base_model", "datasets")


@rule("CK107", "empty-value", kinds=ANY_KIND, fixable=True)
def empty_value(card: Card) -> Iterator[Finding]:
    """A field of the Hub with an empty text, or an empty list where one value at least is meant.

    It says nothing, and the Hub may refuse an empty text (its schema library does so by default).

    Source: Joi 17, ``string.empty``; the Hub's own answer was not observed.

    Bad:
        ---
        license: mit
        thumbnail: ""
        ---

    Good:
        ---
        license: mit
        ---
    """
    known = fields(card.kind)
    refused = {error.path[0] for error in card.schema_errors("x-vocabulary")}
    refused |= {error.path[0] for error in card.schema_errors("x-repo-id")}
    for key, value in card.metadata.items():
        empty = (isinstance(value, str) and not value.strip()) or (
            value == [] and key in _NOT_EMPTY
        )
        if empty and key in known and key not in refused:
            what = "an empty list" if value == [] else "an empty text"
            yield Finding(
                Key((key,)), f"`{key}` is {what}", "leave the key out", removal(card, (key,))
            )


@rule("CK112", "removed-key", "hub-error", kinds=("dataset",), fixable=True)
def removed_key(card: Card) -> Iterator[Finding]:
    """``licenses`` or ``languages`` on a dataset: the Hub no longer takes the plural.

    Source: the Hub's published types (``undefined`` for both); nateraw/huggingface-datasets-converter#8.

    Bad:
        ---
        pretty_name: Letters
        licenses:
        - mit
        ---

    Good:
        ---
        pretty_name: Letters
        license:
        - mit
        ---
    """
    for error in card.schema_errors("CK112"):
        key = str(error.path[0])
        found = card.yaml.find(error.path)
        fix, right = None, key[:-1]
        if found and found[0] and right not in card.metadata and found[0].style == "plain":
            safe = not check({right: error.value}, card.kind)
            edit = Edit(found[0].span, right)
            fix = Fix("safe" if safe else "unsafe", f"rename it to {right}", (edit,))
        yield Finding(
            Key(error.path),
            f"the Hub no longer takes `{key}`",
            f"write `{right}`",
            fix,
            f'"{key}" is not allowed',
        )


#: Keys that are names of huggingface_hub's own -> what happens.
_RESERVED: Final = ("eval_results", "ignore_metadata_errors", "self")


@rule("CK109", "reserved-key")
def reserved_key(card: Card) -> Iterator[Finding]:
    """A key that huggingface_hub needs for itself: it cannot load the card.

    Source: huggingface_hub#3000; reproduced with 2.4.0.

    Bad:
        ---
        license: mit
        eval_results: 0.9
        ---

    Good:
        ---
        license: mit
        ---
    """
    for key in _RESERVED:
        if key in card.metadata:
            yield Finding(
                Key((key,)),
                f"huggingface_hub cannot load a card with the key `{key}`",
                "use `model-index` for results" if key == "eval_results" else "rename the key",
            )


_GLUE = lazy(r"\s*[,;]\s+|,(?=[A-Za-z])|\s+\[|\]|\s+-\s+|\n")


@rule("CK110", "glued-tags", fixable=True)
def glued_tags(card: Card) -> Iterator[Finding]:
    """Several tags in one: ``a, b`` in a list item, or two items that YAML has put together.

    No filter finds such a tag.

    Source: the Hub takes any text as a tag (observed).

    Bad:
        ---
        license: mit
        tags:
        - conversational [peft, lora]
        ---

    Good:
        ---
        license: mit
        tags:
        - conversational
        - peft
        - lora
        ---
    """
    tags = card.metadata.get("tags")
    for i, tag in enumerate(tags if isinstance(tags, list) else ()):
        if not isinstance(tag, str) or len(tag) > 200 or "{" in tag:
            continue
        parts = [part.strip() for part in _GLUE().split(tag) if part.strip()]
        if len(parts) < 2 or any(" " in part and len(part) > 30 for part in parts):
            continue
        yield Finding(
            Value(("tags", i)),
            f"{shown(tag)} is one tag to the Hub",
            "write " + ", ".join(f"`{part}`" for part in parts[:4]) + " as items of their own",
            _split(card, i, parts),
        )


def _split(card: Card, index: int, parts: list[str]) -> Fix | None:
    holder = card.node("tags")
    item = card.node("tags", index)
    if holder is None or item is None or item.anchor or item.tag or item.alias:
        return None
    texts = [scalar_text(part) for part in parts]
    if holder.style == "flow":
        joined = ", ".join(texts)
    else:
        lines = item_lines(card, item)
        if lines is None:
            return None
        lead = card.text[lines.start : item.span.start]
        joined = f"{card.source.newline}{lead}".join(texts)
    return Fix("unsafe", "make tags of them", (Edit(item.span, joined),))


_COMMON: Final = frozenset(("example_title", "group", "parameters", "output", "label"))


@rule("CK111", "widget-without-input")
def widget_without_input(card: Card) -> Iterator[Finding]:
    """An example for the widget lacks what the widget of its task takes.

    A question-answering widget wants ``text`` and ``context``, one for images ``src``.

    Source: hub-docs, models-widgets-examples.md; huggingface.js, widget-example.ts.

    Bad:
        ---
        license: mit
        pipeline_tag: question-answering
        widget:
        - text: Who wrote the letter?
        ---

    Good:
        ---
        license: mit
        pipeline_tag: question-answering
        widget:
        - text: Who wrote the letter?
          context: The letter was written by Ms Smith.
        ---
    """
    shapes = load_json("schemas", "widgets.json")
    examples = card.metadata.get("widget")
    task = card.metadata.get("pipeline_tag")
    wanted = shapes["inputs"].get(task) if isinstance(task, str) else None
    for i, example in enumerate(examples if isinstance(examples, list) else ()):
        if not isinstance(example, dict):
            continue
        inputs = example.keys() & set(shapes["keys"])
        if not inputs:
            yield Finding(
                Value(("widget", i)),
                "the example has no input",
                "give it one of " + ", ".join(f"`{key}`" for key in shapes["keys"][:3]) + " …",
            )
        elif wanted and not any(set(keys) <= inputs for keys in wanted):
            keys = " and ".join(f"`{key}`" for key in wanted[0])
            yield Finding(Value(("widget", i)), f"an example for {task} has {keys}", f"add {keys}")
