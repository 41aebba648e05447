"""float32 in full: no TF32 on a GPU, no bfloat16 inside float32 products on a CPU.

torch may be told to multiply float32 numbers with ten bits of mantissa or fewer, and for
convolutions on a GPU it does so unasked. A measurement is exact to 1e-4 nats only without.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def full_float32() -> Iterator[None]:
    """Multiply float32 as float32 for a while; the program's own settings are put back."""
    import torch

    # Newer versions of torch have one setting per kind of operation beside the two old ones, and
    # refuse to read an old one that contradicts a new one. Here all of them agree.
    places = _places(torch.backends)
    each = [place.fp32_precision for place in places]
    products, convolutions = "highest", True
    with suppress(RuntimeError):
        products = torch.get_float32_matmul_precision()
    with suppress(RuntimeError):
        convolutions = torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    for place in places:
        place.fp32_precision = "ieee"
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = convolutions
        for place, before in zip(places, each, strict=True):
            if place.fp32_precision != before:
                place.fp32_precision = before


def _places(backends: Any) -> list[Any]:
    """Return the settings of single kinds of operation, none in older versions of torch."""
    names = ("cuda.matmul", "cudnn.conv", "cudnn.rnn", "mkldnn.matmul", "mkldnn.conv", "mkldnn.rnn")
    found = [_at(backends, name) for name in names]
    return [one for one in found if hasattr(one, "fp32_precision")]


def _at(where: Any, name: str) -> Any:
    for part in name.split("."):
        where = getattr(where, part, None)
    return where
