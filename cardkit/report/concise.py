"""One line a finding."""

from collections.abc import Iterator

from cardkit.engine import Report
from cardkit.report.full import header
from cardkit.report.style import Paint, printable


def render(report: Report, paint: Paint) -> Iterator[str]:
    """Yield one line for each finding of a card."""
    for item in report.diagnostics:
        mark = " [*]" if item.fix and item.fix.safety == "safe" else ""
        yield f"{header(item, paint)}  {printable(item.message)}{mark}"
