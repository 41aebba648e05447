"""The metadata block of a new card, written so that every YAML reader sees the same."""

from typing import Any, Final

from cardkit.yaml_write import pair

#: The order in which the Hub's own cards have their keys.
ORDER: Final = (
    "language",
    "license",
    "license_name",
    "license_link",
    "library_name",
    "pipeline_tag",
    "tags",
    "datasets",
    "metrics",
    "base_model",
    "base_model_relation",
)


def write_metadata(values: dict[str, Any]) -> str:
    """Return the lines of a metadata block, without fences. Empty values are left out."""
    lines = []
    for key in (*ORDER, *(key for key in values if key not in ORDER)):
        value = values.get(key)
        if value in (None, "", [], ()):
            continue
        lines += pair(key, value)
    return "".join(f"{line}\n" for line in lines)
