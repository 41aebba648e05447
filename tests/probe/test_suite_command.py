"""`cardkit suite check` and `cardkit bias-probe --list`."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from test_suite import SMALL, changed

from cardkit.cli import main
from cardkit.probe.suite import load_suite, suite_names

SUITES = Path(load_suite.__code__.co_filename).with_name("suites")


def cardkit(*arguments: Any) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_list_names_every_suite_and_what_is_experimental() -> None:
    result = cardkit("bias-probe", "--list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == suite_names()
    assert sum("experimental" in line for line in lines) == 4
    assert sum("the default" in line for line in lines) == 1


@pytest.mark.parametrize("name", suite_names())
def test_shipped_suites_pass_their_own_check(name: str) -> None:
    result = cardkit("suite", "check", SUITES / f"{name}.yaml")
    assert result.exit_code == 0
    assert name in result.stdout


def test_a_small_suite_is_told_what_it_cannot_show(tmp_path: Path) -> None:
    result = cardkit("suite", "check", written(tmp_path, yaml.safe_dump(SMALL)))
    assert result.exit_code == 0
    for part in ("1 templates × 2 trades", "no interval", "noise floor", "same order"):
        assert part in result.stdout


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("colour", "red", "'colour' was unexpected"),
        ("templates.0", "{target} is here.", "{attribute} 0 times"),
        ("attributes", [], "attributes"),
    ],
)
def test_a_broken_suite_is_a_finding(tmp_path: Path, path: str, value: Any, message: str) -> None:
    sound = SUITES / "gender-trait-en.yaml"
    result = cardkit("suite", "check", written(tmp_path, changed(path, value)), sound)
    assert result.exit_code == 1
    assert message in result.stdout.splitlines()[0]
    assert "gender-trait-en 1.0.0" in result.stdout  # the others are checked all the same


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    result = cardkit("suite", "check", tmp_path / "no.yaml")
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr
    assert result.stderr.count("\n") == 1


def test_not_applicable_is_said_with_its_reason(demo_folder: Path) -> None:
    result = cardkit("bias-probe", demo_folder, "--suite", "gender-occupation-fi")
    assert result.exit_code == 2
    assert "not applicable: Finnish has one pronoun (hän)" in result.stderr
