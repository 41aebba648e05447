"""The last line: how many findings, how many can be fixed, which profile is reached."""

from collections import Counter
from collections.abc import Sequence

from cardkit.diagnostic import Severity
from cardkit.engine import Report
from cardkit.report.style import Paint


def render(reports: Sequence[Report], skipped: int, fixed: int, known: int, paint: Paint) -> str:
    """Return the summary of a run over some cards.

    Args:
        reports: what was found, without what the baseline kept back.
        skipped: how many files were no model cards.
        fixed: how many findings were mended.
        known: how many findings the baseline kept back.
        paint: colours a text.
    """
    items = [item for report in reports for item in report.diagnostics]
    parts = []
    if fixed:
        parts.append(paint(f"{fixed} fixed", "green"))
    failing = [item for item in items if item.severity > Severity.INFO]
    if not items:
        parts.append(paint("no findings", "green"))
    else:
        count = _count(len(items), "finding")
        hub = sum(item.ground == "hub-error" for item in items)
        notes = [f"{hub} the Hub would refuse"] if hub else []
        if len(items) > len(failing):
            notes.append(f"{len(items) - len(failing)} for information")
        parts.append(count + (f" ({', '.join(notes)})" if notes else ""))
    fixable = sum(item.fix is not None and item.fix.safety == "safe" for item in items)
    if fixable:
        parts.append(f"{fixable} fixable with --fix [*]")
    if len(reports) == 1:
        parts += _one(reports[0])
    elif reports:
        parts.append(_count(len(reports), "card"))
        reached = Counter(
            report.reached or "none" for report in reports if report.next_profile or report.reached
        )
        if reached:
            parts.append(
                "profile reached: " + ", ".join(f"{name} {n}" for name, n in reached.most_common())
            )
    if known:
        parts.append(f"{known} known from the baseline")
    if skipped:
        parts.append(f"{_count(skipped, 'file')} skipped: no model card")
    return " · ".join(parts)


def _one(report: Report) -> list[str]:
    if report.card.kind != "model":
        return [f"a {report.card.kind} card: file, YAML and fields are checked, no text"]
    if report.reached is None and report.next_profile is None:
        return []
    reached = f"profile reached: {report.reached or 'none'}"
    if report.next_profile:
        names = [label.partition(" ")[2] for label in report.missing]
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        reached += f"; in the way of {report.next_profile}: {shown}"
    return [reached]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
