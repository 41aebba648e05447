"""adapter_config.json of PEFT."""

from collections.abc import Iterator
from typing import Any, Final

from cardkit.schema import is_repo_id

_TASKS: Final = {
    "CAUSAL_LM": "text-generation",
    "SEQ_CLS": "text-classification",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}


def read(data: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield library, base model, relation, task and kind of adapter."""
    if not isinstance(data, dict) or "peft_type" not in data:
        return
    yield "library_name", "peft", "peft_type"
    yield "adapter", str(data["peft_type"]), "peft_type"
    base = data.get("base_model_name_or_path")
    # A local path proves nothing about the Hub, and the Hub refuses it.
    if isinstance(base, str) and "/" in base and is_repo_id(base):
        yield "base_model", base, "base_model_name_or_path"
        yield "base_model_relation", "adapter", "peft_type"
    if task := _TASKS.get(str(data.get("task_type"))):
        yield "pipeline_tag", task, "task_type"
