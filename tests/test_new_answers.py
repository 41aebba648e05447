"""``cardkit new``: answers in files and conversations, old cards, languages, styles and kinds."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardkit._data import data_path
from cardkit.authoring.answers import Answers, check, dump
from cardkit.authoring.kinds import kind_of
from cardkit.authoring.questions import topics_of
from cardkit.authoring.usage import PIPELINES
from cardkit.authoring.words import LANGUAGES, STYLES, words
from cardkit.authoring.write import Request, compose
from cardkit.card import Card
from cardkit.cli.conversation import open_questions
from cardkit.engine import lint
from cardkit.facts import Fact, Facts, read_facts
from cardkit.text import Source
from cardkit.yaml12 import parse
from tests.test_cli_lint import cardkit, text
from tests.test_new import ANSWERS, BERT, folder, new

__all__ = ["folder"]
NOTHING = Facts({}, [], {})


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_conversation_that_is_broken_off_goes_on_later(folder: Path) -> None:
    import pty
    import subprocess

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "cardkit", "new", str(folder)]
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    shown = b""
    for line in (b"A first try.\n", b"<\n", b"Old letters\\\n", b"of women.\n", b"For me.\n"):
        while not shown.endswith(b"> "):
            shown += os.read(leader, 4096)
        shown = b""
        os.write(leader, line)
    while not shown.endswith(b"> "):
        shown += os.read(leader, 4096)
    process.terminate()
    process.wait(timeout=60)
    os.close(leader)
    assert not (folder / "README.md").exists()
    result = cardkit("new", str(folder))
    assert "goes on with the answers in" in text(result.stderr)
    body = (folder / "README.md").read_text("utf-8")
    assert "\nOld letters\nof women.\n" in body
    assert "## Intended uses\n\nFor me.\n" in body


def answers_file(tmp_path: Path, content: str) -> str:
    path = tmp_path / "answers.yaml"
    path.write_text(content, "utf-8")
    return str(path)


def test_answers_in_a_file(folder: Path, tmp_path: Path) -> None:
    path = answers_file(
        tmp_path,
        "name: Letters\nrepo_id: acme/letters\nstyle: hub\ncard_language: de\nmetadata:\n"
        "  license: mit\n  language: no\nevaluation:\n  dataset: acme/test\nanswers:\n"
        "  limitations: |\n    Fails.\n\n    Often.\n",
    )
    (folder / "all_results.json").write_text('{"eval_accuracy": 0.5}', "utf-8")
    report = new(folder, "--answers", path)
    assert report.card.metadata["license"] == "mit"
    assert report.card.metadata["language"] == "no"
    assert report.card.metadata["model-index"][0]["results"][0] == {
        "task": {"type": "fill-mask"},
        "dataset": {"type": "acme/test", "name": "acme/test"},
        "metrics": [{"type": "accuracy", "value": 0.5}],
    }
    assert "### Einschränkungen\n\nFails.\n\nOften.\n" in report.card.text
    assert not [item for item in report.diagnostics if item.ground != "advice"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("nmae: x", "nmae is not known; did you mean name?"),
        ("answers:\n  limitation: x", "answers.limitation is not known; did you mean answers.limitations?"),
        ("answers: x", "answers is no mapping"),
        ("answers:\n  limitations: 3", "answers.limitations is a text"),
        ("evaluation:\n  data: x", "evaluation.data is not known; did you mean evaluation.dataset?"),
        ("style: mine", "style is one of course, hub, mitchell"),
        ("card_language: xx", "card_language is one of en, zh"),
        ("- a", "answers are keys with values"),
        ("a: [", "answers.yaml, line 1"),
        ("metadata:\n  license: Apache 2.0", "is not a licence id of the Hub"),
        ("answers:\n  factors: x", "the style course has no section for factors"),
        ("repo_id: a b", "cannot be an id of the Hub"),
    ],
)  # fmt: skip
def test_answers_that_mean_nothing_are_refused(
    folder: Path, tmp_path: Path, content: str, says: str
) -> None:
    result = cardkit("new", str(folder), "--answers", answers_file(tmp_path, content))
    assert result.returncode == 2
    assert says in text(result.stderr)
    assert not (folder / "README.md").exists()


@given(
    st.dictionaries(
        st.sampled_from(topics_of("mitchell")),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
            lambda words: words.strip() == words
        )
        | st.sampled_from(["a\nb", "a\n\n b: c", "no", "| x\n- y", "a \nb"]),
    )
)
def test_answers_read_back_as_they_were_kept(texts: dict[str, str]) -> None:
    said = Answers(name="x", metadata={"language": ["no"]}, answers=texts)
    document = parse(dump(said))
    assert document.problem is None
    assert check(document.value, "x") == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", STYLES)
def test_every_style_in_every_language_can_be_accountable(language: str, style: str) -> None:
    said = {**ANSWERS, "factors": "Length of the letter.", "evaluation-data": "1,200 letters."}
    request = Request(
        "Letters",
        "me/letters",
        language,
        style,
        {"license": "mit", "library_name": "transformers", "pipeline_tag": "fill-mask"},
        {topic: said[topic] for topic in topics_of(style) if topic in said},
    )
    card = compose(NOTHING, request)
    assert card.left == ()
    report = lint(Card.from_text(card.text))
    assert (report.reached, report.missing) == ("accountable", ())
    without = compose(NOTHING, request._replace(answers={}))
    report = lint(Card.from_text(without.text))
    # Nobody said what it is or how to run it.
    assert report.reached == "hub"
    # German and Chinese notes are noticed as well as English ones.
    assert len(report.diagnostics) >= 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_language_are_complete_and_its_titles_known(language: str) -> None:
    def shape(value: Any) -> Any:
        return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else 0

    assert shape(words(language)) == shape(words("en"))
    for style in STYLES:
        for topic in set(topics_of(style)) - {"factors"}:
            title = words(language)["titles"][style][topic]
            assert topic in Card.from_text("").topics_of(title), (style, title)


@pytest.mark.parametrize(
    ("facts", "kind", "shows"),
    [
        ([("pipeline_tag", "fill-mask")], "masked", ""),
        ([("pipeline_tag", "text-generation"), ("generation", {"top_p": 0.9})], "causal", "## Generation settings\n\n"),
        ([("pipeline_tag", "text-classification"), ("labels", ["a|b", "<i>"])], "classifier", "a\\|b, &lt;i&gt;"),
        ([("pipeline_tag", "translation")], "translation", ""),
        ([("pipeline_tag", "automatic-speech-recognition"), ("sampling-rate", 16000)], "speech", "16,000"),
        ([("pipeline_tag", "image-classification"), ("image-size", "224 × 224")], "image", "224 × 224"),
        ([("pipeline", "FluxPipeline"), ("components", {"vae": "AutoencoderKL"})], "diffusion", "- vae: AutoencoderKL"),
        ([("pipeline_tag", "sentence-similarity"), ("embedding-size", 384)], "embedding", "## Vectors"),
        ([("adapter", "LORA"), ("adapter-settings", {"r": 8})], "adapter", "- r: 8"),
        ([("quantization", ["gptq, 4 bits"])], "quantised", "gptq, 4 bits"),
        ([], "card", ""),
    ],
)  # fmt: skip
def test_kinds_of_cards(facts: list[tuple[str, Any]], kind: str, shows: str) -> None:
    found = Facts({name: Fact(name, value, "x.json", "x") for name, value in facts}, [], {})
    assert kind_of(found, dict(facts)) == kind
    card = compose(found, Request("X"))
    assert shows in card.text
    assert "\n\n\n" not in card.text
    template = Path(data_path("templates", "model", f"{kind}.md.j2")).read_text("utf-8")
    assert len(template.splitlines()) < 10
    found_wrong = lint(Card.from_text(card.text)).diagnostics
    assert not [item for item in found_wrong if item.ground == "hub-error"]


def test_two_base_models_are_asked_for_not_guessed(folder: Path) -> None:
    adapter = {"peft_type": "LORA", "base_model_name_or_path": "acme/one"}
    (folder / "adapter_config.json").write_text(json.dumps(adapter), "utf-8")
    (folder / "config.json").write_text(json.dumps(BERT | {"_name_or_path": "acme/two"}), "utf-8")
    result = cardkit("new", str(folder))
    says = "base_model: adapter_config.json says acme/one but config.json says acme/two"
    assert says in text(result.stderr)
    assert "base_model" not in Card(Source((folder / "README.md").read_bytes())).metadata
    questions = open_questions(read_facts(str(folder)), Answers(), ())
    assert questions[0].key == "base_model"
    assert new(folder, "--base-model", "acme/two").card.metadata["base_model"] == "acme/two"


def test_an_old_card_is_carried_over(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.md"
    old.write_text(
        "---\nlicense: mit\nlanguage: english\nx-own: 1.10  # ours\n---\n# Letters of women\n\n"
        "A model of letters.\n\n## Intended uses & limitations\n\nFor historians.\n\n"
        "### Remarks\n\nLower case.\n\n## Training data\n\nMore information needed\n\n"
        "## Training procedure\n\n### Hyperparameters\n\n- lr: 1\n\n## Thanks\n\nTo all.\n",
        "utf-8",
    )
    result = cardkit("new", str(folder), "--from-card", str(old))
    assert result.returncode == 0, result.stderr
    assert "language was left behind" in text(result.stderr)
    card = Card(Source((folder / "README.md").read_bytes()))
    assert card.metadata["license"] == "mit"
    assert "\nx-own: 1.10  # ours\n" in card.text
    body = card.text
    assert "# Letters of women\n\n## Model description\n\nA model of letters.\n" in body
    assert "For historians." in body
    assert "#### Remarks\n\nLower case.\n" in body
    assert "## Training data\n\nTODO" in body
    assert "- lr: 1" in body
    assert "More information needed" not in body
    assert "To all." in body


def test_no_word_is_lost_when_a_card_is_carried_over_again(folder: Path) -> None:
    new(folder, "--answer", "limitations=Fails on long letters.")
    first = (folder / "README.md").read_text("utf-8")
    new(folder, "--from-card", str(folder / "README.md"))
    assert (folder / "README.md").read_text("utf-8") == first


def test_what_cannot_be_written(folder: Path) -> None:
    card = folder / "README.md"
    if os.geteuid():  # nothing is closed to an administrator
        os.chmod(folder, 0o555)
        result = cardkit("new", str(folder))
        os.chmod(folder, 0o755)
        assert result.returncode == 2
        assert "nothing was written" in text(result.stderr)
    result = cardkit("new", str(folder), "--output", str(folder / "gone" / "README.md"))
    assert result.returncode == 2
    assert "nothing was written" in text(result.stderr)
    card.write_text("mine", "utf-8")
    os.chmod(card, 0o444)
    result = cardkit("new", str(folder), "--force")
    assert result.returncode == 2
    assert "is read-only; nothing was written" in text(result.stderr)
    assert card.read_text("utf-8") == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="needs the times of child processes")
def test_new_is_quick_whatever_the_size_of_the_weights(folder: Path) -> None:
    import resource
    import subprocess

    header = json.dumps({"a": {"dtype": "BF16", "shape": [70_000_000_000], "data_offsets": [0, 8]}})
    with open(folder / "model.safetensors", "wb") as file:
        file.write(len(header).to_bytes(8, "little") + header.encode())
        file.truncate(140_000_000_000)  # sparse: 140 GB that take no room
    history = [{"step": i, "loss": 1.0 / i} for i in range(1, 20_000)]
    (folder / "trainer_state.json").write_text(json.dumps({"log_history": history}), "utf-8")
    script = (
        "import sys\nfrom cardkit.cli import main\n"
        f"main(['new', {str(folder)!r}, '--no-input'], standalone_mode=False)\n"
        "assert not {'torch', 'transformers', 'numpy'} & set(sys.modules)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.returncode == 0, result.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
    assert "70,000,000,000" in (folder / "README.md").read_text("utf-8")


def test_the_code_names_pipelines_that_there_are() -> None:
    supported = pytest.importorskip("transformers.pipelines").SUPPORTED_TASKS
    assert set(supported) >= PIPELINES
