"""The Hub's own libraries, js-yaml and Joi, as a process that answers questions (development only).

``npm ci --prefix tests/js`` installs them; without node or without them the tests skip.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cardkit.core_schema import Timestamp
from cardkit.yaml.javascript import milliseconds
from cardkit.yaml12 import Document

JS = Path(__file__).parent / "js"


def node_folder() -> Path | None:
    """The folder that holds node_modules with the pinned packages; None without one or without node.

    The variable CARDKIT_JS names another folder than tests/js.
    """
    folder = Path(os.environ.get("CARDKIT_JS", JS))
    wanted = json.loads((JS / "package.json").read_text("utf-8"))["dependencies"]
    for name, version in wanted.items():
        manifest = folder / "node_modules" / name / "package.json"
        if not manifest.exists() or json.loads(manifest.read_text("utf-8"))["version"] != version:
            return None
    return folder if shutil.which("node") else None


def ask(script: str, questions: Iterable[Any], *arguments: str) -> list[Any]:
    """Send each question to a script of tests/js as a line of JSON, return the answers."""
    folder = node_folder()
    assert folder
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    command = ["node", str(JS / script), str(folder), *arguments]
    result = subprocess.run(
        command,
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env=os.environ | {"TZ": "UTC"},  # a date that is a key becomes text by the clock
    )
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def as_answer(document: Document) -> dict[str, Any]:
    """Write what cardkit makes of a text in the form in which read.cjs answers."""
    if document.duplicates:
        first = document.duplicates[0]
        words, line, column = "duplicated mapping key", first.line, first.column
    elif document.problem:
        words, line, column = document.problem[0], document.problem.line, document.problem.column
    else:
        excess = {"$": "excess"}
        value = excess if document.excess else encode(document.value)
        return {"ok": True, "value": value}
    return {"ok": False, "message": words, "line": line, "column": column}


def encode(value: Any) -> Any:
    """Write a value as read.cjs does: what JSON lacks becomes ``{"$": kind, "v": content}``."""
    if isinstance(value, dict):
        return {"$": "object", "v": {key: encode(item) for key, item in value.items()}}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, Timestamp):
        return {"$": "date", "v": milliseconds(value.text)}
    if isinstance(value, bytes):
        return {"$": "bytes", "v": list(value)}
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        name = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return {"$": "number", "v": name}
    return value


def same(ours: Any, theirs: Any) -> bool:
    """Compare two encoded values; the order of keys is no part of a value."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.get("$") != "object" or theirs.get("$") != "object":
            return ours == theirs
        own, other = ours["v"], dict(theirs["v"])
        return own.keys() == other.keys() and all(same(own[key], other[key]) for key in own)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return float(ours) == float(theirs)  # JavaScript writes no more digits than it needs
    return bool(ours == theirs)
