"""CK2xx: names that the Hub takes, and that do not say what was meant: licences, relations, paths."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Finding, Key, Value, format_path
from cardkit.rule import OF_DATA, rule
from cardkit.rules.entries import remove
from cardkit.rules.scalars import replace, shown
from cardkit.suggest import suggest
from cardkit.yaml12 import Path

_ANY_LICENSE_KEY: Final = ("other", ["other"])


@rule("CK210", "known-license-as-other", kinds=OF_DATA, fixable=True)
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


@rule("CK215", "license-name-without-other", kinds=OF_DATA)
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


_BUCKET = lazy(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}\Z", re.ASCII)


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
        if isinstance(name, str) and not _BUCKET().match(name):
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


_LOCAL = lazy(
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
            if _LOCAL().match(text) and (named or len(path) <= 2):
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
