"""``cardkit diff``: what changed in meaning, and which way."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from cardkit.card import Card
from cardkit.diff.compare import Change, compare
from cardkit.text import Source
from tests import strategies
from tests.test_cli_lint import cardkit, text
from tests.test_export import CARD


def changes(*pairs: tuple[str, str], base: str = CARD) -> list[Change]:
    new = base
    for old, fresh in pairs:
        assert old in new
        new = new.replace(old, fresh)
    return compare(Card.from_text(base), Card.from_text(new))


def told(found: list[Change]) -> set[tuple[str, str, str]]:
    return {(item.kind, item.way, item.target) for item in found}


def test_a_removed_limitation() -> None:
    found = changes(("Mail over 512 tokens is cut, and German mail is sorted at random.", ""))
    assert ("topic", "worse", "limitations") in told(found)
    (text_,) = [item for item in found if item.kind == "text"]
    assert (text_.way, text_.target) == ("worse", "limitations")
    assert text_.old == "Mail over 512 tokens is cut, and German mail is sorted at random."


def test_one_sentence_of_several() -> None:
    base = CARD.replace("at random.\n", "at random. Long words are split badly. Irony is missed.\n")
    found = changes(("Long words are split badly. ", ""), base=base)
    assert [(item.kind, item.way, item.old) for item in found] == [
        ("text", "worse", "Long words are split badly.")
    ]
    moved = changes(
        ("Long words are split badly. Irony is missed.", "*Irony* is missed.\n\n- Long words are split\n  badly."),
        base=base,
    )  # fmt: skip
    assert moved == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("license: mit", "license: gpl-3.0", ("licence", "changed", "license")),
        ("license: mit\n", "", ("licence", "worse", "license")),
        ("value: 0.5", "value: 0.6", ("metric", "better", "f1 on Mail / test")),
        ("value: 0.5", "value: 0.4", ("metric", "worse", "f1 on Mail / test")),
        ("{type: f1, value: 0.5}", "{type: f1, value: 0.5}, {type: wer, value: 3}", ("metric", "changed", "wer on Mail / test")),
        ("datasets: [acme/mail]", "datasets: [acme/other]", ("metadata", "changed", "datasets")),
        ("license: mit", "license: Mit 2", ("finding", "worse", "unknown-license")),
        ("from scratch.", "from scratch. The model is completely unbiased.", ("claim", "worse", "absolute-claim")),
        ("## Limitations\n", "## Limitations\n\nTables are not read at all.\n", ("text", "better", "limitations")),
    ],
)  # fmt: skip
def test_what_is_told(old: str, new: str, expected: tuple[str, str, str]) -> None:
    assert expected in told(changes((old, new)))


def test_less_is_better_for_errors() -> None:
    base = CARD.replace("f1", "wer")
    (found,) = changes(("value: 0.5", "value: 0.4"), base=base)
    assert found.way == "better"


@settings(max_examples=80, deadline=None)
@given(strategies.cards)
def test_a_card_is_no_change_of_itself(card: str) -> None:
    assert compare(Card.from_text(card), Card.from_text(card)) == []


def test_real_cards_are_no_change_of_themselves(real_cards: dict[str, bytes]) -> None:
    """With other line ends the meaning is the same."""
    for data in list(real_cards.values())[::40]:
        card = Card(Source(data))
        if not card.source.problem and b"\r" not in data and card.front_matter:
            assert compare(card, Card(Source(data.replace(b"\n", b"\r\n")))) == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    def git(*words: str) -> None:
        command = [
            "git",
            "-C",
            str(tmp_path),
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@b.c",
            *words,
        ]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "README.md").write_text(CARD, "utf-8")
    git("add", ".")
    git("commit", "-qm", "one")
    (tmp_path / "README.md").write_text(
        CARD.replace("0.5", "0.4").replace("license: mit", "license: gpl-3.0"), "utf-8"
    )
    git("commit", "-qam", "two")
    return tmp_path


def run(folder: Path, *words: str) -> Any:
    here = os.getcwd()
    os.chdir(folder)
    try:
        return cardkit("diff", *words)
    finally:
        os.chdir(here)


def test_the_shell_and_git(repository: Path) -> None:
    result = run(repository, "HEAD~1:README.md", "README.md")
    assert result.returncode == 0
    assert "- f1 on Mail / test: 0.5 before, 0.4 now\n" in text(result.stdout)
    assert "~ license: mit before, gpl-3.0 now\n" in text(result.stdout)
    result = run(repository, "HEAD~1:README.md", "HEAD:README.md", "--output-format", "json")
    assert {item["kind"] for item in json.loads(text(result.stdout))} >= {"metric", "licence"}
    result = run(repository, "HEAD~1:README.md", ".", "--output-format", "markdown")
    assert text(result.stdout).startswith("**Model card**\n\nWorse:\n\n- f1 on Mail / test")
    assert text(run(repository, ".", ".").stdout) == "nothing changed in meaning\n"


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [([], 0), (["worse"], 1), (["any"], 1), (["metric"], 1), (["licence"], 1), (["text"], 0), (["topic", "claim"], 0)],
)  # fmt: skip
def test_fail_on(repository: Path, fail_on: list[str], code: int) -> None:
    words = [word for kind in fail_on for word in ("--fail-on", kind)]
    assert run(repository, "HEAD~1:README.md", "README.md", *words).returncode == code


@pytest.mark.parametrize(
    "name", ["gone.md", "HEAD~9:README.md", "HEAD:gone.md", "--output=/tmp/x:README.md", ":", "x:"]
)
def test_versions_that_are_none(repository: Path, name: str) -> None:
    result = run(repository, "--", name, "README.md")
    assert result.returncode == 2
    assert "Traceback" not in text(result.stderr)


def test_markdown_of_a_card_is_only_text() -> None:
    from cardkit.cli.diff import _markdown

    change = Change("text", "worse", "x", "a <script> @team #1 https://x [a](b) `c`")
    line = _markdown([change])
    assert "<script>" not in line
    assert "@team" not in line
    assert "https://" not in line
