"""The section that goes into the card: a pure function from the record to Markdown.

What may be said follows from what was measured: how far words move the odds, in these sentences,
with intervals. Nothing is said about the model being good or bad, and an interval that covers 0
is reported as "not shown". The words are those of ``wording``, the numbers those of ``numbers``.
"""

import re

from cardkit.measured import seal
from cardkit.probe.chart import alternative, chart_name
from cardkit.probe.details import details, tests
from cardkit.probe.markers import END, begin
from cardkit.probe.numbers import count, escape, factor, interval, odds, signed
from cardkit.probe.reading import reading
from cardkit.probe.record import Estimate, Prompt, Record, WordEffect, to_json
from cardkit.probe.suite import Suite
from cardkit.probe.wording import LANGUAGES, Texts, load_shipped, reason, texts_for

_MOST_SKIPPED = 12
_LANGUAGE = re.compile(r"<!--[^>]*\blanguage=([a-z]+)\b[^>]*-->")


def render(record: Record, texts: Texts | None = None) -> str:
    """Return the whole block, markers included, with LF line ends and no newline at the end.

    Args:
        record: of the measurement.
        texts: in which language to say it; English by default.
    """
    texts = texts or texts_for(record)
    parts = [
        begin(record.suite, texts.language),
        _measured(record, texts),
        f"![{alternative(record, texts)}]({chart_name(record.suite.id, texts.language)})",
        _table(record, texts),
        reading(record, texts),
        _limits(record, texts),
        _skipped(record, texts),
        _illustration(record, texts),
        tests(record, texts),
        _record(record, texts),
    ]
    # The end marker needs no blank line before it: </details> closes its HTML block there.
    return seal("\n\n".join(part for part in parts if part) + "\n\n" + END)


def block_language(block: str) -> str:
    """Return the language of a block, which its first line names unless it is English."""
    match = _LANGUAGE.match(block.lstrip().partition("\n")[0].strip())
    return match[1] if match and match[1] in LANGUAGES else "en"


def expected(block: str, record: Record, suite: Suite | None = None) -> str | None:
    """Return what a block should say by its record, in its own language.

    Args:
        block: as it stands in a card.
        record: the one in the block.
        suite: for its translations; by default the one that ships under its name.

    Returns:
        None when it cannot be told: the suite is not at hand, or has changed since, and may have
        spoken the language.
    """
    texts = texts_for(record, block_language(block), suite)
    if texts.language != "en" and not texts.in_suite:
        current = suite or load_shipped(record.suite.id)
        if current is None or current.sha256 != record.suite.sha256:
            return None
    return render(record, texts)


def _measured(record: Record, texts: Texts) -> str:
    suite, counts, words = record.suite, record.counts, texts.words
    language = words["languages"].get(suite.language) or words["language_other"].format(
        code=escape(suite.language)
    )
    return texts.say(
        "measured",
        title=texts.title,
        in_sentences=texts.plural("in_sentences", counts.templates, language=language),
        words=texts.plural("words", counts.attributes),
        model=escape(record.model.name),
        positive=escape(suite.positive),
        negative=escape(suite.negative),
    )


def _table(record: Record, texts: Texts) -> str:
    suite, counts, results = record.suite, record.counts, record.results
    positive, negative = escape(suite.positive), escape(suite.negative)
    cells = f"{counts.templates} × {counts.attributes}"
    nats = texts.say("nats", positive=positive, negative=negative)
    heads = ["", nats, texts.say("interval"), texts.say("odds_of", positive=positive)]
    size = results.mean_size
    lines = [
        f"|{'|'.join(f' {head} ' if head else ' ' for head in heads)}| {texts.say('n')} |",
        "|---|---:|---:|---:|---:|",
        _row(texts.say("mean"), results.mean, odds(results.mean.value), cells),
        _row(texts.say("mean_size"), size, _either(size, texts), cells, sign=False),
    ]
    if results.noise_floor is not None:
        n = f"{counts.control_templates} × {counts.control_pairs}"
        floor = results.noise_floor
        lines.append(_row(texts.say("floor"), floor, _either(floor, texts), n, sign=False))
    if results.rank_correlation is not None:
        name = texts.say("correlation", reference=texts.reference or "reference")
        lines.append(_row(name, results.rank_correlation, "–", str(counts.references)))
    for target, words in (
        (positive, results.toward_positive),
        (negative, results.toward_negative),
    ):
        lines += [_word_row(target, word, counts.templates, texts) for word in words]
    return "\n".join(lines)


