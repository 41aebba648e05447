"""Which files are cards when nobody named them."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from cardkit.card import Card
from cardkit.discover import is_card
from cardkit.text import Source
from tests.test_cli_lint import cardkit, text
from tests.test_engine import GOOD

PROJECT = "# My project\n\nA library for mail.\n"


def names(*arguments: str, cwd: Path) -> set[str]:
    rows = json.loads(
        cardkit("lint", *arguments, "--output-format", "json", "--select", "CK507", cwd=cwd).stdout
    )
    return {row["path"] for row in rows}


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path / "README.md", PROJECT)
    write(tmp_path / "a" / "README.md", GOOD)
    write(tmp_path / "b" / "README.md", PROJECT)
    write(tmp_path / "b" / "config.json", "{}")
    write(tmp_path / "c" / "MODEL_CARD.md", PROJECT)
    write(
        tmp_path / "d" / "README.md",
        "---\ntask_categories: [translation]\nlicense: mit\n---\nData\n",
    )
    write(
        tmp_path / "e" / "README.md",
        "---\nsdk: gradio\nemoji: x\ncolorFrom: red\nlicense: mit\n---\n",
    )
    write(tmp_path / "f" / "README.md", "---\ntitle: A page\nlayout: post\nlicense: mit\n---\n")
    write(tmp_path / "g" / "notes.md", GOOD)
    write(tmp_path / "node_modules" / "m" / "README.md", GOOD)
    return tmp_path


def test_a_folder_is_searched_for_model_cards(tree: Path) -> None:
    assert names(".", cwd=tree) == {"a/README.md", "b/README.md", "c/MODEL_CARD.md"}
    assert names(cwd=tree) == names(".", cwd=tree)


def test_other_readmes_are_counted(tree: Path) -> None:
    output = text(cardkit("lint", ".", "--select", "CK507", cwd=tree).stdout)
    assert output.splitlines()[-1].endswith("4 files skipped: no model card")


def test_a_file_that_is_named_is_a_card(tree: Path) -> None:
    assert names("README.md", cwd=tree) == {"README.md"}


def test_only_cards_holds_for_named_files_too(tree: Path) -> None:
    paths = ["README.md", "a/README.md", "d/README.md"]
    assert names("--only-cards", *paths, cwd=tree) == {"a/README.md"}
    assert cardkit("lint", "--only-cards", "README.md", cwd=tree).returncode == 0


def test_what_git_ignores_is_left_out(tree: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    write(tree / ".gitignore", "/a/\n")
    assert names(".", cwd=tree) == {"b/README.md", "c/MODEL_CARD.md"}


def test_kind_can_be_told(tree: Path) -> None:
    rows = json.loads(
        cardkit(
            "lint", "d/README.md", "--kind", "model", "--output-format", "json", cwd=tree
        ).stdout
    )
    assert "missing-bias" in {row["name"] for row in rows}
    assert cardkit("lint", "d/README.md", cwd=tree).returncode == 0


def test_a_card_named_twice_is_told_once(tree: Path) -> None:
    rows = json.loads(
        cardkit(
            "lint",
            "a/README.md",
            "a",
            "./a/README.md",
            "--select",
            "CK507",
            "--output-format",
            "json",
            cwd=tree,
        ).stdout
    )
    assert len(rows) == 1


def test_no_card_below_the_current_folder(tmp_path: Path) -> None:
    write(tmp_path / "README.md", PROJECT)
    result = cardkit("lint", cwd=tmp_path)
    assert result.returncode == 2
    assert "no model card here or below" in text(result.stderr)


def test_real_dataset_cards_are_not_taken_for_models(shared: Path) -> None:
    with tarfile.open(shared / "cards" / "datasetcards.tar.xz") as tar:
        taken = total = 0
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            card = Card(Source(file.read(), "README.md"))
            if card.metadata:
                total += 1
                taken += is_card(card, "/nowhere/README.md")
    assert total > 800
    assert taken / total < 0.05, f"{taken} of {total}"
