"""A model folder as the readers see it: its file names, and its small files with their limits."""

import json
import os
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

#: A configuration is small; what is larger is something else by the same name.
MAX_BYTES: Final = 5 * 1024 * 1024
_MAX_FILES: Final = 20_000
_SKIP: Final = frozenset((".git", ".cache", "__pycache__", "node_modules", ".venv", "venv"))
_POINTER: Final = b"version https://git-lfs.github.com/spec/"


class Fact(NamedTuple):
    """One thing a file proves: its name (a metadata field or a line of the card), value and place."""

    name: str
    value: Any
    file: str
    key: str

    @property
    def source(self) -> str:
        """File and key, as one text."""
        return f"{self.file}: {self.key}"


class Folder:
    """A folder: the paths of its files, and what went wrong while reading them.

    Nothing outside is read on the word of a file inside: :meth:`path` refuses names that lead out.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[str] = []
        #: files that are Git LFS pointers, met while reading
        self.pointers: list[str] = []

    @cached_property
    def names(self) -> list[str]:
        """The paths of all files, with "/" between their parts, in order."""
        return sorted(_walk(self.root))

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        return os.path.isfile(os.path.join(self.root, *name.split("/")))

    def ending(self, *ends: str) -> list[str]:
        """Return the files whose names end so."""
        return [name for name in self.names if name.endswith(ends)]

    def path(self, name: str) -> str | None:
        """Return the path of a file that another file names; None, and a problem, if it leads out."""
        parts = name.replace("\\", "/").split("/")
        if os.path.isabs(name) or ".." in parts or ":" in parts[0] or "\0" in name:
            self.problems.append(f"{name!r} leads out of the folder; it was not read")
            return None
        return os.path.join(self.root, *parts)

    def data(self, name: str, limit: int = MAX_BYTES) -> bytes | None:
        """Return the bytes of a file; None if it is missing, too large or unreadable."""
        path = self.path(name)
        if path is None or not self.has(name):
            return None
        try:
            if os.path.getsize(path) > limit:
                self.problems.append(f"{name} is larger than {limit // 2**20} MB; it was not read")
                return None
            with open(path, "rb") as file:
                found = file.read(limit)
        except OSError as error:
            self.problems.append(f"{name} cannot be read: {error.strerror or error}")
            return None
        if found.startswith(_POINTER):
            self.is_pointer(name)
            return None
        return found

    def text(self, name: str, limit: int = MAX_BYTES) -> str | None:
        """Return the text of a file; None if there is none."""
        found = self.data(name, limit)
        return None if found is None else found.decode("utf-8", "replace")

    def json(self, name: str, limit: int = MAX_BYTES) -> Any:
        """Return what a JSON file holds; None if it is missing or no JSON."""
        found = self.data(name, limit)
        if found is None:
            return None
        try:
            return json.loads(found.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            self.problems.append(f"{name} is not valid JSON ({error}); nothing was taken from it")
            return None

    def is_pointer(self, name: str) -> bool:
        """Tell a Git LFS pointer from the file it stands for, and say so."""
        path = self.path(name)
        try:
            with open(path or "", "rb") as file:
                pointer = file.read(len(_POINTER)) == _POINTER
        except OSError as error:
            self.problems.append(f"{name} cannot be read: {error.strerror or error}")
            return True
        if pointer and name not in self.pointers:
            self.pointers.append(name)
        return pointer


def _walk(root: str) -> Iterator[str]:
    """Yield the files of a folder, those of version control and caches left out."""
    count = 0
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIP)
        below = os.path.relpath(place, root).replace(os.sep, "/")
        for name in files:
            count += 1
            if count > _MAX_FILES:
                return
            yield name if below == "." else f"{below}/{name}"


def number(value: Any) -> float | int | None:
    """Return a finite number as it is, None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if value == value and abs(value) != float("inf") else None


def count(value: Any) -> int | None:
    """Return a positive whole number of a size that files have, None for all else."""
    return value if isinstance(value, int) and number(value) and 0 < value < 10**15 else None
