"""Cards named by a path, or by a git revision and a path (``HEAD~1:README.md``)."""

import os
import subprocess

from cardkit.errors import InputError
from cardkit.text import Source

_MAX_SECONDS = 30


def open_version(name: str) -> Source:
    """Return the text that a name stands for.

    Args:
        name: a file, a folder with a README.md, or ``REVISION:PATH`` as git has it.

    Raises:
        InputError: there is no such file or revision.
    """
    if os.path.isdir(name):
        name = os.path.join(name, "README.md")
    if os.path.exists(name):
        try:
            with open(name, "rb") as file:
                return Source(file.read(), name)
        except OSError as error:
            raise InputError(f"{name}: {error.strerror or error}") from error
    revision, colon, path = name.partition(":")
    if not colon or not revision or not path or revision.startswith("-"):
        raise InputError(f"{name}: no such file; a git revision is written REVISION:PATH")
    command = ["git", "show", "--no-textconv", "--end-of-options", name]
    try:
        result = subprocess.run(command, capture_output=True, check=False, timeout=_MAX_SECONDS)
    except FileNotFoundError as error:
        raise InputError(f"{name}: git is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{name}: git did not answer") from error
    if result.returncode:
        words = result.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        raise InputError(f"{name}: {words[0].removeprefix('fatal: ')}")
    return Source(result.stdout, name)
