"""Code that loads a model: only where library, task and id leave no doubt."""

from typing import Any, Final

from cardkit.facts import Facts

#: Tasks that transformers has a pipeline for under the Hub's own name.
PIPELINES: Final = frozenset(
    (
        "audio-classification",
        "automatic-speech-recognition",
        "depth-estimation",
        "feature-extraction",
        "fill-mask",
        "image-classification",
        "image-segmentation",
        "object-detection",
        "text-classification",
        "text-generation",
        "token-classification",
        "video-classification",
    )
)
#: Tasks without one, and the class that loads their models.
_CLASSES: Final = {
    "multiple-choice": "AutoModelForMultipleChoice",
    "question-answering": "AutoModelForQuestionAnswering",
    "summarization": "AutoModelForSeq2SeqLM",
    "translation": "AutoModelForSeq2SeqLM",
}
#: Task types of PEFT, and the class that loads adapter and base model together.
_ADAPTERS: Final = {
    "text-classification": "AutoPeftModelForSequenceClassification",
    "text-generation": "AutoPeftModelForCausalLM",
    "token-classification": "AutoPeftModelForTokenClassification",
}


def usage_code(fields: dict[str, Any], facts: Facts, repo_id: str | None) -> str:
    """Return Markdown with code that loads the model; nothing if there is doubt."""
    if repo_id is None:
        return ""
    lines = _code(fields.get("library_name"), fields.get("pipeline_tag"), facts, repo_id)
    return "\n".join(["```python", *lines, "```"]) if lines else ""


def _code(library: Any, task: Any, facts: Facts, repo_id: str) -> list[str]:
    if library == "transformers" and task in PIPELINES:
        lines = ["from transformers import pipeline", "", f'model = pipeline("{task}", model="{repo_id}")']  # fmt: skip
        if task == "text-generation" and facts.get("chat-template"):
            lines.append('print(model([{"role": "user", "content": "…"}]))')
        return lines
    if library == "transformers" and task in _CLASSES:
        name = _CLASSES[task]
        return [
            f"from transformers import {name}, AutoTokenizer",
            "",
            f'tokenizer = AutoTokenizer.from_pretrained("{repo_id}")',
            f'model = {name}.from_pretrained("{repo_id}")',
        ]
    if library == "sentence-transformers":
        return [
            "from sentence_transformers import SentenceTransformer",
            "",
            f'model = SentenceTransformer("{repo_id}")',
        ]
    if library == "diffusers" and not facts.get("adapter"):
        return [
            "from diffusers import DiffusionPipeline",
            "",
            f'pipeline = DiffusionPipeline.from_pretrained("{repo_id}")',
        ]
    if library == "peft" and task in _ADAPTERS:
        name = _ADAPTERS[task]
        return [f"from peft import {name}", "", f'model = {name}.from_pretrained("{repo_id}")']
    if library == "timm":
        return [
            "import timm",
            "",
            f'model = timm.create_model("hf_hub:{repo_id}", pretrained=True)',
        ]
    if library == "gguf":
        return ["from llama_cpp import Llama", "", f'model = Llama.from_pretrained("{repo_id}", filename="*.gguf")']  # fmt: skip
    return []
