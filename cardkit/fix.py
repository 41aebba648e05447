"""Fixes: edits of spans, applied until nothing is left to apply. YAML is never dumped back."""

import re
from collections import Counter
from typing import Final, NamedTuple

from cardkit.diagnostic import Diagnostic, Edit, Safety
from cardkit.edits import apply_edits as apply_edits
from cardkit.engine import Report, lint
from cardkit.selection import Selection
from cardkit.text import Source

_MAX_PASSES: Final = 10


class Fixed(NamedTuple):
    """The result of fixing: the new source, the report on it, and what was mended."""

    source: Source
    report: Report
    applied: tuple[Diagnostic, ...]


def fix(
    report: Report, selection: Selection, safeties: frozenset[Safety] = frozenset(("safe",))
) -> Fixed:
    """Apply the fixes of a report's findings, and of the findings that then appear.

    Fixes that overlap wait for the next pass. A fix that leaves its finding standing is not tried
    again, so this ends.
    """
    applied: list[Diagnostic] = []
    source = report.card.source
    useless: set[_Kind] = set()
    for _ in range(_MAX_PASSES):
        chosen: list[Diagnostic] = []
        edits: list[Edit] = []
        for diagnostic in report.diagnostics:
            mend = diagnostic.fix
            if mend is None or mend.safety not in safeties or _kind(diagnostic) in useless:
                continue
            if not any(_overlap(new, old) for new in mend.edits for old in edits):
                chosen.append(diagnostic)
                edits += mend.edits
        if not chosen:
            break
        applied += chosen
        before = Counter(map(_kind, report.diagnostics))
        source = Source(source.encode(apply_edits(source.text, edits)), source.path)
        report = lint(report.card.with_source(source), selection)
        after = Counter(map(_kind, report.diagnostics))
        useless |= {_kind(item) for item in chosen if after[_kind(item)] >= before[_kind(item)]}
    return Fixed(source, report, tuple(applied))


_Kind = tuple[str, str | None, str]


def _kind(diagnostic: Diagnostic) -> _Kind:
    """Return what makes two findings the same wherever they stand, and whatever lines they name."""
    return diagnostic.code, diagnostic.target, re.sub(r"\d+", "0", diagnostic.message)


def _overlap(one: Edit, other: Edit) -> bool:
    if one.span.start == one.span.end or other.span.start == other.span.end:
        return one.span.start <= other.span.end and other.span.start <= one.span.end
    return one.span.start < other.span.end and other.span.start < one.span.end
