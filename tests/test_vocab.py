"""The Hub's lists: dated, whole, and replaceable for a run."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardkit.cli import main
from cardkit.vocab import NAMES, load_vocab, use_vocab, vocabulary

CARD = "---\nlicense: acme-9.0\n---\n# Mail sorter\n\nSorts English mail.\n"


def lint(tmp_path: Path, *options: str) -> tuple[int, list[dict[str, object]]]:
    card = tmp_path / "README.md"
    card.write_text(CARD, "utf-8")
    command = [
        "lint",
        "--select",
        "unknown-license",
        "--output-format",
        "json",
        *options,
        str(card),
    ]
    result = CliRunner().invoke(main, command)
    return result.exit_code, json.loads(result.stdout) if result.stdout else []


@pytest.mark.parametrize("name", NAMES)
def test_lists_are_dated_and_say_where_they_come_from(name: str) -> None:
    data = load_vocab(name)
    assert data["as_of"].startswith("20")
    assert data["source"]
    assert set(data.get("aliases", {}).values()) <= vocabulary(name)


@pytest.mark.parametrize("ids", [["mit", "acme-9.0"], {"mit": "MIT", "acme-9.0": "Acme 9"}])
def test_newer_lists_hold_for_one_run(tmp_path: Path, ids: object) -> None:
    file = tmp_path / "lists.json"
    file.write_text(json.dumps({"licenses": {"as_of": "2031-01-01", "ids": ids}}), "utf-8")
    assert lint(tmp_path, "--vocab", str(file)) == (0, [])
    assert lint(tmp_path)[0] == 1


def test_the_date_of_a_newer_list_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lists.json"
    file.write_text('{"licenses": {"as_of": "2031-01-01", "ids": ["mit"]}}', "utf-8")
    code, findings = lint(tmp_path, "--vocab", str(file))
    assert code == 1
    assert "list of 2031-01-01" in str(findings[0]["message"])


def test_other_lists_stay() -> None:
    before = vocabulary("languages")
    with use_vocab(None):
        assert vocabulary("languages") == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "must hold lists by name"),
        ("{", "not valid JSON"),
        ('{"licences": {"ids": []}}', "no list 'licences'"),
        ('{"licenses": {"ids": [1]}}', "must hold"),
        ('{"licenses": ["mit"]}', "must hold"),
    ],
)
def test_files_that_hold_no_lists_are_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "lists.json"
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["lint", "--vocab", str(file)])
    assert result.exit_code == 2
    assert words in result.stderr
    assert str(file) in result.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["lint", "--vocab", str(tmp_path / "none.json")])
    assert result.exit_code == 2
    assert "none.json: No such file" in result.stderr
