"""``cardkit baseline``: an old repository starts green, and only what is new is told."""

import json
from pathlib import Path

import pytest

from tests.test_cli_lint import cardkit, text
from tests.test_config import names, write
from tests.test_engine import GOOD

FILE = ".cardkit-baseline.json"
#: A card with findings in the metadata, in sections, and of what is absent.
OLD = """---
license: MIT
---
# Mail sorter

A classifier of English mail.

## Training data

More information needed

## Folder names

TODO: name them
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    write(tmp_path, "a/README.md", OLD)
    write(tmp_path, "b/README.md", GOOD)
    assert cardkit("lint", cwd=tmp_path).returncode == 1
    result = cardkit("baseline", cwd=tmp_path)
    assert result.returncode == 0, text(result.stderr)
    count = len(names(tmp_path, "--no-baseline")["a/README.md"])
    assert text(result.stdout) == f"{FILE}: {count} findings in 1 card are now known\n"
    return tmp_path


def test_it_starts_green(repository: Path) -> None:
    result = cardkit("lint", cwd=repository)
    assert result.returncode == 0
    count = len(names(repository, "--no-baseline")["a/README.md"])
    assert text(result.stdout).startswith("no findings · 2 cards")
    assert f" · {count} known from the baseline" in text(result.stdout)
    assert cardkit("lint", "--no-baseline", cwd=repository).returncode == 1
    # From anywhere, and one file alone.
    for cwd, path in ((repository, "a/README.md"), (repository / "a", "README.md")):
        assert cardkit("lint", path, cwd=cwd).returncode == 0
    assert cardkit("lint", str(repository / "a" / "README.md"), cwd=Path("/")).returncode == 0


def test_lines_that_move_make_nothing_new(repository: Path) -> None:
    more = "A classifier of English mail.\n\n" + "It sorts letters by hand.\n\n" * 9
    moved = OLD.replace("A classifier of English mail.\n", more)
    moved = moved.replace("license: MIT", "tags: [mail]\nlicense: MIT")
    write(repository, "a/README.md", moved)
    assert names(repository) == {}


def test_what_is_new_is_told(repository: Path) -> None:
    write(repository, "a/README.md", OLD + "\n## Citation\n\nMore information needed\n")
    assert names(repository) == {"a/README.md": ["placeholder-section"]}
    assert cardkit("lint", cwd=repository).returncode == 1
    # The same rule in another section is new; in another file as well.
    write(repository, "a/README.md", OLD.replace("Folder names", "Colours"))
    assert names(repository) == {"a/README.md": ["todo-text"]}
    write(repository, "a/README.md", OLD)
    write(repository, "b/README.md", GOOD + "\n## Folder names\n\nTODO: name them\n")
    assert names(repository) == {"b/README.md": ["todo-text"]}


def test_one_more_of_the_same_in_the_same_section_is_new(repository: Path) -> None:
    write(repository, "a/README.md", OLD + "\nTODO: say why\n")
    assert names(repository) == {"a/README.md": ["todo-text"]}


def test_it_holds_rules_and_sections_and_no_lines(repository: Path) -> None:
    data = json.loads((repository / FILE).read_text("utf-8"))
    assert data["version"] == 1
    places = {row["rule"]: (row["path"], row["place"], row["count"]) for row in data["known"]}
    assert places["todo-text"] == ("a/README.md", "mail sorter > folder names", 1)
    assert places["placeholder-section"] == (
        "a/README.md",
        "mail sorter > training data > training-data",
        1,
    )
    assert places["unknown-license"] == ("a/README.md", "license", 1)
    assert places["missing-bias"] == ("a/README.md", "bias-risks", 1)


def test_it_shrinks_when_findings_are_mended(repository: Path) -> None:
    before = len(names(repository, "--no-baseline")["a/README.md"])
    write(repository, "a/README.md", OLD.replace("TODO: name them", "Work and private."))
    result = cardkit("baseline", cwd=repository)
    assert text(result.stdout) == (
        f"{FILE}: {before - 1} findings in 1 card are now known (it held {before})\n"
    )
    write(repository, "a/README.md", OLD)
    assert names(repository) == {"a/README.md": ["todo-text"]}


def test_fixing_leaves_what_is_known_and_mends_all_the_same(repository: Path) -> None:
    result = cardkit("lint", "--fix", cwd=repository)
    assert result.returncode == 0
    assert "license: mit\n" in (repository / "a/README.md").read_text("utf-8")


def test_files_that_were_not_looked_at_stay_known(repository: Path) -> None:
    write(repository, "c/README.md", OLD)
    assert cardkit("baseline", "c/README.md", cwd=repository).returncode == 0
    assert names(repository) == {}
    # Run below the folder of the baseline, it knows the others still.
    assert cardkit("baseline", cwd=repository / "a").returncode == 0
    assert not (repository / "a" / FILE).exists()
    assert names(repository) == {}
    (repository / "c" / "README.md").unlink()
    cardkit("baseline", "a", cwd=repository)
    assert "c/README.md" not in (repository / FILE).read_text("utf-8")


def test_another_file_and_one_that_configuration_names(tmp_path: Path) -> None:
    write(tmp_path, "m/README.md", OLD)
    write(tmp_path, "org.toml", 'baseline = "known/old.json"\n')
    write(tmp_path, "m/cardkit.toml", 'extend = "../org.toml"\n')
    result = cardkit("lint", cwd=tmp_path)
    assert result.returncode == 2
    assert "old.json: No such file or directory; `cardkit baseline` writes this file" in text(
        result.stderr
    )
    (tmp_path / "known").mkdir()
    result = cardkit("baseline", "--output", "known/old.json", cwd=tmp_path)
    assert result.returncode == 0, text(result.stderr)
    assert cardkit("lint", cwd=tmp_path).returncode == 0
    assert not (tmp_path / FILE).exists()


def test_a_named_configuration_keeps_the_baseline_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "README.md", OLD)
    write(tmp_path, "ci/cardkit.toml", 'profile = "accountable"\n')
    assert cardkit("baseline", "--config", "ci/cardkit.toml", cwd=tmp_path).returncode == 0
    assert (tmp_path / FILE).exists()
    assert names(tmp_path, "--config", "ci/cardkit.toml") == {}


def test_a_nested_configuration_keeps_the_baseline_above(repository: Path) -> None:
    write(repository, "a/cardkit.toml", 'profile = "basic"\n')
    assert names(repository) == {}


def test_filling_in_one_section_of_a_generated_card_makes_nothing_new(tmp_path: Path) -> None:
    modelcard = pytest.importorskip("transformers.modelcard")
    card = modelcard.TrainingSummary(model_name="m").to_model_card()
    write(tmp_path, "README.md", card)
    assert cardkit("baseline", cwd=tmp_path).returncode == 0
    assert names(tmp_path) == {}
    filled = card.replace("More information needed", "A classifier of English mail.", 1)
    write(tmp_path, "README.md", filled)
    assert "placeholder-limitations" in names(tmp_path, "--no-baseline")["README.md"]
    assert names(tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not a baseline; run `cardkit baseline` to write one"),
        ("[]", "not a baseline"),
        ('{"version": 1}', "not a baseline"),
        ('{"version": 1, "known": [{"path": "a"}]}', "not a baseline"),
        ('{"version": 1, "known": [{"path": "a", "rule": "b", "place": "c", "count": "d"}]}', "not a baseline"),
        ('{"version": 2, "known": []}', "a baseline of version 2; run `cardkit baseline` again"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_baseline(tmp_path: Path, content: str, says: str) -> None:
    write(tmp_path, "README.md", OLD)
    write(tmp_path, FILE, content)
    for command in ("lint", "baseline"):
        result = cardkit(command, cwd=tmp_path)
        assert result.returncode == 2
        assert f"{FILE}: {says}" in text(result.stderr)
        # What somebody keeps there under this name is not written over.
        assert (tmp_path / FILE).read_text("utf-8") == content


def test_a_baseline_that_was_changed_meanwhile_is_left_alone(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cardkit.cli import baseline, main

    monkeypatch.chdir(repository)
    write_out = baseline.write

    def late(path: str, new: bytes, old: bytes | None) -> None:
        Path(path).write_text("somebody else's", "utf-8")
        write_out(path, new, old)

    monkeypatch.setattr(baseline, "write", late)
    with pytest.raises(SystemExit) as caught:
        main(["baseline"])
    assert caught.value.code == 2
    assert "changed on disk since it was read; nothing was written" in capsys.readouterr().err
    assert (repository / FILE).read_text("utf-8") == "somebody else's"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing.md"], "nothing.md: no such file or folder"),
        (["--output", "no/such/folder.json"], "no/such/folder.json: No such file or directory"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, arguments: list[str], says: str) -> None:
    write(tmp_path, "README.md", OLD)
    result = cardkit("baseline", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert says in text(result.stderr)
    assert not (tmp_path / FILE).exists()
