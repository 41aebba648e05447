"""``cardkit eval``: results into model-index, to .eval_results and back."""

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardkit.card import Card
from cardkit.edit.results import (
    Result,
    add_result,
    extended,
    from_entries,
    read_file,
    read_results,
    to_files,
)
from cardkit.engine import lint
from cardkit.errors import EditError, UsageError
from cardkit.text import Source
from tests.test_cli_lint import cardkit, text

CARD = """\
---
pipeline_tag: text-classification   # ours
model-index:
- name: mail
  results:
  - task:
      type: text-classification
    dataset:
      type: acme/mail
      name: Mail
      split: test   # 2024
    metrics:
    - type: accuracy
      value: 0.50   # old
---
# Mail
"""
OLD = Result("acme/mail", "accuracy", 0.9, "text-classification", split="test")


def lines(result: Result, card: str = CARD) -> list[str]:
    new = add_result(Card.from_text(card), result, "mail").text
    diff = difflib.unified_diff(card.split("\n"), new.split("\n"), n=0, lineterm="")
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


def test_a_metric_that_is_there_gets_its_new_value() -> None:
    assert lines(OLD) == ["-      value: 0.50   # old", "+      value: 0.9   # old"]


def test_another_metric_of_the_same_result() -> None:
    assert lines(OLD._replace(metric="f1", metric_name="F1")) == [
        "+    - type: f1", "+      value: 0.9", "+      name: F1",
    ]  # fmt: skip


def test_another_dataset() -> None:
    added = lines(OLD._replace(split="dev", source_url="https://example.org"))
    assert added == [
        "+  - task:", "+      type: text-classification", "+    dataset:", "+      type: acme/mail",
        "+      name: acme/mail", "+      split: dev", "+    metrics:", "+    - type: accuracy",
        "+      value: 0.9", "+    source:", '+      url: "https://example.org"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    "card",
    ["# T\n", "---\nlicense: mit\n---\n", "---\nmodel-index:\n---\n", "---\nmodel-index: []\n---\n",
     "---\nmodel-index:\n- name: x\n  results: []\n---\n", "---\nmodel-index: [{name: x, results: []}]\n---\n"],
)  # fmt: skip
def test_wherever_there_is_none(card: str) -> None:
    new = add_result(Card.from_text(card), OLD, "mail")
    assert list(read_results(new.metadata)) == [OLD._replace(dataset_name="acme/mail")]
    assert not [item for item in lint(new).diagnostics if item.ground == "hub-error"]


def test_an_index_that_is_none_is_refused() -> None:
    with pytest.raises(EditError, match="model-index is no list"):
        add_result(Card.from_text("---\nmodel-index: x\n---\n"), OLD, "mail")


names = st.text("abcXYZ 019_-.", min_size=1, max_size=8).map(str.strip).filter(bool)
results = st.builds(
    Result,
    st.sampled_from(["acme/a", "acme/b"]),
    st.sampled_from(["accuracy", "f1"]),
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9),
    st.sampled_from(["text-classification", "fill-mask"]),
    st.just(None),
    names,
    st.none() | names,
    st.none() | st.just("abc123"),
    st.none() | names,
    st.none() | st.just("https://example.org/x"),
    source_name=st.none(),
    date=st.none(),
    notes=st.none(),
)


@given(st.lists(results, max_size=5))
def test_to_files_and_back_nothing_is_lost(found: list[Result]) -> None:
    files, left = to_files(found)
    assert left == []
    back: list[Result] = []
    for name, entries in files.items():
        content = extended("", entries, name)
        assert extended(content, entries, name) == content
        again, left = from_entries(read_file(content, name), None, None)
        assert left == []
        back += again
    # The same entry twice is one.
    assert set(map(str, back)) == set(map(str, found))


@given(st.lists(results, max_size=5))
def test_results_read_back_from_a_card(found: list[Result]) -> None:
    card = Card.from_text("# T\n")
    for result in found:
        card = add_result(card, result, "x")
    read = [item._replace(dataset_name=None) for item in read_results(card.metadata)]
    assert all(
        result in read or any(item.metric == result.metric for item in read) for result in found
    )
    if found:
        assert found[-1].value in [item.value for item in read]


def test_what_cannot_be_moved_is_told() -> None:
    bad = [
        OLD._replace(dataset="squad"),
        OLD._replace(value="20 ± 1", config="x"),
        OLD,
    ]
    files, left = to_files(bad)
    assert files == {}
    assert ["no dataset of the Hub" in left[0], "is no number" in left[1], "--task-id" in left[2]] == [True] * 3  # fmt: skip
    found, left = from_entries([{"dataset": {"id": "a/b"}, "value": 1}, "x"], None, None)
    assert found == []
    assert "say --metric" in left[0]
    assert "without dataset.id" in left[1]
    for content in ("a: [", "a: b"):
        with pytest.raises(UsageError):
            read_file(content, "x.yaml")
    with pytest.raises(UsageError, match="one line"):
        extended("[]", [{}], "x.yaml")


def test_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD, "utf-8")

    def run(*words: str) -> Any:
        return cardkit("eval", *words, "--card", str(path))

    assert run("add", "--dataset", "acme/mail", "--split", "test", "--metric", "accuracy", "--value", "0.91").returncode == 0  # fmt: skip
    assert path.read_text("utf-8") == CARD.replace("0.50", "0.91")
    result = run("to-files")
    assert "say --task-id" in text(result.stderr)
    result = run("to-files", "--task-id", "mail")
    assert (result.returncode, text(result.stderr)) == (0, "")
    written = (tmp_path / ".eval_results" / "acme--mail.yaml").read_text("utf-8")
    assert written == (
        "- dataset:\n    id: acme/mail\n    task_id: mail\n  value: 0.91\n"
        '  notes: "metric=accuracy task=text-classification split=test"\n'
    )
    path.write_text("---\nlicense: mit\n---\n", "utf-8")
    assert run("from-files").returncode == 0
    (back,) = read_results(Card(Source(path.read_bytes())).metadata)
    assert (back.dataset, back.metric, back.value, back.split) == (
        "acme/mail",
        "accuracy",
        0.91,
        "test",
    )
    assert run("add", "--dataset", "not an id", "--metric", "f1", "--value", "1").returncode == 2
    result = cardkit(
        "eval", "from-files", "--card", str(tmp_path / ".eval_results" / "acme--mail.yaml")
    )
    assert result.returncode == 2
