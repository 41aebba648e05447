"""What JavaScript makes of values where it has a mind of its own: numbers and dates as text."""

import base64
import math
import re
from typing import Any

from cardkit._lazy import lazy
from cardkit.core_schema import Timestamp

_DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # day 0 of 1970 was a Thursday
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DATE = lazy(
    r"([0-9]+)-([0-9]+)-([0-9]+)"
    r"(?:(?:[Tt]|[ \t]+)([0-9]+):([0-9]+):([0-9]+)(?:\.([0-9]*))?"
    r"(?:[ \t]*(?:Z|([-+])([0-9]+)(?::([0-9]+))?))?)?"
)
_SURROGATES = lazy("[\ud800-\udbff][\udc00-\udfff]")


def as_text(value: Any) -> str:
    """Return ``String(value)`` for a scalar value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Timestamp):
        return date_text(milliseconds(value.text))
    if isinstance(value, bytes):
        return ",".join(map(str, value))
    return number_text(float(value)) if isinstance(value, int | float) else str(value)


def number_text(number: float) -> str:
    """Return a number as JavaScript writes it."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    # Both languages write the fewest digits that lead back to the number; the layout differs.
    mantissa, _, exponent = f"{abs(number)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def milliseconds(text: str) -> int:
    """Return the time of a YAML timestamp, in milliseconds since 1970."""
    match = _DATE().fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if year < 100:
        year += 1900  # as Date.UTC has it
    # Months and days may overflow: 2024-13-45 is a day in February 2025.
    days = _days_before(year + (month - 1) // 12, (month - 1) % 12) + day - 1
    fraction = int((match[7] or "")[:3].ljust(3, "0"))
    shift = 60 * int(match[9] or 0) + int(match[10] or 0)
    minutes = hour * 60 + minute - (-shift if match[8] == "-" else shift)
    return ((days * 1440 + minutes) * 60 + second) * 1000 + fraction


def _days_before(year: int, month: int) -> int:
    """Return the days from 1970 to the first of a month (0 is January)."""
    # Count in years that start in March, so that the leap day comes last.
    years, since_march = (year, month - 2) if month >= 2 else (year - 1, month + 10)
    leaps = years // 4 - years // 100 + years // 400
    return years * 365 + leaps + (153 * since_march + 2) // 5 - 719468


def date_text(time: int) -> str:
    """Return ``String(new Date(time))`` of a server whose clock shows universal time."""
    days, rest = divmod(time // 1000, 86400)
    year = 1970 + days * 400 // 146_097 - 1  # so many days in 400 years; perhaps too early
    while _days_before(year + 1, 0) <= days:
        year += 1
    month = max(m for m in range(12) if _days_before(year, m) <= days)
    day = days - _days_before(year, month) + 1
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    name = f"{_DAYS[days % 7]} {_MONTHS[month]} {day:02} {year:04}"
    return f"{name} {clock} GMT+0000 (Coordinated Universal Time)"


def is_base64(text: str) -> bool:
    """Tell whether js-yaml takes a text as binary data."""
    digits = re.sub(r"[\r\n]", "", text)
    return len(digits) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/=]*", digits) is not None


def from_base64(text: str) -> bytes:
    """Return the bytes that js-yaml makes of binary data."""
    digits = re.sub(r"[\r\n=]", "", text)
    if not digits:
        return b"\0\0\0"  # a slip of js-yaml's: no data are three bytes
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


def join_surrogates(text: str) -> str:
    """Make one character of each two escapes that are halves of one."""
    return _SURROGATES().sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