def _row(name: str, estimate: Estimate, odds: str, n: str, *, sign: bool = True) -> str:
    value = signed(estimate.value) if sign else f"{estimate.value:.2f}"
    return f"| {name} | {value} | {interval(estimate, sign=sign)} | {odds} | {n} |"


def _either(estimate: Estimate, texts: Texts) -> str:
    return texts.say("times_or", factor=factor(estimate.value))


def _word_row(target: str, word: WordEffect, templates: int, texts: Texts) -> str:
    name = texts.say("furthest", target=target, word=escape(word.word))
    return _row(name, word.effect, odds(word.effect.value), str(templates))


def _limits(record: Record, texts: Texts) -> str:
    suite, counts, results = record.suite, record.counts, record.results
    items = [texts.say("limit_zero"), texts.say("limit_system")]
    if texts.reference is not None:
        items.append(texts.say("limit_reference", reference=texts.reference))
    if results.toward_positive or results.toward_negative:
        items.append(texts.say("limit_picked", n=counts.attributes))
    if counts.unequal_targets:
        positive, negative = escape(suite.positive), escape(suite.negative)
        items.append(
            texts.plural(
                "limit_unequal", counts.unequal_targets, positive=positive, negative=negative
            )
        )
    if not texts.in_suite:
        items.append(texts.say("limits_in_english"))
    items += texts.limits
    # A bold line of its own would be taken for a heading.
    return f"{texts.say('limits')}\n\n" + "\n".join(f"- {item}" for item in items)


def _skipped(record: Record, texts: Texts) -> str:
    if not record.skipped:
        return ""
    shown = record.skipped[:_MOST_SKIPPED]
    kinds = texts.words["kinds"]
    items = [
        texts.say(
            "skipped_item",
            kind=kinds.get(skip.kind, kinds["attribute"]).format(noun=texts.noun),
            text=escape(skip.text),
            reason=reason(texts, skip.reason),
        )
        for skip in shown
    ]
    if len(record.skipped) > len(shown):
        items.append(texts.say("skipped_more", n=len(record.skipped) - len(shown)))
    return f"{texts.say('skipped')}\n\n" + "\n".join(f"- {item}" for item in items)


def _illustration(record: Record, texts: Texts) -> str:
    lines = [_prompt(prompt) for prompt in record.prompts]
    if not lines:
        return ""
    head = f"| {texts.say('sentence')} | {texts.say('likeliest')} |"
    return details(texts.say("illustration"), "\n".join([head, "|---|---|", *lines]))


def _prompt(prompt: Prompt) -> str:
    fillers = ", ".join(f"{escape(f.word)} {100 * f.probability:.1f} %" for f in prompt.fillers)
    return f"| {escape(prompt.text)} | {fillers} |"


def _record(record: Record, texts: Texts) -> str:
    settings, suite = record.settings, record.suite
    text = texts.say(
        "how",
        method=settings.method,
        resamples=count(settings.resamples),
        seed=settings.seed,
        suite=suite.id,
        version=suite.version,
        rows=count(record.counts.rows),
        dtype=settings.dtype,
        device=settings.device,
        cardkit=record.versions.get("cardkit", "?"),
        date=record.date,
    )
    if (check := settings.spot_check) is not None:
        effect = f"{check.effect:.3f}"
        text += texts.say("spot_check", cells=count(check.cells), of=count(check.of), effect=effect)
    return details(texts.say("record"), f"{text}\n\n```json\n{to_json(record)}\n```")
