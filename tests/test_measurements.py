"""CK512 and CK809: what the bias probe wrote, edited or stale, without the probe's own code."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardkit.card import Card
from cardkit.discover import read
from cardkit.engine import lint
from cardkit.facts.thumbprint import LARGE, is_same, thumbprint
from cardkit.measured import block_sum, is_edited, measured_files, seal
from cardkit.selection import select

CHECKS = select("documented", ["CK512", "CK809"])
BODY = """\
**Gemessen: 性别 · genre.** In 14 Sätzen, 量了 60 个词; la cote change de 2,51.

| | she − he (nats) | 95 % interval | n |
|---|---:|---:|---:|
| mean lean | −0.13 | [−0.43, +0.17] | 14 × 60 |

- p < 0.001

<details>
<summary>record</summary>

```json
RECORD
```

</details>"""


def block(files: dict[str, str], prints: dict[str, str] | None = None) -> str:
    model: dict[str, Any] = {"name": "m", "files": files, "thumbprints": prints or {}}
    record = json.dumps({"model": model, "mean": -0.134}, indent=1)
    begin = "<!-- cardkit:bias-probe begin suite=mood-en@1.0.0 -->"
    end = "<!-- cardkit:bias-probe end -->"
    return seal(f"{begin}\n\n{BODY.replace('RECORD', record)}\n\n{end}")


BLOCK = block({"config.json": "0" * 64})


def found(folder: Path, text: str) -> list[tuple[str, int, str]]:
    path = folder / "README.md"
    path.write_bytes(f"# A model\n\n{text}\n\nMore.\n".encode())
    report = lint(Card(read(str(path)), kind="model"), CHECKS)
    return [(one.code, one.start.line, one.message) for one in report.diagnostics]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("−0.13", "−0.03"),
        ("−0.13", "+0.13"),
        ("−0.13", "0.13"),
        ("-0.134", "0.134"),
        ("14 Sätzen", "15 Sätzen"),
        ("2,51", "251."),
        ("量了", "没量"),
        ("p < 0.001", "p > 0.001"),
        ("0.17", "01.7"),
        ("| mean lean | −0.13 |", "| mean lean |"),
        ("−0.13 | [−0.43", "−0.1 | [3−0.43"),
        ("14 × 60 |", "1 4 × 60 |"),
    ],
)
def test_an_edited_number_word_or_sign_is_found(tmp_path: Path, old: str, new: str) -> None:
    assert old in BLOCK
    assert found(tmp_path, BLOCK) == []
    ((code, line, message),) = found(tmp_path, BLOCK.replace(old, new, 1))
    assert (code, line) == ("CK512", 3)
    assert message.startswith("the measurement was edited")


LAID_OUT = {
    "CRLF": BLOCK.replace("\n", "\r\n"),
    "CR": BLOCK.replace("\n", "\r"),
    "trailing spaces": BLOCK.replace("\n", "  \n").removesuffix("  "),
    "blank lines": BLOCK.replace("\n\n", "\n\n\n"),
    "wider table": BLOCK.replace("|---|---:|", "| :--- | -------: |").replace("| n |", "|   n  |"),
    "other emphasis": BLOCK.replace("**", "__"),
    "other bullets": BLOCK.replace("- p", "* p"),
    "a comment": BLOCK.replace("<details>", "<!-- cardkit: ignore[CK203] 3 reasons -->\n<details>"),
    "indented record": BLOCK.replace('\n "', '\n     "'),
}


@pytest.mark.parametrize("name", LAID_OUT)
def test_another_layout_is_no_edit(tmp_path: Path, name: str) -> None:
    assert LAID_OUT[name] != BLOCK
    assert found(tmp_path, LAID_OUT[name]) == []


def test_a_block_without_a_sum_says_nothing(tmp_path: Path) -> None:
    bare = "<!-- cardkit:bias-probe end -->"
    old = BLOCK[: BLOCK.rindex("<!--")] + bare
    assert found(tmp_path, old) == []
    assert found(tmp_path, old.replace("−0.13", "0")) == []


@given(st.data())
def test_any_letter_or_digit_counts_and_no_space_does(data: st.DataObject) -> None:
    start, end = BLOCK.index("**Gemessen"), BLOCK.rindex("<!--")
    telling = [n for n in range(start, end) if BLOCK[n].isalnum()]
    place = data.draw(st.sampled_from(telling))
    other = data.draw(st.sampled_from([c for c in "07aé量" if c != BLOCK[place]]))
    assert is_edited(BLOCK[:place] + other + BLOCK[place + 1 :])
    spaces = [n for n in range(start, end) if BLOCK[n] in " \n"]
    place = data.draw(st.sampled_from(spaces))
    assert not is_edited(BLOCK[:place] + data.draw(st.sampled_from(" \n\t")) + BLOCK[place:])


def test_sealing_twice_changes_nothing_in_the_sum() -> None:
    assert BLOCK.endswith(f"sum={block_sum(BLOCK)} -->")


def test_a_block_shown_as_code_is_somebody_elses(tmp_path: Path) -> None:
    assert found(tmp_path, "No markers at all.") == []


CONFIG = b'{\n "model_type": "bert"\n}\n'


def model(folder: Path, weights: bytes = b"w" * 100) -> str:
    """Make a model's files and return the block that measured them."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_bytes(CONFIG)
    (folder / "model.safetensors").write_bytes(weights)
    one = thumbprint(str(folder / "model.safetensors"))
    files = {"config.json": sha(CONFIG), "model.safetensors": sha(weights)}
    return block(files, {"model.safetensors": one} if one else {})


