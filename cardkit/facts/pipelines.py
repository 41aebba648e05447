"""model_index.json of diffusers and modules.json of sentence-transformers."""

from collections.abc import Iterator
from typing import Any, Final

Found = Iterator[tuple[str, Any, str]]

_TEXT_TO_IMAGE: Final = frozenset(
    (
        "StableDiffusionPipeline",
        "StableDiffusionXLPipeline",
        "StableDiffusion3Pipeline",
        "FluxPipeline",
        "PixArtAlphaPipeline",
        "PixArtSigmaPipeline",
        "SanaPipeline",
        "AuraFlowPipeline",
    )
)


def read_diffusers(data: Any) -> Found:
    """Yield library, pipeline class and task from model_index.json."""
    if not isinstance(data, dict) or "_diffusers_version" not in data:
        return
    yield "library_name", "diffusers", "_diffusers_version"
    name = data.get("_class_name")
    if isinstance(name, str):
        yield "pipeline", name, "_class_name"
        if name in _TEXT_TO_IMAGE:
            yield "pipeline_tag", "text-to-image", "_class_name"


def read_sentence_transformers(data: Any) -> Found:
    """Yield library and task from modules.json."""
    types = (
        [str(item.get("type", "")) for item in data if isinstance(item, dict)]
        if isinstance(data, list)
        else []
    )
    if any(name.startswith("sentence_transformers.") for name in types):
        yield "library_name", "sentence-transformers", "type"
        yield "pipeline_tag", "sentence-similarity", "type"
