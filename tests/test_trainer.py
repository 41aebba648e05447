"""CardCallback on a real training run: a tiny model, on the CPU."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

from cardkit import CardCallback, lint  # noqa: E402
from cardkit.card import Card  # noqa: E402

SAID = {
    "name": "Tiny letters",
    "repo_id": "acme/tiny",
    "metadata": {"license": "mit", "language": ["en"]},
    "evaluation": {"dataset": "acme/test"},
}


def trainer_in(folder: Path, *, steps: int, rate: float = 1e-3) -> Any:
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=32, num_labels=2,
        id2label={0: "old", 1: "new"}, label2id={"old": 0, "new": 1},
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config)
    rows = [
        {"input_ids": [1, i % 40 + 2, 3], "attention_mask": [1, 1, 1], "labels": i % 2}
        for i in range(32)
    ]
    arguments = transformers.TrainingArguments(
        output_dir=str(folder), max_steps=steps, per_device_train_batch_size=4, logging_steps=2,
        eval_strategy="steps", eval_steps=4, save_strategy="no", learning_rate=rate,
        report_to=[], use_cpu=True, disable_tqdm=True, seed=7,
    )  # fmt: skip
    return transformers.Trainer(
        model=model,
        args=arguments,
        train_dataset=rows,
        eval_dataset=rows[:8],
        compute_metrics=lambda result: {
            "accuracy": float((result.predictions.argmax(-1) == result.label_ids).mean())
        },
    )


@pytest.fixture(autouse=True)
def quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message=".*pin_memory.*")
        yield


def test_three_sections_by_hand_survive_a_second_training(tmp_path: Path) -> None:
    trainer = trainer_in(tmp_path, steps=8)
    callback = CardCallback(SAID).attach(trainer)
    trainer.train()
    trainer.evaluate()
    trainer.save_model()
    assert callback.written is not None
    first = (tmp_path / "README.md").read_text("utf-8")
    card = Card.from_text(first)
    assert card.metadata["pipeline_tag"] == "text-classification"
    assert card.metadata["metrics"] == ["accuracy"]
    assert card.metadata["model-index"][0]["results"][0]["dataset"]["type"] == "acme/test"
    assert "- learning\\_rate: 0.001" in first or "- learning_rate: 0.001" in first
    assert "old, new" in first
    assert "| 8 |" in first
    assert f"- **Parameters:** {trainer.model.num_parameters():,}" in first
    assert "training-loss.svg" in first
    assert (tmp_path / "training-loss.svg").exists()
    assert not [item for item in lint(card).diagnostics if item.ground != "advice"]

    words = {
        "TODO: say where the model fails.": "It knows only fifty tokens, *as I said*.",
        "TODO: say what bias and risks were looked at and found.": "None was looked at yet;  two blanks.",
        "TODO: say whom to ask.": "Me,\n- or you.",
    }
    edited = first
    for todo, own in words.items():
        assert edited.count(todo) == 1
        edited = edited.replace(todo, own)
    (tmp_path / "README.md").write_text(edited, "utf-8")

    trainer = trainer_in(tmp_path, steps=12, rate=5e-3)
    CardCallback(SAID).attach(trainer)
    trainer.train()
    measured = trainer.evaluate()
    second = (tmp_path / "README.md").read_text("utf-8")
    for own in words.values():
        assert own in second
    assert "0.005" in second
    assert "| 12 |" in second
    value = Card.from_text(second).metadata["model-index"][0]["results"][0]["metrics"]
    assert {"type": "loss", "value": measured["eval_loss"]} in value
    # What changed lies in cardkit's blocks, its record and its own metadata.
    outside = [line for line in edited.split("\n") if line and not _owned(line, edited)]
    assert [line for line in second.split("\n") if line and not _owned(line, second)] == outside


def _owned(line: str, text: str) -> bool:
    """Tell whether a line is between cardkit's comments or in the metadata."""
    at = text.index(line)
    begin, end = text.rfind("<!-- cardkit:facts begin", 0, at), text.rfind("facts end -->", 0, at)
    return line.startswith("<!-- cardkit:") or begin > end or at < text.index("\n# ")


def test_the_trainers_own_card_does_not_overwrite(tmp_path: Path) -> None:
    trainer = trainer_in(tmp_path, steps=4)
    CardCallback(SAID).attach(trainer)
    trainer.train()
    before = (tmp_path / "README.md").read_text("utf-8")
    trainer.create_model_card(model_name="x")
    assert (tmp_path / "README.md").read_text("utf-8") == before
    assert "More information needed" not in before


def test_a_card_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine\n", "utf-8")
    trainer = trainer_in(tmp_path, steps=4)
    CardCallback(SAID).attach(trainer)
    with pytest.warns(UserWarning, match="nothing in it is cardkit's"):
        trainer.train()
    assert (tmp_path / "README.md").read_text("utf-8") == "# Mine\n"


def test_a_warning_before_a_push(tmp_path: Path) -> None:
    trainer = trainer_in(tmp_path, steps=4)
    callback = CardCallback(SAID).attach(trainer)
    (tmp_path / "README.md").write_text("---\nlicense: Apache 2.0\n---\n# Mine\n", "utf-8")
    with pytest.warns(UserWarning, match='"Apache 2.0" is not a licence id') as told:
        callback.on_push_begin(trainer.args, trainer.state, trainer.control)
    assert "in the way of the profile" in str(told[0].message)


def test_hyperparameters_hold_no_secret(tmp_path: Path) -> None:
    trainer = trainer_in(tmp_path, steps=4)
    trainer.args.hub_token = "hf_secret"
    callback = CardCallback(SAID).attach(trainer)
    trainer.train()
    assert callback.written is not None
    assert "hf_secret" not in callback.written.text
    assert str(tmp_path) not in callback.written.text
    json.dumps(callback.written)
