"""Putting the block into a card: exactly there, wholly or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe_records import RECORD, with_results

from cardkit.errors import ChangedOnDisk, InputError
from cardkit.probe.insert import (
    HEADING,
    find_place,
    insert,
    insert_section,
    read_card,
    write_card,
)
from cardkit.probe.markers import END, find_block, find_record
from cardkit.probe.record import Estimate
from cardkit.probe.section import render

BLOCK = render(RECORD)
OTHER = render(with_results(mean_size=Estimate(2.0, 1.0, 3.0)))
BEGIN = BLOCK.splitlines()[0]

CARD = """\
---
license: mit
# a comment, no heading about bias
---

# Model

Text.

```python
# bias: not a heading
```

## Limitations and bias

It has some.

### Recommendations

Take care.

## Training
"""


def test_a_new_block_goes_to_the_end_of_the_bias_section() -> None:
    before, after = CARD.split("### Recommendations")
    assert insert_section(CARD, BLOCK) == f"{before}{BLOCK}\n\n### Recommendations{after}"


@pytest.mark.parametrize(
    "heading",
    ["## Bias", "Bias, Risks, and Limitations\n---", "###### Risks and Biases ##", "# bias\t"],
)
def test_headings_that_speak_of_bias(heading: str) -> None:
    text = f"# Model\n\n{heading}\n\nWords.\n\n## Next\n"
    place = find_place(text)
    assert not place.new_heading
    assert text[place.offset :] == "## Next\n"


@pytest.mark.parametrize(
    "text",
    ["# Model\n\nBias\n", "## Biased\n", "    ## Bias\n", "```\n## Bias\n```\n", "## Model\n"],
)
def test_without_such_a_heading_one_is_made_at_the_end(text: str) -> None:
    assert insert_section(text, BLOCK) == f"{text}\n## {HEADING}\n\n{BLOCK}\n"


@pytest.mark.parametrize("text", ["", "\n", "# Model", "# Model\n", "# Model\n\n"])
def test_blank_lines_around_a_new_section(text: str) -> None:
    result = insert_section(text, BLOCK)
    assert result.startswith(text)
    assert result.endswith(f"## {HEADING}\n\n{BLOCK}\n")
    assert "\n\n\n" not in result.removeprefix(text)


def test_the_place_can_come_from_elsewhere() -> None:
    from cardkit.probe.insert import Place

    result = insert("one\n\ntwo\n", BLOCK, lambda text: Place(text.index("two"), "x", False))
    assert result.text == f"one\n\n{BLOCK}\n\ntwo\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_follow_the_card(newline: str) -> None:
    card = CARD.replace("\n", newline)
    result = insert_section(card, BLOCK)
    assert result == insert_section(CARD, BLOCK).replace("\n", newline)
    assert insert_section(result, BLOCK) == result


def test_a_second_time_changes_nothing() -> None:
    once = insert_section(CARD, BLOCK)
    assert insert_section(once, BLOCK) == once


def test_an_old_block_is_replaced_exactly_where_it_stands() -> None:
    head, tail = "# A\n\nBefore.  \n", "   \n\n\nAfter, edited by hand\n## Bias\n"
    result = insert(head + BLOCK + tail, OTHER)
    assert result.text == head + OTHER + tail
    assert result.place is None


lines = st.lists(
    st.sampled_from(
        ["", "# A", "## Bias", "text", "```", "~~~", "- x", "---", "\ufeff", "    code"]
    ),
    max_size=12,
)


@given(before=lines, after=lines, newline=st.sampled_from(["\n", "\r\n"]))
def test_what_stands_around_a_block_survives(
    before: list[str], after: list[str], newline: str
) -> None:
    head = newline.join(["", *before, ""])
    tail = newline.join(["", *after, ""])
    card = head + BLOCK.replace("\n", newline) + tail
    try:
        block = find_block(card)
    except InputError:
        return  # an open fence before it swallows a marker: refused
    if block is None:
        return  # all of it is code
    assert insert_section(card, OTHER) == head + OTHER.replace("\n", newline) + tail


@given(before=lines, newline=st.sampled_from(["\n", "\r\n"]))
def test_a_new_block_takes_nothing_away(before: list[str], newline: str) -> None:
    card = newline.join(before)
    result = insert_section(card, BLOCK)
    written = BLOCK.replace("\n", newline if newline in card else "\n")
    at = result.index(written)
    rest = result[:at] + result[at + len(written) :]
    left = [line for line in rest.splitlines() if line.strip() not in ("", f"## {HEADING}")]
    assert left == [line for line in card.splitlines() if line.strip()]


DAMAGED = {
    "begin without end": (BLOCK.removesuffix(END), "lines? 1: .*no end"),
    "end without begin": (BLOCK.removeprefix(BEGIN), "no beginning"),
    "doubled": (f"{BLOCK}\n\n{BLOCK}", "more than one block"),
    "nested": (BLOCK.replace("\n\n", f"\n\n{BEGIN}\n\n", 1), "lines 1, 3: .*inside another"),
    "two ends": (f"{BLOCK}\n{END}", "ends twice"),
    "turned round": (f"{END}\n{BEGIN}", "lines 1, 2: .*ends before it begins"),
    "not alone": (BLOCK.replace(BEGIN, f"See: {BEGIN}"), "line 1: .*stand alone"),
    "cut off": (BLOCK.replace(BEGIN, BEGIN.removesuffix(" -->")), "line 1: .*complete"),
    "misspelt": (BLOCK.replace(END, "<!-- cardkit:bias-probe ende -->"), "stand alone"),
    "fence left open": (BLOCK.replace("\n```\n", "\n"), "no end"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_markers_are_refused_with_their_lines(name: str) -> None:
    text, message = DAMAGED[name]
    for act in (find_block, find_record, lambda card: insert_section(card, OTHER)):
        with pytest.raises(InputError, match=message):
            act(text)


def test_markers_shown_as_code_are_no_markers() -> None:
    text = f"# How\n\n```\n{BEGIN}\n```\n\nThe line `{END}` closes it.\n"
    assert find_block(text) is None
    assert insert_section(text, BLOCK).startswith(text)


def test_a_block_without_a_readable_record() -> None:
    text = BLOCK.replace('"seed": 0', '"seed": ')
    with pytest.raises(InputError, match=r"line \d+: record: not valid JSON"):
        find_record(text)
    assert insert_section(text, BLOCK) == BLOCK
    with pytest.raises(InputError, match="holds no record"):
        find_record(f"{BEGIN}\n{END}")


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_only_the_block_is_new_on_disk(tmp_path: Path) -> None:
    path = written(tmp_path / "README.md", b"\xef\xbb\xbf# A\r\n\r\n## Bias\r\n\r\nold \t \r\n")
    path.chmod(0o640)
    card = read_card(path)
    write_card(card, insert_section(card.text, BLOCK))
    block = BLOCK.replace("\n", "\r\n").encode()
    assert path.read_bytes() == card.data + b"\r\n" + block + b"\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["README.md"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = written(tmp_path / "real" / "card.md", b"# A\n")
    link = tmp_path / "README.md"
    link.symlink_to(target)
    write_card(read_card(link), "# B\n")
    assert link.is_symlink()
    assert target.read_bytes() == b"# B\n"


@pytest.mark.parametrize("change", ["edited", "deleted", "same length"])
def test_a_card_changed_since_it_was_read_is_left_alone(tmp_path: Path, change: str) -> None:
    path = written(tmp_path / "README.md", b"# A\n")
    card = read_card(path)
    if change == "deleted":
        path.unlink()
    else:
        stat = path.stat()
        path.write_bytes(b"# B\n" if change == "same length" else b"# A\n\nMore.\n")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    now = path.read_bytes() if path.exists() else None
    with pytest.raises(ChangedOnDisk, match="changed by someone else"):
        write_card(card, "# C\n")
    assert (path.read_bytes() if path.exists() else None) == now
    assert os.listdir(tmp_path) == (["README.md"] if now else [])


def test_a_read_only_card_is_refused_even_for_an_administrator(tmp_path: Path) -> None:
    path = written(tmp_path / "README.md", b"# A\n")
    path.chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        read_card(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _path: None, "no such card"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.write_bytes(b"caf\xe9"), r"not UTF-8 \(byte 3\)"),
    ],
)
def test_a_card_that_cannot_be_read(tmp_path: Path, make, message: str) -> None:
    make(tmp_path / "README.md")
    with pytest.raises(InputError, match=message):
        read_card(tmp_path / "README.md")


def test_a_full_disk_leaves_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "README.md", b"# A\n")
    card = read_card(path)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_card(card, "# B\n")
    assert path.read_bytes() == b"# A\n"
    assert os.listdir(tmp_path) == ["README.md"]


@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
def test_killed_in_the_middle_the_card_is_as_it_was(tmp_path: Path, moment: str) -> None:
    path = written(tmp_path / "README.md", b"# A\n")
    code = f"""
import os, pathlib, signal
from cardkit.probe.insert import read_card, write_card
card = read_card({str(path)!r})
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
{moment} = kill
write_card(card, "# B" * 100_000)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"# A\n"
