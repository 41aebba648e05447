"""``cardkit update``: facts are fresh, and every word of a person is where it was."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardkit.authoring import write_card
from cardkit.authoring.blocks import digest, find_blocks, find_record, wrap, write_record
from cardkit.authoring.update import owns, update_card
from cardkit.card import Card
from cardkit.engine import lint
from cardkit.errors import InputError, UsageError
from cardkit.facts import Fact, Facts
from cardkit.text import Source
from tests import strategies
from tests.test_cli_lint import cardkit, text

CONFIG = {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": 100}
SAID = {"name": "Letters", "repo_id": "acme/letters", "metadata": {"license": "mit"}}


def put(folder: Path, **files: Any) -> None:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    put(folder, config=CONFIG)
    write_card(folder, SAID)
    return folder


def body(model: Path) -> str:
    return (model / "README.md").read_text("utf-8")


def edit(model: Path, *pairs: tuple[str, str]) -> str:
    content = body(model)
    for old, new in pairs:
        assert content.count(old) == 1, old
        content = content.replace(old, new)
    (model / "README.md").write_text(content, "utf-8")
    return content


def test_fresh_numbers_and_every_human_word(model: Path) -> None:
    human = edit(
        model,
        ("TODO: say what the model is.", "A model of *old* letters.  "),
        ("TODO: say where the model fails.", "Fails on <b>long</b> ones."),
        ("license: mit", "license: mit   # as our lawyers said\nx-own: 1.10"),
        ("## Contact", "## Thanks\n\nTo all.\n\n## Contact"),
    )
    put(model, config=CONFIG | {"vocab_size": 200, "architectures": ["BertForTokenClassification"]})
    put(model, all_results={"eval_f1": 0.5, "train_runtime": 61.0})
    result = cardkit("update", str(model))
    assert result.returncode == 0, result.stderr
    fresh = body(model)
    assert "pipeline_tag: token-classification" in fresh
    assert "metrics:\n- f1" in fresh
    assert "- **Vocabulary, in tokens:** 200" in fresh
    assert "| f1 | 0.5 |" in fresh
    assert "- **Training time:** 1 min 1 s" in fresh
    assert 'pipeline("token-classification", model="acme/letters")' in fresh
    owned = ("- **Arch", "- **Task", "- **Vocab", "model = pipe", "pipeline_tag", "TODO: say how", "<!-- cardkit:")  # fmt: skip
    for line in human.split("\n"):
        if not line.startswith(owned):
            assert line in fresh.split("\n"), line
    assert text(result.stdout).startswith("--- a/")
    assert cardkit("update", str(model), "--check").returncode == 0
    assert not [
        item for item in lint(Card.from_text(fresh)).diagnostics if item.ground == "hub-error"
    ]


def test_check_and_diff_write_nothing(model: Path) -> None:
    before = body(model)
    assert cardkit("update", str(model), "--check").returncode == 0
    put(model, config=CONFIG | {"vocab_size": 7})
    for option, code in (("--check", 1), ("--diff", 0)):
        result = cardkit("update", str(model), option)
        assert result.returncode == code
        assert "out of date (block details)" in text(result.stderr)
    assert "+- **Vocabulary, in tokens:** 7" in text(result.stdout)
    assert body(model) == before


def test_what_people_changed_is_theirs(model: Path) -> None:
    edit(
        model,
        ("pipeline_tag: fill-mask", "pipeline_tag: feature-extraction"),
        ("- **Vocabulary, in tokens:** 100", "- **Vocabulary, in tokens:** one hundred"),
        ("library_name: transformers\n", ""),
    )
    before = body(model)
    put(model, config=CONFIG | {"vocab_size": 7, "architectures": ["BertForTokenClassification"]})
    result = cardkit("update", str(model))
    assert result.returncode == 0
    told = text(result.stderr)
    assert "metadata pipeline_tag was changed by hand" in told
    assert "metadata library_name (taken out) was changed by hand" in told
    assert "block details was changed by hand" in told
    fresh = body(model)
    assert "pipeline_tag: feature-extraction" in fresh
    assert "library_name" not in Card.from_text(fresh).metadata
    assert "one hundred" in fresh
    # The code follows the metadata that hold now.
    assert before.split("## How to use")[0] == fresh.split("## How to use")[0]


def test_words_beside_a_note_make_the_note_go(model: Path) -> None:
    edit(model, ("## Citation\n\n", "## Citation\n\nA. Author (2024).\n\n"))
    assert cardkit("update", str(model)).returncode == 0
    assert "TODO: say how to cite" not in body(model)
    assert "## Citation\n\nA. Author (2024).\n" in body(model)


def test_facts_whose_files_are_gone_stay(model: Path) -> None:
    put(model, all_results={"eval_f1": 0.5})
    cardkit("update", str(model))
    before = body(model)
    os.unlink(model / "all_results.json")
    assert cardkit("update", str(model)).returncode == 0
    assert body(model) == before


def test_a_card_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, config=CONFIG)
    (tmp_path / "README.md").write_bytes(b"---\nlicense: mit\n---\r\n# Mine\n")
    result = cardkit("update", str(tmp_path))
    assert (result.returncode, "nothing here is cardkit's" in text(result.stderr)) == (0, True)
    assert (tmp_path / "README.md").read_bytes() == b"---\nlicense: mit\n---\r\n# Mine\n"
    with pytest.raises(InputError, match="nothing in it is cardkit's"):
        write_card(tmp_path)


def test_two_comments_put_into_any_card_are_enough(tmp_path: Path) -> None:
    put(tmp_path, config=CONFIG)
    (tmp_path / "README.md").write_bytes(
        b"\xef\xbb\xbf# Mine\r\n\r\n<!-- cardkit:facts begin details -->\r\n<!-- cardkit:facts end -->\r\nend"
    )
    assert cardkit("update", str(tmp_path)).returncode == 0
    written = (tmp_path / "README.md").read_bytes()
    assert b"\r\n- **Architecture:** BertForMaskedLM\r\n" in written
    assert written.startswith(b"\xef\xbb\xbf# Mine\r\n\r\n<!--")
    assert written.endswith(b"<!-- cardkit:facts end -->\r\nend")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert cardkit("update", str(tmp_path), "--check").returncode == 0


def test_blocks_shown_in_code_are_no_blocks() -> None:
    shown = "```\n<!-- cardkit:facts begin details -->\n<!-- cardkit:facts end -->\n```\n"
    assert find_blocks(Card.from_text(shown)) == []
    assert not owns(Card.from_text("<!-- cardkit:record [] -->"))


def test_the_loss_curve_is_a_picture_beside_the_card(model: Path) -> None:
    history = [{"step": i, "loss": 9.0 / i} for i in range(1, 9)]
    put(model, trainer_state={"log_history": history, "global_step": 8})
    assert cardkit("update", str(model), "--check").returncode == 1
    assert cardkit("update", str(model)).returncode == 0
    assert "![Training loss over 8 steps, from 9 to 1.125](training-loss.svg)" in body(model)
    picture = (model / "training-loss.svg").read_text("utf-8")
    assert "<title>Training loss over 8 steps, from 9 to 1.125</title>" in picture
    assert picture.count(",") >= 8
    os.unlink(model / "training-loss.svg")
    assert cardkit("update", str(model), "--check").returncode == 1


def test_what_is_missing(tmp_path: Path) -> None:
    assert cardkit("update", str(tmp_path / "gone")).returncode == 2
    assert "`cardkit new` writes one" in text(cardkit("update", str(tmp_path)).stderr)
    with pytest.raises(UsageError, match="naem is not known; did you mean name"):
        write_card(tmp_path, {"naem": "x"})


@given(st.text(max_size=80), st.text(max_size=80))
def test_records_hold_any_text(key: str, value: str) -> None:
    data = {"metadata": {key: value}, "v": 1}
    line = write_record(data)
    assert line.count("-->") == 1
    assert "\n" not in line
    found = find_record(Card.from_text(f"# T\n\n{line}\n"))
    assert found is not None
    assert found[0] == data


@given(st.text(max_size=80), st.sampled_from(["\n", "\r\n"]))
def test_a_block_knows_what_cardkit_wrote(content: str, newline: str) -> None:
    content = content.replace("cardkit:facts", "")
    wrapped = wrap("details", content, newline)
    assert digest(content) == digest(content.replace("\r\n", "\n").replace("\n", "\r\n"))
    for block in find_blocks(Card.from_text(wrapped + "\n")):
        assert block.untouched or "\r" in content or "\x0c" in content


BLOCKS = Facts(
    {
        name: Fact(name, value, "config.json", "x")
        for name, value in {
            "architecture": "BertForMaskedLM", "pipeline_tag": "fill-mask", "results": {"eval_f1": 0.5}
        }.items()
    },
    [],
    {},
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(strategies.cards, strategies.body, st.sampled_from(["details", "results", "citation"]))
def test_in_any_card_only_the_block_changes(card: str, after: str, name: str) -> None:
    """Whatever stands around it: what is before and behind a block is the same, byte for byte."""
    mark = f"\n\n<!-- cardkit:facts begin {name} -->\n<!-- cardkit:facts end -->"
    whole = Card.from_text(card + mark + "\n\n" + after)
    if whole.source.problem:
        return
    new = update_card(whole, BLOCKS).card
    if new.source.data == whole.source.data:
        return
    assert new.text.startswith(card.removeprefix("\ufeff") + "\n\n<!-- cardkit:facts begin")
    assert new.text.endswith("<!-- cardkit:facts end -->\n\n" + after)
    again = update_card(new, BLOCKS)
    assert again.card.source.data == new.source.data
    assert again.changes == ()


def test_real_cards_are_left_alone_or_changed_only_in_their_block(
    real_cards: dict[str, bytes],
) -> None:
    mark = b"\n\n<!-- cardkit:facts begin details -->\n<!-- cardkit:facts end -->\n"
    changed = 0
    for data in list(real_cards.values())[::3]:
        card = Card(Source(data))
        assert update_card(card, BLOCKS).card.source.data == data
        if card.source.problem:
            continue
        new = update_card(Card(Source(data + mark)), BLOCKS).card.source.data
        assert new.startswith(data)
        changed += new != data + mark
    assert changed > 1400
