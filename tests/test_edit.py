"""Edits of the metadata: the change is there, and nothing else has changed, to the byte."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.edit_bytes import OPERATIONS, Operation, compare
from cardkit.card import Card
from cardkit.edit.apply import changed, same
from cardkit.edit.change import value_at
from cardkit.edit.paths import parse_path
from cardkit.edit.typed import typed
from cardkit.errors import EditError, UsageError
from cardkit.text import Source
from cardkit.yaml12 import parse
from cardkit.yaml_write import inline, pair
from tests import strategies
from tests.test_cli_lint import cardkit, text


def check(data: bytes, operation: Operation) -> None:
    outcome, wrong = compare(data, operation)
    assert not wrong, (outcome, wrong)


def test_real_cards_keep_every_byte_outside_the_edit(real_cards: dict[str, bytes]) -> None:
    """A quarter of them; python benchmarks/edit_bytes.py does it for all."""
    outcomes: Counter[str] = Counter()
    for data in list(real_cards.values())[::4]:
        for operation in OPERATIONS:
            outcome, wrong = compare(data, operation)
            assert not wrong, (operation, wrong)
            outcomes[outcome] += 1
    assert outcomes["done"] > 5000
    assert outcomes["refused: shared"] == 0


@settings(max_examples=250, deadline=None)
@given(strategies.cards, st.sampled_from(OPERATIONS))
def test_any_card_keeps_every_byte_outside_the_edit(card: str, operation: Operation) -> None:
    try:
        data = card.encode("utf-8")
    except UnicodeEncodeError:
        return
    check(data, operation)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_infinity=False, allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["no", "1.10", "a: b", "# x", "- a", "\u2028", "\x85", "\ufeff", "'", "~", "1e3"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("abcxyz-_ ", min_size=1, max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(values)
def test_what_is_written_reads_back(value: Any) -> None:
    block = "\n".join(pair("key", value))
    assert same(parse(block).value["key"], _js(value))
    assert same(parse(f"[{inline(value)}]").value, [_js(value)])


def _js(value: Any) -> Any:
    """Return a value as JavaScript would have it back: 1.0 is 1 there, and stays a float here."""
    if isinstance(value, list):
        return [_js(item) for item in value]
    return {key: _js(item) for key, item in value.items()} if isinstance(value, dict) else value


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(texts)
def test_texts_read_back_by_yaml_1_1_as_well(value: str) -> None:
    try:
        found = yaml.safe_load("\n".join(pair("key", [value])))
    except yaml.reader.ReaderError:  # libyaml refuses what JSON leaves as it is
        return
    assert found == {"key": [value]}


@settings(max_examples=200, deadline=None)
@given(strategies.cards, values, st.sampled_from([("license",), ("x", "y"), ("widget", 0, "text")]))
def test_setting_then_reading_gives_the_value(card: str, value: Any, path: Any) -> None:
    try:
        new = changed(Card.from_text(card), "set", path, value)
    except (EditError, UnicodeEncodeError):
        return
    assert same(value_at(new, path), value)
    assert changed(new, "set", path, value).metadata == new.metadata or value != value


CARD = """\
---
# who made it
license: mit  # checked by legal
language: no
datasets: squad   # the first one
tags:
- a   # first
- 'b'
# about metrics
metrics: [f1, accuracy]
model-index:
- name: x
  results:
  - task:
      type: t
    metrics:
    - type: f1
      value: 1.10
version: 1.10
flow: {a: 1, b: [x]}
text: |
  words
