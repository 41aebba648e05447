"""What the names of a folder's files, and its config.json, say about its weights."""

import os
from typing import Any, Final

#: Values of quantization_config.quant_method that mean weights of fewer bits.
_METHODS: Final = frozenset(
    ("gptq", "awq", "bitsandbytes", "aqlm", "hqq", "eetq", "quanto", "fp8", "compressed-tensors", "exl2", "torchao")
)  # fmt: skip
_FULL: Final = (".safetensors", ".bin", ".pt", ".pth", ".h5", ".msgpack", ".ckpt", ".onnx")
_NO_WEIGHTS: Final = ("training_args.bin", "optimizer.", "scheduler.", "rng_state")


def quantized_by(folder: str, config: Any) -> str | None:
    """Return what shows that a folder holds quantised weights and no others; None if nothing does."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    gguf = [name for name in names if name.lower().endswith(".gguf")]
    full = [name for name in names if name.endswith(_FULL) and not name.startswith(_NO_WEIGHTS)]
    if gguf and not full and not any("lora" in name.lower() for name in gguf):
        return gguf[0]
    settings = config.get("quantization_config") if isinstance(config, dict) else None
    method = settings.get("quant_method") if isinstance(settings, dict) else None
    return f"config.json (quant_method: {method})" if method in _METHODS else None
