"""adapter_config.json of PEFT, and of the older Adapters library."""

from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder, number
from cardkit.schema import is_repo_id

FILE: Final = "adapter_config.json"
# CAUSAL_LM is not among them: adapters of models that see or translate say so too.
_TASKS: Final = {
    "SEQ_CLS": "text-classification",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}
#: What of an adapter's configuration belongs among its hyperparameters.
_SETTINGS: Final = ("r", "lora_alpha", "lora_dropout", "bias", "use_rslora", "use_dora")


def read(folder: Folder) -> Iterator[Fact]:
    """Yield library, base model, relation, task, kind and settings of an adapter."""
    data = folder.json(FILE)
    if not isinstance(data, dict):
        return
    if "peft_type" not in data:
        if "model_type" in data and "model_class" in data:
            yield Fact("library_name", "adapter-transformers", FILE, "model_class")
        return
    yield Fact("library_name", "peft", FILE, "peft_type")
    yield Fact("adapter", str(data["peft_type"]), FILE, "peft_type")
    base = data.get("base_model_name_or_path")
    # A local path proves nothing about the Hub, and the Hub refuses it.
    if is_hub_id(base):
        yield Fact("base_model", base, FILE, "base_model_name_or_path")
        yield Fact("base_model_relation", "adapter", FILE, "peft_type")
    if task := _TASKS.get(str(data.get("task_type"))):
        yield Fact("pipeline_tag", task, FILE, "task_type")
    if isinstance(data.get("task_type"), str):
        yield Fact("adapter-task", data["task_type"], FILE, "task_type")
    settings = {key: data[key] for key in _SETTINGS if _told(data.get(key))}
    modules = data.get("target_modules")
    if isinstance(modules, list) and all(isinstance(item, str) for item in modules):
        settings["target_modules"] = ", ".join(sorted(modules))
    elif isinstance(modules, str):
        settings["target_modules"] = modules
    if settings:
        yield Fact("adapter-settings", settings, FILE, next(iter(settings)))
    if isinstance(data.get("peft_version"), str):
        yield Fact("version-peft", data["peft_version"], FILE, "peft_version")


def is_hub_id(value: Any) -> bool:
    """Tell an id of the Hub, owner and name, from a path on somebody's disk."""
    return isinstance(value, str) and value.count("/") == 1 and is_repo_id(value)


def _told(value: Any) -> bool:
    return (number(value) is not None) or value is True or (isinstance(value, str) and value != "")
