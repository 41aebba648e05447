"""Metadata made to break readers: a finding each, in bounded time and memory."""

import itertools
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cardkit.text import Source

MIB = 2**20
#: Bounds for the whole process: seconds of wall clock on a busy machine, bytes of address space.
SECONDS = 20
MEMORY = 1024 * MIB

LIMITED = f"""
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
except (ImportError, ValueError, OSError):
    pass  # a system without such limits: the time still tells
from cardkit.cli import main
main(sys.argv[1:], prog_name="cardkit")
"""


def lint(path: Path, data: bytes) -> list[dict[str, Any]]:
    path.write_bytes(data)
    command = [sys.executable, "-c", LIMITED, "lint", "--select", "CK0,CK1,CK2,CK4,CK9"]
    start = time.monotonic()
    result = subprocess.run(
        [*command, "--output-format", "json", str(path)],
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    assert time.monotonic() - start < SECONDS
    assert b"Traceback" not in result.stderr, result.stderr[-2000:]
    assert result.returncode == 1, result.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(result.stdout)
    assert "CK901" not in {item["code"] for item in found}, found
    return found


def aliases(levels: int, each: int) -> str:
    names = [chr(97 + i) for i in range(levels)]
    lines = [f"{names[0]}: &{names[0]} [{','.join('x' * each)}]"]
    for below, name in itertools.pairwise(names):
        lines.append(f"{name}: &{name} [{','.join([f'*{below}'] * each)}]")
    return "\n".join(lines)


BLOCKS: dict[str, tuple[str, str]] = {
    # name -> (metadata, code of the finding)
    "aliases that expand to a billion": (aliases(9, 10), "CK022"),
    "aliases in mappings": (
        "a: &a {x: 1, y: 2}\n" + "".join(f"{c}: &{c} {{x: *{p}, y: *{p}}}\n" for p, c in zip("abcdefghijklmnopqrstuvw", "bcdefghijklmnopqrstuvwx", strict=True)),
        "CK022",
    ),
    "an alias of itself": ("a: &a [*a]", "CK022"),
    "merge keys that multiply": (
        "a: &a {" + ", ".join(f"k{i}: 1" for i in range(200)) + "}\n"
        + "".join(f"m{i}:\n  <<: *a\n" for i in range(200)),
        "CK020",
    ),
    "ten thousand brackets": ("a: " + "[" * 10_000, "CK020"),
    "ten thousand braces": ("{a: " * 10_000, "CK020"),
    "ten thousand levels of lists": ("- " * 10_000 + "a", "CK020"),
    "ten thousand levels of keys": ("\n".join(" " * i + "a:" for i in range(2000)), "CK020"),
    "ten thousand question marks": ("? " * 10_000, "CK020"),
    "ten thousand tags": ("a: " + "!!str " * 10_000, "CK020"),
    "a NUL byte": ("license: mit\0", "CK020"),
    "a control character": ("license: mit\x07", "CK020"),
    "half of a surrogate pair as an escape": ('license: "\\ud800"', "CK203"),
    "a number of a million digits": ("license: " + "9" * MIB, "CK203"),
    "a key of a megabyte": ("license: x\n" + "k" * MIB + ": 1", "CK203"),
    "the same key ten thousand times": ("a: 1\n" * 10_000, "CK021"),
    "a megabyte of keys": (
        "license: x\n" + "".join(f"key{i}: value of number {i}\n" for i in range(32_000)),
        "CK203",
    ),
    "a megabyte of tags": ("license: x\ntags:\n" + "- a tag\n" * 130_000, "CK203"),
    "a megabyte of languages": ("language:\n" + "- english\n" * 20_000, "CK201"),
    "a megabyte of empty items": ("datasets:\n" + "-\n" * 20_000, "CK102"),
    "a megabyte in one line": ("license: x\ntags: [" + "a, " * 350_000 + "a]", "CK203"),
    "a megabyte of blanks": ("license: x" + " " * MIB + "y", "CK203"),
    "a megabyte of blank lines": ("license: x" + "\n" * MIB, "CK203"),
    "a megabyte of quotes": ("license: x\na: '" + "''" * (MIB // 2) + "'", "CK203"),
    "a megabyte of escapes": ('license: x\na: "' + "\\n" * (MIB // 2) + '"', "CK203"),
    "an open quote": ("license: 'x\n" + "a line of text\n" * 70_000, "CK020"),
    "a long trial": ("a: &x\n" * 3_000, "CK021"),
}  # fmt: skip


@pytest.mark.parametrize(("block", "code"), BLOCKS.values(), ids=list(BLOCKS))
def test_a_finding_in_bounded_time_and_memory(tmp_path: Path, block: str, code: str) -> None:
    data = f"---\n{block}\n---\n# A model\n".encode()
    found = lint(tmp_path / "README.md", data)
    assert code in {item["code"] for item in found}, [item["code"] for item in found[:20]]


def test_a_scalar_of_ten_megabytes(tmp_path: Path) -> None:
    text = b"---\nlicense: x\na: |\n" + b"  a line of text\n" * 612_000 + b"---\n"
    assert 9.9 * MIB < len(text) < 10 * MIB
    assert "CK203" in {item["code"] for item in lint(tmp_path / "README.md", text)}


def test_larger_than_any_card_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"---\na: " + b"x" * (11 * MIB))
    command = [sys.executable, "-m", "cardkit", "lint", str(path)]
    result = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    assert result.returncode == 2
    assert b"too large" in result.stderr


def test_bytes_that_are_half_of_a_surrogate_pair(tmp_path: Path) -> None:
    data = b"---\nlicense: \xed\xa0\x80\n---\n"
    assert [item["code"] for item in lint(tmp_path / "README.md", data)] == ["CK001"]


def test_a_megabyte_before_any_block(tmp_path: Path) -> None:
    for data in (
        b"-" * MIB,
        b"---\n" * (MIB // 4),
        b"\n" * MIB + b"---\na",
        b"a: b\n" * (MIB // 5),
    ):
        assert Source(data).text
        assert lint(tmp_path / "README.md", data)
