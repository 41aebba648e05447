"""What a plain YAML scalar means to the Hub: the default schema of js-yaml 4.3.

That is YAML 1.2 core with timestamps. PyYAML resolves by YAML 1.1, where ``no`` is False, ``014``
is 12 and ``12:30`` is 750.
"""

import math
import re
from typing import Any, Final, NamedTuple


class Timestamp(NamedTuple):
    """A date or time, which js-yaml turns into a JavaScript Date (so it is no string)."""

    text: str


_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL: Final = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT = re.compile(r"[-+]?(?:0b([01]+)|0x([0-9a-fA-F]+)|0o([0-7]+)|([0-9]+))\Z")
# No sign before a leading point: `-.5` is text to js-yaml 4.3.
_FLOAT = re.compile(r"(?:[-+]?[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"([-+]?)\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?\Z"
)
# A scalar that starts with anything else is a string: most are, and none of the tests is needed.
_MAYBE: Final = frozenset("-+.0123456789~ntfNTF")


def resolve(text: str) -> Any:
    """Return what a plain scalar means: str, int, float, bool, None or :class:`Timestamp`."""
    if text and text[0] not in _MAYBE:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if match := _INT.match(text):
        binary, hexa, octal, decimal = match.groups()
        digits = binary or hexa or octal or decimal
        number = _int(digits, 2 if binary else 16 if hexa else 8 if octal else 10)
        if number is None:
            return text
        return -number if text[0] == "-" else number
    if _FLOAT.match(text):
        real = float(text)
        return real if math.isfinite(real) else text
    if match := _SPECIAL.match(text):
        if text.lower().endswith("nan"):
            return float("nan")
        return float("-inf" if match[1] == "-" else "inf")
    if "-" in text and re.match(_TIME, text):
        return Timestamp(text)
    return text


def _int(digits: str, base: int) -> int | float | None:
    """Return a number; beyond what JavaScript can count exactly, the float it would become.

    None if that would be infinite: js-yaml then takes the digits as text.
    """
    if len(digits) > 1100:
        digits = digits.lstrip("0") or "0"
        if len(digits) > 1100:  # infinite in any base, and slow to convert
            return None
    number = int(digits, base)
    if number < 2**53:
        return number
    try:
        return float(number)
    except OverflowError:
        return None


def fits(kind: str, text: str) -> bool:
    """Tell whether a text may stand under the explicit tag of a kind (``int``, ``bool`` …)."""
    if kind == "null":
        return text != "" and text in _NULL
    if kind == "bool":
        return text in _BOOL
    if kind == "timestamp":
        return re.match(_TIME, text) is not None
    if kind == "int":
        return _INT.match(text) is not None and not isinstance(resolve(text), str)
    matches = _FLOAT.match(text) or _SPECIAL.match(text)
    return matches is not None and not isinstance(resolve(text), str)
