"""The metadata block of a new card, written so that every YAML reader sees the same."""

import json
import re
from typing import Any, Final

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
# Words and numbers that some reader takes for something else than text stay out of this.
_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n|nan|inf)\Z)[A-Za-z][A-Za-z0-9_./+-]*\Z", re.IGNORECASE
)


def write_metadata(values: dict[str, Any]) -> str:
    """Return the lines of a metadata block, without fences. Empty values are left out."""
    lines = []
    for key in (*ORDER, *(key for key in values if key not in ORDER)):
        value = values.get(key)
        if value in (None, "", [], ()):
            continue
        if isinstance(value, list | tuple):
            lines.append(f"{key}:")
            lines += [f"- {scalar(str(item))}" for item in value]
        else:
            lines.append(f"{key}: {scalar(str(value))}")
    return "".join(f"{line}\n" for line in lines)


def scalar(text: str) -> str:
    """Write a text as a YAML scalar, in quotes where it needs them."""
    # JSON strings are YAML strings.
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)
