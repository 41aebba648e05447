"""The command from end to end, on models that the tests build and on the shared one."""

import builtins
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from probe_command import Later, cardkit, refused
from probe_models import build_bert
from safetensors.torch import load_file, save_file

from cardkit.card import Card
from cardkit.cli import main, measured
from cardkit.discover import read
from cardkit.engine import lint
from cardkit.probe import run, stats
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.section import render
from cardkit.probe.suite import load_suite

ROOT = Path(__file__).resolve().parents[2]
BERT_TINY = ROOT.parent / "shared" / "models" / "bert-tiny"
CARD = "---\nlicense: mit\n---\n\n# Model\n\n## Bias\n\nMine.\n\n## Training\n\nMine too.\n"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "RESAMPLES", 10_000)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(CARD, encoding="utf-8")
    return path


def test_the_result_is_printed_and_nothing_is_written(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in bert_folder.iterdir()}
    result = cardkit(bert_folder)
    assert result.exit_code == 0
    assert result.stderr == ""
    for part in ("bert, fill-mask, cpu float32", "14 templates × 60 occupations", "mean size"):
        assert part in result.stdout
    assert not list(tmp_path.iterdir())
    assert before == {path: path.read_bytes() for path in bert_folder.iterdir()}


def test_the_section_goes_into_the_card_and_nothing_else_changes(
    bert_folder: Path, card: Path
) -> None:
    result = cardkit(bert_folder, "--card", card)
    assert result.exit_code == 0, result.output
    assert 'section "Bias": measurement added. Nothing else changed.' in result.stdout
    text = card.read_text(encoding="utf-8")
    block = find_block(text)
    assert block is not None
    before, after = text[: block.start], text[block.end :]
    assert before + after == CARD.replace("Mine.\n\n", "Mine.\n\n\n\n")
    record = find_record(text)
    assert record is not None
    assert record.model.name == "bert"
    assert record.counts.templates == 14
    assert str(bert_folder.parent) not in text


