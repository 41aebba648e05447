"""The Hub's verdict, as cardkit tells it and as the checker in tests/js/verdict.cjs does."""

import json
import re
from pathlib import Path
from typing import Any

from cardkit._data import load_json
from cardkit.card import Card
from cardkit.diagnostic import Diagnostic
from cardkit.engine import lint
from cardkit.selection import select
from cardkit.text import Source

#: Findings about the block as a whole, which name no field.
_OF_THE_BLOCK = {"CK015", "CK020", "CK021", "CK023"}


def verdict(data: bytes) -> tuple[str, list[Diagnostic]]:
    """Return what cardkit says that the Hub says: ok, warning or error, and the findings behind it."""
    report = lint(Card(Source(data), kind="model"), select("hub"))
    for ground, status in (("hub-error", "error"), ("hub-warning", "warning")):
        if found := [item for item in report.diagnostics if item.ground == ground]:
            return status, found
    return "ok", []


def fields(found: list[Diagnostic]) -> set[str]:
    """Return the fields that are wrong, as the Hub would name them."""
    named = set()
    for item in found:
        words = re.match(r'"([^"]+)" ', item.hub_message or "")
        of_a_field = item.ground == "hub-error" and item.code not in _OF_THE_BLOCK
        if of_a_field or item.code == "CK202":
            named.add(words[1] if words else item.target or "")
    return named


def disagreement(data: bytes, theirs: dict[str, Any]) -> str | None:
    """Say how cardkit's verdict on a card differs from the checker's; None where it does not."""
    status, found = verdict(data)
    if status != theirs["status"]:
        return f"{status}, not {theirs['status']}"
    if fields(found) != {error["field"] for error in theirs["errors"]} - {""}:
        return "other fields"
    told = sorted(plain(item.hub_message or "") for item in found)
    return None if told == sorted(plain(e["message"]) for e in theirs["errors"]) else "other words"


def plain(message: str) -> str:
    """Return a message without the long lists in it, which are written shorter or not at all."""
    message = re.sub(r"\[apache-2\.0, .*?(?:other, )?array\]|\[…\]", "[…, array]", message)
    return re.sub(r"(in the official list).*", r"\1", message)


def write_lists(folder: Path) -> str:
    """Write the lists that the checker checks with, from the package's data; return their path."""
    languages = load_json("schemas", "vocab", "languages.json")
    data = {
        # Whether the Hub takes the codes that cardkit is unsure of is not known; cardkit advises only.
        "languages": [
            *languages["ids"],
            *languages["special"],
            *languages["more_ids"].split(),
            *languages["unsure"].split(),
        ],
        "licenses": list(load_json("schemas", "vocab", "licenses.json")["ids"]),
        "tasks": list(load_json("schemas", "vocab", "tasks.json")["ids"]),
    }
    path = folder / "lists.json"
    path.write_text(json.dumps(data), "utf-8")
    return str(path)
