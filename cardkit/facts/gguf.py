"""The header of a GGUF file: architecture, context length, quantisation, what it was made from.

Source of the format: docs/gguf.md of the ggml project (versions 2 and 3, little-endian).
"""

import math
import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from cardkit.facts.folder import Fact, Folder, count
from cardkit.schema import is_repo_id

_SCALARS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}  # fmt: skip
_STRING, _ARRAY = 8, 9
_MAX_TEXT: Final = 1 << 20
_MAX_ITEMS: Final = 4_000_000
#: general.file_type (llama.cpp's enumeration), where a name of its own is in use
_TYPES: Final = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 32: "BF16",
}  # fmt: skip


class _Broken(Exception):  # noqa: N818 (never leaves this module)
    """Why a header cannot be read."""


def read(folder: Folder) -> Iterator[Fact]:
    """Yield what the headers of the folder's GGUF files say; the first describes the model."""
    files = [name for name in folder.ending(".gguf") if not folder.is_pointer(name)]
    # Shards after the first hold tensors only, and a projector is a part of a model.
    files = [name for name in files if "mmproj" not in name.lower()]
    described = False
    kinds: dict[str, str] = {}
    for name in files[:40]:
        try:
            data, parameters = read_header(os.path.join(folder.root, *name.split("/")))
        except (_Broken, struct.error, OSError) as error:
            folder.problems.append(f"{name}: {error}; nothing was taken from it")
            continue
        kind = _TYPES.get(data.get("general.file_type", -1))
        if kind:
            kinds[name] = kind
        if not described and "general.architecture" in data:
            described = True
            yield from _facts(name, data, parameters)
    if kinds:
        name = next(iter(kinds))
        yield Fact("quantization", sorted(set(kinds.values())), name, "general.file_type")


def _facts(name: str, data: dict[str, Any], parameters: int) -> Iterator[Fact]:
    architecture = data["general.architecture"]
    yield Fact("library_name", "gguf", name, "GGUF")
    yield Fact("architecture", architecture, name, "general.architecture")
    if parameters:
        yield Fact("parameters", parameters, name, "tensor shapes")
    key = f"{architecture}.context_length"
    if length := count(data.get(key)):
        yield Fact("context-length", length, name, key)
    if isinstance(license_ := data.get("general.license"), str):
        yield Fact("license", license_.lower(), name, "general.license")
    url = data.get("general.base_model.0.repo_url")
    base = str(url).removeprefix("https://huggingface.co/").strip("/") if url else ""
    if base.count("/") == 1 and is_repo_id(base):
        yield Fact("base_model", base, name, "general.base_model.0.repo_url")
        if data.get("general.file_type") not in (None, 0, 1, 32):
            yield Fact("base_model_relation", "quantized", name, "general.file_type")
    languages = data.get("general.languages")
    if isinstance(languages, list) and languages and all(len(str(item)) == 2 for item in languages):
        yield Fact("language", [str(item) for item in languages], name, "general.languages")
    if "tokenizer.chat_template" in data:
        yield Fact("chat-template", True, name, "tokenizer.chat_template")


def read_header(path: str) -> tuple[dict[str, Any], int]:
    """Return the key-value pairs of a GGUF file (long arrays left out) and its number of parameters.

    Raises:
        _Broken: the file is not what its name says.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        magic, version = file.read(4), _number(file, "I")
        if magic != b"GGUF" or version not in (2, 3):
            raise _Broken("no GGUF header of version 2 or 3")
        tensors, pairs = _number(file, "Q"), _number(file, "Q")
        if tensors > 1_000_000 or pairs > 100_000:
            raise _Broken("the GGUF header is corrupt (its counts are no counts)")
        data = {}
        for _ in range(pairs):
            key = _text(file, size)
            data[key] = _value(file, _number(file, "I"), size)
        parameters = 0
        for _ in range(tensors):
            _text(file, size)
            dimensions = _number(file, "I")
            if dimensions > 8:
                raise _Broken("the GGUF header is corrupt (a tensor of many dimensions)")
            parameters += math.prod(_number(file, "Q") for _ in range(dimensions))
            _number(file, "I")
            _number(file, "Q")
    return data, parameters if parameters < 10**15 else 0


def _number(file: BinaryIO, code: str) -> Any:
    raw = file.read(struct.calcsize("<" + code))
    if len(raw) < struct.calcsize("<" + code):
        raise _Broken("the GGUF header is cut off")
    return struct.unpack("<" + code, raw)[0]


def _text(file: BinaryIO, size: int) -> str:
    length = _number(file, "Q")
    if length > min(_MAX_TEXT, size):
        raise _Broken("the GGUF header is corrupt (a text without end)")
    return str(file.read(length).decode("utf-8", "replace"))


def _value(file: BinaryIO, kind: int, size: int) -> Any:
    if kind == _STRING:
        return _text(file, size)
    if kind in _SCALARS:
        return _number(file, _SCALARS[kind])
    if kind != _ARRAY:
        raise _Broken(f"the GGUF header is corrupt (no value has type {kind})")
    inner, length = _number(file, "I"), _number(file, "Q")
    if length > _MAX_ITEMS:
        raise _Broken("the GGUF header is corrupt (an array without end)")
    if inner in _SCALARS:
        file.seek(struct.calcsize("<" + _SCALARS[inner]) * length, os.SEEK_CUR)
        return None
    if inner != _STRING:
        raise _Broken("the GGUF header is corrupt (an array of arrays)")
    if length <= 64:
        return [_text(file, size) for _ in range(length)]
    for _ in range(length):  # a vocabulary: walked over, not kept
        step = _number(file, "Q")
        if step > size:
            raise _Broken("the GGUF header is corrupt (a text without end)")
        file.seek(step, os.SEEK_CUR)
    return None
