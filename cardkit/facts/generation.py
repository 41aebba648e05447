"""generation_config.json: how text is made unless somebody says otherwise."""

from collections.abc import Iterator
from typing import Final

from cardkit.facts.folder import Fact, Folder, number

FILE: Final = "generation_config.json"
_SETTINGS: Final = (
    "do_sample",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
    "num_beams",
    "max_length",
    "max_new_tokens",
)


def read(folder: Folder) -> Iterator[Fact]:
    """Yield the settings of generation that were set, and the version of transformers."""
    data = folder.json(FILE)
    if not isinstance(data, dict):
        return
    settings = {
        key: data[key]
        for key in _SETTINGS
        if isinstance(data.get(key), bool) or number(data.get(key)) is not None
    }
    if settings:
        yield Fact("generation", settings, FILE, next(iter(settings)))
    if isinstance(data.get("transformers_version"), str):
        yield Fact(
            "version-transformers", data["transformers_version"], FILE, "transformers_version"
        )
