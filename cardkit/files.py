"""Writing a file in one step: wholly or not at all, and never over somebody else's change."""

import os
import stat

from cardkit.errors import ChangedOnDisk, InputError


def write(path: str, new: bytes, old: bytes | None) -> None:
    """Write a file in one step, if it is still what was read.

    A symbolic link stays one; the mode stays. If anything fails the old file is untouched.

    Args:
        path: the file.
        new: what it is to hold.
        old: what it held when it was read; None if there was no such file.

    Raises:
        ChangedOnDisk: somebody else changed it meanwhile, or made it.
        InputError: it cannot be written.
    """
    import tempfile  # linting alone does not need it

    target = os.path.realpath(path)
    temporary = None
    try:
        mode = _check(path, target, old)
        handle, temporary = tempfile.mkstemp(prefix=".cardkit-", dir=os.path.dirname(target))
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        _check(path, target, old)
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; nothing was written") from error
    finally:
        if temporary is not None:
            os.unlink(temporary)


def replace(path: str, new: bytes) -> None:
    """Write a file in one step, whatever it holds; not at all if it holds just that.

    Raises:
        InputError: it cannot be read or written; what was there is untouched.
    """
    try:
        with open(path, "rb") as file:
            old: bytes | None = file.read()
    except FileNotFoundError:
        old = None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    if new != old:
        write(path, new, old)


def check(path: str, old: bytes) -> None:
    """Raise what ``write`` would raise now, so that long work need not be done for nothing.

    Raises:
        ChangedOnDisk: the file is not what was read.
        InputError: it is read-only, or its folder is.
    """
    target = os.path.realpath(path)
    try:
        _check(path, target, old)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; nothing was written") from error
    if not os.access(target, os.W_OK) or not os.access(os.path.dirname(target), os.W_OK):
        raise InputError(f"{path}: you may not write there; nothing was written")


def _check(path: str, target: str, old: bytes | None) -> int:
    """Return the mode that the file is to have; refuse one that is not what was read."""
    if old is None:
        if os.path.lexists(target):
            raise ChangedOnDisk(f"{path}: somebody made this file meanwhile; nothing was written")
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
    with open(target, "rb") as file:
        if file.read() != old:
            raise ChangedOnDisk(
                f"{path}: changed on disk since it was read; nothing was written, run again"
            )
    mode = os.stat(target).st_mode
    # An administrator may write anything, yet somebody marked the file as not to be written.
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise InputError(f"{path}: is read-only; nothing was written")
    return stat.S_IMODE(mode)


def read(path: str) -> bytes | None:
    """Return the bytes of a file that may be written next; None if there is none.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; nothing was written") from error