---
# Title
"""


def edited(action: str, path: str, value: Any = None) -> list[str]:
    """Return the lines that a change takes away (-) and adds (+)."""
    import difflib

    new = changed(Card.from_text(CARD), action, parse_path(path), value)  # type: ignore[arg-type]
    diff = difflib.unified_diff(CARD.split("\n"), new.text.split("\n"), n=0, lineterm="")
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("action", "path", "value", "lines"),
    [
        ("set", "license", "apache-2.0", ["-license: mit  # checked by legal", "+license: apache-2.0  # checked by legal"]),
        ("set", "license", ["mit", "gpl-3.0"], ["-license: mit  # checked by legal", "+license:", "+- mit", "+- gpl-3.0  # checked by legal"]),
        ("set", "language", "en", ["-language: no", "+language: en"]),
        ("add", "datasets", "acme/x", ["-datasets: squad   # the first one", "+datasets:", "+- squad   # the first one", "+- acme/x"]),
        ("add", "tags", "no", ["+- \"no\""]),
        ("add", "tags", "b", []),
        ("add", "metrics", "bleu", ["-metrics: [f1, accuracy]", "+metrics: [f1, accuracy, bleu]"]),
        ("add", "base_model", "a/b", ["+base_model:", "+- a/b"]),
        ("set", "pipeline_tag", "fill-mask", ["+pipeline_tag: fill-mask"]),
        ("set", "model-index[0].results[0].metrics[0].value", 2, ["-      value: 1.10", "+      value: 2"]),
        ("set", "model-index[0].results[0].metrics[0].name", "F1", ["+      name: F1"]),
        ("set", "model-index[0].results[0].dataset.type", "squad", ["+    dataset:", "+      type: squad"]),
        ("set", "flow.c.d", 1, ["-flow: {a: 1, b: [x]}", "+flow: {a: 1, b: [x], c: {d: 1}}"]),
        ("set", "tags", "x", ["-tags:", "-- a   # first", "-- 'b'", "+tags: x"]),
        ("remove", "tags", "a", ["-- a   # first"]),
        ("remove", "tags[1]", None, ["-- 'b'"]),
        ("remove", "metrics", "f1", ["-metrics: [f1, accuracy]", "+metrics: [accuracy]"]),
        ("remove", "metrics", "accuracy", ["-metrics: [f1, accuracy]", "+metrics: [f1]"]),
        ("remove", "datasets", "squad", ["-datasets: squad   # the first one"]),
        ("remove", "model-index[0].results[0].task.type", None, ["-  - task:", "-      type: t", "-    metrics:", "+  - metrics:"]),
        ("remove", "flow.b[0]", None, ["-flow: {a: 1, b: [x]}", "+flow: {a: 1}"]),
        ("remove", "text", None, ["-text: |", "-  words"]),
    ],
)  # fmt: skip
def test_only_these_lines_change(action: str, path: str, value: Any, lines: list[str]) -> None:
    assert edited(action, path, value) == lines


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "---\nlicense: mit\n---\n"),
        ("# T\n", "---\nlicense: mit\n---\n\n# T\n"),
        ("# T\r\n", "---\r\nlicense: mit\r\n---\r\n\r\n# T\r\n"),
        ("\ufeff---\r\na: b\r\n---\r\n", "\ufeff---\r\na: b\r\nlicense: mit\r\n---\r\n"),
        ("---\n# only a comment\n---\n", "---\n# only a comment\nlicense: mit\n---\n"),
        ("---\n\n---\n", "---\nlicense: mit\n---\n"),
        ("---\nlicense:\n---\n", "---\nlicense: mit\n---\n"),
        ("---\nlicense:   # which?\n---\n", "---\nlicense: mit   # which?\n---\n"),
        ("---\n{a: b}\n---\n", "---\n{a: b, license: mit}\n---\n"),
        ("---\n  a: b\n---\n", "---\n  a: b\n  license: mit\n---\n"),
        ("---\nlicense: 'x'\nlicence: y\n---\n", "---\nlicense: mit\nlicence: y\n---\n"),
        ("---\nt: |\n  x\n---\n", "---\nlicense: mit\nt: |\n  x\n---\n"),
    ],
)
def test_wherever_the_metadata_are(before: str, after: str) -> None:
    card = Card(Source(before.encode("utf-8")))
    assert changed(card, "set", ("license",), "mit").source.data.decode("utf-8") == after


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ("---\na: [\n---\n", "README.md:2: the metadata cannot be read"),
        ("---\na: 1\na: 2\n---\n", "README.md:3: a is there twice"),
        ("---\n- a\n---\n", "the metadata is no mapping"),
        ("---\nlicense: mit\n# T\n", "the Hub does not see this card's metadata block"),
        ("---\nbase: &b x\nlicense: *b\n---\n", None),
        ("---\nlicense: &b mit\nother: *b\n---\n", "cannot be "),
    ],
)
def test_what_cannot_be_edited_is_refused(card: str, says: str | None) -> None:
    if says is None:
        changed(Card.from_text(card), "set", ("license",), "x")
        return
    with pytest.raises(EditError, match=says.replace("(", r"\(")):
        changed(Card.from_text(card), "remove", ("license",)) if "&b mit" in card else changed(
            Card.from_text(card), "set", ("license",), "x"
        )


@pytest.mark.parametrize("path", ["", ".", "a..b", "[0]", "a[x]", "a[", "a]"])
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(UsageError):
        parse_path(path)


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("license_name", "1.10", "1.10"),
        ("model-index[0].results[0].dataset.revision", "1234567", "1234567"),
        ("model-index[0].results[0].metrics[0].value", "0.93", 0.93),
        ("x-version", "1.10", 1.1),
        ("language", "no", "no"),
        ("inference", "false", False),
        ("tags", "[a, b]", ["a", "b"]),
        ("description", "a: b", "a: b"),
        ("description", "- a", "- a"),
        ("description", "{a", "{a"),
        ("x", "'quoted'", "quoted"),
        ("x", "2024-01-01", "2024-01-01"),
        ("x", "", ""),
    ],
)
def test_what_a_text_on_the_command_line_means(key: str, given: str, value: Any) -> None:
    assert same(typed(Card.from_text(CARD), parse_path(key), given), value)


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_bytes(CARD.encode())
    return path


def test_get(readme: Path) -> None:
    def get(*words: str) -> tuple[int, str]:
        result = cardkit("get", *words, "--card", str(readme))
        return result.returncode, text(result.stdout)

    assert get("language") == (0, "no\n")
    assert get("tags") == (0, "a\nb\n")
    assert get("version") == (0, "1.1\n")
    assert get("model-index[0].results[0].task", "--json") == (0, '{"type": "t"}\n')
    assert json.loads(get()[1])["datasets"] == "squad"
    assert get("nothing")[0] == 1


def test_the_shell_edits_in_place(readme: Path) -> None:
    def run(*words: str) -> None:
        result = cardkit(*words, "--card", str(readme.parent))
        assert result.returncode == 0, result.stderr

    run("set", "license", "apache-2.0")
    run("add", "datasets", "acme/x", "acme/y")
    run("remove", "metrics", "f1", "accuracy")
    run("remove", "tags")
    lines = CARD.replace("license: mit", "license: apache-2.0")
    lines = lines.replace("datasets: squad   # the first one\n", "datasets:\n- squad   # the first one\n- acme/x\n- acme/y\n")  # fmt: skip
    lines = lines.replace("metrics: [f1, accuracy]\n", "").replace(
        "tags:\n- a   # first\n- 'b'\n", ""
    )
    assert readme.read_text("utf-8") == lines


def test_what_the_hub_would_refuse_is_not_written(readme: Path) -> None:
    for words in (
        ["set", "license", "Apache 2.0"],
        ["set", "base_model", "/home/me/x"],
        ["set", "language", "english"],
        ["add", "datasets", "not an id"],
        ["remove", "model-index[0].name"],
    ):
        result = cardkit(*words, "--card", str(readme))
        assert result.returncode == 2, words
        assert "the Hub would refuse this; nothing was written" in text(result.stderr)
    assert readme.read_text("utf-8") == CARD
    assert cardkit("set", "license", "Apache 2.0", "--card", str(readme), "--force").returncode == 0
    assert "license: Apache 2.0" in readme.read_text("utf-8").replace('"', "")


def test_what_the_hub_refused_before_is_no_reason(readme: Path) -> None:
    readme.write_text("---\nlicense: Apache 2.0\n---\n", "utf-8")
    assert cardkit("add", "tags", "x", "--card", str(readme)).returncode == 0


def test_diff_writes_nothing(readme: Path) -> None:
    result = cardkit("set", "license", "gpl-3.0", "--diff", "--card", str(readme))
    assert result.returncode == 0
    assert "-license: mit  # checked by legal\n+license: gpl-3.0  # checked by legal\n" in text(result.stdout)  # fmt: skip
    assert readme.read_text("utf-8") == CARD


def test_files_that_cannot_be_edited(readme: Path, tmp_path: Path) -> None:
    os.chmod(readme, 0o444)
    result = cardkit("set", "license", "gpl-3.0", "--card", str(readme))
    assert (result.returncode, "is read-only; nothing was written" in text(result.stderr)) == (
        2,
        True,
    )
    result = cardkit("get", "license", "--card", str(tmp_path / "gone.md"))
    assert result.returncode == 2
    (tmp_path / "latin.md").write_bytes(b"---\nlicense: mit\n---\ncaf\xe9\n")
    result = cardkit("set", "license", "gpl-3.0", "--card", str(tmp_path / "latin.md"))
    assert (result.returncode, "is not UTF-8" in text(result.stderr)) == (2, True)


def test_a_card_that_is_not_there_is_made(tmp_path: Path) -> None:
    assert cardkit("set", "license", "mit", "--card", str(tmp_path)).returncode == 0
    assert (tmp_path / "README.md").read_text("utf-8") == "---\nlicense: mit\n---\n"
