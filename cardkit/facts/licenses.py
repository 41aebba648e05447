"""Which licence a LICENSE file is: by its own title, else by the ``identify`` library.

``identify`` compares with the texts of open-source licences, and takes a near miss: it calls a
CC BY-NC-SA text CC BY-SA. So an answer counts only if the words by which licences differ agree.
"""

import os
import re
from collections.abc import Iterator
from typing import Final

from cardkit._data import load_json
from cardkit.facts.folder import Fact, Folder

_FILES: Final = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "COPYING.txt")
_CC = re.compile(
    r"(?:creative commons )?(attribution(?:-noncommercial)?(?:-sharealike|-noderivatives|-noderivs)?)"
    r" (\d\.\d)(?: international| generic| unported)?(?: public license)?\Z"
)
_LLAMA = re.compile(r"llama (3(?:\.[123])?|2|4) community license agreement\Z")
_PARTS: Final = {
    "attribution": "by", "noncommercial": "nc", "sharealike": "sa", "noderivatives": "nd", "noderivs": "nd",
}  # fmt: skip
#: Titles by which licences that only models have call themselves.
_TITLES: Final = {
    "gemma terms of use": ("gemma", None),
    "stability ai community license agreement": ("other", "stabilityai-ai-community"),
    "creativeml open rail-m": ("creativeml-openrail-m", None),
    "bigscience rail license v1.0": ("bigscience-bloom-rail-1.0", None),
}
_DIFFER: Final = ("noncommercial", "noderiv", "sharealike", "affero", "lesser", "non-commercial")


def read(folder: Folder) -> Iterator[Fact]:
    """Yield the licence, as an id of the Hub; for one that has none also its name and link."""
    name = next((name for name in _FILES if folder.has(name)), None)
    text = folder.text(name, 200_000) if name else None
    if name is None or not text or not text.strip():
        return
    found = from_title(text)
    if found is None and (id_ := _identify(folder, name, text)):
        found = id_, None
    if found is None:
        if folder.problems and folder.problems[-1].startswith(f"{name} needs"):
            return
        folder.problems.append(f"{name} is no licence text that is known here; say which it is")
        return
    title = next(line.strip() for line in text.splitlines() if line.strip())
    yield Fact("license", found[0], name, title)
    if found[1]:
        yield Fact("license_name", found[1], name, title)
        # Only these two names may stand there without an address.
        if name in ("LICENSE", "LICENSE.md"):
            yield Fact("license_link", name, name, title)


def from_title(text: str) -> tuple[str, str | None] | None:
    """Return (id of the Hub, licence name) for a text whose first line names its licence."""
    known = load_json("schemas", "vocab", "licenses.json")["ids"]
    first = next(line for line in text.splitlines() if line.strip())
    title = " ".join(first.strip(" #*_=\ufeff").casefold().split())
    if title in _TITLES:
        return _TITLES[title]
    if match := _LLAMA.match(title):
        id_ = f"llama{match[1]}"
    elif match := _CC.match(title):
        id_ = "-".join(["cc", *(_PARTS[part] for part in match[1].split("-")), match[2]])
    else:
        return None
    return (id_, None) if id_ in known else None


def _identify(folder: Folder, name: str, text: str) -> str | None:
    try:
        from identify import identify
        from identify.vendor.licenses import LICENSES

        spdx: str | None = identify.license_id(os.path.join(folder.root, name))
    except ImportError:
        folder.problems.append(
            f"{name} needs the extra `facts` to be recognised (pip install 'cardkit[facts]')"
        )
        return None
    except (OSError, UnicodeDecodeError):
        return None
    reference = dict(LICENSES).get(spdx or "", "")
    folded, other = text.casefold(), reference.casefold()
    if spdx is None or any((word in folded) != (word in other) for word in _DIFFER):
        return None
    id_ = str(spdx).lower().removesuffix("-or-later").removesuffix("-only")
    id_ = {"0bsd": "other"}.get(id_, id_)
    return (
        id_
        if id_ in load_json("schemas", "vocab", "licenses.json")["ids"] and id_ != "other"
        else None
    )
