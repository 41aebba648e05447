"""``cardkit new`` on real model folders: nothing that no file says."""

import tarfile
from pathlib import Path

import pytest

from cardkit.card import Card
from cardkit.engine import lint
from cardkit.facts import read_facts
from cardkit.selection import select
from cardkit.text import Source
from tests.test_cli_lint import cardkit


@pytest.fixture(scope="module")
def model_folders(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    home = tmp_path_factory.mktemp("models")
    with tarfile.open(shared / "cards" / "modeldirs.tar.xz") as tar:
        tar.extractall(home, filter="data")
    return sorted(path for path in home.iterdir() if path.is_dir())


def test_real_folders_give_no_hub_error_and_nothing_that_no_file_says(
    model_folders: list[Path],
) -> None:
    assert len(model_folders) == 12
    for folder in model_folders:
        output = folder / "new.md"
        result = cardkit("new", str(folder), "--output", str(output), "--no-input")
        assert result.returncode == 0, result.stderr
        report = lint(Card(Source(output.read_bytes())), select("accountable"))
        assert not [item for item in report.diagnostics if item.ground == "hub-error"], folder.name
        facts = read_facts(str(folder))
        for key, value in report.card.metadata.items():
            assert facts.by_name[key].value == value, (folder.name, key)
        for fact in facts.by_name.values():
            file, _, key = fact.source.partition(": ")
            assert key in (folder / file).read_text("utf-8"), (folder.name, fact)
