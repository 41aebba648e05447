"""The format for people: the source line, a caret, help, and what the fix would write."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from cardkit.diagnostic import Diagnostic, Ground, Severity
from cardkit.engine import Report
from cardkit.report.style import Paint, printable
from cardkit.rule import read_doc
from cardkit.rules import by_name
from cardkit.text import Source

_GROUNDS: Final[dict[Ground, str]] = {
    "hub-error": "the Hub refuses this",
    "hub-warning": "the Hub warns of this",
    "advice": "advice",
}
_STYLES: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
#: Longer source lines are cut around the place.
_WIDTH: Final = 100


def render(report: Report, paint: Paint) -> Iterator[str]:
    """Yield the lines that tell the findings of one card."""
    for item, others in group(report.diagnostics):
        yield from _finding(item, report.card.source, paint)
        if others:
            yield f"  {paint('also:', 'dim')} {_also(others)}"
        yield ""


#: Findings of one rule in one card that are shown in full; the lines of the others are named.
_DISTINCT: Final = 3


def group(items: Iterable[Diagnostic]) -> list[tuple[Diagnostic, list[Diagnostic]]]:
    """Put the findings of one card that say the same together, in the order of the first of each.

    Of one rule of advice at most three messages are told; findings with others stand behind the last of them.
    """
    groups: list[tuple[Diagnostic, list[Diagnostic]]] = []
    of_rule: dict[str, dict[str, list[Diagnostic]]] = {}
    for item in items:
        known = of_rule.setdefault(item.code, {})
        if item.message in known:
            known[item.message].append(item)
        elif len(known) == _DISTINCT and item.ground == "advice":
            list(known.values())[-1].append(item)
        else:
            known[item.message] = []
            groups.append((item, known[item.message]))
    return groups


def _also(others: list[Diagnostic]) -> str:
    """Return how many more there are, and the first of their lines, with what they speak of."""
    places = list(
        dict.fromkeys(
            f"{item.start.line} ({printable(item.target)})" if item.target else str(item.start.line)
            for item in others
        )
    )
    rest = ", …" if len(places) > 12 else ""
    return f"{len(others)} more: line{'s' if places[1:] else ''} {', '.join(places[:12])}{rest}"


def header(item: Diagnostic, paint: Paint) -> str:
    """Return the line that names place, severity and rule; the concise format has it too."""
    place = paint(f"{printable(item.path)}:{item.start.line}:{item.start.column}", "bold")
    severity = paint(f"{item.severity!s:7}", _STYLES[item.severity])
    return f"{place}  {severity}  {paint(item.code, 'bold')} {item.name}"


def _finding(item: Diagnostic, source: Source, paint: Paint) -> Iterator[str]:
    ground = _GROUNDS[item.ground]
    if item.ground == "advice" and (short := _short_source(item.code)):
        ground = f"advice ({short})"
    yield f"{header(item, paint)}  {paint(ground, 'dim')}"
    message = printable(item.message)
    if item.span.end > item.span.start:
        number = str(item.start.line)
        line = source.line_span(item.start.line)
        text, start, length = _window(
            source.text[line.start : line.end],
            item.start.column - 1,
            item.span.end - item.span.start,
        )
        yield f"  {paint(number + ' |', 'dim')} {text}"
        caret = " " * _columns(text[:start]) + "^" * max(_columns(text[start : start + length]), 1)
        margin = paint(" " * len(number) + " |", "dim")
        if len(caret) + len(message) <= _WIDTH:
            yield f"  {margin} {paint(caret, _STYLES[item.severity])} {message}"
        else:
            yield f"  {margin} {paint(caret, _STYLES[item.severity])}"
            yield f"  {message}"
    else:
        yield f"  {message}"
    if item.hub_message and item.ground != "advice":
        yield f"  {paint('hub:', 'dim')} {printable(_shorten(item.hub_message, 120))}"
    mark = "" if item.fix is None else " [*]" if item.fix.safety == "safe" else " [unsafe fix]"
    if item.help or mark:
        yield f"  {paint('help:', 'dim')} {printable(item.help or (item.fix.message if item.fix else ''))}{paint(mark, 'green')}"


def _short_source(code: str) -> str:
    """Return the part of a rule's source that fits in a line."""
    source = read_doc(by_name()[code]).source
    return re.split(r'[;(]|, "', source)[0].strip(" .") if source else ""


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _window(line: str, start: int, length: int) -> tuple[str, int, int]:
    """Cut a long line around a place; return (text, start, length) with characters shown safely."""
    if len(line) > _WIDTH:
        begin = max(0, min(start - 20, len(line) - _WIDTH))
        cut = line[begin : begin + _WIDTH]
        prefix = "…" if begin else ""
        length = min(length, begin + _WIDTH - start)
        line, start = (
            prefix + cut + ("…" if begin + _WIDTH < len(line) else ""),
            start - begin + len(prefix),
        )
    before, place, after = line[:start], line[start : start + length], line[start + length :]
    shown = [printable(part.replace("\t", "    ")) for part in (before, place, after)]
    return "".join(shown), len(shown[0]), len(shown[1])


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
