"""--check, --verify and --resume: whether a number is still that of the model, and comes again."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from test_suite import SMALL, changed

from cardkit.cli import main
from cardkit.errors import InputError
from cardkit.probe import forward, run
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.rows import RowTable
from cardkit.probe.store import fingerprint, open_store
from cardkit.probe.suite import load_suite


def cardkit(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["bias-probe", *(str(one) for one in arguments)])


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model with a card that holds its measurement, and its results."""
    import cardkit as package

    folder = tmp_path_factory.mktemp("measured") / "model"
    shutil.copytree(Path(package.__file__).parent / "demo_model", folder)
    card = folder / "README.md"
    card.write_text("---\nlicense: mit\n---\n# A model\n", encoding="utf-8")
    done = cardkit(folder, "--card", card, "--output", folder / "results.json")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def model(measured: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured, tmp_path / "model"))


def flip(path: Path) -> None:
    """Change one bit, in the last byte of a file or, in text, in a digit of it."""
    data = bytearray(path.read_bytes())
    place = -1 if path.suffix == ".safetensors" else data.rindex(b"1")
    data[place] ^= 1
    path.write_bytes(data)


def test_fresh(model: Path) -> None:
    done = cardkit("--check", model / "README.md")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert done.stdout.endswith("the measurement is fresh\n")


def test_line_ends_do_not_matter(model: Path) -> None:
    card = model / "README.md"
    card.write_bytes(card.read_bytes().replace(b"\n", b"\r\n"))
    assert cardkit("--check", card).exit_code == 0


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_one_bit_of_a_file_is_told_with_its_name(model: Path, name: str) -> None:
    flip(model / name)
    done = cardkit("--check", model / "README.md")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [f"{model / 'README.md'}: stale: {name} has changed"]


def test_files_that_are_new_or_gone(model: Path) -> None:
    (model / "tokenizer_config.json").unlink()
    (model / "vocab.txt").write_text("a\n")
    out = cardkit("--check", model / "README.md").stdout
    assert "tokenizer_config.json is missing" in out
    assert "vocab.txt is new" in out


def test_another_suite_is_stale(model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(changed("title", "Another"), encoding="utf-8")
    done = cardkit("--check", model / "README.md", "--suite", other)
    assert done.exit_code == 1
    assert "suite gender-occupation-en has changed" in done.stdout


def test_an_edited_number_is_seen(model: Path) -> None:
    card = model / "README.md"
    text = card.read_text("utf-8")
    number = text.index("| mean lean | ") + len("| mean lean | ")
    card.write_text(text[:number] + "0.00" + text[number + 5 :], encoding="utf-8")
    done = cardkit("--check", card)
    assert done.exit_code == 1
    line = text[:number].count("\n") + 1
    assert f"stale: line {line}: the section does not say what its record says" in done.stdout


def test_the_model_may_lie_elsewhere(model: Path, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    shutil.copy(model / "README.md", card)
    done = cardkit("--check", card)
    assert done.exit_code == 2
    assert "name the model's folder" in done.stderr
    assert cardkit(model, "--check", card).exit_code == 0


def test_nothing_to_check(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("# A card\n", encoding="utf-8")
    done = cardkit("--check", card)
    assert done.exit_code == 2
    assert "no measurement" in done.stderr
    assert cardkit("--check", tmp_path / "no.md").exit_code == 2
    assert cardkit().exit_code == 2


def test_checking_needs_no_torch(model: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from cardkit.cli import main\n"
        f"try: main(['bias-probe', '--check', {str(model / 'README.md')!r}])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('torch', 'numpy', 'transformers', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_sample_comes_again(model: Path) -> None:
    done = cardkit(model, "--verify", model / "results.json")
    assert done.exit_code == 0, done.output
    assert "42 of 840 cells scored again" in done.stdout


def test_a_changed_cell_is_seen(model: Path) -> None:
    path = model / "results.json"
    data = json.loads(path.read_text("utf-8"))
    for line in data["cells"]["log_probabilities"]["positive"]:
        line[:] = [value + 0.002 for value in line]
    path.write_text(json.dumps(data), encoding="utf-8")
    done = cardkit(model, "--verify", path)
    assert done.exit_code == 1
    assert "does not agree: “" in done.stdout


def test_another_model_does_not_verify(model: Path, bert_folder: Path) -> None:
    assert cardkit(bert_folder, "--verify", model / "results.json").exit_code == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": {}}'])
def test_results_that_are_none(model: Path, text: str) -> None:
    (model / "results.json").write_text(text)
    done = cardkit(model, "--verify", model / "results.json")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_results_of_another_suite(model: Path) -> None:
    done = cardkit(model, "--verify", model / "results.json", "--suite", "gender-trait-en")
    assert done.exit_code == 2
    assert "another suite" in done.stderr


class Killed(BaseException):
    """What ends a run in the middle, like Ctrl-C."""


def test_killed_half_way_and_resumed_it_gives_the_same(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked, suite, path = load(locate(str(bert_folder))), load_suite(), tmp_path / "scores"
    whole = run.measure(masked, suite, resamples=50)
    rows = 0
    gathered = forward._gathered_logits

    def counted(model: Any, some: Any, places: Any) -> Any:
        nonlocal rows
        rows += len(some)
        if limit and rows > limit:
            raise Killed
        return gathered(model, some, places)

    monkeypatch.setattr(forward, "_gathered_logits", counted)
    limit = 600
    with pytest.raises(Killed):
        run.measure(masked, suite, resamples=50, batch_tokens=500, resume=path)
    with path.open("a", encoding="utf-8") as file:
        file.write("[[1, 2")  # a line cut off
    done, rows, limit = rows, 0, 0
    again = run.measure(masked, suite, resamples=50, batch_tokens=500, resume=path)
    assert again.record == whole.record
    assert 0 < rows < whole.record.counts.rows + 300 - 400  # most of the work was not done twice
    assert done > 500
    assert not path.exists()


def test_scores_of_another_run_are_refused(bert_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "scores"
    open_store(path, fingerprint(RowTable(), {}, "float32")).close(done=False)
    done = cardkit(bert_folder, "--resume", path)
    assert done.exit_code == 2
    assert "another model, suite or precision" in done.stderr
    path.write_text("something else\n")
    with pytest.raises(InputError, match="no scores of an interrupted run"):
        open_store(path, "x")
    with pytest.raises(InputError, match="cannot be kept"):
        open_store(tmp_path, "x")


def test_options_of_the_run(bert_folder: Path, tmp_path: Path) -> None:
    suite = tmp_path / "s.yaml"
    suite.write_text(json.dumps(SMALL), encoding="utf-8")
    done = cardkit(bert_folder, "--suite", suite, "--dtype", "bfloat16", "--batch-tokens", 64)
    assert done.exit_code == 0, done.output
    assert "cpu bfloat16" in done.stdout
    assert cardkit(bert_folder, "--suite", suite, "--dtype", "int4").exit_code == 2
    assert cardkit(bert_folder, "--suite", suite, "--device", "nowhere").exit_code == 2
