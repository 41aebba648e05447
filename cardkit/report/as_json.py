"""The format for programs: always an array; fields are only ever added."""

import json
from collections.abc import Iterable
from typing import Any

from cardkit.diagnostic import Diagnostic
from cardkit.engine import Report
from cardkit.text import Source


def render(reports: Iterable[Report]) -> str:
    """Return the findings of all cards as one JSON array.

    Lines and columns are 1-based, columns count code points, an end is exclusive.
    """
    rows = [_row(item, report.card.source) for report in reports for item in report.diagnostics]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _row(item: Diagnostic, source: Source) -> dict[str, Any]:
    return {
        "path": item.path,
        "line": item.start.line,
        "column": item.start.column,
        "end_line": item.end.line,
        "end_column": item.end.column,
        "code": item.code,
        "name": item.name,
        "ground": item.ground,
        "severity": str(item.severity),
        "target": item.target,
        "message": item.message,
        "help": item.help,
        "hub_message": item.hub_message,
        "fix": _fix(item, source),
    }


def _fix(item: Diagnostic, source: Source) -> dict[str, Any] | None:
    if item.fix is None:
        return None
    edits = []
    for edit in item.fix.edits:
        start, end = source.position(edit.span.start), source.position(edit.span.end)
        edits.append(
            {
                "start_line": start.line,
                "start_column": start.column,
                "end_line": end.line,
                "end_column": end.column,
                "text": edit.text,
            }
        )
    return {"safety": item.fix.safety, "message": item.fix.message, "edits": edits}