def test_a_second_run_changes_no_byte(
    bert_folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cardkit(bert_folder, "--card", card).exit_code == 0
    first = card.read_bytes()
    os.utime(card, (0, 0))

    monkeypatch.setattr(run.datetime, "date", Later)
    result = cardkit(bert_folder, "--card", card)
    assert card.read_bytes() == first
    assert card.stat().st_mtime == 0
    assert "unchanged" in result.stdout


def test_another_seed_replaces_the_block_alone(bert_folder: Path, card: Path) -> None:
    cardkit(bert_folder, "--card", card)
    first = card.read_text(encoding="utf-8")
    edited = first.replace("Mine too.", "Mine too, edited since.")
    card.write_text(edited, encoding="utf-8")
    result = cardkit(bert_folder, "--card", card, "--seed", "7")
    assert "the measurement was replaced. Nothing else changed." in result.stdout
    second = card.read_text(encoding="utf-8")
    old, new = find_block(edited), find_block(second)
    assert old is not None
    assert new is not None
    assert edited[: old.start] == second[: new.start]
    assert edited[old.end :] == second[new.end :]
    assert edited != second


def test_a_block_edited_by_hand_is_written_anew(bert_folder: Path, card: Path) -> None:
    cardkit(bert_folder, "--card", card)
    first = card.read_text(encoding="utf-8")
    card.write_text(first.replace('"seed": 0', '"seed": oops'), encoding="utf-8")
    assert cardkit(bert_folder, "--card", card).exit_code == 0
    assert card.read_text(encoding="utf-8") == first


def test_dry_run_prints_the_section_and_writes_nothing(
    bert_folder: Path, card: Path, tmp_path: Path
) -> None:
    output = tmp_path / "results.json"
    result = cardkit(bert_folder, "--card", card, "--output", output, "--dry-run")
    assert result.exit_code == 0
    assert card.read_text(encoding="utf-8") == CARD
    assert not output.exists()
    cardkit(bert_folder, "--card", card)
    assert result.stdout.strip() in card.read_text(encoding="utf-8")


def test_the_results_file_has_every_cell(bert_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "results.json"
    assert cardkit(bert_folder, "--output", output).exit_code == 0
    data = json.loads(output.read_text(encoding="utf-8"))
    cells, controls = data["cells"], data["control_cells"]
    effects = np.array(cells["effects"])
    parts = {name: np.array(matrix) for name, matrix in cells["log_probabilities"].items()}
    assert effects.shape == (14, 60) == (len(cells["templates"]), len(cells["attributes"]))
    assert np.array(controls["effects"]).shape == (10, 20)
    recomputed = (parts["positive"] - parts["prior_positive"]) - (
        parts["negative"] - parts["prior_negative"]
    )
    np.testing.assert_allclose(recomputed, effects, atol=1e-12)
    assert data["results"]["mean"]["value"] == round(effects.mean(), 3)
    assert data["results"]["mean_size"]["value"] == round(np.abs(effects).mean(), 3)
    pairs = np.array(controls["effects"])
    floor = np.abs(pairs[:, 0::2] - pairs[:, 1::2]).mean()
    assert data["results"]["noise_floor"]["value"] == round(floor, 3)
    assert data["model"]["files"].keys() >= {"model.safetensors", "config.json", "tokenizer.json"}
    assert data["suite"]["sha256"] == load_suite().sha256
    best = data["results"]["toward_positive"][0]
    means = effects.mean(axis=0)
    assert best["word"] == cells["attributes"][int(means.argmax())]
    assert best["effect"]["value"] == round(means.max(), 3)


def test_prompts_are_shown_with_probabilities(bert_folder: Path, card: Path) -> None:
    prompt = "The report of the [MASK] was late."
    result = cardkit(bert_folder, "--card", card, "--prompt", prompt, "--prompt", prompt)
    assert result.exit_code == 0, result.output
    record = find_record(card.read_text(encoding="utf-8"))
    assert record is not None
    assert [p.text for p in record.prompts] == [*load_suite().illustration, prompt]
    for shown in record.prompts:
        probabilities = [filler.probability for filler in shown.fillers]
        assert len(probabilities) == 5
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) <= 1


@pytest.mark.parametrize("model", ["bert", "roberta", "albert"])
def test_fillers_are_the_models_own(request: pytest.FixtureRequest, model: str) -> None:
    import torch

    from cardkit.probe.fill import top_words
    from cardkit.probe.load import load
    from cardkit.probe.locate import locate

    masked = load(locate(str(request.getfixturevalue(f"{model}_folder"))))
    own = masked.tokenizer.mask_token
    first, second = top_words(masked, ["The [MASK] was late.", f"The {own} was late."])
    assert first.fillers == second.fillers
    encoded = masked.tokenizer(f"The {own} was late.", return_tensors="pt")
    with torch.no_grad():
        logits = masked.model(**encoded).logits[0]
    place = encoded["input_ids"][0].tolist().index(masked.mask_id)
    best = logits[place].double().softmax(-1).topk(5)
    assert [f.probability for f in first.fillers] == pytest.approx(best.values.tolist(), abs=2e-5)
    assert [f.word for f in first.fillers] == [
        masked.tokenizer.decode([token]).strip() for token in best.indices.tolist()
    ]


@pytest.mark.parametrize("prompt", ["No mask here.", "Two [MASK] are [MASK].", ""])
def test_a_prompt_needs_one_mask(bert_folder: Path, card: Path, prompt: str) -> None:
    refused(cardkit(bert_folder, "--card", card, "--prompt", prompt), "[MASK] exactly once")
    assert card.read_text(encoding="utf-8") == CARD


def test_a_folder_without_weights(tmp_path: Path, bert_folder: Path, card: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(bert_folder, folder)
    (folder / "model.safetensors").unlink()
    refused(cardkit(folder, "--card", card), "model holds no weights")
    assert card.read_text(encoding="utf-8") == CARD


def test_damaged_weights_write_nothing(tmp_path: Path, card: Path) -> None:
    folder = build_bert(tmp_path / "model")
    stored = load_file(folder / "model.safetensors")
    stored["cls.predictions.bias"][3] = float("nan")
    if "cls.predictions.decoder.bias" in stored:
        stored["cls.predictions.decoder.bias"][3] = float("nan")
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    output = tmp_path / "results.json"
    refused(cardkit(folder, "--card", card, "--output", output), "NaN")
    assert card.read_text(encoding="utf-8") == CARD
    assert not output.exists()


def test_a_tokenizer_that_does_not_know_the_targets(
    bert_folder: Path, tmp_path: Path, card: Path
) -> None:
    text = (ROOT / "cardkit/probe/suites/gender-occupation-en.yaml").read_text(encoding="utf-8")
    suite = tmp_path / "suite.yaml"
    suite.write_text(text.replace("positive: she", "positive: ♀"), encoding="utf-8")
    result = cardkit(bert_folder, "--suite", suite, "--card", card)
    refused(result, "cannot be measured with suite", '"♀" is not in the vocabulary')


def test_unknown_words_are_skipped_and_reported(
    bert_folder: Path, tmp_path: Path, card: Path
) -> None:
    text = (ROOT / "cardkit/probe/suites/gender-occupation-en.yaml").read_text(encoding="utf-8")
    text = text.replace("word: plumber,", "word: pl♞mber,").replace("{word: sofa}", "{word: s♞fa}")
    text = text.replace("Ask the {attribute}", "Ask the ♞ {attribute}")
    suite = tmp_path / "suite.yaml"
    suite.write_text(text, encoding="utf-8")
    result = cardkit(bert_folder, "--suite", suite, "--card", card)
    assert result.exit_code == 0, result.output
    assert "not measured: 3" in result.stdout
    record = find_record(card.read_text(encoding="utf-8"))
    assert record is not None
    assert (record.counts.templates, record.counts.attributes) == (13, 59)
    assert (record.counts.control_templates, record.counts.control_pairs) == (10, 9)
    assert {(skip.kind, skip.text) for skip in record.skipped} == {
        ("attribute", "pl♞mber"),
        ("template", "Ask the ♞ {attribute} whether {target} still has the key."),
        ("control", "s♞fa"),
    }


def test_few_templates_give_no_interval(bert_folder: Path, tmp_path: Path, card: Path) -> None:
    import yaml

    path = ROOT / "cardkit/probe/suites/gender-occupation-en.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["templates"] = data["templates"][:9]
    suite = tmp_path / "suite.yaml"
    suite.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert cardkit(bert_folder, "--suite", suite, "--card", card).exit_code == 0
    record = find_record(card.read_text(encoding="utf-8"))
    assert record is not None
    assert record.results.mean.low is None
    assert record.results.toward_positive[0].effect.low is None
    assert "No interval is given" in card.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CARD + "<!-- cardkit:bias-probe begin x -->\n", ["line 14", "no end"]),
        (CARD + "<!-- cardkit:bias-probe end -->\n" * 2, ["lines 14, 15", "ends twice"]),
    ],
)
def test_damaged_markers_stop_before_the_measuring(
    bert_folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: list[str]
) -> None:
    card.write_text(text, encoding="utf-8")
    monkeypatch.setattr(run, "measure", lambda *_, **__: pytest.fail("measured"))
    refused(cardkit(bert_folder, "--card", card), *words)
    assert card.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"# Caf\xe9\n", ["byte 0xe9 is not UTF-8"]),
        (b"# A\n\n```python\nnever closed\n", ["line 5", "not closed"]),
        (b"# A\n\n<!-- never closed\n", ["line 4", "not closed"]),
    ],
)
def test_a_card_with_no_place_stops_before_the_measuring(
    bert_folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, words: list[str]
) -> None:
    card.write_bytes(data)
    monkeypatch.setattr(run, "measure", lambda *_, **__: pytest.fail("measured"))
    refused(cardkit(bert_folder, "--card", card), str(card), *words)
    assert card.read_bytes() == data


