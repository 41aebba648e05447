"""Put the block into the text of a card, and the text into its file, without touching the rest."""

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cardkit.errors import ChangedOnDisk, InputError
from cardkit.probe.markers import Line, body_lines, find_block

HEADING = "Bias, Risks, and Limitations"
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*[\r\n]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*[\r\n]*")
_BIAS = re.compile(r"\bbias(es)?\b", re.IGNORECASE)


class Place(NamedTuple):
    """Where a new block goes: a character offset, and whether a heading has to be made for it."""

    offset: int
    heading: str
    new_heading: bool


class Inserted(NamedTuple):
    """The new text, and the heading under which the block stands if it was not there before."""

    text: str
    place: Place | None


class CardFile(NamedTuple):
    """A card as it was read. ``path`` is the file itself, links resolved."""

    path: Path
    data: bytes
    text: str


def insert_section(text: str, block: str, find: Callable[[str], Place] | None = None) -> str:
    """Return the card with the block in it; see ``insert``."""
    return insert(text, block, find).text


def insert(text: str, block: str, find: Callable[[str], Place] | None = None) -> Inserted:
    """Put the block into the text of a card.

    A block that is there already is replaced exactly; otherwise ``find`` says where a new one
    goes. Line ends follow the card's. Nothing outside the block changes, except that a new block
    gets blank lines around it and, where there is none, a heading.

    Raises:
        InputError: the markers in the card are damaged.
    """
    newline = newline_of(text)
    block = block.replace("\n", newline)
    old = find_block(text)
    if old is not None:
        return Inserted(text[: old.start] + block + text[old.end :], None)
    place = (find or find_place)(text)
    before, after = text[: place.offset], text[place.offset :]
    heading = f"## {place.heading}{newline}{newline}" if place.new_heading else ""
    lead = _blank_line_after(before, newline)
    trail = newline if not after else newline + ("" if _starts_blank(after) else newline)
    return Inserted(f"{before}{lead}{heading}{block}{trail}{after}", place)


def find_place(text: str) -> Place:
    """Find the end of the first section whose heading speaks of bias; else the end of the card.

    The end of a section is before its first subsection or the next heading. The work of a topic
    finder, done with headings alone.
    """
    lines = body_lines(text)
    headings = _headings(lines)
    for index, (_, title) in enumerate(headings):
        if _BIAS.search(title):
            following = headings[index + 1 :]
            return Place(following[0][0].start if following else len(text), title, False)
    return Place(len(text), HEADING, True)


def newline_of(text: str) -> str:
    """Return the line end that the text uses first, LF if it has none."""
    match = re.search(r"\r\n|\n|\r", text)
    return match[0] if match else "\n"


def read_card(path: str | os.PathLike[str]) -> CardFile:
    """Read a card that is to be written later.

    Raises:
        InputError: missing, a folder, not UTF-8, or not writable.
    """
    real = Path(os.path.realpath(path))
    try:
        mode = real.stat().st_mode
        data = real.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such card; `cardkit new` writes one") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    # An administrator may write anything, yet someone has marked the file as not to be written.
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
        raise InputError(f"{path}: the card is read-only")
    try:
        return CardFile(real, data, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start})") from None


def write_card(card: CardFile, text: str) -> None:
    """Replace the card's file by the new text: wholly or not at all, its mode kept.

    The text is written to a new file in the same folder, which then takes the card's name in one
    step; killed before that step, the card is as it was.

    Raises:
        ChangedOnDisk: the file is not what was read.
        InputError: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{card.path.name}.", dir=card.path.parent)
    except OSError as error:
        raise InputError(f"{card.path}: cannot be written: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if not card.path.exists() or card.path.read_bytes() != card.data:
            raise ChangedOnDisk(
                f"{card.path}: changed by someone else since it was read; nothing was written"
            )
        temporary.chmod(stat.S_IMODE(card.path.stat().st_mode))
        temporary.replace(card.path)
    except OSError as error:
        raise InputError(f"{card.path}: cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _headings(lines: list[Line]) -> list[tuple[Line, str]]:
    found = []
    for index, line in enumerate(lines):
        if match := _ATX.fullmatch(line.text):
            found.append((line, match[2]))
            continue
        above = lines[index - 1] if index else None
        if (
            above is not None
            and above.number == line.number - 1
            and _UNDERLINE.fullmatch(line.text)
            and above.text.strip()
            and not above.text.lstrip().startswith(("#", "|", "-", ">"))
        ):
            found.append((above, above.text.strip()))
    return found


def _blank_line_after(before: str, newline: str) -> str:
    if not before:
        return ""
    if not before.endswith(("\n", "\r")):
        return newline * 2
    return "" if before.endswith(newline * 2) else newline


def _starts_blank(after: str) -> bool:
    return after.startswith(("\n", "\r"))
