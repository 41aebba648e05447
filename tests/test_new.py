"""``cardkit new``: what it writes, what it refuses, and that nothing is invented."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cardkit.authoring.metadata import write_metadata
from cardkit.authoring.questions import topics_of
from cardkit.authoring.words import LANGUAGES, words
from cardkit.card import Card
from cardkit.engine import Report, lint
from cardkit.fillers import is_filler
from cardkit.text import Source
from cardkit.yaml_write import scalar
from tests.test_cli_lint import cardkit, text

BERT = {
    "architectures": ["BertForMaskedLM"],
    "model_type": "bert",
    "transformers_version": "4.40.0",
    "max_position_embeddings": 512,
    "vocab_size": 30522,
}
ANSWERS = {
    "model-description": "A masked language model of English letters, trained from scratch.",
    "intended-use": "Filling gaps in old letters, for historians.",
    "out-of-scope": "Do not use it to judge who wrote a letter.",
    "limitations": "It fails on letters of more than 512 tokens.",
    "bias-risks": "Letters by women are few, so their words are filled in worse.",
    "training-data": "12,000 letters of 1850 to 1900.",
    "training-procedure": "Ten epochs with AdamW at 1e-4.",
    "evaluation-results": "Perplexity 9.3 on 1,200 letters that were held out.",
    "environmental-impact": "Two hours on one GPU, about 0.3 kWh.",
    "citation": "A. Author (2024): Old letters.",
    "contact": "Open a discussion on the Community tab.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "letters"
    model.mkdir()
    (model / "config.json").write_text(json.dumps(BERT), "utf-8")
    return model


def new(folder: Path, *arguments: str) -> Report:
    result = cardkit("new", str(folder), "--force", *arguments)
    assert result.returncode == 0, result.stderr
    return lint(Card(Source((folder / "README.md").read_bytes())))


def test_facts_fill_the_metadata_and_the_description(folder: Path) -> None:
    report = new(folder)
    assert report.card.metadata == {"library_name": "transformers", "pipeline_tag": "fill-mask"}
    assert "- **Architecture:** BertForMaskedLM" in report.card.text
    assert "- **Longest input, in tokens:** 512" in report.card.text


def test_every_open_section_is_one_todo_that_the_linter_reports(folder: Path) -> None:
    report = new(folder)
    todos = re.findall(r"^TODO: .+$", report.card.text, re.MULTILINE)
    assert len(todos) == len(topics_of("course"))
    lines = {report.card.source.position(report.card.text.index(todo)).line for todo in todos}
    told = {item.start.line for item in report.diagnostics}
    # A finding sits on the TODO itself, or on the heading above it.
    assert all({line, line - 2, line - 3} & told for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_todo_counts_as_filler(language: str) -> None:
    for todo in words(language)["todos"].values():
        assert is_filler(todo), todo


def test_the_profile_is_what_the_answers_deserve(folder: Path) -> None:
    assert new(folder).reached == "hub"
    basic = ["--license", "mit", "--repo-id", "me/letters"]
    reached = [new(folder, *basic).reached]
    described = ["--answer", "model-description=Sorts English mail by subject."]
    reached.append(new(folder, *basic, *described).reached)
    pairs = [f"{topic}={answer}" for topic, answer in ANSWERS.items()]
    everything = [part for pair in pairs for part in ("--answer", pair)]
    reached.append(new(folder, *basic, *everything).reached)
    without_bias = [
        part for pair in pairs if not pair.startswith("bias") for part in ("--answer", pair)
    ]
    reached.append(new(folder, *basic, *without_bias).reached)
    assert reached == ["hub", "basic", "accountable", "basic"]


def test_metadata_nobody_gave_is_left_out_and_given_metadata_wins(folder: Path) -> None:
    report = new(
        folder,
        "--model-language",
        "en",
        "--model-language",
        "no",
        "--task",
        "text-classification",
        "--tag",
        "old letters",
    )
    assert report.card.metadata == {
        "language": ["en", "no"],
        "library_name": "transformers",
        "pipeline_tag": "text-classification",
        "tags": ["old letters"],
    }
    assert yaml.safe_load(report.card.text.split("---\n")[1]) == report.card.metadata


def test_an_existing_card_is_never_overwritten(folder: Path) -> None:
    (folder / "README.md").write_text("mine", "utf-8")
    result = cardkit("new", str(folder))
    assert result.returncode == 2
    assert "there is a card already; --force overwrites it" in text(result.stderr)
    assert (folder / "README.md").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--license", "Apache 2.0"], 'license: "Apache 2.0" is not a licence id of the Hub'),
        (["--model-language", "english"], 'language[0]: "english" is no language code'),
        (["--base-model", "/workspace/x"], "this is a local path"),
        (["--task", "ner"], 'pipeline_tag: "ner" is no task of the Hub'),
        (["--repo-id", "my model"], "cannot be an id of the Hub"),
        (["--answer", "limits=x"], "the topics are model-description"),
        (["--answer", "limitations"], "write TOPIC=TEXT"),
        (["--templates", "/nowhere"], "/nowhere: no such folder of templates"),
    ],
)
def test_what_the_hub_would_refuse_is_not_written(
    folder: Path, arguments: list[str], says: str
) -> None:
    result = cardkit("new", str(folder), *arguments)
    assert result.returncode == 2
    assert says in text(result.stderr)
    assert not (folder / "README.md").exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = cardkit("new", str(tmp_path / "gone"))
    assert result.returncode == 2
    assert "no such folder; name the folder that holds the model's files" in text(result.stderr)


def test_a_folder_without_files_gives_a_card_of_todos(tmp_path: Path) -> None:
    report = new(tmp_path)
    assert report.card.front_matter is None
    assert not [item for item in report.diagnostics if item.ground == "hub-error"]


@pytest.mark.parametrize(
    "content",
    ["{", "[1, 2]", '"x"', '{"architectures": 3, "vocab_size": "x"}', "\ufeff{}", "{" * 5000],
)
def test_broken_configurations_are_told_and_nothing_is_taken_from_them(
    folder: Path, content: str
) -> None:
    (folder / "config.json").write_text(content, "utf-8")
    result = cardkit("new", str(folder))
    assert result.returncode == 0
    metadata = Card(Source((folder / "README.md").read_bytes())).metadata
    assert metadata == {}
    if content.startswith(("{{", "\ufeff")) or content == "{":
        assert "config.json is not valid JSON" in text(result.stderr)


def test_a_template_of_ones_own_wins(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "model"
    own.mkdir(parents=True)
    (own / "card.md.j2").write_text("---\n{{ metadata }}---\n# ACME: {{ name }}\n", "utf-8")
    new(folder, "--templates", str(tmp_path / "own"), "--license", "mit")
    assert "# ACME: letters" in (folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("# {{ name }}\n\n{{ owner }}\n", "card.md.j2, line 3: 'owner' is undefined"),
        ("# {% if %}\n", "card.md.j2, line 1: "),
        ("{% include 'nothing.j2' %}", "there is no template 'nothing.j2'"),
        ("{{ name.__class__.__mro__ }}", "card.md.j2, line 1: access to attribute '__class__'"),
        (
            "\n{% for i in range(99999) %}\n{% for j in range(99999) %}\n{% endfor %}{% endfor %}",
            "the template loops too long",
        ),
        ("{% for i in range(999999999) %}{% endfor %}", "card.md.j2, line 1: Range too big"),
        ("{% include 'model/card.md.j2' %}", "the template includes itself"),
        ("{{ 'a' * 999999999 }}", "card.md.j2, line 1: '*' is for small numbers here"),
        ("{{ 9 ** 999999999 }}", "card.md.j2, line 1: '**' is for small numbers here"),
        ("{{ 'a'.ljust(999999999) }}", "card.md.j2, line 1: "),
        ("{{ 'a'|center(999999999) }}", "card.md.j2, line 1: No filter named 'center'"),
        ("{{ body.update({}) }}", "card.md.j2, line 1: "),
        ("{{ name.nothing.more }}", "card.md.j2, line 1: "),
        ("{{ 1 / 0 }}", "card.md.j2, line 1: division by zero"),
        ("{{ ''.join.__globals__ }}", "card.md.j2, line 1: "),
        ("{{ cycler.__init__.__globals__.os }}", "card.md.j2, line 1: "),
        ("{% include '../../../etc/passwd' %}", "there is no template"),
    ],
)
def test_broken_templates_are_told_with_their_place(
    folder: Path, tmp_path: Path, template: str, says: str
) -> None:
    own = tmp_path / "own" / "model"
    own.mkdir(parents=True)
    (own / "card.md.j2").write_text(template, "utf-8")
    result = cardkit("new", str(folder), "--templates", str(tmp_path / "own"))
    assert result.returncode == 2
    assert says in text(result.stderr)
    assert not (folder / "README.md").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_questions_on_a_terminal(folder: Path) -> None:
    import pty
    import subprocess

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "cardkit", "new", str(folder)]
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    os.write(leader, b"A model of old letters.\n" + b"\n" * 20)
    shown = b""
    try:
        while chunk := os.read(leader, 4096):
            shown += chunk
    except OSError:  # Linux says so when the other side has gone
        pass
    os.close(leader)
    assert process.wait(timeout=60) == 0, shown.decode()
    assert b"1/14  What is this model, in a sentence or two?" in shown
    written = (folder / "README.md").read_text("utf-8")
    assert "## Model description\n\nA model of old letters.\n" in written
    assert "TODO: say who should use the model" in written


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30) | st.sampled_from(
    [
        "no",
        "1.10",
        "2024-01-01",
        "a: b",
        "# x",
        "- a",
        "'",
        '"',
        "{x}",
        "@",
        "null",
        "~",
        "1e3",
        "yes",
        "",
        " x ",
        "a #b",
    ]
)


@given(
    st.dictionaries(
        st.sampled_from(["license_name", "tags", "datasets", "x-own"]),
        texts | st.lists(texts, max_size=3),
    )
)
def test_metadata_reads_back_as_it_was_given(values: dict[str, Any]) -> None:
    written = write_metadata(values)
    expected = {key: value for key, value in values.items() if value not in ("", [])}
    assert Card.from_text(f"---\n{written}\n---\n").metadata == expected
    assert (yaml.safe_load(written) or {}) == expected


def test_scalars_need_no_quotes_where_every_reader_agrees() -> None:
    assert [scalar(item) for item in ("mit", "cc-by-4.0", "a/b", "no", "1.0", "a b")] == [
        "mit", "cc-by-4.0", "a/b", '"no"', '"1.0"', '"a b"',
    ]  # fmt: skip
