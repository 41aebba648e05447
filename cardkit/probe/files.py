"""Which files of a model folder a measurement reads, and their hashes. No torch here."""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from cardkit.errors import ProbeError
from cardkit.facts.thumbprint import thumbprint

TOKENIZER_FILES = frozenset(
    {
        "merges.txt",
        "sentencepiece.bpe.model",
        "spiece.model",
        "spm.model",
        "tokenizer.json",
        "tokenizer.model",
        "vocab.json",
        "vocab.txt",
    }
)
_SMALL = TOKENIZER_FILES | {
    "config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
}
# In order of preference; `from_pretrained` is told to read the same.
_WEIGHTS = (
    r"model\.safetensors",
    r"model\.safetensors\.index\.json|model-\d+-of-\d+\.safetensors",
    r"pytorch_model\.bin",
    r"pytorch_model\.bin\.index\.json|pytorch_model-\d+-of-\d+\.bin",
)
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def weight_files(names: Iterable[str]) -> list[str]:
    """Return those of the file names that hold the weights to load, sorted; empty if none does."""
    known = sorted(names)
    for pattern in _WEIGHTS:
        found = [name for name in known if re.fullmatch(pattern, name)]
        if any(not name.endswith(".json") for name in found):
            return found
    return []


def files_read(names: Iterable[str]) -> list[str]:
    """Return the file names that a measurement reads: weights, configuration and tokenizer."""
    known = set(names)
    return sorted({*weight_files(known), *(known & _SMALL)})


def check_folder(folder: Path, name: str) -> list[str]:
    """Return the weight files of a model folder.

    Raises:
        ProbeError: the folder has no configuration, no weights or no tokenizer.
    """
    names = _names(folder)
    if "config.json" not in names:
        if "adapter_config.json" in names:
            raise ProbeError(f"{name} is an adapter; merge it into its base model first")
        raise ProbeError(f"{name} holds no config.json, so it is no model folder")
    weights = weight_files(names)
    if not weights:
        raise ProbeError(
            f"{name} holds no weights (model.safetensors or pytorch_model.bin); nothing to measure"
        )
    for weight in weights:
        with (folder / weight).open("rb") as file:
            if file.read(len(_LFS_POINTER)) == _LFS_POINTER:
                raise ProbeError(f"{name}: {weight} is a Git LFS pointer; run `git lfs pull` first")
    if TOKENIZER_FILES.isdisjoint(names):
        raise ProbeError(f"{name} holds no tokenizer (tokenizer.json, vocab.txt, …)")
    return weights


def file_hashes(folder: Path) -> dict[str, str]:
    """Return file name -> SHA-256 (hexadecimal) of every file that a measurement reads."""
    hashes = {}
    for name in files_read(_names(folder)):
        with (folder / name).open("rb") as file:
            hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def thumbprints(folder: Path) -> dict[str, str] | None:
    """Return file name -> thumbprint of the large files that a measurement reads; None if none is."""
    prints = ((name, thumbprint(str(folder / name))) for name in files_read(_names(folder)))
    return {name: one for name, one in prints if one is not None} or None


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def safetensors_keys(path: Path) -> set[str]:
    """Return the names of the tensors in a safetensors file, from its header alone."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 2 <= size <= 100_000_000:
                raise ValueError("the header has an impossible size")
            header = json.loads(file.read(size))
    except ValueError as error:
        raise ProbeError(f"{path.name} is no readable safetensors file: {error}") from None
    return set(header) - {"__metadata__"}
