"""A card and a choice of rules -> diagnostics with their places, severities and suppressions."""

from functools import cache
from typing import Final, NamedTuple

from cardkit.card import Card
from cardkit.diagnostic import (
    Diagnostic,
    Finding,
    Fix,
    Key,
    Place,
    Severity,
    Topic,
    Value,
    format_path,
)
from cardkit.profiles import Profile
from cardkit.rule import Rule
from cardkit.rules import all_rules, by_name
from cardkit.selection import Selection, select
from cardkit.suppress import Suppression, find_suppressions
from cardkit.text import Span

#: Rules about the file itself: if one fires, nothing else can be said.
_GATES: Final = ("CK001", "CK002", "CK003")


class Report(NamedTuple):
    """What there is to say about one card."""

    card: Card
    diagnostics: tuple[Diagnostic, ...]
    #: the highest profile reached; None if not even the first, or where rules were chosen by hand
    reached: str | None = None
    #: the first profile that is not reached, and the labels of the rules that keep it back
    next_profile: str | None = None
    missing: tuple[str, ...] = ()
    #: findings that another one stands for: not told, yet part of a baseline and of what is missing
    hidden: tuple[Diagnostic, ...] = ()


@cache
def _ranks() -> dict[str, int]:
    """Return code -> index in the order of showing: limitations and bias come first."""
    ordered = sorted(all_rules(), key=lambda rule: (not rule.code.startswith("CK5"), rule.code))
    return {rule.code: i for i, rule in enumerate(ordered)}


def lint(card: Card, selection: Selection | None = None) -> Report:
    """Run the rules on a card.

    A rule that fails is a finding of its own (CK901), never an exception.
    """
    selection = selection or select()
    suppressions = find_suppressions(card)
    # A suppression is unused only if its rule ran.
    found = _run(card, [rule for rule in all_rules() if suppressions or selection.needs(rule)])
    found = _suppress(card, found, suppressions)
    shown = []
    for rule, finding in found:
        severity = selection.severity(rule, finding)
        if severity is not None:
            shown.append(diagnose(card, rule, finding, severity))
    shown.sort(key=lambda item: (item.span.start, _ranks()[item.code], item.span.end))
    told, hidden = _put_together(shown)
    report = Report(card, told, hidden=hidden)
    if selection.selected is not None or card.kind != "model":
        return report
    reached, following, missing = _reached(found, selection.chain)
    return report._replace(reached=reached, next_profile=following, missing=missing)


def _put_together(
    items: list[Diagnostic],
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Part the findings from those that another of them stands for.

    A finding is never hidden behind a milder one, which could let a run pass that must fail.
    """
    least: dict[str, Severity] = {}
    for item in items:
        for name in by_name()[item.code].stands_for:
            least[name] = max(item.severity, least.get(name, item.severity))
    hidden = tuple(item for item in items if item.severity <= least.get(item.name, 0))
    return tuple(item for item in items if item not in hidden) if hidden else tuple(items), hidden


Found = list[tuple[Rule, Finding]]


def _run(card: Card, rules: list[Rule]) -> Found:
    found: Found = []
    for rule in rules:
        if card.kind not in rule.kinds:
            continue
        try:
            found += ((rule, finding) for finding in rule.check(card))
        except Exception as error:  # noqa: BLE001 (whatever a rule raises is a bug to report)
            crash = by_name()["CK901"]
            message = f"{rule.label} failed: {type(error).__name__}: {error}"
            help_ = "this is a bug of cardkit; please report it with the card, if you may share it"
            found.append((crash, Finding(Place(Span(0, 0)), message, help_)))
        if rule.code in _GATES and found:
            break
    return found


def _suppress(card: Card, found: Found, suppressions: list[Suppression]) -> Found:
    """Take out what is suppressed; add what is wrong with the suppressions themselves."""
    if not suppressions:
        return found
    kept: Found = []
    used: set[int] = set()
    for rule, finding in found:
        span = _span(card, finding.at)
        hits = [
            i for i, item in enumerate(suppressions) if item.covers(rule, span, _is_absent(finding))
        ]
        used.update(hits)
        if not hits:
            kept.append((rule, finding))
    for i, item in enumerate(suppressions):
        if item.unknown:
            message = f"no rule is called {', '.join(item.unknown)}"
            kept.append(
                (
                    by_name()["CK902"],
                    Finding(Place(item.span), message, "`cardkit rule` lists them all"),
                )
            )
        elif i not in used:
            message = "this comment suppresses nothing"
            kept.append((by_name()["CK902"], Finding(Place(item.span), message, "take it out")))
        if not item.reason:
            message = "a suppression without a reason"
            kept.append(
                (
                    by_name()["CK903"],
                    Finding(Place(item.span), message, "say why, behind the bracket"),
                )
            )
    return kept


def _is_absent(finding: Finding) -> bool:
    return isinstance(finding.at, Topic) and finding.at.span is None


def _span(card: Card, at: Key | Value | Topic | Place) -> Span:
    """Make a place of what a rule pointed at."""
    if isinstance(at, Place):
        return at.span
    if isinstance(at, Key | Value):
        return card.span_of(at.path, key=isinstance(at, Key))
    return at.span or _body_start(card)


def _body_start(card: Card) -> Span:
    """Return the start of the first line of the body that holds anything.

    It is empty: what is absent has a place to be told at, and no words to point to.
    """
    rest = card.text[card.body_start :]
    start = card.body_start + len(rest) - len(rest.lstrip())
    if start >= len(card.text):
        start = card.front_matter.closing.start if card.front_matter else 0
    return Span(start, start)


def diagnose(card: Card, rule: Rule, finding: Finding, severity: Severity) -> Diagnostic:
    """Make a diagnostic of a finding: its exact place, its rule, its severity."""
    at = finding.at
    span = _span(card, at)
    # A finding on a whole section shows its first line; the rest would fill the screen.
    end = min(span.end, card.source.line_span(card.source.position(span.start).line).end)
    if isinstance(at, Topic):
        target: str | None = at.id
    else:
        target = format_path(at.path) if at.path else None
    shown = Span(span.start, max(end, span.start))
    return Diagnostic(
        card.source.path,
        shown,
        card.source.position(shown.start),
        card.source.position(shown.end),
        rule.code,
        rule.name,
        rule.ground,
        severity,
        target and _sayable(target),
        _sayable(finding.message),
        finding.help and _sayable(finding.help),
        finding.fix if _is_writable(finding.fix) else None,
        finding.hub_message and _sayable(finding.hub_message),
    )


def _sayable(text: str) -> str:
    """Return a text that can be printed: halves of surrogate pairs, from escapes, are written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_writable(fix: Fix | None) -> bool:
    return fix is None or all(_sayable(edit.text) == edit.text for edit in fix.edits)


def _reached(
    found: Found, chain: tuple[Profile, ...]
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return the highest profile that a card reaches, the next one, and what keeps it back."""
    reached = None
    for profile in chain:
        failed = {
            rule.code: rule.label
            for rule, _ in found
            if rule.ground != "advice" or rule.name in profile.requires
        }
        if failed:
            labels = (failed[code] for code in sorted(failed, key=_ranks().__getitem__))
            return reached, profile.name, tuple(labels)
        reached = profile.name
    return reached, None, ()
