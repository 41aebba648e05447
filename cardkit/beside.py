"""What lies beside a card: whether its folder is a model's, and which files are there."""

import os
from typing import Final

#: Files that only a model's folder has.
_FILES: Final = frozenset(
    (
        "config.json",
        "adapter_config.json",
        "model_index.json",
        "modules.json",
        "config_sentence_transformers.json",
    )
)
_WEIGHTS: Final = (
    ".safetensors",
    ".gguf",
    ".bin",
    ".ckpt",
    ".pt",
    ".pth",
    ".h5",
    ".onnx",
    ".tflite",
    ".msgpack",
)


def model_folder(path: str) -> str | None:
    """Return the folder of a card if it holds a model's files; None for any other folder."""
    folder = os.path.dirname(path) or "."
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    if any(name in _FILES or name.endswith(_WEIGHTS) for name in names):
        return folder
    return None
