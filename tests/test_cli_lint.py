"""``cardkit lint`` as people call it: real processes, real files, exit codes and messages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_engine import GOOD

BAD = "---\nlicense: Apache 2.0\n---\n" + GOOD.split("---\n")[2]


def cardkit(*arguments: str, cwd: Path | None = None, stdin: bytes = b"", **env: str) -> Any:
    command = [sys.executable, "-m", "cardkit", *arguments]
    result = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"} | env,
    )
    assert b"Traceback" not in result.stderr, result.stderr.decode()
    return result


def text(data: bytes) -> str:
    return data.decode("utf-8").replace("\r\n", "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.md").write_text(GOOD, "utf-8")
    (tmp_path / "bad.md").write_text(BAD, "utf-8")
    return tmp_path


def test_a_clean_card(folder: Path) -> None:
    result = cardkit("lint", "good.md", cwd=folder)
    assert result.returncode == 0
    assert (
        text(result.stdout)
        == "no findings · profile reached: documented; in the way of accountable: missing-out-of-scope, missing-environmental-impact, missing-citation, missing-contact\n"
    )


def test_a_finding_shows_place_line_caret_hub_words_and_help(folder: Path) -> None:
    result = cardkit("lint", "bad.md", cwd=folder)
    assert result.returncode == 1
    lines = text(result.stdout).splitlines()
    assert lines[0] == "bad.md:2:10  error    CK203 unknown-license  the Hub refuses this"
    assert lines[1] == "  2 | license: Apache 2.0"
    assert lines[2].startswith("    |          ^^^^^^^^^^ ")
    assert 'hub: "license" must be one of' in lines[3]
    assert lines[4] == "  help: did you mean `apache-2.0`? [*]"
    assert lines[-1].startswith(
        "1 finding (1 the Hub would refuse) · 1 fixable with --fix [*] · profile reached: none"
    )


def test_concise(folder: Path) -> None:
    result = cardkit("lint", "bad.md", "--output-format", "concise", cwd=folder)
    assert (
        text(result.stdout)
        .splitlines()[0]
        .startswith("bad.md:2:10  error    CK203 unknown-license  ")
    )


def test_json_keeps_its_contract(folder: Path) -> None:
    result = cardkit("lint", "bad.md", "good.md", "--output-format", "json", cwd=folder)
    (row,) = json.loads(result.stdout)
    assert {key: row[key] for key in ("path", "line", "column", "end_line", "end_column", "code", "name")} == {
        "path": "bad.md", "line": 2, "column": 10, "end_line": 2, "end_column": 20, "code": "CK203", "name": "unknown-license",
    }  # fmt: skip
    assert (row["ground"], row["severity"], row["target"]) == ("hub-error", "error", "license")
    assert row["fix"] == {
        "safety": "safe",
        "message": "write apache-2.0",
        "edits": [
            {
                "start_line": 2,
                "start_column": 10,
                "end_line": 2,
                "end_column": 20,
                "text": "apache-2.0",
            }
        ],
    }
    assert set(row) == {
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "code",
        "name",
        "ground",
        "severity",
        "target",
        "message",
        "help",
        "hub_message",
        "fix",
    }


def test_json_of_a_clean_card_is_an_empty_array(folder: Path) -> None:
    assert (
        json.loads(cardkit("lint", "good.md", "--output-format", "json", cwd=folder).stdout) == []
    )


@pytest.mark.parametrize(
    ("fail_on", "profile", "code"),
    [
        ("error", "documented", 1),
        ("warning", "documented", 1),
        ("error", "hub", 1),
        ("info", "documented", 1),
    ],
)
def test_fail_on(folder: Path, fail_on: str, profile: str, code: int) -> None:
    assert (
        cardkit("lint", "bad.md", "--fail-on", fail_on, "--profile", profile, cwd=folder).returncode
        == code
    )
    assert (
        cardkit(
            "lint", "good.md", "--fail-on", fail_on, "--profile", profile, cwd=folder
        ).returncode
        == 0
    )


def test_fail_on_error_lets_advice_pass(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nlicense: mit\n---\nA model of the weather.\n", "utf-8")
    assert cardkit("lint", "a.md", "--fail-on", "error", cwd=tmp_path).returncode == 0
    assert cardkit("lint", "a.md", cwd=tmp_path).returncode == 1


def test_fix_writes_and_counts(folder: Path) -> None:
    result = cardkit("lint", "--fix", "bad.md", cwd=folder)
    assert result.returncode == 0
    assert text(result.stdout).startswith("1 fixed · no findings")
    assert (folder / "bad.md").read_text("utf-8") == BAD.replace("Apache 2.0", "apache-2.0")


def test_diff_writes_nothing(folder: Path) -> None:
    result = cardkit("lint", "--diff", "bad.md", cwd=folder)
    assert result.returncode == 1
    assert "-license: Apache 2.0\n+license: apache-2.0\n" in text(result.stdout)
    assert text(result.stderr) == "1 would be fixed; nothing was written\n"
    assert (folder / "bad.md").read_text("utf-8") == BAD


def test_standard_input(folder: Path) -> None:
    result = cardkit("lint", "-", "--stdin-filename", "x/README.md", stdin=BAD.encode())
    assert result.returncode == 1
    assert text(result.stdout).startswith("x/README.md:2:10  error")


def test_fixing_standard_input_puts_the_card_on_stdout(folder: Path) -> None:
    result = cardkit("lint", "--fix", "-", stdin=BAD.replace("\n", "\r\n").encode())
    assert result.stdout == BAD.replace("Apache 2.0", "apache-2.0").replace("\n", "\r\n").encode()
    assert "1 fixed" in text(result.stderr)


def test_colour_only_when_asked_for_or_on_a_terminal(folder: Path) -> None:
    assert b"\x1b[" not in cardkit("lint", "bad.md", cwd=folder, NO_COLOR="").stdout
    assert b"\x1b[31m" in cardkit("lint", "bad.md", "--color", "always", cwd=folder).stdout
    assert b"\x1b[" not in cardkit("lint", "bad.md", "--color", "never", cwd=folder).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
def test_colour_on_a_terminal(folder: Path, no_color: str, colored: bool) -> None:
    import pty

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "cardkit", "lint", "bad.md"]
    env = os.environ | {"NO_COLOR": no_color}
    subprocess.run(command, cwd=folder, stdout=follower, env=env, check=False)
    os.close(follower)
    output = os.read(leader, 65536)
    os.close(leader)
    assert (b"\x1b[31m" in output) is colored


def test_a_card_cannot_paint_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text('---\nlicense: "\x1b[2J\u202eevil"\n---\nA\n', "utf-8")
    output = text(cardkit("lint", "a.md", cwd=tmp_path).stdout)
    assert "\x1b" not in output
    assert "\u202e" not in output


# Bad input: what is wrong inside a readable file is a finding (1), the rest cannot be done (2).


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        pytest.param(b"", 1, "CK002 empty-file", id="empty file"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(50) + b"\xff\xfe", 1, "looks binary", id="binary file"),
        pytest.param("# Card".encode("utf-16"), 1, "the file is UTF-16; a card must be UTF-8", id="UTF-16"),
        pytest.param(b"---\nlicense: mit\n\n# A model\n", 1, "CK011 unclosed-front-matter", id="unclosed fence"),
        pytest.param(b"---\n- license\n---\n# A\n", 1, "CK023 metadata-not-a-mapping", id="list at the top"),
        pytest.param(b"---\nlicense: {{ license }}\n---\n# A\n", 1, "a template variable that was never filled in", id="template variable"),
        pytest.param(b"---\na: &a [" + b"x," * 9 + b"x]\n" + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 10)) for i in range(9)) + b"---\n# A\n", 1, "CK022 unreasonable-yaml", id="alias bomb"),
        pytest.param(b"a" * 50 * 2**20, 2, "50 MB is too large for a card (the limit is 10 MB)", id="50 MB"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path: Path, data: bytes, code: int, says: str) -> None:
    (tmp_path / "README.md").write_bytes(data)
    result = cardkit("lint", "README.md", cwd=tmp_path)
    assert result.returncode == code
    assert says in text(result.stdout if code == 1 else result.stderr)


def test_one_finding_only_for_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"---\nlicense: mit\n---\ncaf\xe9\n")
    rows = json.loads(cardkit("lint", "README.md", "--output-format", "json", cwd=tmp_path).stdout)
    assert [(row["code"], row["line"], row["column"]) for row in rows] == [("CK001", 4, 4)]


def test_missing_file(tmp_path: Path) -> None:
    result = cardkit("lint", "nothing.md", cwd=tmp_path)
    assert result.returncode == 2
    assert text(result.stderr) == "cardkit: nothing.md: no such file or folder\n"


def test_folder_without_a_card(tmp_path: Path) -> None:
    result = cardkit("lint", str(tmp_path))
    assert result.returncode == 2
    assert "no README.md or MODEL_CARD.md in this folder or below it" in text(result.stderr)


def test_two_paths_of_which_one_is_missing(folder: Path) -> None:
    result = cardkit("lint", "nothing.md", "bad.md", cwd=folder)
    assert result.returncode == 2
    assert "nothing.md: no such file" in text(result.stderr)
    assert "CK203 unknown-license" in text(result.stdout)


def test_an_unreadable_path(folder: Path) -> None:
    # Rights do not stop root, so the test takes what nobody can read as a file: a dangling link.
    (folder / "README.md").symlink_to(folder / "gone.md")
    result = cardkit("lint", "README.md", cwd=folder)
    assert result.returncode == 2
    assert "README.md: No such file or directory; nothing was checked there" in text(result.stderr)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_read_permission(folder: Path) -> None:
    (folder / "bad.md").chmod(0)
    result = cardkit("lint", "bad.md", cwd=folder)
    assert result.returncode == 2
    assert "Permission denied" in text(result.stderr)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--select", "CK999"], "no rule is called 'CK999'; `cardkit rule` lists them all"),
        (["--profile", "strict"], "there is no profile 'strict'; the profiles are hub, basic"),
        (["--output-format", "xml"], "'xml' is not one of"),
        (["--nonsense"], "No such option"),
    ],
)
def test_wrong_options(folder: Path, arguments: list[str], says: str) -> None:
    result = cardkit("lint", "good.md", *arguments, cwd=folder)
    assert result.returncode == 2
    assert says in text(result.stderr)


def test_rule_lists_and_explains() -> None:
    listed = text(cardkit("rule").stdout)
    assert "CK203  unknown-license" in listed
    by_code, by_name = cardkit("rule", "ck203").stdout, cardkit("rule", "unknown-license").stdout
    assert by_code == by_name
    explained = text(by_code)
    assert "license: Apache 2.0" in explained
    assert "Source:   the Hub's validator" in explained


def test_rule_suggests_the_nearest() -> None:
    result = cardkit("rule", "unknown-licence")
    assert result.returncode == 2
    assert (
        text(result.stderr)
        == "cardkit: no rule is called 'unknown-licence'; did you mean 'unknown-license'?\n"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["lint", "--help"], ["rule", "--help"]])
def test_help_has_examples(arguments: list[str]) -> None:
    result = cardkit(*arguments)
    assert result.returncode == 0
    assert "Examples:" in text(result.stdout)


def test_version() -> None:
    from cardkit import __version__

    assert text(cardkit("--version").stdout).split() == ["cardkit", __version__]


def test_a_mended_card_can_fail_a_run(folder: Path) -> None:
    path = folder / "bad.md"
    options = ("lint", "--fix", "--select", "CK203", "--exit-non-zero-on-fix", "bad.md")
    assert cardkit(*options, cwd=folder).returncode == 1
    assert b"license: apache-2.0" in path.read_bytes()
    assert cardkit(*options, cwd=folder).returncode == 0
