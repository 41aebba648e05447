"""Facts and answers -> the text of a new card."""

import os
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from cardkit.authoring.metadata import write_metadata
from cardkit.authoring.questions import ALL
from cardkit.authoring.render import render
from cardkit.facts import Facts

TEMPLATE: Final = "model/card.md.j2"

#: Tasks that transformers has a pipeline for under the Hub's own name.
_PIPELINES: Final = frozenset(
    (
        "audio-classification",
        "automatic-speech-recognition",
        "depth-estimation",
        "feature-extraction",
        "fill-mask",
        "image-classification",
        "image-segmentation",
        "object-detection",
        "question-answering",
        "text-classification",
        "text-generation",
        "token-classification",
        "translation",
        "video-classification",
    )
)


class NewCard(NamedTuple):
    """A new card: its text, the topics that were answered, those left as TODO."""

    text: str
    filled: tuple[str, ...]
    left: tuple[str, ...]


def write_card(
    facts: Facts,
    answers: dict[str, str],
    metadata: dict[str, Any],
    *,
    name: str,
    repo_id: str | None = None,
    templates: Iterable[str] = (),
) -> NewCard:
    """Return a new card.

    Args:
        facts: what the model's folder proves.
        answers: topic -> Markdown text; topics without one get a short visible TODO.
        metadata: fields the user gave; they win over facts. Fields nobody gave are left out.
        name: the title.
        repo_id: the model's id on the Hub, for the code of "How to use".
        templates: folders searched before cardkit's own.

    Raises:
        TemplateError: a template is broken or uses a name that nobody defines.
    """
    proved = {
        key: facts.get(key)
        for key in ("language", "library_name", "pipeline_tag", "base_model", "base_model_relation")
        if facts.get(key)
    }
    given = {key: value for key, value in metadata.items() if value}
    if "base_model" in given:
        proved.pop("base_model_relation", None)  # it was proved of another base model
    fields = proved | given
    answered = {topic: text.strip() for topic, text in answers.items() if text.strip()}
    if "how-to-use" not in answered and (code := usage_code(fields, repo_id)):
        answered["how-to-use"] = code
    context = {
        "name": name,
        "metadata": write_metadata(fields),
        "fields": fields,
        "details": list(_details(facts, fields)),
        "answers": answered,
        "todos": {topic: f"TODO: {question.todo}." for topic, question in ALL.items()},
        "titles": {topic: question.title for topic, question in ALL.items()},
    }
    text = render(TEMPLATE, context, templates)
    left = tuple(topic for topic in ALL if topic not in answered)
    return NewCard(text, tuple(topic for topic in ALL if topic in answered), left)


def _details(facts: Facts, fields: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the lines of facts that stand below the description."""
    labels = (
        ("architecture", "Architecture"),
        ("pipeline", "Pipeline"),
        ("adapter", "Adapter"),
        ("pipeline_tag", "Task"),
        ("context-length", "Longest input, in tokens"),
        ("vocabulary-size", "Vocabulary, in tokens"),
    )
    for key, label in labels:
        value = fields.get(key) or facts.get(key)
        if value:
            yield label, f"{value:,}" if isinstance(value, int) else str(value)
    if base := fields.get("base_model"):
        yield "Made from", ", ".join(base) if isinstance(base, list | tuple) else str(base)
    if labels_ := facts.get("labels"):
        shown = ", ".join(labels_[:12]) + (
            f" and {len(labels_) - 12} more" if len(labels_) > 12 else ""
        )
        yield "Labels", shown


def usage_code(fields: dict[str, Any], repo_id: str | None) -> str | None:
    """Return code that loads the model, if library, task and id leave no doubt."""
    if repo_id is None:
        return None
    library, task = fields.get("library_name"), fields.get("pipeline_tag")
    if library == "transformers" and task in _PIPELINES:
        lines = [
            "from transformers import pipeline",
            "",
            f'model = pipeline("{task}", model="{repo_id}")',
        ]
    elif library == "sentence-transformers":
        lines = [
            "from sentence_transformers import SentenceTransformer",
            "",
            f'model = SentenceTransformer("{repo_id}")',
        ]
    elif library == "diffusers":
        lines = [
            "from diffusers import DiffusionPipeline",
            "",
            f'pipeline = DiffusionPipeline.from_pretrained("{repo_id}")',
        ]
    elif library == "peft" and task == "text-generation":
        lines = [
            "from peft import AutoPeftModelForCausalLM",
            "",
            f'model = AutoPeftModelForCausalLM.from_pretrained("{repo_id}")',
        ]
    else:
        return None
    return "\n".join(["```python", *lines, "```"])


def default_name(folder: str, repo_id: str | None) -> str:
    """Return the title of a card whose name nobody gave: from its id, or from its folder."""
    return repo_id.rpartition("/")[2] if repo_id else os.path.basename(os.path.abspath(folder))
