"""Scores kept in a file as they come, so that a run that was killed can go on."""

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from cardkit.errors import InputError
from cardkit.probe.rows import RowTable

FORMAT = "cardkit-bias-probe-scores"


@dataclass(slots=True)
class Store:
    """Query number -> log-probability in nats; every addition is on disk when ``add`` returns."""

    path: Path
    file: IO[str]
    known: dict[int, float] = field(default_factory=dict)

    def add(self, numbers: list[int], values: list[float]) -> None:
        """Keep some scores."""
        self.file.write(json.dumps([numbers, values]) + "\n")
        self.file.flush()

    def close(self, *, done: bool) -> None:
        """Close the file; when all is done it is not needed any more and is deleted."""
        self.file.close()
        if done:
            self.path.unlink(missing_ok=True)


def fingerprint(table: RowTable, files: dict[str, str], *how: str) -> str:
    """Return a hash of what is asked (every row, every query) of which model.

    ``how`` is what else a score depends on: precision, device, versions of libraries.
    """
    digest = hashlib.sha256(json.dumps([sorted(files.items()), *how]).encode())
    for row in table.rows:
        digest.update(repr(row).encode())
    for query in table.queries:
        digest.update(repr(tuple(query)).encode())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Return the user's folder for interrupted runs, where the platform wants such files.

    XDG_CACHE_HOME, where it is set, comes first on every platform.
    """
    home = os.path.expanduser("~")
    local = os.environ.get("LOCALAPPDATA", os.path.join(home, "AppData", "Local"))
    usual = {"win32": local, "darwin": os.path.join(home, "Library", "Caches")}
    base = os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform, os.path.join(home, ".cache"))
    return Path(base, "cardkit", "bias-probe")


def open_kept(folder: Path, key: str) -> Store | None:
    """Open the file of this very measurement in a folder for interrupted runs, or begin one.

    Returns:
        None if no file can be kept there, which is no reason not to measure.
    """
    path = folder / f"{key[:32]}.scores"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(InputError):
            return open_store(path, key)
        path.unlink()  # damaged: nothing in it can be used
        return open_store(path, key)
    except (OSError, InputError):
        return None


def open_store(path: Path, key: str) -> Store:
    """Open a file of scores, or begin one.

    Raises:
        InputError: it belongs to another measurement, is no such file, or cannot be written.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        known = _known(path, lines, key) if lines else {}
        head = json.dumps({"format": FORMAT, "key": key}) + "\n"
        if known:
            # Written anew, without a line that the kill cut off, and put in place when it is whole.
            new = path.with_name(path.name + ".new")
            kept = json.dumps([list(known), list(known.values())]) + "\n"
            new.write_text(head + kept, encoding="utf-8")
            new.replace(path)
        else:
            path.write_text(head, encoding="utf-8")
        file = path.open("a", encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: scores cannot be kept there: {error}") from None
    return Store(path, file, known)


def _known(path: Path, lines: list[str], key: str) -> dict[int, float]:
    head: Any = None
    with contextlib.suppress(ValueError):
        head = json.loads(lines[0])
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InputError(f"{path}: no scores of an interrupted run; give another file")
    if head.get("key") != key:
        raise InputError(
            f"{path}: scores of another model, suite or precision; give another file or delete it"
        )
    known: dict[int, float] = {}
    for line in lines[1:]:
        with contextlib.suppress(ValueError):
            numbers, values = json.loads(line)
            known.update(zip(numbers, values, strict=True))
    return known
