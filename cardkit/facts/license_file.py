"""Which licence a LICENSE file holds, by the words that its text starts with."""

import os
import re
from typing import Final, NamedTuple

from cardkit._lazy import lazy

NAMES: Final = tuple(
    stem + end for stem in ("LICENSE", "LICENCE", "COPYING") for end in ("", ".md", ".txt")
)
_READ: Final = 20_000


class LicenseFile(NamedTuple):
    """The name of the file, and the Hub's id of the licence in it."""

    name: str
    id: str


# The first that fits; each is searched in the text without markup, in lower case, blanks made one.
_PATTERNS: Final = (
    (r"gnu affero general public license version 3", "agpl-3.0"),
    (r"gnu lesser general public license version 3", "lgpl-3.0"),
    (r"gnu lesser general public license version 2\.1", "lgpl-2.1"),
    (r"^.{0,300}gnu general public license version 3", "gpl-3.0"),
    (r"^.{0,300}gnu general public license version 2", "gpl-2.0"),
    (r"^.{0,300}apache license,? version 2\.0", "apache-2.0"),
    (r"^.{0,300}mozilla public license,? version 2\.0", "mpl-2.0"),
    (r"^.{0,300}boost software license", "bsl-1.0"),
    (r"free and unencumbered software released into the public domain", "unlicense"),
    (r"^.{0,300}cc0 1\.0 universal", "cc0-1.0"),
    (r"^.{0,200}llama 2 community license", "llama2"),
    (r"^.{0,200}llama 3 community license", "llama3"),
    (r"^.{0,200}llama 3\.([123]) community license", "llama3."),
    (r"^.{0,200}llama 4 community license", "llama4"),
    (r"^.{0,200}gemma terms of use", "gemma"),
    (r"^.{0,200}creativeml open ?rail\+\+-?m", "openrail++"),
    (r"^.{0,200}creativeml open ?rail-?m", "creativeml-openrail-m"),
    (r"^.{0,200}bigscience open ?rail-?m", "bigscience-openrail-m"),
    (r"^.{0,200}bigcode open ?rail-?m", "bigcode-openrail-m"),
    (r"permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated", "mit"),
    (r"neither the name of .{1,200} may be used to endorse", "bsd-3-clause"),
    (r"redistribution and use in source and binary forms, with or without modification", "bsd-2-clause"),
)  # fmt: skip
_CREATIVE_COMMONS = lazy(
    r"^.{0,200}(?:creative commons )?(?:cc by|attribution)((?:[ -](?:noncommercial|sharealike|noderivatives|noderivs|nc|sa|nd))*) ([1-4]\.0)"
)
_PARTS: Final = {
    "noncommercial": "nc",
    "sharealike": "sa",
    "noderivatives": "nd",
    "noderivs": "nd",
}


def read_license_file(folder: str) -> LicenseFile | None:
    """Return the licence in a folder's LICENSE file; None without one, or where its words are unknown."""
    for name in NAMES:
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                found = identify(file.read(_READ))
        except OSError:
            continue
        return LicenseFile(name, found) if found else None
    return None


def identify(text: str) -> str | None:
    """Return the Hub's id of the licence that a text is, or None."""
    plain = " ".join(re.sub(r"[#*_>=]", " ", text).lower().split())
    if "creative commons" in plain[:2000] or plain.startswith(("cc by", "attribution")):
        match = _CREATIVE_COMMONS().match(plain)
        if match:
            words = re.split(r"[ -]", match[1].strip(" -")) if match[1].strip(" -") else []
            return "-".join(["cc-by", *(_PARTS.get(word, word) for word in words), match[2]])
    for pattern, id_ in _PATTERNS:
        if match := re.search(pattern, plain):
            return id_ + match[1] if match.lastindex else id_
    return None
