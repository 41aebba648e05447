"""Which kind of card a model gets: decides the sections that only some models need."""

from typing import Any, Final

from cardkit.facts import Facts

KINDS: Final = (
    "card",
    "masked",
    "causal",
    "classifier",
    "translation",
    "speech",
    "image",
    "diffusion",
    "embedding",
    "adapter",
    "quantised",
)
_OF_TASK: Final = {
    "fill-mask": "masked",
    "text-generation": "causal",
    "text-classification": "classifier",
    "token-classification": "classifier",
    "zero-shot-classification": "classifier",
    "translation": "translation",
    "summarization": "translation",
    "automatic-speech-recognition": "speech",
    "audio-classification": "speech",
    "text-to-speech": "speech",
    "text-to-audio": "speech",
    "image-classification": "image",
    "image-segmentation": "image",
    "object-detection": "image",
    "depth-estimation": "image",
    "text-to-image": "diffusion",
    "text-to-video": "diffusion",
    "image-to-image": "diffusion",
    "sentence-similarity": "embedding",
    "feature-extraction": "embedding",
}


def kind_of(facts: Facts, fields: dict[str, Any]) -> str:
    """Return the kind of card for what files and metadata say; ``card`` if they say little."""
    if facts.get("adapter"):
        return "adapter"
    if facts.get("quantization"):
        return "quantised"
    if facts.get("pipeline"):
        return "diffusion"
    return _OF_TASK.get(str(fields.get("pipeline_tag")), "card")
