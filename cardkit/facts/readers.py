"""All readers of a model folder.

The order matters: what says what the *folder* is comes before what describes one of its parts.
"""

from typing import Final

from cardkit.facts import (
    Reader,
    adapters,
    citation,
    emissions,
    evaluations,
    generation,
    gguf,
    layouts,
    licenses,
    pipelines,
    preprocessors,
    repository,
    safetensors_header,
    tensorboard_events,
    tokenizers,
    training,
    transformers_config,
)

READERS: Final[tuple[Reader, ...]] = (
    adapters.read,
    pipelines.read_diffusers,
    pipelines.read_sentence_transformers,
    gguf.read,
    transformers_config.read,
    layouts.read,
    tokenizers.read,
    preprocessors.read,
    generation.read,
    safetensors_header.read,
    training.read,
    tensorboard_events.read,
    evaluations.read,
    emissions.read,
    licenses.read,
    citation.read,
    repository.read,
)