def test_a_folder_is_no_card(bert_folder: Path, tmp_path: Path) -> None:
    refused(cardkit(bert_folder, "--card", tmp_path), str(tmp_path), "directory")


def test_the_place_can_be_a_heading_of_the_configuration(bert_folder: Path, card: Path) -> None:
    text = "# Model\n\n## House rule 7\n\nMine.\n\n## Training\n"
    card.write_text(text, "utf-8")
    config = '[headings]\nbias-risks = ["House rule 7"]\n'
    (card.parent / "cardkit.toml").write_text(config, "utf-8")
    result = cardkit(bert_folder, "--card", card)
    assert 'section "House rule 7": measurement added' in result.stdout
    assert card.read_text("utf-8").startswith(text.removesuffix("## Training\n"))


def test_a_section_that_new_left_open_is_covered_by_the_measurement(
    bert_folder: Path, card: Path
) -> None:
    def found() -> dict[str, set[str]]:
        report = lint(Card(read(str(card))))
        return {item.name: {item.target or ""} for item in report.diagnostics}

    new = ["new", str(bert_folder), "--no-input", "--output", str(card), "--force"]
    assert CliRunner().invoke(main, new).exit_code == 0
    before = found()
    assert "placeholder-bias" in before
    assert cardkit(bert_folder, "--card", card).exit_code == 0
    after = found()
    assert "placeholder-bias" not in after
    assert before.keys() - after.keys() == {"placeholder-bias"}
    # The note itself still stands: a number does not say who could be harmed.
    assert "todo-text" in after
    assert card.read_text("utf-8").count("TODO: say what bias and risks") == 1


