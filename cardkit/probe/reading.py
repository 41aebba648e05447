"""The sentences of "How to read it": which of them are said follows from the numbers."""

from cardkit.probe.numbers import covers_zero, escape, factor, signed
from cardkit.probe.record import Record
from cardkit.probe.wording import Texts


def reading(record: Record, texts: Texts) -> str:
    """Return the paragraph that says the main results in words."""
    low, high = record.results.lowest_template, record.results.highest_template
    sentences = [
        *_size(record, texts),
        _mean(record, texts),
        *_correlation(record, texts),
        texts.say("wording", low=signed(low), high=signed(high)),
        texts.say("terms"),
    ]
    # Bold text that ends in a full stop needs a space after it, in Chinese too.
    return f"{texts.say('reading')} {texts.words['space'].join(sentences)}"


def _size(record: Record, texts: Texts) -> list[str]:
    size, floor = record.results.mean_size, record.results.noise_floor
    if size.value == 0 and size.high in (0, None):
        return [texts.say("no_preference")]
    values = {"positive": escape(record.suite.positive), "factor": factor(size.value)}
    if floor is None:
        return [texts.say("size", **values)]
    sentences = [texts.say("size_floor", floor=factor(floor.value), **values)]
    if size.low is not None and floor.high is not None and size.low <= floor.high:
        sentences.append(texts.say("overlap"))
    return sentences


def _mean(record: Record, texts: Texts) -> str:
    suite, mean, floor = record.suite, record.results.mean, record.results.noise_floor
    covers = covers_zero(mean)
    if covers is None:
        return texts.say("no_interval")
    if covers:
        return texts.say("mean_not_shown")
    target = escape(suite.positive if mean.value > 0 else suite.negative)
    small = floor is not None and abs(mean.value) <= floor.value
    return texts.say("mean_small" if small else "mean_shown", target=target)


def _correlation(record: Record, texts: Texts) -> list[str]:
    correlation, reference = record.results.rank_correlation, texts.reference
    if correlation is None or reference is None:
        return []
    covers = covers_zero(correlation)
    if covers is None:
        return []
    if covers:
        return [texts.say("correlation_not_shown", reference=reference)]
    key = "correlation_more" if correlation.value > 0 else "correlation_less"
    return [texts.say(key, reference=reference, positive=escape(record.suite.positive))]
