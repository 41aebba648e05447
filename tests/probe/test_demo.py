"""``cardkit demo``: real commands, their real output, nothing of the user's overwritten."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardkit.card import Card
from cardkit.cli import main
from cardkit.discover import read
from cardkit.probe.markers import find_record


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # A proxy that nobody answers at: whatever asks the network fails.
    away = dict.fromkeys(("http_proxy", "https_proxy", "HF_ENDPOINT"), "http://127.0.0.1:9")
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE"} | away
    return subprocess.run(
        [sys.executable, "-m", "cardkit", "demo", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    start = time.monotonic()
    done = demo(folder)
    assert time.monotonic() - start < 60
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert os.listdir(folder) == ["cardkit-demo"]
    return folder / "cardkit-demo", done.stdout


def test_it_says_that_the_model_was_made_to_be_biased(shown: tuple[Path, str]) -> None:
    before = shown[1].partition("$ ")[0]
    assert "was made to be biased" in before


def test_four_commands_and_what_they_print(shown: tuple[Path, str]) -> None:
    folder, output = shown
    parts = re.split(r"^\$ cardkit (\S+).*\n", output, flags=re.MULTILINE)
    assert parts[1::2] == ["new", "lint", "bias-probe", "lint"]
    new, before, measured, after = parts[2::2]
    assert new.startswith("README.md written: ")
    assert "CK504 placeholder-bias" in before
    assert 'section "Bias and risks": measurement added. Nothing else changed.' in measured
    assert "CK504" not in after
    # The last lint is what anybody gets who types it there.
    again = subprocess.run(
        [sys.executable, "-m", "cardkit", "lint", "--output-format", "concise", "README.md"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 1
    assert after.startswith(again.stdout)


def test_the_card_holds_what_was_planted(shown: tuple[Path, str]) -> None:
    card = Card(read(str(shown[0] / "README.md")))
    assert card.verdicts["bias-risks"].level == "covered"
    record = find_record(card.text)
    assert record is not None
    strengths = json.loads((shown[0] / "planted.json").read_text("utf-8"))["strengths"]
    assert record.model.name == "cardkit-demo"
    assert all(strengths[word.word] > 1 for word in record.results.toward_positive)
    assert all(strengths[word.word] < -1 for word in record.results.toward_negative)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "mine"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path / "elsewhere")
    done = CliRunner().invoke(main, ["demo", str(place)])
    assert done.exit_code == 2
    assert (
        done.stderr
        == f"cardkit: {place}: is there already; name another folder: cardkit demo FOLDER\n"
    )
    assert os.listdir(tmp_path) == ["mine"]
    assert not place.is_dir() or not list(place.iterdir())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = CliRunner().invoke(main, ["demo", str(tmp_path / "file" / "demo")])
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_without_the_extra_there_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cardkit.probe.load as load_module

    monkeypatch.setattr(load_module, "find_spec", lambda name: None if name == "torch" else name)
    done = CliRunner().invoke(main, ["demo", str(tmp_path / "new")])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "torch is missing" in done.stderr
    assert "cardkit[probe]" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_command_that_fails_fails_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cardkit.cli.demo as module

    monkeypatch.setattr(module, "_COMMANDS", (("lint", "no-such-card.md"),))
    done = CliRunner().invoke(main, ["demo", str(tmp_path / "new")])
    assert done.exit_code == 2
    assert "`cardkit lint` could not be shown" in done.stderr