def test_a_read_only_card_stops_before_the_measuring(
    bert_folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card.chmod(0o444)
    monkeypatch.setattr(run, "measure", lambda *_, **__: pytest.fail("measured"))
    refused(cardkit(bert_folder, "--card", card), "read-only")


def test_a_card_that_is_missing(bert_folder: Path, tmp_path: Path) -> None:
    refused(cardkit(bert_folder, "--card", tmp_path / "none.md"), "no such card")


def test_a_results_file_that_cannot_be_written(bert_folder: Path, tmp_path: Path) -> None:
    refused(cardkit(bert_folder, "--output", tmp_path / "no" / "r.json"), "cannot be written")


def test_a_card_changed_while_measuring_is_left_alone(
    bert_folder: Path, card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit_meanwhile(*arguments: Any) -> str:
        card.write_text("# Someone else was faster\n", encoding="utf-8")
        return render(*arguments)

    monkeypatch.setattr(measured, "render", edit_meanwhile)
    output = tmp_path / "results.json"
    result = cardkit(bert_folder, "--card", card, "--output", output)
    assert result.exit_code == 2
    assert "changed on disk since it was read" in result.stderr
    assert card.read_text(encoding="utf-8") == "# Someone else was faster\n"
    assert output.exists()  # the work is not lost
    assert not list(tmp_path.glob("bias-probe-*"))


@pytest.mark.parametrize("moment", ["cardkit.probe.run.measure", "os.replace"])
def test_killed_in_the_middle_the_card_is_as_it_was(
    demo_folder: Path, card: Path, moment: str
) -> None:
    code = f"""
import os, signal
import cardkit.probe.run
from cardkit.cli import main
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{moment} = kill
main(["bias-probe", {str(demo_folder)!r}, "--card", {str(card)!r}])
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert (b"fill-mask" in done.stdout) is (moment == "os.replace")
    assert card.read_text(encoding="utf-8") == CARD


def test_without_the_extra_there_is_one_clear_line(
    bert_folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cardkit.probe.load as load_module

    monkeypatch.setattr(load_module, "find_spec", lambda name: None if name == "torch" else name)
    refused(cardkit(bert_folder, "--card", card), "torch is missing", "cardkit[probe]")


def test_without_the_extra_nothing_of_it_is_imported_first(bert_folder: Path) -> None:
    """Where torch is not installed, importing it anywhere before the check would be a traceback."""
    code = f"""
import importlib.util, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "numpy", "tokenizers", "safetensors"):
            raise ModuleNotFoundError(f"No module named {{name}}", name=name)
sys.meta_path.insert(0, Missing())
importlib.util.find_spec = lambda name, *_: None
from cardkit.cli import main
main(["bias-probe", {str(bert_folder)!r}])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("cardkit: the bias probe needs torch")


def test_an_unknown_name_offline(card: Path) -> None:
    code = "import sys; from cardkit.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "bias-probe", "nobody/no-such-model", "--card", str(card)],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "nobody/no-such-model" in done.stderr
    assert "offline mode" in done.stderr
    assert card.read_text(encoding="utf-8") == CARD


def hub(folder: Path, commit: str, files: list[str]) -> type[BaseHTTPRequestHandler]:
    """A Hub with one model, team/model, as far as a download needs it."""

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def log_message(self, *_: object) -> None:
            pass

        def answer(self) -> None:
            path = self.path.split("?")[0]
            headers = {"X-Repo-Commit": commit}
            body = None
            answer: Any = None
            if path in ("/api/models/team/model", "/api/models/team/model/revision/main"):
                siblings = [{"rfilename": name} for name in files]
                answer = {"id": "team/model", "sha": commit, "siblings": siblings}
            elif path == f"/api/models/team/model/tree/{commit}":
                answer = [{"type": "file", "path": name, "size": 1, "oid": name} for name in files]
            if answer is not None:
                body = json.dumps(answer).encode()
                headers["Content-Type"] = "application/json"
            elif path.startswith(f"/team/model/resolve/{commit}/"):
                name = path.rsplit("/", 1)[1]
                body = (folder / name).read_bytes()
                headers["ETag"] = f'"{name}"'
            if body is None:
                headers["X-Error-Code"] = "RepoNotFound"
                self.send_response(401)
            else:
                self.send_response(200)
            headers["Content-Length"] = str(len(body or b""))
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET" and body:
                self.wfile.write(body)

    return Hub


@pytest.fixture
def fake_hub(demo_folder: Path, tmp_path: Path):
    """Serve the demo model as a Hub model and give a function that runs cardkit against it."""
    files = [*os.listdir(demo_folder), "pytorch_model.bin", "README.md", "tf_model.h5"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), hub(demo_folder, "c0ffee" * 6 + "c0ff", files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
    }

    def run_against(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        code = "import sys; from cardkit.cli import main; main(sys.argv[1:])"
        return subprocess.run(
            [sys.executable, "-c", code, "bias-probe", *arguments],
            capture_output=True, text=True, check=False, timeout=120,
            env={**environment, **changes},
        )  # fmt: skip

    yield run_against
    server.shutdown()
    server.server_close()


def test_a_model_from_the_hub_is_named_with_its_commit(
    fake_hub: Callable[..., subprocess.CompletedProcess[str]], card: Path, tmp_path: Path
) -> None:
    done = fake_hub("team/model", "--card", str(card))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    record = find_record(card.read_text(encoding="utf-8"))
    assert record is not None
    assert record.model.name == "team/model"
    assert record.model.commit == "c0ffee" * 6 + "c0ff"
    assert set(record.model.files) == {
        "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    # Once it is in the cache the Hub is not needed, and the result is the same.
    first = card.read_bytes()
    for change in ({"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}):
        again = fake_hub("team/model", "--card", str(card), **change)
        assert again.returncode == 0, again.stderr
        assert card.read_bytes() == first


def test_a_name_that_the_hub_does_not_know(
    fake_hub: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = fake_hub("team/other")
    assert done.returncode == 2
    assert "the Hub knows no such model" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_hub_out_of_reach_is_no_long_wait(
    fake_hub: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    import time

    start = time.monotonic()
    done = fake_hub("team/model", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 2
    assert "the Hub cannot be reached" in done.stderr
    assert done.stderr.count("\n") == 1
    assert time.monotonic() - start < 10


def test_a_bar_is_drawn_on_a_terminal_only(demo_folder: Path) -> None:
    code = "import sys; from cardkit.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "bias-probe", str(demo_folder)]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        assert process.stdout is not None
        drawn = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            drawn += part
        shown = process.stdout.read()
    os.close(ours)
    assert re.search(rb"\d+/\d+ +\d+%  [\d,]+ rows/s, \d+ s left", drawn)
    assert b"Loading weights" not in drawn
    assert shown.startswith(b"demo_model, fill-mask")


def test_no_network_for_a_local_folder(bert_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a socket was opened"))
    assert cardkit(bert_folder).exit_code == 0


def test_help_imports_nothing_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def guarded(name: str, *args: Any, **kwargs: Any) -> Any:
        assert name.split(".")[0] not in ("torch", "transformers", "numpy")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", guarded)
    result = cardkit("--help")
    assert result.exit_code == 0
    assert "--dry-run" in result.output


@pytest.mark.skipif(not BERT_TINY.exists(), reason="the shared model is not here")
def test_a_real_model(card: Path) -> None:
    result = cardkit(BERT_TINY, "--card", card)
    assert result.exit_code == 0, result.output
    record = find_record(card.read_text(encoding="utf-8"))
    assert record is not None
    assert not record.skipped
    results = record.results
    # What is known of this model: it puts "nurse" with "she", and leans with the shares.
    assert results.toward_positive[0].word == "nurse"
    assert results.rank_correlation is not None
    assert results.rank_correlation.low is not None
    assert results.rank_correlation.low > 0
    assert results.noise_floor is not None
    assert results.mean_size.value > results.noise_floor.value
    first = card.read_bytes()
    cardkit(BERT_TINY, "--card", card)
    assert card.read_bytes() == first
