"""Values as YAML that every reader takes for the same: js-yaml, libyaml, YAML 1.1 and 1.2."""

import json
import re
from typing import Any

from cardkit.core_schema import Timestamp

# Words and numbers that some reader takes for something else than text stay out of this.
_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n|nan|inf)\Z)[A-Za-z][A-Za-z0-9_./+-]*\Z", re.IGNORECASE
)
# What YAML does not print, or reads as a line end in one version only.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def scalar(text: str) -> str:
    """Write a text as a YAML scalar, in quotes where it needs them."""
    if _PLAIN.match(text):
        return text
    # JSON strings are YAML strings.
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def inline(value: Any) -> str:
    """Write a value on one line, as flow YAML."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Timestamp):
        return value.text
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict):
        pairs = (f"{scalar(str(key))}: {inline(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(inline(item) for item in value) + "]"


def _float(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # Without a point YAML 1.1 takes 1e-05 for a text.
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def lines(value: Any, indent: str = "") -> list[str]:
    """Write a list or mapping as block YAML, a line each, all of them indented."""
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            found += pair(str(key), item, indent)
    else:
        for item in value:
            if isinstance(item, dict | list) and item:
                first, *rest = lines(item, indent + "  ")
                found += [f"{indent}- {first[len(indent) + 2 :]}", *rest]
            else:
                found.append(f"{indent}- {inline(item)}")
    return found


def pair(key: str, value: Any, indent: str = "") -> list[str]:
    """Write one entry of a mapping as block YAML."""
    if isinstance(value, dict) and value:
        return [f"{indent}{scalar(key)}:", *lines(value, indent + "  ")]
    if isinstance(value, list | tuple) and value:
        # As the Hub's own cards have it: dashes below the first letter of the key.
        return [f"{indent}{scalar(key)}:", *lines(list(value), indent)]
    return [f"{indent}{scalar(key)}: {inline(value)}"]
