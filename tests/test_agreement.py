"""CK410: numbers of the text against those of ``model-index``."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardkit.card import Card
from cardkit.engine import lint
from cardkit.selection import select


def messages(body: str, *metrics: tuple[str, Any], **dataset: str) -> list[str]:
    """Return what CK410 says of a card with one result of some metrics."""
    result = {
        "task": {"type": "text-classification"},
        "dataset": {"type": "mail", "name": "Mail", **dataset},
        "metrics": [{"type": name, "value": value} for name, value in metrics],
    }
    index = json.dumps([{"name": "m", "results": [result]}])
    text = f"---\nlicense: mit\nmodel-index: {index}\n---\n# M\n\nSorts mail.\n\n{body}\n"
    return [
        item.message for item in lint(Card.from_text(text), select(select=["CK410"])).diagnostics
    ]


@pytest.mark.parametrize(
    "body",
    [
        "**Test Result**: 43.7 %",
        "- Test WER: 0.437",
        "Test wer = 43.7%",
        "## Test results\n\n- WER: 43.7",
        "| test wer | 43.7 |\n|---|---|",
    ],
)
def test_another_value_on_test_data(body: str) -> None:
    (message,) = messages(body, ("wer", 47.4))
    assert message.startswith("wer is ")
    assert message.endswith(" here and 47.4 in `model-index`")


@pytest.mark.parametrize(
    "body",
    [
        "**Test Result**: 47.4 %",
        "- Test WER: 0.474",
        "- Test WER: 0.47",
        "- Test WER: 47",
        "- Test WER: 47.62",  # less than one in a hundred away
        "- WER: 0.53",  # on the evaluation set, perhaps
        "It achieves on the evaluation set:\n- Loss: 0.3\n- Wer: 0.53",
        "- Test WER: 43.7\n- WER on test: 44.1",  # several settings: which is meant?
        "- Test WER: 43.7\n- WER: 47.4",
        "> Test WER: 43.7",
        "```\nTest WER: 43.7\n```",
        "<!-- Test WER: 43.7 -->",
        "- Test CER: 12.1",
        "- Training WER: 12.1",
        "- Test samples: 1200",
    ],
)
def test_what_is_the_same_or_something_else(body: str) -> None:
    assert messages(body, ("wer", 47.4)) == []


def test_a_list_that_agrees_on_one_metric_is_of_the_same_data() -> None:
    body = "- Accuracy: 0.8058\n- F1: 0.7536\n"
    assert messages(body, ("accuracy", 80.58), ("f1", 78.17)) == [
        "f1 is 0.7536 here and 78.17 in `model-index`"
    ]
    assert messages(body, ("accuracy", 80.58), ("f1", 75.36)) == []
    assert messages(body, ("accuracy", 85.1), ("f1", 78.17)) == []


def test_other_data_or_several_values_prove_nothing() -> None:
    body = "- Test WER: 43.7"
    assert messages(body, ("wer", 47.4), split="validation") == []
    assert messages(body, ("wer", 47.4), split="test") != []
    assert messages(body, ("wer", 47.4), ("wer", 39.0)) == []
    assert messages(body, ("wer", "n/a")) == []
    assert messages(body, ("wer", None)) == []
    assert messages(body, ("wer", True)) == []
    assert messages(body, ("wer", "47.4 %")) != []


def test_two_datasets_prove_nothing() -> None:
    results = [
        {"task": {"type": "x"}, "dataset": {"type": name, "name": name}, "metrics": [{"type": "wer", "value": value}]}
        for name, value in (("a", 47.4), ("b", 12.0))
    ]  # fmt: skip
    index = json.dumps([{"name": "m", "results": results}])
    text = f"---\nmodel-index: {index}\n---\n# M\n\n**Test Result**: 43.7 %\n"
    assert lint(Card.from_text(text), select(select=["CK410"])).diagnostics == ()


@given(st.floats(0.01, 0.99), st.integers(1, 4), st.booleans())
def test_rounding_and_percent_never_disagree(value: float, digits: int, percent: bool) -> None:
    written = f"{value * 100:.{digits}f} %" if percent else f"{value:.{digits + 2}f}"
    for stored in (round(value, 4), round(value * 100, 2)):
        assert messages(f"- Test accuracy: {written}", ("accuracy", stored)) == []


@given(st.integers(50, 900).filter(lambda n: n % 10), st.integers(30, 90))
def test_clear_differences_are_told(thousandths: int, more: int) -> None:
    """In thousandths: a value written with one digit may stand for all that round to it."""
    body = f"- Test accuracy: {(thousandths + more) / 1000:.3f}"
    assert len(messages(body, ("accuracy", thousandths / 1000))) == 1
