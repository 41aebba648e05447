"""--check, --verify and --resume: whether a number is still that of the model, and comes again."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from probe_command import cardkit
from test_suite import SMALL, changed

from cardkit.errors import InputError
from cardkit.probe import forward, run
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.rows import Row, RowTable, add_query
from cardkit.probe.store import cache_folder, fingerprint, open_kept, open_store
from cardkit.probe.suite import load_suite


@pytest.fixture
def model(measured_model: Path) -> Path:
    return measured_model


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


def kept_scores() -> list[Path]:
    return sorted(cache_folder().glob("*"))


def test_ctrl_c_loses_nothing(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any option: what was scored is in the cache folder, and the next run begins there."""
    gathered, passes, limit = forward._gathered_logits, 0, 0

    def counted(model: Any, some: Any, places: Any) -> Any:
        nonlocal passes
        passes += 1
        if limit and passes > limit:
            raise KeyboardInterrupt
        return gathered(model, some, places)

    monkeypatch.setattr(forward, "_gathered_logits", counted)
    command = (demo_folder, "--batch-tokens", 500)
    whole = cardkit(*command)
    assert (whole.exit_code, whole.stderr, kept_scores()) == (0, "", [])
    all_passes, passes, limit = passes, 0, 15
    broken = cardkit(*command)
    assert broken.exit_code == 2
    [path] = kept_scores()
    assert broken.stderr.startswith(f"cardkit: interrupted; the scores so far are in {path}, and")
    passes, limit = 0, 0
    again = cardkit(*command)
    assert again.exit_code == 0
    assert f"scores of an interrupted run are in {path}; going on from there" in again.stderr
    assert again.stdout == whole.stdout
    assert passes <= all_passes - 12
    assert kept_scores() == []


def test_a_real_ctrl_c(demo_folder: Path) -> None:
    command = [sys.executable, "-m", "cardkit", "bias-probe", str(demo_folder), "--batch-tokens"]
    # One sentence at a time takes seconds; the file is there from the first pass on.
    with subprocess.Popen([*command, "15"], stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            if any(path.stat().st_size > 500 for path in kept_scores()):
                process.send_signal(signal.SIGINT)
                break
            time.sleep(0.01)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 2
    assert said.count("\n") == 1
    assert str(kept_scores()[0]) in said


def test_a_dry_run_writes_no_file_at_all(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(forward, "_bears_gathering", interrupt)
    done = cardkit(demo_folder, "--dry-run")
    assert done.exit_code == 2
    assert done.stderr == "cardkit: interrupted; no scores were kept\n"
    assert kept_scores() == []


def test_a_cache_that_cannot_be_used_stops_nothing(demo_folder: Path) -> None:
    cache_folder().parent.mkdir(parents=True)
    cache_folder().write_text("a file where the folder should be")
    assert cardkit(demo_folder).exit_code == 0


def test_damaged_scores_in_the_cache_are_made_anew(tmp_path: Path) -> None:
    (tmp_path / f"{'k' * 32}.scores").write_text("something else\n")
    store = open_kept(tmp_path, "k" * 64)
    assert store is not None
    store.add([1], [-2.5])
    store.file.close()
    again = open_kept(tmp_path, "k" * 64)
    assert again is not None
    assert again.known == {1: -2.5}
    again.close(done=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", ".cache"),
        ("darwin", "Library/Caches"),
        ("win32", "AppData/Local"),
    ],
)
def test_where_scores_are_kept(
    platform: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / folder / "cardkit" / "bias-probe"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine" / "cardkit" / "bias-probe"


@pytest.mark.parametrize("change", ["row", "file", "dtype", "device"])
def test_scores_are_of_one_measurement_only(change: str) -> None:
    def key(word: int = 5, sha: str = "a", dtype: str = "float32", device: str = "cpu") -> str:
        table = RowTable()
        add_query(table, Row((1, word, 2)), 1, 7)
        return fingerprint(table, {"model.safetensors": sha}, dtype, device)

    changed_one: dict[str, Any] = {
        "row": {"word": 6},
        "file": {"sha": "b"},
        "dtype": {"dtype": "bfloat16"},
        "device": {"device": "cuda"},
    }[change]
    assert key() == key()
    assert key() != key(**changed_one)


def test_options_of_the_run(bert_folder: Path, tmp_path: Path) -> None:
    suite = tmp_path / "s.yaml"
    suite.write_text(json.dumps(SMALL), encoding="utf-8")
    done = cardkit(bert_folder, "--suite", suite, "--dtype", "bfloat16", "--batch-tokens", 64)
    assert done.exit_code == 0, done.output
    assert "cpu bfloat16" in done.stdout
    assert cardkit(bert_folder, "--suite", suite, "--dtype", "int4").exit_code == 2
    assert cardkit(bert_folder, "--suite", suite, "--device", "nowhere").exit_code == 2
