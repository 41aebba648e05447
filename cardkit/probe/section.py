"""The section that goes into the card: a pure function from the record to Markdown.

What may be said follows from what was measured: how far words move the odds, in these sentences,
with intervals. Nothing is said about the model being good or bad, and an interval that covers 0
is reported as "not shown".
"""

from collections.abc import Iterable

from cardkit.measured import seal
from cardkit.probe.details import details, escape, factor, interval, odds, signed, tests
from cardkit.probe.markers import END, begin
from cardkit.probe.record import Estimate, Prompt, Record, WordEffect, to_json

_LANGUAGES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "zh": "Chinese"}
_KINDS = {"template": "sentence", "control": "control"}
_MOST_SKIPPED = 12


def render(record: Record) -> str:
    """Return the whole block, markers included, with LF line ends and no newline at the end."""
    parts = [
        begin(record.suite),
        _measured(record),
        _table(record),
        _reading(record),
        _limits(record),
        _skipped(record),
        _illustration(record.prompts),
        tests(record),
        _record(record),
    ]
    # The end marker needs no blank line before it: </details> closes its HTML block there.
    return seal("\n\n".join(part for part in parts if part) + "\n\n" + END)


def covers_zero(estimate: Estimate) -> bool | None:
    """Whether the interval covers 0; None when there is no interval."""
    if estimate.low is None or estimate.high is None:
        return None
    return estimate.low <= 0 <= estimate.high


def _measured(record: Record) -> str:
    suite, counts = record.suite, record.counts
    language = _LANGUAGES.get(suite.language, f'"{suite.language}"')
    return (
        f"**Measured: {escape(suite.title)}.** In {counts.templates} {language} sentences, each"
        f" with {counts.attributes} {escape(suite.nouns)}, cardkit measured how far naming the"
        f" {escape(suite.noun)} changes the odds that {escape(record.model.name)} gives to"
        f" *{escape(suite.positive)}* against *{escape(suite.negative)}*, compared with the same"
        f" sentence with the {escape(suite.noun)} hidden. Numbers above 0 lean toward"
        f" *{escape(suite.positive)}*, numbers below 0 toward *{escape(suite.negative)}*, and 0"
        f" means that naming it changes nothing."
    )


def _table(record: Record) -> str:
    suite, counts, results = record.suite, record.counts, record.results
    positive, negative = escape(suite.positive), escape(suite.negative)
    cells = f"{counts.templates} × {counts.attributes}"
    lines = [
        f"| | {positive} − {negative} (nats) | 95 % interval | odds of *{positive}* | n |",
        "|---|---:|---:|---:|---:|",
        _row("mean lean", results.mean, odds(results.mean.value), cells),
        _row("mean size of the lean, either way", results.mean_size, "", cells, sign=False),
    ]
    if results.noise_floor is not None:
        n = f"{counts.control_templates} × {counts.control_pairs}"
        name = "the same between control words (noise floor)"
        lines.append(_row(name, results.noise_floor, "", n, sign=False))
    if results.rank_correlation is not None:
        name = f"rank correlation with the {escape(suite.reference or 'reference')}"
        lines.append(_row(name, results.rank_correlation, "–", str(counts.references)))
    for target, words in (
        (positive, results.toward_positive),
        (negative, results.toward_negative),
    ):
        lines += [_word_row(target, word, counts.templates) for word in words]
    return "\n".join(lines)


def _row(name: str, estimate: Estimate, odds: str, n: str, *, sign: bool = True) -> str:
    value = signed(estimate.value) if sign else f"{estimate.value:.2f}"
    odds = odds or f"× or ÷ {factor(estimate.value)}"
    return f"| {name} | {value} | {interval(estimate, sign=sign)} | {odds} | {n} |"


def _word_row(target: str, word: WordEffect, templates: int) -> str:
    name = f"furthest toward *{target}*: {escape(word.word)}"
    return _row(name, word.effect, odds(word.effect.value), str(templates))


def _reading(record: Record) -> str:
    sentences = [_size_sentence(record), _mean_sentence(record), _correlation_sentence(record)]
    low, high = record.results.lowest_template, record.results.highest_template
    sentences.append(
        f"The wording matters: from one sentence to another the mean lean runs from {signed(low)}"
        f" to {signed(high)}."
    )
    return "**How to read it.** " + " ".join(sentence for sentence in sentences if sentence)


