"""Places in the metadata, written as the Hub does: ``model-index[0].results[1].metrics``."""

import re

from cardkit.errors import UsageError

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
Path = tuple[str | int, ...]


def parse_path(text: str) -> Path:
    """Return the steps of a path.

    Raises:
        UsageError: it is no path.
    """
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None or (at == 0 and text.startswith((".", "["))):
            break
        steps.append(match[1] if match[1] is not None else int(match[2][:9]))
        at = match.end()
    if at < len(text) or not steps:
        raise UsageError(f"{text!r} is no place in the metadata; write it like model-index[0].name")
    return tuple(steps)
