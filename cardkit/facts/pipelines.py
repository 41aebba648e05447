"""model_index.json of diffusers; modules.json and its companions of sentence-transformers."""

from collections.abc import Iterator
from typing import Final

from cardkit.facts.folder import Fact, Folder, count

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
_INDEX: Final = "model_index.json"
_MODULES: Final = "modules.json"
_SENTENCE: Final = "config_sentence_transformers.json"


def read_diffusers(folder: Folder) -> Iterator[Fact]:
    """Yield library, pipeline class, components and task."""
    data = folder.json(_INDEX)
    if not isinstance(data, dict) or "_diffusers_version" not in data:
        return
    yield Fact("library_name", "diffusers", _INDEX, "_diffusers_version")
    if isinstance(data["_diffusers_version"], str):
        yield Fact("version-diffusers", data["_diffusers_version"], _INDEX, "_diffusers_version")
    name = data.get("_class_name")
    if isinstance(name, str):
        yield Fact("pipeline", name, _INDEX, "_class_name")
        if name in _TEXT_TO_IMAGE:
            yield Fact("pipeline_tag", "text-to-image", _INDEX, "_class_name")
    parts = {
        key: value[1]
        for key, value in data.items()
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)
    }
    if parts:
        yield Fact("components", parts, _INDEX, next(iter(parts)))


def read_sentence_transformers(folder: Folder) -> Iterator[Fact]:
    """Yield library, task, and how sentences become vectors."""
    data = folder.json(_MODULES)
    modules = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    types = [str(item.get("type", "")) for item in modules]
    if not any(name.startswith("sentence_transformers.") for name in types):
        return
    yield Fact("library_name", "sentence-transformers", _MODULES, "type")
    yield Fact("pipeline_tag", "sentence-similarity", _MODULES, "type")
    for item in modules:
        if str(item.get("type", "")).endswith("Pooling") and isinstance(item.get("path"), str):
            name = f"{item['path']}/config.json" if item["path"] else "config.json"
            if folder.path(name) is None:
                continue
            pooling = folder.json(name)
            if isinstance(pooling, dict) and (
                size := count(pooling.get("word_embedding_dimension"))
            ):
                yield Fact("embedding-size", size, name, "word_embedding_dimension")
    more = folder.json(_SENTENCE)
    if isinstance(more, dict):
        if isinstance(more.get("similarity_fn_name"), str):
            yield Fact("similarity", more["similarity_fn_name"], _SENTENCE, "similarity_fn_name")
        versions = more.get("__version__")
        for key, value in versions.items() if isinstance(versions, dict) else ():
            if isinstance(value, str):
                yield Fact(f"version-{key.replace('_', '-')}", value, _SENTENCE, key)
    limit = folder.json("sentence_bert_config.json")
    if isinstance(limit, dict) and (size := count(limit.get("max_seq_length"))):
        yield Fact("context-length", size, "sentence_bert_config.json", "max_seq_length")
