"""What the command refuses, with its reason and exit code 2, and what it says of no preference."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import Result
from probe_command import cardkit, refused
from safetensors.torch import load_file, save_file
from test_load import built
from test_suite import SMALL, changed

from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.markers import find_record
from cardkit.probe.run import measure
from cardkit.probe.section import render
from cardkit.probe.suite import load_suite

CARD = "---\nlicense: mit\n---\n\n# Model\n"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(CARD, encoding="utf-8")
    return path


def refused_and_kept(result: Result, card: Path, *words: str) -> None:
    """Refused, and the card as it was."""
    refused(result, *words)
    assert card.read_text(encoding="utf-8") == CARD


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("colour", "red", "colour"),
        ("templates.0", "{target} is here.", "{attribute} 0 times"),
        ("templates", [], "templates"),
        ("attributes", [], "attributes"),
    ],
)
def test_a_broken_suite_measures_nothing(
    demo_folder: Path, tmp_path: Path, card: Path, path: str, value: Any, message: str
) -> None:
    suite = tmp_path / "broken.yaml"
    suite.write_text(changed(path, value), encoding="utf-8")
    refused_and_kept(
        cardkit(demo_folder, "--suite", suite, "--card", card), card, "broken.yaml", message
    )


@pytest.mark.parametrize("language", ["fi", "tr", "hu"])
def test_a_language_without_gender_in_its_pronouns(
    demo_folder: Path, card: Path, language: str
) -> None:
    done = cardkit(demo_folder, "--suite", f"gender-occupation-{language}", "--card", card)
    refused_and_kept(done, card, "not applicable", "not the same as a lean of 0")


def test_an_electra_discriminator(tmp_path: Path, card: Path) -> None:
    folder = built(tmp_path / "model", "Electra", "ElectraForPreTraining", embedding_size=16)
    refused_and_kept(cardkit(folder, "--card", card), card, "trained to detect replaced tokens")


def test_deberta_v3(tmp_path: Path, card: Path) -> None:
    folder = built(tmp_path / "model", "DebertaV2", "DebertaV2ForMaskedLM", legacy=False)
    stored = load_file(folder / "model.safetensors")
    stored["mask_predictions.dense.weight"] = torch.zeros(2, 2)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    refused_and_kept(cardkit(folder, "--card", card), card, "trained to detect replaced tokens")


def test_a_checkpoint_without_the_head(tmp_path: Path, card: Path) -> None:
    folder = built(tmp_path / "model", "Bert", "BertModel")
    refused_and_kept(cardkit(folder, "--card", card), card, "no masked-LM head in its checkpoint")


def test_random_weights_do_not_pass_the_gate(
    tmp_path: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cardkit.probe import sanity

    monkeypatch.setattr(sanity, "LEAST", 0.25)  # the other tests here let random models pass
    folder = built(tmp_path / "model", "Bert", "BertForMaskedLM")
    refused_and_kept(cardkit(folder, "--card", card), card, "cannot read this suite's sentences")


def test_a_model_that_prefers_nothing_is_said_to_prefer_nothing(uniform_folder: Path) -> None:
    record = measure(load(locate(str(uniform_folder))), load_suite(), resamples=200).record
    assert record.results.mean == (0, 0, 0)
    assert record.results.mean_size == (0, 0, 0)
    assert record.results.toward_positive == record.results.toward_negative == ()
    assert all(test.above == 0 and test.p == 1 for test in record.results.tests)
    shown = render(record).split("<details>")[0]
    assert "No preference was measured" in shown
    assert "lean toward *she*." not in shown
    assert "lean toward *he*." not in shown
    assert "0 %" not in shown


def test_a_suite_of_ones_own_that_changed_is_stale(
    demo_folder: Path, tmp_path: Path, card: Path
) -> None:
    suite = tmp_path / "own.yaml"
    suite.write_text(json.dumps(SMALL), encoding="utf-8")
    assert cardkit(demo_folder, "--suite", suite, "--card", card).exit_code == 0
    check = (demo_folder, "--check", card, "--suite", suite)
    assert cardkit(*check).exit_code == 0
    data = bytearray(suite.read_bytes())
    data[data.index(b"sofa")] ^= 1
    suite.write_bytes(data)
    done = cardkit(*check)
    assert done.exit_code == 1
    assert done.stdout.count("\n") == 1
    assert "suite small has changed" in done.stdout


def test_the_whole_command_opens_no_socket(demo_folder: Path, card: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('a socket was opened')\n"
        "socket.socket.connect = refuse; socket.create_connection = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "from cardkit.cli import main\n"
        f"main(['bias-probe', {str(demo_folder)!r}, '--card', {str(card)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    record = find_record(card.read_text(encoding="utf-8"))
    assert record is not None
    assert set(record.model.files) >= {"config.json", "model.safetensors", "tokenizer.json"}
    assert record.suite.sha256 == load_suite().sha256
