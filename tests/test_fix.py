"""Fixes: what they write, that nothing else changes, that they end, and how files are written."""

import os
import re
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from cardkit.card import Card
from cardkit.diagnostic import Edit
from cardkit.engine import lint
from cardkit.errors import ChangedOnDisk, InputError
from cardkit.files import write
from cardkit.fix import apply_edits, fix
from cardkit.selection import select
from cardkit.text import Source, Span
from tests.strategies import cards

SELECTION = select("accountable", ["ALL"])


def fixed(text: str, unsafe: bool = False) -> str:
    report = lint(Card.from_text(text), SELECTION)
    safeties = frozenset(("safe", "unsafe") if unsafe else ("safe",))
    return fix(report, SELECTION, safeties).source.text  # type: ignore[arg-type]


def cases() -> list[tuple[str, str, str]]:
    """Read the cases: a heading, a fenced card, and the card after fixing."""
    text = (Path(__file__).parent / "cases" / "fixes.md").read_text("utf-8")
    found = re.findall(
        r"^# (.+?)\n\n```card\n(.*?)```\n\n```fixed\n(.*?)```", text, re.MULTILINE | re.DOTALL
    )
    assert len(found) == text.count("```card")
    return found


@pytest.mark.parametrize(("title", "card", "expected"), cases(), ids=[case[0] for case in cases()])
def test_cases(title: str, card: str, expected: str) -> None:
    assert fixed(card) == expected
    assert fixed(expected) == expected
    code = SELECTION
    name = title.split(":")[0]
    if card != expected:
        before = [
            item for item in lint(Card.from_text(card), code).diagnostics if item.name == name
        ]
        after = [
            item for item in lint(Card.from_text(expected), code).diagnostics if item.name == name
        ]
        assert before
        assert after == []


@pytest.mark.parametrize(("title", "card", "expected"), cases(), ids=[case[0] for case in cases()])
def test_cases_with_crlf_and_a_byte_order_mark(title: str, card: str, expected: str) -> None:
    data = b"\xef\xbb\xbf" + card.replace("\n", "\r\n").encode()
    report = lint(Card(Source(data)), SELECTION)
    source = fix(report, SELECTION).source
    assert source.encode(source.text) == b"\xef\xbb\xbf" + expected.replace("\n", "\r\n").encode()


@given(cards)
@example("---\nlicense: mit\n#\x85\n\ufeff---\n")  # a line end to Python, not to the Hub
@settings(max_examples=300)
def test_fixing_twice_changes_nothing_more(text: str) -> None:
    for unsafe in (False, True):
        once = fixed(text, unsafe)
        assert fixed(once, unsafe) == once


@given(cards)
@settings(max_examples=300)
def test_safe_fixes_never_bring_new_errors(text: str) -> None:
    def errors(card: str) -> int:
        report = lint(Card.from_text(card), SELECTION)
        return sum(item.ground == "hub-error" for item in report.diagnostics)

    # A fence that is mended makes metadata visible that was none before, faults and all.
    if Card.from_text(text).front_matter:
        assert errors(fixed(text)) <= errors(text)


def test_fixes_of_real_cards_mend_what_they_name(real_cards: dict[str, bytes]) -> None:
    mended = 0
    for name, data in real_cards.items():
        report = lint(Card(Source(data, name)), SELECTION)
        wanted = [item for item in report.diagnostics if item.fix and item.fix.safety == "safe"]
        if not wanted:
            continue
        result = fix(report, SELECTION)
        again = fix(result.report, SELECTION)
        assert again.applied == (), name
        left = {
            (item.code, item.target)
            for item in result.report.diagnostics
            if item.fix and item.fix.safety == "safe"
        }
        assert not left, name
        mended += len(result.applied)
    assert mended > 100


def test_edits_are_made_from_the_original_offsets() -> None:
    edits = [Edit(Span(4, 5), "EE"), Edit(Span(0, 1), ""), Edit(Span(2, 2), "-")]
    assert apply_edits("abcde", edits) == "b-cdEE"


def test_writing_keeps_the_mode_and_the_link(tmp_path: Path) -> None:
    target = tmp_path / "real.md"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link = tmp_path / "README.md"
    link.symlink_to(target)
    write(str(link), b"new", b"old")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["README.md", "real.md"]


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"theirs")
    with pytest.raises(ChangedOnDisk, match="changed on disk"):
        write(str(path), b"ours", b"before")
    assert path.read_bytes() == b"theirs"


def test_a_read_only_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        write(str(path), b"new", b"old")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_being_killed_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"old")
    script = f"""
        import os, signal
        from cardkit import files
        files.os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)
        files.write({str(path)!r}, b"new" * 1000, b"old")
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert result.returncode == -9
    assert path.read_bytes() == b"old"
