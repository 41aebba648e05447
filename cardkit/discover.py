"""Paths as users give them -> sources to lint."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from cardkit.beside import model_folder
from cardkit.card import DATASET_KEYS, MODEL_KEYS, SPACE_KEYS, Card
from cardkit.errors import InputError
from cardkit.text import Source

#: The path that stands for standard input.
STDIN: Final = "-"
#: Larger files are no cards; the Hub shows no README beyond a few MB either.
MAX_BYTES: Final = 10 * 1024 * 1024
_NAMES: Final = frozenset(("readme.md", "model_card.md", "modelcard.md"))
_SKIPPED: Final = frozenset(
    (".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache")
)


class Found(NamedTuple):
    """One file to look at; ``named`` when the user named it: then it is a card by definition."""

    path: str
    named: bool


def find(paths: tuple[str, ...], only_cards: bool) -> Iterator[Found | InputError]:
    """Yield the files behind some paths, each once, and an error for each path without any.

    Standard input, written ``-``, is passed on as it is.
    """
    seen: set[str] = set()
    for path in paths:
        if os.path.isdir(path):
            candidates = sorted(_walk(path))
            if not candidates:
                yield InputError(
                    f"{path}: no README.md or MODEL_CARD.md in this folder or below it"
                )
        elif path == STDIN or os.path.lexists(path):
            candidates = [path]
        else:
            candidates = []
            yield InputError(f"{path}: no such file or folder")
        for candidate in candidates:
            real = os.path.realpath(candidate)
            if real not in seen:
                seen.add(real)
                yield Found(candidate, candidate is path and not only_cards)


def _walk(folder: str) -> Iterator[str]:
    """Yield the READMEs and MODEL_CARDs below a folder; what git ignores is left out."""
    listed = _git_files(folder)
    if listed is not None:
        for name in listed:
            parts = name.split("/")
            hidden = any(part.startswith(".") or part in _SKIPPED for part in parts[:-1])
            if parts[-1].lower() in _NAMES and not hidden:
                yield os.path.join(folder, *parts)
        return
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith(".")]
        yield from (os.path.join(where, name) for name in files if name.lower() in _NAMES)


def _git_files(folder: str) -> list[str] | None:
    """Return the files below a folder that git does not ignore, or None outside of git's reach."""
    import subprocess  # most calls name a file

    command = ["git", "-C", folder, "-c", "core.fsmonitor=false", "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard"]
    try:
        output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    names = sorted(set(os.fsdecode(output).split("\0")) - {""})
    return [name for name in names if os.path.exists(os.path.join(folder, name))]


def read(path: str) -> Source:
    """Read a file.

    Raises:
        InputError: it cannot be read, or is larger than :data:`MAX_BYTES`.
    """
    shown = path.removeprefix("./")
    try:
        size = os.path.getsize(path)
        if size > MAX_BYTES:
            raise InputError(
                f"{shown}: {size / 2**20:.0f} MB is too large for a card (the limit is {MAX_BYTES // 2**20} MB)"
            )
        with open(path, "rb") as file:
            return Source(file.read(), shown)
    except OSError as error:
        raise InputError(
            f"{shown}: {error.strerror or error}; nothing was checked there"
        ) from error


def is_card(card: Card, path: str) -> bool:
    """Tell whether a file that nobody named is a model card.

    It is one when its metadata has a key of a model, when it is called MODEL_CARD.md, or when it
    lies beside a model's files. Project READMEs, dataset and Space cards are not.
    """
    if os.path.basename(path).lower() != "readme.md":
        return True
    keys = card.metadata.keys()
    if keys & DATASET_KEYS or len(keys & SPACE_KEYS) > 1:
        return bool(keys & (MODEL_KEYS - {"datasets", "metrics"}))
    if keys & MODEL_KEYS or ("license" in keys and not keys & _SITE_KEYS):
        return True
    return model_folder(path) is not None


#: Keys of the front matter of web pages (Jekyll, Hugo, Docusaurus, MkDocs).
_SITE_KEYS: Final = frozenset(
    (
        "layout",
        "permalink",
        "title",
        "sidebar_position",
        "slug",
        "nav_order",
        "hide",
        "date",
        "author",
        "categories",
        "id",
    )
)


def load(found: Found, stdin_filename: str | None = None) -> Source:
    """Return the source at a path, or of standard input under a name to show.

    Raises:
        InputError: it cannot be read.
    """
    if found.path == STDIN:
        import sys

        return Source(sys.stdin.buffer.read(), stdin_filename or "<stdin>")
    return read(found.path)


def is_wanted(found: Found, card: Card) -> bool:
    """Tell whether a file is to be checked: the user named it, or it is a model card."""
    name = "README.md" if card.source.path == "<stdin>" else card.source.path
    return found.named or is_card(card, name)
