"""``cardkit topics`` as people and programs call it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardkit.topics import TOPICS
from tests.test_cli_lint import cardkit, text
from tests.test_config import write

CARD = """---
license: mit
---
# Mail sorter

A classifier of English mail, fine-tuned from BERT base.

## Limitations

Letters of more than 512 words are cut.
It was never tried on German.

## Training data

More information needed

## Citation

See our paper.
"""
LEVELS = {"covered", "thin", "placeholder", "absent"}


def entries(*arguments: str, cwd: Path | None = None, stdin: bytes = b"") -> list[dict[str, Any]]:
    result = cardkit("topics", "--output-format", "json", *arguments, cwd=cwd, stdin=stdin)
    assert result.returncode == 0, text(result.stderr)
    data: list[dict[str, Any]] = json.loads(result.stdout)
    return data


def test_json_keeps_its_contract(tmp_path: Path) -> None:
    path = write(tmp_path, "README.md", CARD)
    (entry,) = entries(str(path))
    assert set(entry) == {"path", "topics"}
    assert entry["path"] == str(path)
    assert tuple(entry["topics"]) == TOPICS
    lines = CARD.splitlines()
    for topic, row in entry["topics"].items():
        assert set(row) == {"verdict", "lines", "evidence"}
        assert row["verdict"] in LEVELS
        assert isinstance(row["evidence"], str)
        for first, last in row["lines"]:
            assert 1 <= first <= last <= len(lines)
        if row["verdict"] == "absent":
            assert (row["lines"], row["evidence"]) == ([], ""), topic
    topics = entry["topics"]
    assert topics["limitations"]["verdict"] == "covered"
    assert topics["limitations"]["lines"] == [[10, 11]]
    assert topics["limitations"]["evidence"].startswith("Letters of more than 512 words are cut.")
    assert topics["training-data"] == {
        "verdict": "placeholder",
        "lines": [[13, 13]],
        "evidence": "More information needed",
    }
    assert topics["citation"]["verdict"] == "thin"
    assert topics["bias-risks"] == {"verdict": "absent", "lines": [], "evidence": ""}


def test_text_shows_every_topic_with_lines_and_words(tmp_path: Path) -> None:
    write(tmp_path, "README.md", CARD)
    result = cardkit("topics", "README.md", cwd=tmp_path)
    assert result.returncode == 0
    first, *rows = text(result.stdout).splitlines()
    assert first == "README.md"
    assert [row.split()[0] for row in rows if row] == list(TOPICS)
    (row,) = (row for row in rows if row.startswith("  limitations "))
    assert row.split()[1:3] == ["covered", "10-11"]
    assert "Letters of more than 512 words are cut." in row


def test_one_card_is_an_array_too_and_so_is_none(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "# A library\n\nNo model.\n")
    assert entries(cwd=tmp_path) == []


def test_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "a/README.md", CARD)
    write(tmp_path, "b/MODEL_CARD.md", "# Another\n\nSorts letters.\n")
    write(tmp_path, "c/README.md", "# A library\n\nNo model.\n")
    assert [entry["path"] for entry in entries(cwd=tmp_path)] == [
        "a/README.md",
        "b/MODEL_CARD.md",
    ]
    printed = text(cardkit("topics", cwd=tmp_path).stdout)
    assert printed.count("limitations ") == 2


def test_standard_input(tmp_path: Path) -> None:
    (entry,) = entries("-", stdin=CARD.encode(), cwd=tmp_path)
    assert entry["path"] == "<stdin>"
    assert entry["topics"]["limitations"]["verdict"] == "covered"
    (entry,) = entries("-", "--stdin-filename", "x/README.md", stdin=CARD.encode(), cwd=tmp_path)
    assert entry["path"] == "x/README.md"


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_lines_are_those_of_the_file(tmp_path: Path, newline: str) -> None:
    (tmp_path / "README.md").write_bytes(b"\xef\xbb\xbf" + CARD.replace("\n", newline).encode())
    (entry,) = entries("README.md", cwd=tmp_path)
    assert entry["topics"]["limitations"]["lines"] == [[10, 11]]


def test_own_headings(tmp_path: Path) -> None:
    write(
        tmp_path, "README.md", "# M\n\nSorts mail.\n\n## Tücken\n\nLange Briefe werden gekürzt.\n"
    )
    (before,) = entries("README.md", cwd=tmp_path)
    assert before["topics"]["limitations"]["verdict"] == "absent"
    write(tmp_path, "cardkit.toml", '[headings]\nlimitations = ["Tücken"]\n')
    (after,) = entries("README.md", cwd=tmp_path)
    assert after["topics"]["limitations"]["lines"] == [[7, 7]]
    # A file that is named comes before the nearest.
    write(tmp_path, "other.toml", '[headings]\ncitation = ["Tücken"]\n')
    (other,) = entries("README.md", "--config", "other.toml", cwd=tmp_path)
    assert other["topics"]["limitations"]["verdict"] == "absent"
    assert other["topics"]["citation"]["verdict"] != "absent"


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_a_file_that_is_missing_does_not_stop_the_others(
    tmp_path: Path, output_format: str
) -> None:
    write(tmp_path, "README.md", CARD)
    arguments = ("--output-format", output_format, "nothing.md", "README.md")
    result = cardkit("topics", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert text(result.stderr) == "cardkit: nothing.md: no such file or folder\n"
    assert "512 words" in text(result.stdout)
    if output_format == "json":
        assert len(json.loads(result.stdout)) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"caf\xe9 \xff", "byte 0xe9 is not UTF-8"),
        ("# Card".encode("utf-16"), "UTF-16"),
        (b"\x7fELF" + bytes(60) + b"\xff", "binary"),
    ],
)
def test_a_file_that_is_no_text_cannot_be_read(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "README.md").write_bytes(data)
    result = cardkit("topics", "README.md", cwd=tmp_path)
    assert result.returncode == 2
    assert text(result.stderr).startswith("cardkit: README.md: ")
    assert says in text(result.stderr)


def test_an_empty_file_lacks_every_topic(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "")
    (entry,) = entries("README.md", cwd=tmp_path)
    assert {row["verdict"] for row in entry["topics"].values()} == {"absent"}


def test_nothing_here(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "# A library\n\nNo model.\n")
    result = cardkit("topics", cwd=tmp_path)
    assert result.returncode == 2
    assert "no model card here or below" in text(result.stderr)


def test_a_card_cannot_paint_the_terminal(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "# M\n\n## Limitations\n\nFails on \x1b[2J\u202e German.\n")
    output = text(cardkit("topics", "README.md", cwd=tmp_path).stdout)
    assert "\x1b" not in output
    assert "\u202e" not in output


def test_colour(tmp_path: Path) -> None:
    write(tmp_path, "README.md", CARD)
    plain = cardkit("topics", "README.md", cwd=tmp_path, NO_COLOR="").stdout
    assert b"\x1b[" not in plain
    assert b"\x1b[32m" in cardkit("topics", "README.md", "--color", "always", cwd=tmp_path).stdout
