"""Putting the block into a card: exactly there, wholly or not at all."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe_records import RECORD, with_results

from cardkit.card import Card
from cardkit.discover import read
from cardkit.errors import InputError
from cardkit.files import write
from cardkit.measured import find_measured
from cardkit.probe.insert import STAND_IN, find_place, insert
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.record import Estimate
from cardkit.probe.section import render
from cardkit.text import Source

BLOCK = render(RECORD)
OTHER = render(with_results(mean_size=Estimate(2.0, 1.0, 3.0)))
BEGIN, END = BLOCK.splitlines()[0], BLOCK.splitlines()[-1]
HEADING = "Bias and risks"

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


def insert_section(text: str, block: str) -> str:
    card = Card.from_text(text)
    return card.source.encode(insert(card, block).text).decode("utf-8")


def test_a_new_block_goes_to_the_end_of_the_bias_section() -> None:
    before, after = CARD.split("### Recommendations")
    assert insert_section(CARD, BLOCK) == f"{before}{BLOCK}\n\n### Recommendations{after}"


@pytest.mark.parametrize(
    "heading",
    [
        "## Bias",
        "Bias, Risks, and Limitations\n---",
        "###### Risks and Biases ##",
        "# bias\t",
        "<h2>Ethical considerations</h2>",
        "## ⚠️ Limitations and bias",
        "**Bias**",
        "##Bias",
        "## Sesgos y limitaciones",
        "## Biais et risques",
        "## Verzerrungen und Risiken",
        "## 偏见与风险",
        "## バイアスとリスク",
    ],
)
def test_headings_that_name_bias_in_any_language(heading: str) -> None:
    text = f"# Model\n\nWords.\n\n{heading}\n\nWords.\n\n## Next\n"
    place = find_place(Card.from_text(text))
    assert not place.level
    assert text[place.offset :] == "## Next\n"


PLACES = {
    "the part on bias of a section on more": (
        "## Limitations and bias\n\n### Limitations\n\nx\n\n### Bias\n\nx\n\n", "## Next\n"
    ),
    "before a sub-section": ("## Bias\n\nx\n\n", "### Recommendations\n\nx\n\n## Next\n"),
    "after bold lines": ("## Bias\n\nx\n\n**By gender**\n\nx\n\n", "## Next\n"),
    "a heading before a bold line": ("**Bias**\n\nx\n\n## Bias\n\nx\n\n", "## Next\n"),
    "the first of two": ("## Bias\n\nx\n\n", "## Next\n\nx\n\n## Risks\n\nx\n"),
    "not the card that is quoted": (
        "## Bias\n\nx\n\n", "# Original model card\n\n## Bias\n\nx\n"
    ),
    "not a quotation": ("> ## Bias\n\n## Bias\n\nx\n\n", "## Next\n"),
    "not in code": ("```\n## Bias\n```\n\n## Bias\n\nx\n\n", "## Next\n"),
    "HTML": ("<h2>Bias</h2>\n<p>x</p>\n\n", "<h2>Next</h2>\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_the_place_within_a_card(name: str) -> None:
    before, after = ("# Model\n\nWords.\n\n" + PLACES[name][0], PLACES[name][1])
    assert insert_section(before + after, BLOCK) == f"{before}{BLOCK}\n\n{after}"


def test_an_organisations_own_heading() -> None:
    text = "# Model\n\n## House rule 7\n\nWords.\n\n## Next\n"
    own = {"house rule 7": frozenset(("bias-risks",))}
    card = Card(Card.from_text(text).source, headings=own)
    assert insert(card, BLOCK).text == text.replace("## Next", f"{BLOCK}\n\n## Next")


@pytest.mark.parametrize(
    "text",
    [
        "# Model\n\nBias\n",
        "    ## Bias\n",
        "```\n## Bias\n```\n",
        "## Model\n",
    ],
)
def test_without_such_a_heading_one_is_made_at_the_end(text: str) -> None:
    result = insert_section(text, BLOCK)
    assert result == f"{text}\n## {HEADING}\n\n{BLOCK}\n"
    assert Card.from_text(result).verdicts["bias-risks"].level == "covered"


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_new_heading_is_as_high_as_its_fellows(level: int) -> None:
    text = f"# Model\n\nWords.\n\n{'#' * level} Training data\n\nx\n"
    assert insert_section(text, BLOCK) == f"{text}\n{'#' * level} {HEADING}\n\n{BLOCK}\n"


def test_a_new_section_stands_before_a_quoted_card() -> None:
    before, after = "# Model\n\nWords.\n\n", "# Original model card\n\n## Uses\n\nx\n"
    section = f"## {HEADING}\n\n{BLOCK}\n\n"
    assert insert_section(before + after, BLOCK) in (
        before + section + after,
        before + section[1:] + after,
    )


@pytest.mark.parametrize("text", ["", "\n", "# Model", "# Model\n", "# Model\n\n"])
def test_blank_lines_around_a_new_section(text: str) -> None:
    result = insert_section(text, BLOCK)
    assert result.startswith(text)
    assert result.endswith(f"## {HEADING}\n\n{BLOCK}\n")
    assert "\n\n\n" not in result.removeprefix(text)


@pytest.mark.parametrize(
    "text",
    ["# A\n\n```\ncode\n", "# A\n\n<!-- a note\n", "# A\n\n<pre>\nx\n", "# A\n\n~~~~\n```\n~~~\n"],
)
def test_no_block_is_written_where_nobody_would_see_it(text: str) -> None:
    for block in (BLOCK, STAND_IN):
        with pytest.raises(InputError, match=r"^line \d: .* not closed"):
            insert_section(text, block)


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
    result = insert(Card.from_text(head + BLOCK + tail), OTHER)
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
    try:
        result = insert_section(card, BLOCK)
    except InputError:
        return  # code that nobody closed would swallow it: refused
    assert insert_section(result, BLOCK) == result
    written = BLOCK.replace("\n", newline if newline in card else "\n")
    at = result.index(written)
    rest = result[:at] + result[at + len(written) :]
    lines = [line.strip("\ufeff ") for line in rest.splitlines()]
    left = [line for line in lines if line and not line.endswith(f"# {HEADING}")]
    assert left == [line.strip("\ufeff ") for line in card.splitlines() if line.strip("\ufeff ")]


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


def test_only_the_block_is_new_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"\xef\xbb\xbf# A\r\n\r\n## Bias\r\n\r\nold \t \r\n")
    source = read(str(path))
    new = insert(Card(source), BLOCK).text
    write(str(path), source.encode(new), source.data)
    block = BLOCK.replace("\n", "\r\n").encode()
    assert path.read_bytes() == source.data + b"\r\n" + block + b"\r\n"


@pytest.mark.parametrize("moment", ["os.fsync", "os.replace"])
def test_killed_in_the_middle_the_card_is_as_it_was(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"# A\n")
    code = f"""
