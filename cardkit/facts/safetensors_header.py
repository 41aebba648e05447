"""Parameters, number type and shards, from the headers of safetensors files alone.

Source of the format: the safetensors README (eight bytes of length, little-endian, then JSON).
"""

import json
import math
import os
from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder

#: The safetensors library itself refuses longer headers.
_MAX_HEADER: Final = 100_000_000
_WEIGHTS: Final = (
    "model.safetensors",
    "adapter_model.safetensors",
    "diffusion_pytorch_model.safetensors",
)
_FLOATS: Final = frozenset(("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"))


class _Broken(Exception):  # noqa: N818 (never leaves this module)
    """Why a header cannot be read."""


def read(folder: Folder) -> Iterator[Fact]:
    """Yield the number of parameters, the type of their numbers and the number of shards."""
    for name in _WEIGHTS:
        index = f"{name}.index.json"
        if folder.has(index):
            yield from _sharded(folder, index)
            return
        if folder.has(name):
            if not folder.is_pointer(name):
                yield from _facts(folder, [name], name)
            return


def _sharded(folder: Folder, index: str) -> Iterator[Fact]:
    data = folder.json(index, 50 * 1024 * 1024)
    weights = data.get("weight_map") if isinstance(data, dict) else None
    if not isinstance(weights, dict):
        return
    shards = sorted({item for item in weights.values() if isinstance(item, str)})
    inside = [shard for shard in shards if folder.path(shard) is not None]
    if len(inside) < len(shards) or not shards:
        return
    yield Fact("shards", len(shards), index, "weight_map")
    missing = [shard for shard in shards if not folder.has(shard)]
    if missing:
        folder.problems.append(
            f"{index} names {len(missing)} files that are not there ({missing[0]})"
        )
    elif not any(folder.is_pointer(shard) for shard in shards):
        yield from _facts(folder, shards, index)


def _facts(folder: Folder, names: list[str], shown: str) -> Iterator[Fact]:
    """Count the elements of all tensors by their type."""
    sizes: dict[str, int] = {}
    for name in names:
        try:
            header = read_header(os.path.join(folder.root, *name.split("/")))
        except (_Broken, OSError) as error:
            folder.problems.append(f"{name}: {error}; nothing was taken from it")
            return
        for dtype, size in header:
            sizes[dtype] = sizes.get(dtype, 0) + size
    total = sum(sizes.values())
    floats = {dtype: size for dtype, size in sizes.items() if dtype in _FLOATS}
    if not total:
        return
    yield Fact("dtype", max(sizes, key=lambda dtype: sizes[dtype]), shown, "dtype")
    # Packed integers are not parameters, and a few are indices: only floats are counted.
    if sum(floats.values()) >= 0.99 * total:
        kind = "adapter-parameters" if shown.startswith("adapter_") else "parameters"
        yield Fact(kind, sum(floats.values()), shown, "shape")


def read_header(path: str) -> list[tuple[str, int]]:
    """Return (dtype, number of elements) of each tensor of a safetensors file.

    Raises:
        _Broken: the file is not what its name says.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        size = os.fstat(file.fileno()).st_size
        if len(start) < 8 or length > min(_MAX_HEADER, size - 8):
            raise _Broken("the safetensors header is corrupt (its length is no length)")
        raw = file.read(length)
    try:
        header: Any = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _Broken(f"the safetensors header is corrupt ({error})") from error
    if not isinstance(header, dict):
        raise _Broken("the safetensors header is corrupt (it is no object)")
    found = []
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        shape = tensor.get("shape") if isinstance(tensor, dict) else None
        if not isinstance(shape, list) or not all(
            isinstance(item, int) and not isinstance(item, bool) and 0 <= item < 2**48
            for item in shape
        ):
            raise _Broken(f"the safetensors header is corrupt (no shape at {name!r})")
        found.append((str(tensor.get("dtype")), math.prod(shape)))
    return found
