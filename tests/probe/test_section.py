"""The section: what it says, what it must never say, and that it can be read back."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from probe_records import NO_INTERVALS, RECORD, VARIANTS, with_counts, with_results

from cardkit.errors import InputError
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.numbers import factor, interval, signed
from cardkit.probe.record import Estimate, Record, from_json, keep_date, to_json
from cardkit.probe.section import render
from cardkit.probe.summary import summary

# Judgements that no measurement of this kind supports.
FORBIDDEN = (
    r"unbiased|bias-free|fair|fairly|fairness|pass|passes|passed|safe|safely|safety|prove[sdn]?|proof"
    r"|no bias|debiased|ethical|harmless|less biased|more biased|reflects reality|score"
)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_section_never_judges(name: str) -> None:
    for text in (render(VARIANTS[name]), summary(VARIANTS[name])):
        found = re.findall(rf"\b({FORBIDDEN})\b(?!tensors)", text, re.IGNORECASE)
        assert not found


def test_the_forbidden_list_would_be_noticed() -> None:
    text = "The model is fair, passes the test and proves to be unbiased."
    assert len(re.findall(rf"\b({FORBIDDEN})\b", text)) == 4


@pytest.mark.parametrize("name", VARIANTS)
def test_the_record_can_be_read_back_from_the_section(name: str) -> None:
    text = "# Card\n\n" + render(VARIANTS[name]) + "\n\nMore.\n"
    assert find_record(text) == VARIANTS[name]
    assert find_record(text.replace("\n", "\r\n")) == VARIANTS[name]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_section_is_whole_markdown(name: str) -> None:
    """One table of results, folded parts closed, and no heading: it may stand under any."""
    text = render(VARIANTS[name])
    block = find_block(text)
    assert block is not None
    assert (block.start, block.end) == (0, len(text))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = [token.type for token in tokens]
    assert "heading_open" not in kinds
    assert kinds.count("fence") == 1
    html = "".join(token.content for token in tokens if token.type == "html_block")
    assert html.count("<details>") == html.count("</details>") >= 1
    widths = []  # cells of each row, table by table
    for token in tokens:
        if token.type == "table_open":
            widths.append([])
        elif token.type == "tr_open":
            widths[-1].append(0)
        elif token.type in ("td_open", "th_open"):
            widths[-1][-1] += 1
    # No cell is split by what stands in it.
    expected = [5, 2, 9, 3] if VARIANTS[name].prompts else [5, 9, 3]
    assert [set(table) for table in widths] == [{width} for width in expected]


def test_the_section_is_a_function_of_the_record() -> None:
    assert render(RECORD) == render(from_json(to_json(RECORD)))


def test_it_says_what_was_measured_and_on_what() -> None:
    text = render(RECORD)
    for part in ("14 English sentences", "60 occupations", "*she*", "*he*", "my-model"):
        assert part in text.split("\n| ")[0]
    for part in ("gender-occupation-en 1.0.0", "seed 0", "2026-11-23", "10\u202f000 resamples"):
        assert part in text


def test_the_table_has_values_intervals_odds_and_n() -> None:
    text = render(RECORD)
    assert "| mean lean | −0.12 | [−0.55, +0.31] | ÷ 1.13 | 14 × 60 |" in text
    assert "| mean size of the lean, either way | 0.84 | [0.61, 1.09] | × or ÷ 2.32 |" in text
    assert "| 0.07 | [0.04, 0.11] | × or ÷ 1.07 | 10 × 10 |" in text
    assert "| +0.66 | [+0.48, +0.79] | – | 59 |" in text
    assert "| furthest toward *she*: nurse | +2.60 | [+2.10, +3.10] | × 13 | 14 |" in text
    assert "| furthest toward *he*: plumber | −1.70 | [−2.00, −1.40] | ÷ 5.47 | 14 |" in text


@pytest.mark.parametrize(
    ("record", "said", "not_said"),
    [
        (RECORD, "is not shown: the interval of the mean covers 0", "lean toward"),
        (VARIANTS["mean above 0"], "these occupations lean toward *she*", "covers 0."),
        (VARIANTS["mean below 0"], "these occupations lean toward *he*", "covers 0."),
        (VARIANTS["mean within the noise"], "by no more than two control words", "covers 0."),
        (VARIANTS["like the noise"], "more than noise is not shown", "No interval"),
        (RECORD, "the more a word leans toward *she*", "more than noise"),
        (VARIANTS["correlation below 0"], "the less a word leans toward *she*", "A relation"),
        (VARIANTS["no correlation shown"], "A relation with the share of women", "The higher"),
        (NO_INTERVALS, "No interval is given", "lean toward *"),
        (VARIANTS["unequal targets"], "In 3 sentences", "No interval"),
        (VARIANTS["much skipped"], "and 28 more", "number 12"),
    ],
)
def test_the_sentences_follow_the_numbers(record: Record, said: str, not_said: str) -> None:
    reading = render(record).split("<details>")[0].split("**How to read it.**")[1]
    assert said in reading
    assert not_said not in reading.split("**What this does not show.**")[0]


def test_what_was_skipped_is_said() -> None:
    assert '- occupation “roofer”: "roofer" is not in the vocabulary' in render(RECORD)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (-0.0, "0.00"), (-0.004, "0.00"), (0.006, "+0.01"), (-1.5, "−1.50")],
)
def test_signed_numbers(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(
    ("nats", "text"),
    [(0.0, "1.00"), (-0.7, "2.01"), (2.6, "13"), (5.0, "148"), (12.0, "2e+05"), (1e6, "3e+43")],
)
def test_factors(nats: float, text: str) -> None:
    assert factor(nats) == text


def test_an_interval_that_is_not_given_is_a_dash() -> None:
    assert interval(Estimate(1.0)) == interval(None) == "–"


def test_the_date_stays_when_nothing_else_changed() -> None:
    later = replace(RECORD, date="2027-01-01")
    assert keep_date(later, RECORD) == RECORD
    assert keep_date(later, None) == later
    changed = replace(with_results(lowest_template=-0.5), date="2027-01-01")
    assert keep_date(changed, RECORD) == changed


def test_the_record_is_one_fact_a_line() -> None:
    first = to_json(RECORD).splitlines()
    second = to_json(with_results(mean_size=Estimate(0.85, 0.61, 1.09))).splitlines()
    different = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    assert len(different) == 1
    assert '"mean_size": {"value": 0.85' in different[0][1]


def test_no_tag_can_appear_in_the_record() -> None:
    text = to_json(VARIANTS["hostile prompt"])
    assert "<" not in text
    assert ">" not in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t[:-2], "not valid JSON"),
        (lambda _text: "[1]", "no record"),
        (lambda t: t.replace("cardkit-bias-probe", "other"), "no record"),
        (lambda t: t.replace('"version": 1', '"version": 2', 1), "version 2"),
        (lambda t: t.replace('"seed"', '"sed"'), r"settings: .*missing or unknown: sed, seed"),
        (lambda t: t.replace('"seed": 0', '"seed": "0"'), r"settings\.seed"),
        (lambda t: t.replace('"value": 0.84', '"value": true'), r"results\.mean_size\.value"),
        (lambda t: t.replace('"value": 0.84', '"value": null'), r"results\.mean_size\.value"),
    ],
)
def test_a_record_that_is_none(change, message: str) -> None:
    with pytest.raises(InputError, match=message):
        from_json(change(to_json(RECORD)))


def test_counts_are_written_in_the_right_places() -> None:
    text = render(with_counts(templates=15, attributes=61))
    assert "15 × 61" in text
    assert "picked from 61" in text


def test_tests_and_sentences_are_folded_away() -> None:
    text = render(RECORD).split("Tests, and each sentence by itself")[1]
    assert (
        "| all | 60 | −0.12 | [−0.55, +0.31] | ÷ 1.13 | 27 of 60 | 0.519 | 0.400 | undecided |"
        in text
    )
    assert "| balanced | 20 |" in text
    assert "| none beyond ±0.20 |" in text
    assert "| 2 of 20 | < 0.001 | < 0.001 | a lean is shown |" in text
    assert "12.0 times the noise floor" in text
    assert "67 times as likely as a random token" in text
    assert "| Ask the … whether she/he came. | +0.20 | [−0.10, +0.50] |" in text


def test_nothing_measured_is_said_so() -> None:
    text = render(VARIANTS["no effect at all"])
    assert "No preference was measured" in text
    assert "0 %" not in text.split("<details>")[0]
