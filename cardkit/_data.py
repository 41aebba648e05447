"""Where the data folders are: at the root of a checkout, inside the package in a wheel."""

import json
import os
from functools import cache
from typing import Any

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def data_path(*parts: str) -> str:
    """Return the path of a file under ``schemas/`` or ``templates/``.

    The checkout comes first: an editable install may have left stale copies beside the package.
    """
    root = os.path.dirname(_PACKAGE)
    checkout = os.path.join(root, *parts)
    if os.path.exists(os.path.join(root, "pyproject.toml")) and os.path.exists(checkout):
        return checkout
    return os.path.join(_PACKAGE, *parts)


def package_path(*parts: str) -> str:
    """Return the path of a file that lies inside the package itself."""
    return os.path.join(_PACKAGE, *parts)


@cache
def load_json(*parts: str) -> Any:
    """Return the parsed JSON file under ``schemas/``; treat it as read-only, it is shared."""
    with open(data_path(*parts), encoding="utf-8") as file:
        return json.load(file)
