"""The folded parts of the section: the tests behind the numbers, and each sentence by itself.

And what all parts of the section share: how numbers and text are written in Markdown.
"""

import math

from cardkit.probe.record import Estimate, GroupTest, Record

_VERDICTS = {
    "different": "a lean is shown",
    "equivalent": "none beyond ±{margin}",
    "undecided": "undecided",
    None: "–",
}


def tests(record: Record) -> str:
    """Return the tests of the suite's family and the mean of each sentence, folded away."""
    results = record.results
    if not results.tests:
        return ""
    parts = [_family(record), _floor(record), _templates(record)]
    return details("Tests, and each sentence by itself", "\n\n".join(filter(None, parts)))


def _family(record: Record) -> str:
    suite, margin = record.suite, record.settings.margin
    positive = escape(suite.positive)
    lines = [
        f"| {escape(suite.nouns)} | n | mean lean (nats) | 95 % interval | odds of *{positive}* |"
        f" toward *{positive}* | p, signs | p, Holm | reading |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
        *(_test_row(test, margin) for test in record.results.tests),
    ]
    return "\n".join(lines) + (
        "\n\n*p, signs* is the exact sign test's; *p, Holm* that of flipping signs at random, adjusted"
        " by Holm's method for the rows of this table. Both take the sentences as given; the interval"
        " does not. *None beyond* means that the 90 % interval lies within"
        f" ±{margin:.2f} nats (odds × or ÷ {factor(margin)}): two one-sided tests at 5 %."
    )


def _test_row(test: GroupTest, margin: float) -> str:
    name = "all" if test.group == "all" else escape(test.group)
    reading = _VERDICTS[test.verdict].format(margin=f"{margin:.2f}")
    return (
        f"| {name} | {test.n} | {signed(test.mean.value)} | {interval(test.mean)} |"
        f" {odds(test.mean.value)} | {test.above} of {test.n} | {probability(test.sign_p)} |"
        f" {probability(test.p_holm)} | {reading} |"
    )


def _floor(record: Record) -> str:
    size, floor = record.results.mean_size, record.results.noise_floor
    parts = []
    if floor is not None and floor.value > 0:
        ratio = size.value / floor.value
        parts.append(f"The mean size of the lean is {ratio:.1f} times the noise floor.")
    if record.results.reads is not None:
        parts.append(
            "The model can read these sentences: it holds ordinary words in them for"
            f" {factor(record.results.reads)} times as likely as a random token."
        )
    return " ".join(parts)


def _templates(record: Record) -> str:
    rows = [
        f"| {escape(one.text)} | {signed(one.effect.value)} | {interval(one.effect)} |"
        for one in record.results.by_template
    ]
    head = ["| sentence | mean lean (nats) | 95 % interval |", "|---|---:|---:|"]
    return "\n".join([*head, *rows])


def odds(nats: float) -> str:
    """Write an effect as what it does to the odds: "× 2.00" or "÷ 2.00"."""
    return f"{'×' if nats >= 0 else '÷'} {factor(nats)}"


def probability(p: float) -> str:
    """Write a p value; very small ones as a bound."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def details(summary: str, body: str) -> str:
    """Fold text away under a line of summary."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, and zero without one."""
    text = f"{abs(value):.{digits}f}"
    if not float(text):
        return text
    return ("+" if value > 0 else "−") + text


def interval(estimate: Estimate | None, *, sign: bool = True) -> str:
    """Write the interval of an estimate, or a dash if it has none."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return "–"
    if sign:
        return f"[{signed(estimate.low)}, {signed(estimate.high)}]"
    return f"[{estimate.low:.2f}, {estimate.high:.2f}]"


def factor(nats: float) -> str:
    """Write exp(|nats|), the factor between two odds, with as many digits as can be read."""
    value = math.exp(min(abs(nats), 100.0))
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.0f}" if value < 10_000 else f"{value:.0e}"


def escape(text: str) -> str:
    """Make any text safe inside a line or a table cell of Markdown."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "&#92;")
    return "".join("\\" + char if char in "`*_[]|~#$" else char for char in text)
