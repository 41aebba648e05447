"""The benchmarks that are known, and what has to be said of each; needs no torch."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from cardkit.errors import InputError, UsageError


def parse(text: str) -> tuple[str, Path]:
    """Return benchmark and path of a ``NAME=PATH``.

    Raises:
        UsageError: no such benchmark, or no path.
        InputError: nothing lies there.
    """
    name, _, path = text.partition("=")
    if name not in _all_facts():
        raise UsageError(f'there is no benchmark "{name}"; there are {", ".join(_all_facts())}')
    if not path:
        raise UsageError(
            f"{name} needs its authors' own file: --data {name}=PATH ({facts(name)['takes']})"
        )
    if not Path(path).exists():
        raise InputError(f"{path}: no such file or folder; {name} takes {facts(name)['takes']}")
    return name, Path(path)


def facts(name: str) -> dict[str, Any]:
    """Return what has to be said of a benchmark."""
    found: dict[str, Any] = _all_facts()[name]
    return found


@cache
def _all_facts() -> dict[str, Any]:
    text = Path(__file__).with_name("facts.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    del found["$comment"]
    return found
