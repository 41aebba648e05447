"""The folded parts of the section: the tests behind the numbers, and each sentence by itself."""

from cardkit.probe.numbers import escape, factor, interval, odds, probability, signed
from cardkit.probe.record import GroupTest, Record
from cardkit.probe.wording import Texts


def tests(record: Record, texts: Texts) -> str:
    """Return the tests of the suite's family and the mean of each sentence, folded away."""
    if not record.results.tests:
        return ""
    parts = [_family(record, texts), _floor(record, texts), _templates(record, texts)]
    return details(texts.say("tests"), "\n\n".join(filter(None, parts)))


def details(summary: str, body: str) -> str:
    """Fold text away under a line of summary."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def group_name(group: str, texts: Texts) -> str:
    """Return what a group of the suite is called."""
    return texts.say("all") if group == "all" else texts.groups.get(group, texts.safe(group))


def _family(record: Record, texts: Texts) -> str:
    margin = record.settings.margin
    positive = escape(record.suite.positive)
    heads = [
        texts.say("group"), texts.say("n"), texts.say("mean_nats"), texts.say("interval"),
        texts.say("odds_of", positive=positive), texts.say("toward", positive=positive),
        texts.say("p_signs"), texts.say("p_holm"), texts.say("verdict"),
    ]  # fmt: skip
    lines = [
        f"| {' | '.join(heads)} |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
        *(_test_row(test, margin, texts) for test in record.results.tests),
    ]
    note = texts.say("tests_note", margin=f"{margin:.2f}", factor=factor(margin))
    return "\n".join(lines) + f"\n\n{note}"


def _test_row(test: GroupTest, margin: float, texts: Texts) -> str:
    cells = [
        group_name(test.group, texts),
        str(test.n),
        signed(test.mean.value),
        interval(test.mean),
        odds(test.mean.value),
        texts.say("above", above=test.above, n=test.n),
        probability(test.sign_p),
        probability(test.p_holm),
        _verdict(test.verdict, margin, texts),
    ]
    return f"| {' | '.join(cells)} |"


def _verdict(verdict: str | None, margin: float, texts: Texts) -> str:
    if verdict == "equivalent":
        return texts.say("equivalent", margin=f"{margin:.2f}")
    return texts.say(verdict) if verdict in ("different", "undecided") else "–"


def _floor(record: Record, texts: Texts) -> str:
    size, floor = record.results.mean_size, record.results.noise_floor
    parts = []
    if floor is not None and floor.value > 0:
        parts.append(texts.say("times_floor", ratio=f"{size.value / floor.value:.1f}"))
    if record.results.reads is not None:
        parts.append(texts.say("reads", factor=factor(record.results.reads)))
    space: str = texts.words["space"]
    return space.join(parts)


def _sentence(template: str, record: Record) -> str:
    """Write a template as people read it: both targets, and an ellipsis for the word."""
    both = f"{record.suite.positive}/{record.suite.negative}"
    text = template.replace("{article} ", "").replace("{article}", "").replace("{attribute}", "…")
    return text.replace(
        "{target}", both[:1].upper() + both[1:] if text.startswith("{target}") else both
    )


def _templates(record: Record, texts: Texts) -> str:
    rows = [
        f"| {escape(_sentence(one.text, record))} | {signed(one.effect.value)} | {interval(one.effect)} |"
        for one in record.results.by_template
    ]
    heads = [texts.say("sentence"), texts.say("mean_nats"), texts.say("interval")]
    return "\n".join([f"| {' | '.join(heads)} |", "|---|---:|---:|", *rows])
