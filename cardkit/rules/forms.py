"""CK1xx and CK2xx: values that the Hub takes, and that say nothing or something else than was meant."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._data import load_json
from cardkit.card import Card
from cardkit.diagnostic import Edit, Finding, Fix, Key, Value, format_path
from cardkit.rule import rule
from cardkit.rules.entries import item_lines, removal, remove, scalar_text
from cardkit.rules.scalars import replace, shown
from cardkit.suggest import suggest
from cardkit.yaml12 import Path

#: Fields where an empty list says nothing (in others tools write one).
_NOT_EMPTY: Final = ("license", "language", "base_model", "datasets")


@rule("CK107", "empty-value", fixable=True)
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
    fields = load_json("schemas", "model-card.schema.json")["properties"]
    refused = {error.path[0] for error in card.schema_errors("x-vocabulary")}
    refused |= {error.path[0] for error in card.schema_errors("x-repo-id")}
    for key, value in card.metadata.items():
        empty = (isinstance(value, str) and not value.strip()) or (
            value == [] and key in _NOT_EMPTY
        )
        if empty and key in fields and key not in refused:
            what = "an empty list" if value == [] else "an empty text"
            yield Finding(
                Key((key,)), f"`{key}` is {what}", "leave the key out", removal(card, (key,))
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


_GLUE = re.compile(r"\s*[,;]\s+|,(?=[A-Za-z])|\s+\[|\]|\s+-\s+|\n")


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
        parts = [part.strip() for part in _GLUE.split(tag) if part.strip()]
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


_ANY_LICENSE_KEY: Final = ("other", ["other"])


@rule("CK210", "known-license-as-other", fixable=True)
def known_license_as_other(card: Card) -> Iterator[Finding]:
    """``license: other`` with the name of a licence that is in the Hub's list.

    The filter for that licence does not find the model.

    Source: hub-docs#1060; hub-docs, repositories-licenses.md.

    Bad:
        ---
        license: other
        license_name: llama2
        license_link: LICENSE
        ---

    Good:
        ---
        license: llama2
        ---
    """
    name = card.metadata.get("license_name")
    if card.metadata.get("license") not in _ANY_LICENSE_KEY or not isinstance(name, str):
        return
    meant = suggest("licenses", name)
    if meant is None or not meant.value or not meant.certain or meant.value in ("other", "unknown"):
        return
    path: Path = ("license", 0) if isinstance(card.metadata["license"], list) else ("license",)
    fix = replace(card, path, meant.value, True)
    gone = remove(card, ("license_name",))
    if fix and gone:
        fix = fix._replace(edits=(*fix.edits, gone))
    yield Finding(
        Value(("license_name",)),
        f"{shown(name)} is a licence of the Hub's list",
        f"write `license: {meant.value}`",
        fix if gone else None,
    )


@rule("CK215", "license-name-without-other")
def license_name_without_other(card: Card) -> Iterator[Finding]:
    """A ``license_name`` that the Hub does not show, because ``license`` is missing or not ``other``.

    Source: hub-docs, model-cards.md.

    Bad:
        ---
        license_name: acme-1.0
        tags: [mail]
        ---

    Good:
        ---
        license: other
        license_name: acme-1.0
        license_link: LICENSE
        ---
    """
    licence, name = card.metadata.get("license"), card.metadata.get("license_name")
    if not isinstance(name, str) or licence in _ANY_LICENSE_KEY or name == licence:
        return
    if isinstance(licence, str) and (meant := suggest("licenses", name)) and meant.value == licence:
        return
    if licence is None and ("licence" in card.metadata or "licenses" in card.metadata):
        return
    there = f"`license` is {shown(licence)}" if licence else "there is no `license`"
    yield Finding(
        Key(("license_name",)),
        f"`license_name` is shown only beside `license: other`, and {there}",
        "name the licence in `license`, by its id or as `other`",
    )


_BUCKET = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}\Z", re.ASCII)


@rule("CK214", "invalid-bucket")
def invalid_bucket(card: Card) -> Iterator[Finding]:
    """An entry of ``buckets`` that is not the id of a storage bucket, ``namespace/name``.

    Source: hub-docs, modelcard.md (documented 2026; whether the Hub checks it is not known).

    Bad:
        ---
        license: mit
        buckets:
        - my bucket
        ---

    Good:
        ---
        license: mit
        buckets:
        - acme/letters
        ---
    """
    buckets = card.metadata.get("buckets")
    for i, name in enumerate(buckets if isinstance(buckets, list) else ()):
        if isinstance(name, str) and not _BUCKET.match(name):
            yield Finding(
                Value(("buckets", i)), f"{shown(name)} cannot be a bucket", "write `namespace/name`"
            )


@rule("CK217", "merge-of-one")
def merge_of_one(card: Card) -> Iterator[Finding]:
    """``base_model_relation: merge`` with a single base model.

    A merge has two or more; with one base model the Hub shows the model below it as a merge of it.

    Source: hub-docs, model-cards.md.

    Bad:
        ---
        license: mit
        base_model: google-bert/bert-base-cased
        base_model_relation: merge
        ---

    Good:
        ---
        license: mit
        base_model:
        - google-bert/bert-base-cased
        - google-bert/bert-base-uncased
        base_model_relation: merge
        ---
    """
    base = card.metadata.get("base_model")
    one = isinstance(base, str) or (isinstance(base, list) and len(base) == 1)
    if card.metadata.get("base_model_relation") == "merge" and one and base:
        yield Finding(
            Value(("base_model_relation",)),
            "a merge of one base model",
            "name all base models, or say `finetune`",
        )


_LOCAL = re.compile(
    r"(?:\.{1,2}/|~/|/(?:home|root|mnt|content|workspace|data|Users|tmp|kaggle|scratch|opt|var)/|[A-Za-z]:[\\/])\S"
)
#: Fields where a path of the author's machine has no place; ids are another rule's.
_NAMES: Final = ("model_name", "library_name", "thumbnail", "dataset", "model-index", "tags")


@rule("CK218", "local-path")
def local_path(card: Card) -> Iterator[Finding]:
    """A path of somebody's machine in the metadata: nobody else has that file.

    Training scripts write the path that they loaded the model or the data from.

    Source: transformers#33922; the Hub refuses such values only as ids.

    Bad:
        ---
        license: mit
        model-index:
        - name: /content/drive/mail-sorter
          results: []
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results: []
        ---
    """
    for field in _NAMES:
        for path, text in _texts((field,), card.metadata.get(field)):
            named = path[-1] in (
                "name",
                "type",
                "thumbnail",
                "model_name",
                "library_name",
                "dataset",
            )
            if _LOCAL.match(text) and (named or len(path) <= 2):
                yield Finding(
                    Value(path),
                    f"{shown(text)} is a path of a machine (`{format_path(path)}`)",
                    "write the name that others know it by",
                )


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _texts((*path, i), item)
    elif isinstance(value, dict) and "args" not in path:
        for key, item in value.items():
            yield from _texts((*path, key), item)