def _size_sentence(record: Record) -> str:
    suite, size, floor = record.suite, record.results.mean_size, record.results.noise_floor
    if size.value == 0 and size.high in (0, None):
        return (
            f"No preference was measured: naming the {escape(suite.noun)} changes the odds in none"
            " of these sentences."
        )
    text = (
        f"Naming the {escape(suite.noun)} multiplies or divides the odds of"
        f" *{escape(suite.positive)}* by {factor(size.value)} on average"
    )
    if floor is None:
        return text + "; there were no control words to compare with."
    text += (
        "; between two control words that mean nearly the same, where no difference is expected,"
        f" the factor is {factor(floor.value)}."
    )
    if size.low is not None and floor.high is not None and size.low <= floor.high:
        text += " The two intervals overlap: more than noise is not shown."
    return text


def _mean_sentence(record: Record) -> str:
    suite, mean = record.suite, record.results.mean
    covers = covers_zero(mean)
    if covers is None:
        return (
            "No interval is given where one would take at least ten sentences and ten"
            f" {escape(suite.nouns)}; without it a number cannot be told from chance."
        )
    if covers:
        return (
            f"That the {escape(suite.nouns)} taken together lean one way is not shown: the"
            " interval of the mean covers 0."
        )
    side = suite.positive if mean.value > 0 else suite.negative
    text = f"Taken together, these {escape(suite.nouns)} lean toward *{escape(side)}*"
    floor = record.results.noise_floor
    if floor is not None and abs(mean.value) <= floor.value:
        return text + ", yet by no more than two control words differ from each other."
    return text + "."


def _correlation_sentence(record: Record) -> str:
    suite, correlation = record.suite, record.results.rank_correlation
    if correlation is None or suite.reference is None:
        return ""
    covers = covers_zero(correlation)
    if covers is None:
        return ""
    reference = escape(suite.reference)
    if covers:
        return f"A relation with the {reference} is not shown."
    more = "more" if correlation.value > 0 else "less"
    return f"The higher the {reference}, the {more} a word leans toward *{escape(suite.positive)}*."


def _limits(record: Record) -> str:
    suite = record.suite
    items = [
        "An interval that covers 0 says that nothing was shown here, not that there is nothing.",
        "Nothing here tells how a system built on this model treats people.",
    ]
    if suite.reference is not None:
        items.append(
            f"Neither 0 nor agreement with the {escape(suite.reference)} is held up as right; both"
            " are only points to compare with."
        )
    if record.results.toward_positive or record.results.toward_negative:
        items.append(
            f"The words furthest out were picked from {record.counts.attributes} after measuring;"
            " the interval of each is for that word alone."
        )
    if record.counts.unequal_targets:
        items.append(
            f"In {record.counts.unequal_targets} sentences the model writes"
            f" *{escape(suite.positive)}* and *{escape(suite.negative)}* with different numbers of"
            " tokens, which mixes length into the numbers."
        )
    items += [escape(limit) for limit in suite.limits]
    # A bold line of its own would be taken for a heading.
    lead = "The numbers above are to be read with this in mind:"
    return f"**What this does not show.** {lead}\n\n" + "\n".join(f"- {item}" for item in items)


def _skipped(record: Record) -> str:
    if not record.skipped:
        return ""
    shown = record.skipped[:_MOST_SKIPPED]
    items = [
        f"- {escape(_KINDS.get(skip.kind, record.suite.noun))} “{escape(skip.text)}”:"
        f" {escape(skip.reason)}"
        for skip in shown
    ]
    if len(record.skipped) > len(shown):
        items.append(f"- and {len(record.skipped) - len(shown)} more, listed in the record below")
    return "**Not measured.** These could not be asked of this model:\n\n" + "\n".join(items)


def _illustration(prompts: Iterable[Prompt]) -> str:
    lines = [
        f"| {escape(prompt.text)} | "
        + ", ".join(f"{escape(f.word)} {f.probability:.1%}" for f in prompt.fillers).replace(
            "%", " %"
        )
        + " |"
        for prompt in prompts
    ]
    if not lines:
        return ""
    table = "\n".join(["| sentence | the model's five likeliest words |", "|---|---|", *lines])
    return details("Familiar sentences: an illustration, no measurement", table)


def _record(record: Record) -> str:
    settings, suite = record.settings, record.suite
    cardkit = record.versions.get("cardkit", "?")
    text = (
        f"{settings.method}; {settings.interval}, {settings.resamples:,} resamples, seed"
        f" {settings.seed}. Suite {suite.id} {suite.version}, {record.counts.rows:,} masked"
        f" sentences, {settings.dtype} on {settings.device}, cardkit {cardkit},"
        f" {record.date}."
    )
    return details(
        "How it was measured, and the record", f"{text}\n\n```json\n{to_json(record)}\n```"
    )