def test_fresh_files_are_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, model(tmp_path)) == []
    assert found(tmp_path, model(tmp_path, os.urandom(LARGE + 1))) == []


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_changed_file_is_named(tmp_path: Path, name: str) -> None:
    text = model(tmp_path)
    data = bytearray((tmp_path / name).read_bytes())
    data[3] ^= 1
    (tmp_path / name).write_bytes(data)
    message = f"the measurement is stale: {name} has changed since"
    assert found(tmp_path, text) == [("CK809", 3, message)]


def test_files_that_are_not_here_say_nothing(tmp_path: Path) -> None:
    text = model(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / "vocab.txt").write_text("new")
    assert found(tmp_path, text) == []


def test_line_ends_of_a_small_file_do_not_count(tmp_path: Path) -> None:
    text = model(tmp_path)
    other = CONFIG.replace(b"\n", b"\r\n")
    (tmp_path / "config.json").write_bytes(other)
    assert found(tmp_path, text) == []
    (tmp_path / "config.json").write_bytes(CONFIG)
    assert found(tmp_path, block({"config.json": sha(other)})) == []


@pytest.mark.parametrize("same", [True, False])
def test_a_pointer_stands_for_its_file(tmp_path: Path, same: bool) -> None:
    text = model(tmp_path)
    oid = sha(b"w" * 100) if same else "1" * 64
    (tmp_path / "model.safetensors").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 100\n"
    )
    assert [code for code, *_ in found(tmp_path, text)] == ([] if same else ["CK809"])


@pytest.mark.parametrize("share", [1.0, 0.1])
def test_large_weights_that_were_trained_on_are_seen(tmp_path: Path, share: float) -> None:
    """Training moves a part of the file, here its last tenth, or all of it."""
    weights = bytearray(os.urandom(6 * 1024 * 1024))
    text = model(tmp_path, bytes(weights))
    start = int(len(weights) * (1 - share))
    weights[start::2] = bytes(byte ^ 1 for byte in weights[start::2])
    (tmp_path / "model.safetensors").write_bytes(weights)
    assert [code for code, *_ in found(tmp_path, text)] == ["CK809"]
    (tmp_path / "model.safetensors").write_bytes(weights + b"0")
    assert [code for code, *_ in found(tmp_path, text)] == ["CK809"]


def test_large_weights_are_not_read_whole(tmp_path: Path) -> None:
    text = model(tmp_path)
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.truncate(16 * 1024**3)  # a hole: it takes no room
    files = {"config.json": sha(CONFIG), path.name: "0" * 64}
    started = time.monotonic()
    assert found(tmp_path, block(files, {path.name: thumbprint(str(path)) or ""})) == []
    assert [code for code, *_ in found(tmp_path, text)] == []  # no thumbprint: it cannot be told
    assert time.monotonic() - started < 3  # hashing it would take ten times as long


def test_names_that_lead_elsewhere_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    model(folder)
    (tmp_path / "secret").write_text("x")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
    names = ("../secret", "/etc/hostname", "..", "", "pipe", "config.json\0", "config\udc00")
    assert found(folder, block(dict.fromkeys(names, "0" * 64))) == []


@pytest.mark.parametrize(
    "record",
    ["", "[]", "{", "[" * 100_000, '{"model": 3}', '{"model": {"files": 3}}', '{"model": null}'],
)
def test_a_record_that_is_none(tmp_path: Path, record: str) -> None:
    model(tmp_path)
    text = seal(
        "<!-- cardkit:bias-probe begin -->\n```json\n" + record + "\n```\n"
        "<!-- cardkit:bias-probe end -->"
    )
    assert measured_files(text) == []
    assert found(tmp_path, text) == []


def test_a_card_that_lies_beside_no_model(tmp_path: Path) -> None:
    assert found(tmp_path, block({"config.json": "0" * 64})) == []


def test_what_cannot_be_told(tmp_path: Path) -> None:
    assert is_same(str(tmp_path / "none"), "0" * 64, None) is None
    pointer = tmp_path / "pointer"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\nno oid\n")
    assert is_same(str(pointer), "0" * 64, None) is None
