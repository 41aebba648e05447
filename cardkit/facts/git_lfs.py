"""Whether git stores a file in LFS, by the .gitattributes beside it."""

import os
from fnmatch import fnmatchcase


def lfs_pattern(folder: str, name: str) -> tuple[int, str] | None:
    """Return (line number, pattern) by which a file of a folder goes into LFS, or None."""
    try:
        with open(
            os.path.join(folder, ".gitattributes"), encoding="utf-8", errors="replace"
        ) as file:
            lines = file.read(1_000_000).splitlines()
    except OSError:
        return None
    found = None
    for number, line in enumerate(lines, 1):
        pattern, *attributes = line.split() or [""]
        bare = pattern.removeprefix("/").removeprefix("**/")
        if not pattern or pattern.startswith("#") or "/" in bare or not fnmatchcase(name, bare):
            continue
        # The last line that matches and speaks of the attribute decides.
        if "filter=lfs" in attributes:
            found = (number, pattern)
        elif any(item.startswith(("filter=", "-filter", "!filter")) for item in attributes):
            found = None
    return found