import os, signal
from cardkit.card import Card
from cardkit.discover import read
from cardkit.files import write
from cardkit.probe.insert import STAND_IN, insert
source = read({str(path)!r})
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
{moment} = kill
write(source.path, source.encode(insert(Card(source), STAND_IN).text), source.data)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"# A\n"


def test_the_block_speaks_of_bias_alone() -> None:
    """Its own limits and its lines on reading are not the author's words on anything."""
    for heading in ("## Limitations and bias", "## Bias, Risks, and Limitations", "## Notes"):
        text = f"# Model\n\nWords.\n\n{heading}\n\nTODO: write this.\n\n## Next\n"
        before = Card.from_text(text).verdicts
        after = Card.from_text(insert_section(text, BLOCK)).verdicts
        assert after["bias-risks"].level == "covered"
        changed = {topic for topic in before if before[topic].level != after[topic].level}
        assert changed == {"bias-risks"}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_linter_finds_the_block_that_was_written(newline: str) -> None:
    text = CARD.replace("\n", newline)
    result = Card.from_text(text)
    new = insert(result, BLOCK).text
    block = find_block(new)
    assert block is not None
    assert find_measured(new) == (block.start, block.end)
    assert find_measured(text) is None
    assert find_measured(new.replace(END, "")) is None


def test_real_cards_keep_their_words_and_their_other_topics(real_cards: dict[str, bytes]) -> None:
    refused = 0
    for name in sorted(real_cards)[::40]:
        card = Card(Source(real_cards[name]))
        if card.source.problem or b"cardkit:bias-probe" in real_cards[name]:
            continue
        try:
            new = insert(card, BLOCK).text
        except InputError:
            refused += 1
            continue
        block = find_block(new)
        assert block is not None, name
        ours = new[block.start : block.end]
        rest = (new[: block.start] + new[block.end :]).splitlines()
        words = [line for line in rest if line.strip() and not line.endswith(f"# {HEADING}")]
        assert words == [line for line in card.text.splitlines() if line.strip()], name
        again = card.with_source(Source(card.source.encode(new)))
        assert insert(again, ours).text == new
        levels = {t: v.level for t, v in card.verdicts.items() if t != "bias-risks"}
        assert {t: v.level for t, v in again.verdicts.items() if t != "bias-risks"} == levels, name
        assert again.verdicts["bias-risks"].level == "covered", name
    assert refused <= 2
