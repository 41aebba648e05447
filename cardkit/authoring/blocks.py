"""The parts of a card that facts own: between two comments, with a digest of what stands there.

What somebody changed by hand no longer matches its digest, and is theirs from then on. A record at
the end of the card says which metadata cardkit wrote, so that it can tell them from a person's.
"""

import hashlib
import json
import re
from typing import Any, Final, NamedTuple

from cardkit.card import Card
from cardkit.text import Span

END: Final = "<!-- cardkit:facts end -->"
_BLOCK = re.compile(
    r"^<!-- cardkit:facts begin ([a-z-]+)(?: ([0-9a-f]{12}))? -->[ \t]*(\r\n|\r|\n)"
    r"((?:(?!<!-- cardkit:facts begin )[\s\S])*?)^<!-- cardkit:facts end -->",
    re.MULTILINE,
)
_RECORD = re.compile(r"^<!-- cardkit:record (\{.*\}) -->[ \t]*$", re.MULTILINE)


class Block(NamedTuple):
    """A part of a card that facts own: its name, what stands in it, and its place."""

    name: str
    content: str
    #: from the first comment's start to the last one's end
    span: Span
    #: whether it is what cardkit wrote (or a person left it empty)
    untouched: bool


def digest(content: str) -> str:
    """Return what a content is known by; line ends and blanks around it do not count."""
    text = re.sub(r"\r\n|\r", "\n", content).strip()
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def wrap(name: str, content: str, newline: str = "\n") -> str:
    """Return a content between its comments."""
    content = content.strip("\n")
    lines = [f"<!-- cardkit:facts begin {name} {digest(content)} -->"]
    lines += [*content.split("\n"), END] if content else [END]
    return newline.join(lines)


def find_blocks(card: Card) -> list[Block]:
    """Return the blocks of a card; those shown in code are no blocks."""
    code = [
        block.span
        for section in card.sections.walk()
        for block in section.blocks
        if block.kind == "code"
    ]
    found = []
    for match in _BLOCK.finditer(card.text, card.body_start):
        if any(span.start <= match.start() < span.end for span in code):
            continue
        name, mark, content = match[1], match[2], match[4]
        untouched = not content.strip() if mark is None else mark == digest(content)
        found.append(Block(name, content, Span(*match.span()), untouched))
    return found


def write_record(data: dict[str, Any]) -> str:
    """Return the comment that keeps what cardkit wrote."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    # Neither the end of the comment nor another tag may come out of a value.
    return f"<!-- cardkit:record {text.replace('<', chr(92) + 'u003c').replace('>', chr(92) + 'u003e')} -->"


def find_record(card: Card) -> tuple[dict[str, Any], Span] | None:
    """Return what a card says cardkit wrote, and where; None if there is no record to trust."""
    matches = list(_RECORD.finditer(card.text, card.body_start))
    if not matches:
        return None
    try:
        data = json.loads(matches[-1][1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("metadata"), dict):
        return None
    return data, Span(*matches[-1].span())
