"""CK8xx: the metadata against the files beside the card. They speak only where a model's files lie."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from cardkit.card import Card
from cardkit.diagnostic import Finding, Key, Place, Value
from cardkit.rule import rule
from cardkit.text import Span

# What reads the files is imported where it is called: most cards lie beside no model.
if TYPE_CHECKING:
    from cardkit.facts import Facts


def _facts(card: Card) -> "Facts | None":
    folder = card.model_folder
    if folder is None:
        return None
    from cardkit.facts import read_configs

    return read_configs(folder)


@rule("CK801", "license-file-differs")
def license_file_differs(card: Card) -> Iterator[Finding]:
    """The LICENSE file beside the card is the text of another licence than ``license`` names.

    Nobody can know which of the two holds.

    Source: hub-docs, repositories-licenses.md; the licences' own texts.
    """
    licence = card.metadata.get("license")
    listed = licence if isinstance(licence, list) else [licence]
    if not licence or card.model_folder is None or "unknown" in listed:
        return
    from cardkit.facts.license_file import read_license_file

    found = read_license_file(card.model_folder)
    if found is None:
        return
    family = found.id.partition("-")[0]
    if any(name in (found.id, family) for name in listed if isinstance(name, str)):
        return
    if all(not isinstance(name, str) for name in listed):
        return
    # "or later" and older versions have one text; openrail is a family with many.
    if family == "openrail++" and "openrail" in " ".join(map(str, listed)):
        return
    shown = ", ".join(map(str, listed))
    yield Finding(
        Value(("license",)),
        f"`license` says {shown}, the file {found.name} is {found.id}",
        "correct the one that is wrong",
    )


#: Task that an architecture is for -> tasks that its models are rightly offered for.
_OFFERED: Final = {
    "fill-mask": ("feature-extraction", "sentence-similarity"),
    "token-classification": (),
    "text-classification": ("zero-shot-classification", "text-ranking", "sentence-similarity", "reinforcement-learning"),
    "question-answering": ("document-question-answering",),
    "table-question-answering": (),
    "image-classification": ("zero-shot-image-classification", "image-feature-extraction"),
    "image-segmentation": ("mask-generation",),
    "object-detection": ("zero-shot-object-detection",),
    "automatic-speech-recognition": ("translation", "audio-text-to-text", "audio-classification"),
    "audio-classification": (),
}  # fmt: skip


@rule("CK802", "task-differs")
def task_differs(card: Card) -> Iterator[Finding]:
    """``pipeline_tag`` names a task that the architecture in config.json is not for.

    Source: transformers, names of the model classes; only those whose name leaves no doubt.
    """
    task = card.metadata.get("pipeline_tag")
    facts = _facts(card) if isinstance(task, str) else None
    fact = facts.by_name.get("pipeline_tag") if facts else None
    if fact is None or fact.value == task or fact.value not in _OFFERED:
        return
    if task in _OFFERED[fact.value] or "other" in (task, fact.value):
        return
    if any(error.path == ("pipeline_tag",) for error in card.schema_errors("x-vocabulary")):
        return  # it is no task at all, and another rule says so
    yield Finding(
        Value(("pipeline_tag",)),
        f"the model is for {fact.value} ({fact.source}), not for {task}",
        f"write `pipeline_tag: {fact.value}`",
    )


#: Library whose files are there -> libraries that cannot load them.
_NOT_LOADED_BY: Final = {
    "peft": ("transformers", "diffusers", "sentence-transformers"),
    "diffusers": ("transformers", "peft", "sentence-transformers", "timm"),
    "sentence-transformers": ("peft", "diffusers", "timm"),
    "transformers": ("diffusers", "spacy", "fastai", "stable-baselines3", "flair", "nemo"),
}


@rule("CK803", "library-differs")
def library_differs(card: Card) -> Iterator[Finding]:
    """``library_name`` names a library that the files in the folder are not for.

    The Hub then shows the wrong code, and counts downloads by files that are not there.

    Source: the libraries' own files: adapter_config.json, model_index.json, modules.json, config.json.
    """
    name = card.metadata.get("library_name")
    facts = _facts(card) if isinstance(name, str) else None
    fact = facts.by_name.get("library_name") if facts else None
    if fact is None or name not in _NOT_LOADED_BY.get(fact.value, ()):
        return
    if fact.value == "peft" and _has_whole_model(card):
        return
    yield Finding(
        Value(("library_name",)),
        f"the files are for {fact.value} ({fact.source}), not for {name}",
        f"write `library_name: {fact.value}`",
    )


def _has_whole_model(card: Card) -> bool:
    names = os.listdir(card.model_folder or ".")
    return any(re.match(r"(?:pytorch_)?model\b.*\.(?:bin|safetensors)\Z", name) for name in names)


@rule("CK804", "base-model-differs")
def base_model_differs(card: Card) -> Iterator[Finding]:
    """``base_model`` is another model than the one that adapter_config.json was trained on.

    Without the right base model the adapter is of no use.

    Source: PEFT, adapter_config.json, ``base_model_name_or_path``.
    """
    facts = _facts(card)
    fact = facts.by_name.get("base_model") if facts else None
    if fact is None or not card.metadata:
        return
    base = card.metadata.get("base_model")
    listed = [
        name for name in (base if isinstance(base, list) else [base]) if isinstance(name, str)
    ]
    if base is None:
        yield Finding(
            Key(("base_model",)),
            f"an adapter without `base_model`; {fact.source} says {fact.value}",
            f"add `base_model: {fact.value}`",
        )
    elif listed and not any(_alike(name, str(fact.value)) for name in listed):
        yield Finding(
            Value(("base_model",)),
            f"the adapter was trained on {fact.value} ({fact.source}), not on {listed[0]}",
            f"write `base_model: {fact.value}`",
        )


def _alike(one: str, other: str) -> bool:
    """Tell whether two ids may name the same model, as copies with fewer bits or of other owners do."""
    names = [
        re.sub(
            r"[-_.](?:unsloth|bnb|4bit|8bit|gptq|awq|int[48]|fp8|hf|instruct|it|chat|base)\b",
            "",
            name.rpartition("/")[2].lower(),
        )
        for name in (one, other)
    ]
    return names[0] in names[1] or names[1] in names[0]


@rule("CK805", "relation-differs")
def relation_differs(card: Card) -> Iterator[Finding]:
    """``base_model_relation`` says something else than the weights in the folder are.

    An adapter_config.json makes an adapter; GGUF files alone, or a quantisation in config.json, make
    a quantised model.

    Source: hub-docs, model-cards.md; hub-docs#1410.
    """
    relation = card.metadata.get("base_model_relation")
    folder = card.model_folder
    if not isinstance(relation, str) or folder is None or any(card.schema_errors("CK206")):
        return
    from cardkit.facts import load_json_file, read_configs
    from cardkit.facts.weights import quantized_by

    facts = read_configs(folder)
    if "adapter" in facts.by_name:
        if relation != "adapter" and not _has_whole_model(card):
            yield Finding(
                Value(("base_model_relation",)),
                f"the files are an adapter ({facts.by_name['adapter'].source}), not a {relation}",
                "write `base_model_relation: adapter`",
            )
        return
    shown = quantized_by(folder, load_json_file(folder, "config.json"))
    if shown and relation in ("merge", "adapter", "finetune"):
        yield Finding(
            Value(("base_model_relation",)),
            f"the weights are quantised ({shown}), and the relation says {relation}",
            "write `base_model_relation: quantized`, and name the model that was quantised",
        )


@rule("CK806", "malformed-eval-results")
def malformed_eval_results(card: Card) -> Iterator[Finding]:
    """A file in ``.eval_results/`` is not what the Hub takes: it shows none of its results.

    A file is a list of results, each with ``dataset`` (``id`` and ``task_id``) and a number as ``value``.

    Source: hub-docs, eval-results.md; huggingface_hub 2.4.0 skips such files with a warning.
    """
    if card.model_folder is None:
        return
    from cardkit.facts.eval_results import read_eval_results

    for fault in read_eval_results(card.model_folder)[1]:
        yield Finding(
            Place(Span(0, 0)),
            f"{fault.file}, line {fault.line}: {fault.message}",
            "see the page on evaluation results in the Hub's documentation",
        )


@rule("CK807", "eval-results-differ")
def eval_results_differ(card: Card) -> Iterator[Finding]:
    """``model-index`` and ``.eval_results/`` give different values for the same dataset.

    Source: hub-docs, eval-results.md: the second is the newer place for results.
    """
    index = card.metadata.get("model-index")
    if card.model_folder is None or not isinstance(index, list):
        return
    from cardkit.facts.eval_results import read_eval_results

    values = _values_by_dataset(index)
    for result in read_eval_results(card.model_folder)[0]:
        known = values.get(result.dataset)
        if known and not any(_same(result.value, value) for value in known):
            shown = ", ".join(f"{value:g}" for value in known[:3])
            yield Finding(
                Key(("model-index",)),
                f"{result.file} has {result.value:g} for {result.dataset}, `model-index` has {shown}",
                "correct the one that is wrong",
            )


def _values_by_dataset(index: list[Any]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for entry in index:
        results = entry.get("results") if isinstance(entry, dict) else None
        for result in results if isinstance(results, list) else ():
            dataset = result.get("dataset") if isinstance(result, dict) else None
            metrics = result.get("metrics") if isinstance(result, dict) else None
            if not isinstance(dataset, dict) or not isinstance(metrics, list):
                continue
            for metric in metrics:
                value = metric.get("value") if isinstance(metric, dict) else None
                if isinstance(value, int | float) and not isinstance(value, bool):
                    found.setdefault(str(dataset.get("type")), []).append(float(value))
    return found


def _same(one: float, other: float) -> bool:
    """Tell whether two values are one, rounded or as a percentage."""
    return any(abs(one - other * scale) <= 0.006 * max(scale, 1) for scale in (1, 100, 0.01))


@rule("CK808", "readme-in-lfs", "hub-warning", kinds=("model", "dataset", "space"))
def readme_in_lfs(card: Card) -> Iterator[Finding]:
    """``.gitattributes`` puts README.md into Git LFS: the Hub will see a pointer and no metadata.

    Source: espnet_model_zoo, scripts that strip such patterns; the Hub's answer to such a card.
    """
    folder, name = os.path.split(card.source.path)
    if name != "README.md" or card.source.path == "<stdin>":
        return
    from cardkit.facts.git_lfs import lfs_pattern

    found = lfs_pattern(folder or ".", name)
    if found:
        line, pattern = found
        yield Finding(
            Place(Span(0, 0)),
            f"`{pattern}` in .gitattributes, line {line}, puts this card into Git LFS",
            "take the pattern out and commit README.md again as text",
            hub_message="empty or missing yaml metadata in repo card",
        )
