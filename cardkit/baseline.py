"""Findings that were there before: written down once, so that only new ones fail a run.

A finding is known by its file, its rule and its section or metadata key, never by its line, so that
edits elsewhere leave it known.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from cardkit.card import Card
from cardkit.diagnostic import Diagnostic
from cardkit.engine import Report
from cardkit.errors import InputError, UsageError
from cardkit.topics import normalise

_VERSION: Final = 1


class Known(NamedTuple):
    """What makes a finding the same tomorrow: its file, its rule, and where in the card it is."""

    path: str
    rule: str
    place: str


def known(report: Report, folder: str, items: Iterable[Diagnostic]) -> list[Known]:
    """Return what each of some findings of a report is known by; paths start in ``folder``."""
    name = name_of(report.card.source.path, folder)
    return [Known(name, item.name, _place(report.card, item)) for item in items]


def name_of(path: str, folder: str) -> str:
    """Return a path as a baseline in ``folder`` has it: relative, with slashes."""
    relative = os.path.relpath(os.path.abspath(path), os.path.abspath(folder))
    return relative.replace(os.sep, "/")


def _place(card: Card, item: Diagnostic) -> str:
    """Return the metadata path, or the titles of the sections around a finding."""
    if item.target is not None and item.span.start < card.body_start:
        return item.target
    titles: list[str] = []
    if item.span.end > item.span.start:
        section = card.sections
        while True:
            inner = [
                child
                for child in section.children
                if child.heading.start <= item.span.start < child.end
            ]
            if not inner:
                break
            section = inner[0]
            titles.append(normalise(section.title))
    return " > ".join([*titles, *([item.target] if item.target else [])])


class Baseline(NamedTuple):
    """What was there: findings that were told, and those that another one stood for.

    The latter are known too, so that filling in one section of a generated card, whose other gaps
    are then told one by one, makes nothing new.
    """

    told: Counter[Known]
    hidden: Counter[Known]


def collect(reports: Iterable[Report], folder: str) -> Baseline:
    """Return the baseline of some reports; paths start in ``folder``."""
    baseline = Baseline(Counter(), Counter())
    for report in reports:
        baseline.told.update(known(report, folder, report.diagnostics))
        baseline.hidden.update(known(report, folder, report.hidden))
    return baseline


def read(path: str) -> Baseline:
    """Return a baseline from its file.

    Raises:
        InputError: the file cannot be read.
        UsageError: it is no baseline.
    """
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        if data["version"] != _VERSION:
            raise UsageError(
                f"{path}: a baseline of version {data['version']}; run `cardkit baseline` again"
            )
        return Baseline(_counts(data["known"]), _counts(data.get("hidden", [])))
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path}: {reason}; `cardkit baseline` writes this file") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not a baseline; run `cardkit baseline` to write one") from error


def _counts(rows: list[dict[str, Any]]) -> Counter[Known]:
    return Counter(
        {Known(row["path"], row["rule"], row["place"]): int(row["count"]) for row in rows}
    )


def render(baseline: Baseline) -> str:
    """Return a baseline as the text of its file."""
    rows = [_rows(counts) for counts in baseline]
    data = {"version": _VERSION, "known": rows[0], **({"hidden": rows[1]} if rows[1] else {})}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _rows(counts: Counter[Known]) -> list[dict[str, Any]]:
    return [{**item._asdict(), "count": count} for item, count in sorted(counts.items())]


def without(report: Report, baseline: Baseline, folder: str) -> tuple[Report, int]:
    """Return a report without the findings of a baseline, and how many were left out.

    Of a finding that was there twice, the first two are known.
    """
    left = baseline.told + baseline.hidden
    fresh = []
    for item, key in zip(
        report.diagnostics, known(report, folder, report.diagnostics), strict=True
    ):
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh.append(item)
    return report._replace(diagnostics=tuple(fresh)), len(report.diagnostics) - len(fresh)
