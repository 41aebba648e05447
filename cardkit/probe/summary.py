"""The result as a table for the terminal."""

from cardkit.probe.details import interval, signed
from cardkit.probe.record import Estimate, Record, Settings, WordEffect

_MOST_SKIPPED = 5


def summary(record: Record) -> str:
    """Return the result as a table for the terminal, with a line end."""
    suite, results, counts = record.suite, record.results, record.counts
    commit = f" @ {record.model.commit[:8]}…" if record.model.commit else ""
    lines = [
        f"{record.model.name}{commit}, fill-mask, {record.settings.device} {record.settings.dtype}",
        f"{suite.id} {suite.version}: {counts.templates} templates × {counts.attributes}"
        f" {suite.nouns}, {counts.rows:,} rows",
        *_spot_check(record.settings),
        "",
        *_table(record),
    ]
    for target, words in (
        (suite.positive, results.toward_positive),
        (suite.negative, results.toward_negative),
    ):
        lines.append(f"most toward {target:<5} {_words(words)}")
    for prompt in record.prompts:
        fillers = ", ".join(f"{f.word} {f.probability:.3f}" for f in prompt.fillers)
        lines.append(f"{prompt.text}  {fillers}")
    return "\n".join([*lines, *_skipped(record), ""])


def _spot_check(settings: Settings) -> list[str]:
    check = settings.spot_check
    if check is None:
        return []
    return [
        f"{settings.dtype}: {check.cells} of {check.of} cells again in float32;"
        f" log-probabilities differ by {check.log_probability:.3f} nats at most, effects by"
        f" {check.effect:.3f} (refused beyond {check.bound:g})"
    ]


def _table(record: Record) -> list[str]:
    suite, results = record.suite, record.results
    rows = [
        (
            f"association ({suite.positive} − {suite.negative}), nats",
            "estimate",
            "95 % interval",
            "control floor",
        ),
        ("mean", signed(results.mean.value), interval(results.mean), ""),
        (
            "mean size",
            f"{results.mean_size.value:.2f}",
            interval(results.mean_size, sign=False),
            _plain(results.noise_floor),
        ),
    ]
    if results.rank_correlation is not None:
        correlation = results.rank_correlation
        name = f"rank correlation with {suite.reference}"
        rows.append((name, signed(correlation.value), interval(correlation), ""))
    width = max(len(row[0]) for row in rows)
    return [
        f"{name:<{width}}  {value:>8}   {span:<15}  {floor:>13}".rstrip()
        for name, value, span, floor in rows
    ]


def _plain(estimate: Estimate | None) -> str:
    return "" if estimate is None else f"{estimate.value:.2f}"


def _words(words: tuple[WordEffect, ...]) -> str:
    return ", ".join(f"{w.word} {signed(w.effect.value, 1)}" for w in words) or "none"


def _skipped(record: Record) -> list[str]:
    if not record.skipped:
        return []
    shown = record.skipped[:_MOST_SKIPPED]
    lines = ["", f"not measured: {len(record.skipped)}"]
    for skip in shown:
        kind = record.suite.noun if skip.kind == "attribute" else skip.kind
        lines.append(f"  {kind} “{skip.text}”: {skip.reason}")
    if len(record.skipped) > len(shown):
        lines.append(f"  and {len(record.skipped) - len(shown)} more")
    return lines
