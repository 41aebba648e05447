"""How the probe writes numbers and text: the same bytes in every language, with a decimal point."""

import math

from cardkit.probe.record import Estimate


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, and zero without one."""
    text = f"{abs(value):.{digits}f}"
    if not float(text):
        return text
    return ("+" if value > 0 else "−") + text


def interval(estimate: Estimate | None, *, sign: bool = True) -> str:
    """Write the interval of an estimate, or a dash if it has none."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return "–"
    if sign:
        return f"[{signed(estimate.low)}, {signed(estimate.high)}]"
    return f"[{estimate.low:.2f}, {estimate.high:.2f}]"


def factor(nats: float) -> str:
    """Write exp(|nats|), the factor between two odds, with as many digits as can be read."""
    value = math.exp(min(abs(nats), 100.0))
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.0f}" if value < 10_000 else f"{value:.0e}"


def odds(nats: float) -> str:
    """Write an effect as what it does to the odds: "× 2.00" or "÷ 2.00"."""
    return f"{'×' if nats >= 0 else '÷'} {factor(nats)}"


def probability(p: float) -> str:
    """Write a p value; very small ones as a bound."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def count(number: int) -> str:
    """Write a whole number; a narrow space parts thousands, since a comma is a decimal sign to many."""
    return f"{number:,}".replace(",", "\u202f")


def covers_zero(estimate: Estimate) -> bool | None:
    """Whether the interval covers 0; None when there is no interval."""
    if estimate.low is None or estimate.high is None:
        return None
    return estimate.low <= 0 <= estimate.high


def escape(text: str) -> str:
    """Make any text safe inside a line or a table cell of Markdown."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "&#92;")
    return "".join("\\" + char if char in "`*_[]|~#$" else char for char in text)
