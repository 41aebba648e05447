"""The result as a table for the terminal, no line wider than 80 columns where words allow it."""

import textwrap

from cardkit.probe.numbers import count, interval, odds, signed
from cardkit.probe.record import Estimate, Record, Settings, WordEffect

_MOST_SKIPPED = 5
_WIDTH = 80
_TIED = "\xa0"  # a word and its number stay on one line
_NAME = 40  # columns for what a row is called


def summary(record: Record) -> str:
    """Return the result as a table for the terminal, with a line end."""
    suite, results, counts = record.suite, record.results, record.counts
    commit = f" @ {record.model.commit[:8]}…" if record.model.commit else ""
    lines = [
        f"{record.model.name}{commit}, fill-mask, {record.settings.device} {record.settings.dtype}",
        f"{suite.id} {suite.version}: {counts.templates} templates × {counts.attributes}"
        f" {suite.nouns}, {count(counts.rows)} rows",
        *_spot_check(record.settings),
        "",
        *_table(record),
        "",
    ]
    for target, words in (
        (suite.positive, results.toward_positive),
        (suite.negative, results.toward_negative),
    ):
        lines += _wrapped(f"furthest toward {target}: {_words(words)}")
    for prompt in record.prompts:
        fillers = ", ".join(f"{f.word}{_TIED}{f.probability:.3f}" for f in prompt.fillers)
        lines += _wrapped(f"{prompt.text}  {fillers}")
    return "\n".join([*lines, *_skipped(record), ""])


def _spot_check(settings: Settings) -> list[str]:
    check = settings.spot_check
    if check is None:
        return []
    return _wrapped(
        f"{settings.dtype}: {check.cells} of {check.of} cells again in float32;"
        f" log-probabilities differ by {check.log_probability:.3f} nats at most, effects by"
        f" {check.effect:.3f} (refused beyond {check.bound:g})"
    )


def _table(record: Record) -> list[str]:
    suite, results = record.suite, record.results
    size, floor = results.mean_size, results.noise_floor
    lines = _row(f"{suite.positive} − {suite.negative}", "nats", "95 % interval", "odds")
    lines += _estimate("mean", results.mean, odds(results.mean.value))
    lines += _estimate("mean size, either way", size, "", sign=False)
    if floor is not None:
        lines += _estimate("noise floor, between control words", floor, "", sign=False)
    if results.rank_correlation is not None:
        name = f"rank correlation with {suite.reference}"
        lines += _estimate(name, results.rank_correlation, "")
    return lines


def _estimate(name: str, estimate: Estimate, odds: str, *, sign: bool = True) -> list[str]:
    value = signed(estimate.value) if sign else f"{estimate.value:.2f}"
    return _row(name, value, interval(estimate, sign=sign), odds)


def _row(name: str, value: str, span: str, odds: str) -> list[str]:
    """Return a row; a long name goes on in the lines below."""
    first, *more = textwrap.wrap(name, _NAME) or [""]
    line = f"{first:<{_NAME}}  {value:>6}  {span:<16}  {odds}".rstrip()
    return [line, *(f"  {part}" for part in more)]


def _wrapped(text: str, indent: str = "") -> list[str]:
    lines = textwrap.wrap(
        text,
        _WIDTH - 1,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_TIED, " ") for line in lines]


def _words(words: tuple[WordEffect, ...]) -> str:
    return ", ".join(f"{w.word}{_TIED}{signed(w.effect.value, 1)}" for w in words) or "none"


def _skipped(record: Record) -> list[str]:
    if not record.skipped:
        return []
    shown = record.skipped[:_MOST_SKIPPED]
    lines = ["", f"not measured: {len(record.skipped)}"]
    for skip in shown:
        kind = record.suite.noun if skip.kind == "attribute" else skip.kind
        lines += _wrapped(f"{kind} “{skip.text}”: {skip.reason}", "  ")
    if len(record.skipped) > len(shown):
        lines.append(f"  and {len(record.skipped) - len(shown)} more")
    return lines
