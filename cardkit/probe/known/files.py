"""The authors' files, read with one clear message for whatever is wrong in them."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from cardkit.errors import InputError

Rows = list[dict[str, str]]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file; a folder or a missing file is an InputError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def read_text(path: Path) -> str:
    """Return a file's text; one that is not UTF-8 is an InputError."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text") from None


def read_rows(path: Path, columns: Sequence[str], delimiter: str = ",") -> Rows:
    """Return the rows of a table, each with the columns asked for.

    Raises:
        InputError: no such file, a column is missing, or a row is short.
    """
    reader = csv.DictReader(read_text(path).splitlines(keepends=True), delimiter=delimiter)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"{path}: has no column {', '.join(missing)}; is it the authors' own file?"
        )
    rows = list(reader)
    for number, row in enumerate(rows, start=1):
        if any(row[column] is None for column in columns):
            raise InputError(f"{path}: row {number} is short")
    if not rows:
        raise InputError(f"{path}: holds no row")
    return rows


def release(data: bytes, known: dict[str, str]) -> str | None:
    """Return which known release some bytes are, or None."""
    return known.get(hashlib.sha256(data).hexdigest())
