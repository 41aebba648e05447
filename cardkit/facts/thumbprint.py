"""Whether a file is still the one that was measured, told at a glance.

A small file is hashed whole. Of a large one, weights of some hundred megabytes, the size and 64
pieces of 4 KiB, evenly spread from the first byte to the last, are hashed: a quarter of a megabyte
is read, whatever the size. Training of all layers moves weights all over the file, which such pieces
cannot miss; a change in one place, such as training of the head alone, can slip between them, and
`cardkit bias-probe --check` hashes every byte.
"""

import hashlib
import os
import re
from typing import Final

#: Bytes; what is larger has a thumbprint.
LARGE: Final = 4 * 1024 * 1024
_PIECES: Final = 64
_PIECE: Final = 4096
LFS_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_OID: Final = re.compile(rb"^oid sha256:([0-9a-f]{64})\r?$", re.MULTILINE)


def thumbprint(path: str) -> str | None:
    """Return size and hash of the pieces of a large file, "SIZE-HASH"; None for a small one."""
    size = os.path.getsize(path)
    if size <= LARGE:
        return None
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in range(_PIECES):
            file.seek((size - _PIECE) * piece // (_PIECES - 1))
            digest.update(file.read(_PIECE))
    return f"{size}-{digest.hexdigest()[:32]}"


def is_same(path: str, sha256: str, print_: str | None) -> bool | None:
    """Tell whether a file is the one of that hash and that thumbprint.

    A pointer of Git LFS stands for the file that it names, and line ends do not count in a small
    file of text. None where it cannot be told: the file cannot be read, or is large and has no
    thumbprint to be held against.
    """
    try:
        if not os.path.isfile(path):
            return None  # a pipe would be waited for
        if os.path.getsize(path) > LARGE:
            return None if print_ is None else thumbprint(path) == print_
        with open(path, "rb") as file:
            return holds(file.read(), sha256)
    except (OSError, ValueError):  # a name that no file can have
        return None


def holds(data: bytes, sha256: str) -> bool | None:
    """Tell whether these are the bytes of that hash, line ends or Git LFS aside; None: no telling."""
    if data.startswith(LFS_POINTER):
        oid = _OID.search(data)
        return None if oid is None else oid[1].decode() == sha256
    unix = data.replace(b"\r\n", b"\n")
    ends = {data, unix, unix.replace(b"\n", b"\r\n")}
    return any(hashlib.sha256(one).hexdigest() == sha256 for one in ends)
