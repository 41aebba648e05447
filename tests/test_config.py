"""Configuration as teams use it: real files in real folders, read by real processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli_lint import cardkit, text
from tests.test_engine import GOOD

#: A card without out-of-scope use, citation and contact.
CARD = GOOD
#: A card with a note to fill in, and nothing else amiss in the default profile.
NOTE = GOOD + "\n## Folder names\n\nTODO: name them\n"


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def names(cwd: Path, *arguments: str) -> dict[str, list[str]]:
    """Return the rules that fire, by path."""
    result = cardkit("lint", "--output-format", "json", *arguments, cwd=cwd)
    assert result.returncode in (0, 1), text(result.stderr)
    found: dict[str, list[str]] = {}
    for row in json.loads(result.stdout):
        found.setdefault(row["path"], []).append(row["name"])
    return found


def shown(cwd: Path, *arguments: str) -> Any:
    result = cardkit("config", "--output-format", "json", *arguments, cwd=cwd)
    assert result.returncode == 0, text(result.stderr)
    return json.loads(result.stdout)


def test_the_nearest_file_holds_alone(tmp_path: Path) -> None:
    write(tmp_path, "cardkit.toml", 'ignore = ["todo-text"]\nprofile = "accountable"\n')
    write(tmp_path, "a/README.md", NOTE)
    write(tmp_path, "b/cardkit.toml", 'fail-on = "error"\n')
    write(tmp_path, "b/README.md", NOTE)
    found = names(tmp_path)
    assert "todo-text" not in found["a/README.md"]
    assert "missing-citation" in found["a/README.md"]
    assert found["b/README.md"] == ["todo-text"]
    # Each card fails by its own measure: that of b lets warnings pass.
    assert cardkit("lint", "b/README.md", cwd=tmp_path).returncode == 0
    assert cardkit("lint", "a/README.md", cwd=tmp_path).returncode == 1


def test_cardkit_toml_comes_before_pyproject_and_pyproject_without_a_table_does_not_count(
    tmp_path: Path,
) -> None:
    write(tmp_path, "cardkit.toml", 'profile = "basic"\n')
    write(tmp_path, "pyproject.toml", '[tool.cardkit]\nprofile = "hub"\n')
    write(tmp_path, "inner/pyproject.toml", '[project]\nname = "x"\ndependencies = ["cardkit"]\n')
    for path in (".", "inner"):
        assert shown(tmp_path, path)["values"]["profile"] == "basic"
    (tmp_path / "cardkit.toml").unlink()
    assert shown(tmp_path, "inner")["values"]["profile"] == "hub"


def test_the_command_line_comes_before_any_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        "cardkit.toml",
        'profile = "hub"\nfail-on = "error"\nselect = ["CK509"]\nignore = ["missing-contact"]\n',
    )
    write(tmp_path, "README.md", CARD)
    assert names(tmp_path) == {}
    # Rules named on the command line replace those of the file; what is ignored adds up.
    options = ("--select", "missing-citation,missing-contact,CK507", "--ignore", "CK507")
    assert names(tmp_path, *options) == {"README.md": ["missing-citation"]}
    assert cardkit("lint", *options, cwd=tmp_path).returncode == 0
    assert cardkit("lint", *options, "--fail-on", "warning", cwd=tmp_path).returncode == 1


def test_extend_fills_in_merges_tables_and_tells_where_each_value_is_from(tmp_path: Path) -> None:
    write(
        tmp_path,
        "org.toml",
        'profile = "accountable"\nfail-on = "error"\n[severity]\nCK308 = "error"\ntodo-text = "info"\n',
    )
    write(tmp_path, "team/base.toml", 'extend = "../org.toml"\nfail-on = "info"\n')
    write(
        tmp_path,
        "team/cardkit.toml",
        'extend = "base.toml"\n[severity]\ntodo-text = "warning"\n[headings]\nlimitations = ["Known troubles"]\n',
    )
    data = shown(tmp_path, "team")
    assert data["values"] == {
        "profile": "accountable",
        "fail-on": "info",
        "severity": {"CK308": "error", "todo-text": "warning"},
        "headings": {"limitations": ["Known troubles"]},
    }
    origin = {key: Path(path).resolve().name for key, path in data["origins"].items()}
    assert origin == {
        "profile": "org.toml",
        "fail-on": "base.toml",
        "severity.CK308": "org.toml",
        "severity.todo-text": "cardkit.toml",
        "headings.limitations": "cardkit.toml",
    }
    printed = text(cardkit("config", "team", cwd=tmp_path).stdout)
    assert 'fail-on = "info"  # team/base.toml\n' in printed
    assert '[severity]\n"CK308" = "error"  # team/../org.toml\n' in printed or (
        '[severity]\n"CK308" = "error"  # org.toml\n' in printed
    )
    assert '"limitations" = ["Known troubles"]  # team/cardkit.toml\n' in printed


def test_config_without_any_file_tells_the_defaults(tmp_path: Path) -> None:
    printed = text(cardkit("config", cwd=tmp_path).stdout)
    assert printed.endswith('profile = "documented"  # default\nfail-on = "warning"  # default\n')


@pytest.mark.parametrize("path", ["nothing", "nothing/README.md"])
def test_config_of_a_path_that_is_not_there(tmp_path: Path, path: str) -> None:
    result = cardkit("config", path, cwd=tmp_path)
    assert result.returncode == 2
    assert text(result.stderr) == f"cardkit: {path}: no such file or folder\n"


def test_a_named_file_takes_the_place_of_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "cardkit.toml", 'ignore = ["ALL"]\n')
    write(tmp_path, "ci/strict.toml", 'profile = "accountable"\n')
    write(tmp_path, "README.md", CARD)
    assert names(tmp_path) == {}
    assert "missing-citation" in names(tmp_path, "--config", "ci/strict.toml")["README.md"]
    assert shown(tmp_path, "--config", "ci/strict.toml")["values"]["profile"] == "accountable"


WRONG = [
    ("cardkit.toml", "profile = \n", "cardkit.toml: not valid TOML"),
    ("cardkit.toml", 'profil = "hub"\n', "cardkit.toml: there is no key 'profil'; did you mean 'profile'?"),
    ("cardkit.toml", "zzz = 1\n", "cardkit.toml: there is no key 'zzz'; the keys are extend, profile"),
    ("cardkit.toml", "profile = 3\n", "cardkit.toml: 'profile' must be a text"),
    ("cardkit.toml", 'select = "CK5"\n', "cardkit.toml: 'select' must be a list of texts"),
    ("cardkit.toml", "ignore = [5]\n", "cardkit.toml: 'ignore' must be a list of texts"),
    ("cardkit.toml", "[severity]\nCK5 = 1\n", "cardkit.toml: 'severity' must be a table of texts"),
    ("cardkit.toml", '[per-file-ignores]\n"a/*" = "CK5"\n', "cardkit.toml: 'per-file-ignores' must be a table of lists of texts"),
    ("cardkit.toml", '[severity]\nCK5 = "fatal"\n', "cardkit.toml: there is no severity 'fatal'; they are info, warning, error"),
    ("cardkit.toml", 'fail-on = "never"\n', "cardkit.toml: there is no severity 'never'"),
    ("cardkit.toml", 'ignore = ["CK999"]\n', "cardkit.toml: no rule is called 'CK999'"),
    ("cardkit.toml", '[per-file-ignores]\n"a/*" = ["nonsense"]\n', "cardkit.toml: no rule is called 'nonsense'"),
    ("cardkit.toml", 'required-topics = ["limitation"]\n', "cardkit.toml: there is no topic 'limitation'; did you mean 'limitations'?"),
    ("cardkit.toml", '[headings]\nbias = ["Fairness"]\n', "cardkit.toml: there is no topic 'bias'; did you mean 'bias-risks'?"),
    ("cardkit.toml", 'profile = "strict"\n', "cardkit.toml: there is no profile 'strict'; the profiles are hub"),
    ("cardkit.toml", '[profiles.a]\nrequires = ["CK999"]\n', "cardkit.toml: no rule is called 'CK999'"),
    ("cardkit.toml", '[profiles.a]\nrequires = "CK508"\n', "cardkit.toml: profile 'a': 'requires' must be a list of texts"),
    ("cardkit.toml", '[profiles.a]\nrequire = ["CK508"]\n', "cardkit.toml: profile 'a': there is no key 'require'"),
    ("cardkit.toml", 'profile = "a"\n[profiles.a]\nextends = "b"\n', "cardkit.toml: profile 'a' extends 'b', which does not exist"),
    ("cardkit.toml", 'profile = "a"\n[profiles.a]\nextends = "b"\n[profiles.b]\nextends = "a"\n', "cardkit.toml: profile 'a' extends itself"),
    ("cardkit.toml", 'extend = "gone.toml"\n', "cardkit.toml: 'extend' cannot be read:"),
    ("cardkit.toml", 'extend = "cardkit.toml"\n', "cardkit.toml: 'cardkit.toml' extends this file in turn"),
    ("pyproject.toml", "[tool]\ncardkit = 1\n", "pyproject.toml: tool.cardkit must be a table"),
    ("pyproject.toml", "[tool.cardkit]\nfix = true\n", "pyproject.toml: there is no key 'fix'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "says"), WRONG, ids=[says for _, _, says in WRONG])
def test_what_makes_no_sense_is_refused_with_the_file(
    tmp_path: Path, name: str, content: str, says: str
) -> None:
    write(tmp_path, name, content)
    write(tmp_path, "README.md", CARD)
    result = cardkit("lint", "README.md", cwd=tmp_path)
    assert result.returncode == 2
    assert says in text(result.stderr)
    assert result.stdout == b""


@pytest.mark.parametrize("command", ["config", "topics", "baseline"])
def test_every_command_refuses_a_wrong_file(tmp_path: Path, command: str) -> None:
    write(tmp_path, "cardkit.toml", 'ignore = ["CK999"]\n')
    write(tmp_path, "README.md", CARD)
    result = cardkit(command, cwd=tmp_path)
    assert result.returncode == 2
    assert "cardkit.toml: no rule is called 'CK999'" in text(result.stderr)


def test_a_wrong_file_in_one_folder_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, "a/cardkit.toml", "profile = 1\n")
    write(tmp_path, "a/README.md", NOTE)
    write(tmp_path, "b/README.md", NOTE)
    result = cardkit("lint", cwd=tmp_path)
    assert result.returncode == 2
    assert "cardkit.toml: 'profile' must be a text" in text(result.stderr)
    assert "b/README.md" in text(result.stdout)


def test_two_files_that_extend_each_other(tmp_path: Path) -> None:
    write(tmp_path, "cardkit.toml", 'extend = "b.toml"\n')
    write(tmp_path, "b.toml", 'extend = "./cardkit.toml"\n')
    result = cardkit("config", cwd=tmp_path)
    assert result.returncode == 2
    assert "extends this file in turn" in text(result.stderr)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file or directory"), ("[tool.black]\n", "no table [tool.cardkit] in it")],
)
def test_a_named_file_that_holds_nothing(tmp_path: Path, content: str | None, says: str) -> None:
    if content is not None:
        write(tmp_path, "pyproject.toml", content)
    write(tmp_path, "README.md", CARD)
    result = cardkit("lint", "--config", "pyproject.toml", cwd=tmp_path)
    assert result.returncode == 2
    assert text(result.stderr).startswith("cardkit: pyproject.toml: ")
    assert says in text(result.stderr)


def test_severity_per_rule_decides_what_fails(tmp_path: Path) -> None:
    write(tmp_path, "README.md", NOTE)
    assert cardkit("lint", cwd=tmp_path).returncode == 1
    write(tmp_path, "cardkit.toml", '[severity]\ntodo-text = "info"\n')
    result = cardkit("lint", cwd=tmp_path)
    assert result.returncode == 0
    assert text(result.stdout).splitlines()[-1].startswith("1 finding (1 for information) · ")
    write(tmp_path, "cardkit.toml", 'fail-on = "error"\n[severity]\nCK703 = "error"\n')
    assert cardkit("lint", cwd=tmp_path).returncode == 1


def test_per_file_ignores_start_at_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        "models/cardkit.toml",
        '[per-file-ignores]\n"old/*" = ["todo-text"]\n"MODEL_CARD.md" = ["CK7"]\n',
    )
    for name in ("old/README.md", "old/deep/README.md", "new/README.md", "new/MODEL_CARD.md"):
        write(tmp_path, f"models/{name}", NOTE)
    assert set(names(tmp_path)) == {"models/new/README.md"}
    # The same from elsewhere: patterns start where the file lies, not where the command runs.
    assert set(names(tmp_path / "models" / "new")) == {"README.md"}
    assert names(tmp_path / "models" / "old") == {}


def test_required_topics_fail_whatever_the_profile_and_once_each(tmp_path: Path) -> None:
    write(tmp_path, "README.md", CARD)
    write(
        tmp_path,
        "cardkit.toml",
        'profile = "hub"\nrequired-topics = ["citation", "recommendations", "limitations"]\n',
    )
    result = cardkit("lint", "--output-format", "json", cwd=tmp_path)
    assert result.returncode == 1
    rows = {(row["name"], row["target"], row["severity"]) for row in json.loads(result.stdout)}
    assert rows == {
        ("missing-citation", "citation", "warning"),
        ("missing-required-topic", "recommendations", "warning"),
    }


def test_a_required_topic_must_be_more_than_a_placeholder(tmp_path: Path) -> None:
    write(tmp_path, "cardkit.toml", 'profile = "basic"\nrequired-topics = ["citation"]\n')
    write(tmp_path, "README.md", CARD + "\n## Citation\n\nMore information needed\n")
    assert names(tmp_path) == {"README.md": ["placeholder-section"]}


def test_extend_select_adds_to_the_profile(tmp_path: Path) -> None:
    write(tmp_path, "README.md", NOTE)
    write(tmp_path, "cardkit.toml", 'extend-select = ["missing-citation"]\n')
    result = cardkit("lint", "--output-format", "json", cwd=tmp_path)
    rows = {row["name"]: row["severity"] for row in json.loads(result.stdout)}
    assert rows == {"missing-citation": "warning", "todo-text": "warning"}
    assert result.returncode == 1


def test_own_headings_stand_for_a_topic(tmp_path: Path) -> None:
    card = CARD.replace("## Limitations and bias", "## Bekannte Tücken").replace(
        "It fails on letters of more than 512 words. Letters by women are called private more often, a bias\nthat we could not remove.",
        "Sehr lange Briefe werden abgeschnitten.",
    )
    write(tmp_path, "README.md", card)
    assert "missing-limitations" in names(tmp_path)["README.md"]
    write(tmp_path, "cardkit.toml", '[headings]\nlimitations = ["bekannte tücken"]\n')
    assert "missing-limitations" not in names(tmp_path)["README.md"]


def test_a_profile_of_an_organisation(tmp_path: Path) -> None:
    write(tmp_path, "README.md", CARD)
    write(
        tmp_path,
        "cardkit.toml",
        'profile = "clinic"\n[profiles.clinic]\nextends = "documented"\nsummary = "for patients"\n'
        'requires = ["missing-contact"]\nadvises = ["missing-citation"]\n',
    )
    result = cardkit("lint", "--output-format", "json", cwd=tmp_path)
    rows = {row["name"]: row["severity"] for row in json.loads(result.stdout)}
    assert rows == {"missing-citation": "info", "missing-contact": "warning"}
    summary = text(cardkit("lint", cwd=tmp_path).stdout).splitlines()[-1]
    assert summary == (
        "2 findings (1 for information) · profile reached: documented;"
        " in the way of clinic: missing-contact"
    )
    write(tmp_path, "README.md", CARD + "\n## Contact\n\nWrite to mail@example.org.\n")
    assert "profile reached: clinic" in text(cardkit("lint", cwd=tmp_path).stdout)


def test_the_summary_of_many_cards(tmp_path: Path) -> None:
    write(tmp_path, "a/README.md", CARD)
    write(tmp_path, "b/README.md", NOTE)
    write(tmp_path, "c/README.md", "# A library\n\nNot a model.\n")
    last = text(cardkit("lint", cwd=tmp_path).stdout).splitlines()[-1]
    assert last == (
        "1 finding · 2 cards · profile reached: documented 1, basic 1"
        " · 1 file skipped: no model card"
    )
