"""The file of results and its hash in the card; what lint says of a card with a measurement."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from probe_command import Later, cardkit
from probe_records import RECORD

from cardkit.card import Card
from cardkit.discover import read
from cardkit.engine import lint
from cardkit.errors import InputError
from cardkit.facts.thumbprint import LARGE
from cardkit.probe import run
from cardkit.probe.files import thumbprints
from cardkit.probe.freshness import freshness
from cardkit.probe.markers import find_record
from cardkit.probe.record import Estimate, Record, ResultsFile, from_json, keep_date, to_json
from cardkit.probe.section import render
from cardkit.selection import select


@pytest.fixture
def model(measured_model: Path) -> Path:
    return measured_model


def record_of(folder: Path) -> Record:
    record = find_record((folder / "README.md").read_text("utf-8"))
    assert record is not None
    return record


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_card_names_the_results_and_their_hash(model: Path) -> None:
    record = record_of(model)
    assert record.results_file == ResultsFile("results.json", sha(model / "results.json"))
    inside = json.loads((model / "results.json").read_text("utf-8"))
    assert {key: inside[key] for key in inside if "cells" not in key} == json.loads(
        to_json(replace(record, results_file=None))
    )
    assert "results_file" not in inside
    assert record.minutes == 1


@pytest.mark.parametrize("again", [True, False])
def test_the_same_measurement_gives_the_same_bytes(
    model: Path, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another day, with the file written again or not."""
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    monkeypatch.setattr(run.datetime, "date", Later)
    output = ("--output", model / "results.json") if again else ()
    done = cardkit(model, "--card", model / "README.md", *output)
    assert done.exit_code == 0, done.output
    assert before == {path.name: path.read_bytes() for path in model.iterdir()}
    assert cardkit("--check", model / "README.md").exit_code == 0


def test_another_measurement_names_no_old_results(model: Path) -> None:
    assert cardkit(model, "--card", model / "README.md", "--seed", 1).exit_code == 0
    assert record_of(model).results_file is None


def test_results_of_other_scores_are_named_no_more(model: Path) -> None:
    """The rounded record is the same, the scores are not: those of another machine, say."""
    record = record_of(model)
    assert record.results_file is not None
    other = replace(record, results_file=record.results_file._replace(sha256="0" * 64))
    card = model / "README.md"
    text = card.read_text("utf-8").replace(record.results_file.sha256, "0" * 64)
    card.write_text(text, encoding="utf-8")
    assert record_of(model) == other
    assert cardkit(model, "--card", card).exit_code == 0
    assert record_of(model).results_file is None


def test_results_may_lie_below_the_card_or_elsewhere(model: Path, tmp_path: Path) -> None:
    card = model / "README.md"
    (model / "data").mkdir()
    for path, name in (
        (model / "data" / "r.json", "data/r.json"),
        (tmp_path / "far.json", "far.json"),
    ):
        assert cardkit(model, "--card", card, "--output", path).exit_code == 0
        named = record_of(model).results_file
        assert named == ResultsFile(name, sha(path))
    assert str(tmp_path) not in card.read_text("utf-8")


def test_a_changed_score_is_stale(model: Path) -> None:
    data = bytearray((model / "results.json").read_bytes())
    data[data.rindex(b"3")] ^= 1
    (model / "results.json").write_bytes(data)
    done = cardkit("--check", model / "README.md")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"{model / 'README.md'}: stale: results.json does not hold the scores that were measured"
    ]


def test_a_record_that_was_made_to_fit_is_seen(model: Path) -> None:
    """Numbers, record and sum all changed together: only the file of results knows better."""
    record = record_of(model)
    kinder = replace(record, results=replace(record.results, mean=Estimate(0.001, -0.1, 0.1)))
    (model / "README.md").write_text(f"# A model\n\n{render(kinder)}\n", encoding="utf-8")
    assert found(model) == []
    done = cardkit("--check", model / "README.md")
    assert done.exit_code == 1
    assert "README.md: stale: results.json holds another record than the card\n" in done.stdout


@pytest.mark.parametrize("content", [b"no json", b"[]", b"{}", b"\xff"])
def test_a_file_that_holds_no_record_but_is_named_with_its_hash(
    model: Path, content: bytes
) -> None:
    record = record_of(model)
    (model / "results.json").write_bytes(content)
    named = replace(record, results_file=ResultsFile("results.json", sha(model / "results.json")))
    (model / "README.md").write_text(f"# A model\n\n{render(named)}\n", encoding="utf-8")
    done = cardkit("--check", model / "README.md")
    assert done.exit_code == 1
    assert "holds another record than the card" in done.stdout


