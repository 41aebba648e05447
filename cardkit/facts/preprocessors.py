"""preprocessor_config.json: what sound and images are turned into before the model sees them."""

from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder, count

FILE: Final = "preprocessor_config.json"


def read(folder: Folder) -> Iterator[Fact]:
    """Yield the sampling rate (Hz) and the size of images (pixels)."""
    data = folder.json(FILE)
    if not isinstance(data, dict):
        return
    if rate := count(data.get("sampling_rate")):
        yield Fact("sampling-rate", rate, FILE, "sampling_rate")
    for key in ("crop_size", "size"):
        if size := _size(data.get(key)):
            yield Fact("image-size", size, FILE, key)
            return


def _size(value: Any) -> str | None:
    if isinstance(value, dict):
        height, width = count(value.get("height")), count(value.get("width"))
        return f"{height} × {width}" if height and width else None
    side = count(value)
    return f"{side} × {side}" if side else None
