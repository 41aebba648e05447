"""CK2xx: values that refer to something: models, datasets, the text of a licence."""

import re
from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.diagnostic import Finding, Fix, Key, Value, format_path
from cardkit.rule import OF_DATA, rule
from cardkit.rules.entries import removal
from cardkit.rules.scalars import replace, shown
from cardkit.schema import SchemaError


def _invalid_ids(card: Card, *fields: str) -> Iterator[SchemaError]:
    return (error for error in card.schema_errors("x-repo-id") if error.path[0] in fields)


_PATH_LIKE = re.compile(r"[./~\\]|[A-Za-z]:\\")
_URL = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?:(datasets|models)/)?([\w.-]+/[\w.-]+)/?\Z"
)


def _id_help(value: str, what: str) -> tuple[str, str | None]:
    """Return what to do about something that is no repository id, and the id if it is clear."""
    if match := _URL.match(value):
        return f"write the id alone: `{match[2]}`", match[2]
    if _is_local(value):
        return f"this is a local path; name the {what} on the Hub, or leave the key out", None
    return f"use the {what}'s id on the Hub: `name` or `owner/name`, without blanks", None


def _id_fix(card: Card, error: SchemaError, id_: str | None) -> Fix | None:
    """Return the fix that writes an id alone, or takes out a local path or a description."""
    if id_:
        return replace(card, error.path, id_, True)
    if error.path[0] == "datasets" or _is_local(str(error.value)):
        return removal(card, error.path, "unsafe")
    return None


def _is_local(value: str) -> bool:
    return value.startswith(("/", "./", "../", "~", "\\")) or "\\" in value or value.count("/") > 1


@rule("CK204", "invalid-model-id", "hub-error", fixable=True)
def invalid_model_id(card: Card) -> Iterator[Finding]:
    """A ``base_model`` or ``new_version`` that cannot be the id of a model on the Hub.

    Training scripts write the local path they loaded from, and the push fails after the training.

    Source: the Hub's validator (observed); form of an id as in huggingface_hub, _validators.py.

    Bad:
        ---
        license: mit
        base_model: /workspace/my-checkpoint
        ---

    Good:
        ---
        license: mit
        base_model: google-bert/bert-base-cased
        ---
    """
    for error in _invalid_ids(card, "base_model", "new_version"):
        help_, id_ = _id_help(str(error.value), "model")
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} cannot be the id of a model",
            help_,
            _id_fix(card, error, id_),
            f'"{format_path(error.path)}" with value "{error.value}" is not valid. Use a model id from https://hf.co/models.',
        )


@rule("CK205", "invalid-dataset-id", "hub-error", fixable=True)
def invalid_dataset_id(card: Card) -> Iterator[Finding]:
    """An entry of ``datasets`` that cannot be the id of a dataset on the Hub.

    Descriptions of data belong into the text; ``datasets`` is for ids, which become links.

    Source: the Hub's validator (observed); form of an id as in huggingface_hub, _validators.py.

    Bad:
        ---
        license: mit
        datasets:
        - librispeech 960h
        ---

    Good:
        ---
        license: mit
        datasets:
        - openslr/librispeech_asr
        ---
    """
    for error in _invalid_ids(card, "datasets"):
        help_, id_ = _id_help(str(error.value), "dataset")
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} cannot be the id of a dataset",
            help_,
            _id_fix(card, error, id_),
            f'"{format_path(error.path)}" with value "{error.value}" is not valid.',
        )


@rule("CK206", "unknown-relation", "hub-error", fixable=True)
def unknown_relation(card: Card) -> Iterator[Finding]:
    """A ``base_model_relation`` that is none of the four the Hub knows.

    Source: the Hub's validator (observed); hub-docs, model-cards.md.

    Bad:
        ---
        license: mit
        base_model: google-bert/bert-base-cased
        base_model_relation: fine-tuned
        ---

    Good:
        ---
        license: mit
        base_model: google-bert/bert-base-cased
        base_model_relation: finetune
        ---
    """
    for error in card.schema_errors("CK206"):
        if not isinstance(error.value, str):
            continue  # its type is another rule's matter
        allowed = error.schema["enum"]
        meant = _RELATIONS.get(re.sub(r"[\s_-]", "", error.value.lower()))
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} is no relation that the Hub knows",
            f"did you mean `{meant}`?"
            if meant
            else f"one of {', '.join(allowed)}, or leave the key out",
            replace(card, error.path, meant, True)
            if meant
            else removal(card, error.path, "unsafe"),
            f'"base_model_relation" must be one of [{", ".join(allowed)}]',
        )


_RELATIONS: Final = {
    "adapter": "adapter", "adapters": "adapter", "lora": "adapter", "peft": "adapter",
    "merge": "merge", "merged": "merge", "merges": "merge",
    "quantized": "quantized", "quantised": "quantized", "quantization": "quantized", "quantize": "quantized", "gguf": "quantized",
    "finetune": "finetune", "finetuned": "finetune", "finetuning": "finetune", "finetunes": "finetune",
}  # fmt: skip


@rule("CK207", "unnamed-license", kinds=OF_DATA)
def unnamed_license(card: Card) -> Iterator[Finding]:
    """``license: other`` without a name or a link, so nobody can know which.

    Source: hub-docs, model-cards.md; the Hub says nothing.

    Bad:
        ---
        license: other
        ---

    Good:
        ---
        license: other
        license_name: coqui-public-model-license
        license_link: https://coqui.ai/cpml
        ---
    """
    if card.metadata.get("license") in ("other", ["other"]):
        missing = [key for key in ("license_name", "license_link") if not card.metadata.get(key)]
        if missing:
            yield Finding(
                Value(("license",)),
                f"`license: other` without {' and '.join(f'`{key}`' for key in missing)}",
                "say which licence it is and where its text stands (LICENSE, LICENSE.md or a URL)",
            )


@rule("CK209", "invalid-license-link", "hub-error", kinds=OF_DATA)
def invalid_license_link(card: Card) -> Iterator[Finding]:
    """A ``license_link`` that is neither LICENSE, LICENSE.md nor a full URL.

    Source: hub-docs, model-cards.md (documented); the refusal itself is expected, not observed.

    Bad:
        ---
        license: other
        license_name: my-license
        license_link: docs/LICENSE.txt
        ---

    Good:
        ---
        license: other
        license_name: my-license
        license_link: LICENSE
        ---
    """
    for error in card.schema_errors("CK209"):
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} is neither LICENSE, LICENSE.md nor a full URL; the Hub is expected to refuse it",
            "write a full URL for any other file",
        )


@rule("CK212", "relation-without-base")
def relation_without_base(card: Card) -> Iterator[Finding]:
    """``base_model_relation`` without ``base_model`` says nothing.

    Source: hub-docs, model-cards.md.

    Bad:
        ---
        license: mit
        base_model_relation: merge
        ---

    Good:
        ---
        license: mit
        base_model: google-bert/bert-base-cased
        base_model_relation: finetune
        ---
    """
    if "base_model_relation" in card.metadata and not card.metadata.get("base_model"):
        yield Finding(
            Key(("base_model_relation",)),
            "`base_model_relation` without `base_model`",
            "name the base model too",
        )