def test_results_that_are_not_here_are_noted(model: Path, tmp_path: Path) -> None:
    moved = shutil.move(model / "results.json", tmp_path / "moved.json")
    done = cardkit("--check", model / "README.md")
    assert done.exit_code == 0
    assert "note: results.json is not here" in done.stdout
    assert cardkit("--check", model / "README.md", "--results", moved).exit_code == 0
    Path(moved).write_text("{}")
    done = cardkit("--check", model / "README.md", "--results", moved)
    assert done.exit_code == 1
    assert "moved.json does not hold the scores" in done.stdout


def test_line_ends_and_git_lfs_leave_the_results_the_same(model: Path) -> None:
    path, check = model / "results.json", ("--check", model / "README.md")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\n", b"\r\n"))
    assert cardkit(*check).stdout == f"{model / 'README.md'}: the measurement is fresh\n"
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 9\n"
    path.write_text(pointer.format(hashlib.sha256(data).hexdigest()))
    assert cardkit(*check).stdout == f"{model / 'README.md'}: the measurement is fresh\n"
    path.write_text(pointer.format("0" * 64))
    assert cardkit(*check).exit_code == 1


@pytest.mark.parametrize("name", ["/dev/zero", "../far.json", "a/../../far.json", "data", "a\0b"])
def test_a_name_in_a_card_is_followed_only_below_it(model: Path, name: str) -> None:
    (model / "data").mkdir()
    (model.parent / "far.json").write_text("{}")
    record = record_of(model)
    assert record.results_file is not None
    named = replace(record, results_file=record.results_file._replace(name=name))
    card = model / "README.md"
    card.write_text(render(named), encoding="utf-8")
    found = freshness(card.read_text("utf-8"), model)
    assert found.stale == []
    assert [note.split(",")[0] for note in found.notes] == [f"{name} is not here"]


def test_results_that_cannot_be_compared(model: Path, tmp_path: Path) -> None:
    done = cardkit("--check", model / "README.md", "--results", tmp_path / "no.json")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert cardkit(model, "--results", model / "results.json").exit_code == 2
    assert cardkit(model, "--card", model / "README.md", "--seed", 1).exit_code == 0
    done = cardkit("--check", model / "README.md", "--results", model / "results.json")
    assert done.exit_code == 2
    assert "names no file of results" in done.stderr


def test_a_dry_run_names_no_file_that_it_does_not_write(demo_folder: Path, tmp_path: Path) -> None:
    done = cardkit(demo_folder, "--dry-run", "--output", tmp_path / "r.json")
    assert done.exit_code == 0
    assert '"sha256"' in done.stdout
    assert '"results_file"' not in done.stdout


def test_a_record_that_knows_less_is_read_and_written_as_it_was() -> None:
    text = to_json(RECORD)
    assert not {"minutes", "results_file"} & json.loads(text).keys()
    assert "thumbprints" not in json.loads(text)["model"]
    assert from_json(text) == RECORD
    full = replace(
        RECORD,
        model=replace(RECORD.model, thumbprints={"model.safetensors": "9-ab"}),
        minutes=3,
        results_file=ResultsFile("r.json", "0" * 64),
    )
    assert from_json(to_json(full)) == full
    for broken in (
        text.replace('"date"', '"day"'),
        text.replace('"date"', '"minutes": "3", "date"'),
        text.replace('"date"', '"results_file": {"name": "r.json"}, "date"'),
    ):
        with pytest.raises(InputError):
            from_json(broken)


def test_what_says_nothing_new_keeps_the_old_record() -> None:
    old = replace(RECORD, minutes=3, results_file=ResultsFile("r.json", "0" * 64))
    new = replace(RECORD, date="2030-01-01", minutes=4)
    assert keep_date(new, old) is old
    other = replace(new, versions={"cardkit": "9"})
    assert keep_date(other, old) is other


def test_only_large_files_have_a_thumbprint(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"x" * LARGE)
    assert thumbprints(tmp_path) is None
    (tmp_path / "model.safetensors").write_bytes(b"x" * (LARGE + 1))
    ((name, value),) = (thumbprints(tmp_path) or {}).items()
    assert name == "model.safetensors"
    assert value.startswith(f"{LARGE + 1}-")


def found(folder: Path) -> list[str]:
    report = lint(Card(read(str(folder / "README.md"))), select("documented", ["CK512", "CK809"]))
    return [f"{one.code} {one.start.line} {one.message}" for one in report.diagnostics]


def test_lint_holds_what_the_probe_wrote_against_the_files(model: Path) -> None:
    card = model / "README.md"
    text = card.read_text("utf-8")
    line = text[: text.index("<!-- cardkit:bias-probe begin")].count("\n") + 1
    assert found(model) == []
    card.write_text(text.replace("| mean lean | ", "| mean lean | +", 1), encoding="utf-8")
    assert [one.split(":")[0] for one in found(model)] == [
        f"CK512 {line} the measurement was edited"
    ]
    card.write_text(text, encoding="utf-8")
    config = model / "config.json"
    config.write_text(config.read_text().replace('"bert"', '"berd"'))
    assert found(model) == [f"CK809 {line} the measurement is stale: config.json has changed since"]
