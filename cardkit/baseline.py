"""Findings that were there before: written down once, so that only new ones fail a run.

A finding is known by its file, its rule and its section or metadata key, never by its line, so that
edits elsewhere leave it known.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

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


def known(report: Report, folder: str) -> list[Known]:
    """Return what each finding of a report is known by; paths start in ``folder``."""
    path = os.path.relpath(os.path.abspath(report.card.source.path), os.path.abspath(folder))
    name = path.replace(os.sep, "/")
    return [Known(name, item.name, _place(report.card, item)) for item in report.diagnostics]


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


def read(path: str) -> Counter[Known]:
    """Return how often each known finding was there.

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
        return Counter(
            {Known(row["path"], row["rule"], row["place"]): row["count"] for row in data["known"]}
        )
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not a baseline; run `cardkit baseline` to write one") from error


def render(reports: Iterable[Report], folder: str) -> str:
    """Return the baseline of some reports as the text of its file."""
    counts = Counter(item for report in reports for item in known(report, folder))
    rows = [{**item._asdict(), "count": count} for item, count in sorted(counts.items())]
    return json.dumps({"version": _VERSION, "known": rows}, ensure_ascii=False, indent=1) + "\n"


def without(report: Report, baseline: Counter[Known], folder: str) -> tuple[Report, int]:
    """Return a report without the findings of a baseline, and how many were left out.

    Of a finding that was there twice, the first two are known.
    """
    left = Counter(baseline)
    fresh = []
    for item, key in zip(report.diagnostics, known(report, folder), strict=True):
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh.append(item)
    return report._replace(diagnostics=tuple(fresh)), len(report.diagnostics) - len(fresh)
