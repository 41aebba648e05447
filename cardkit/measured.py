"""Where the bias probe's own section stands in a card.

Its sentences tell what was measured; they are not the author's words on limits, use or data.
"""

import hashlib
import json
import re
from typing import Any, Final, NamedTuple

from cardkit.text import Span

_NAME: Final = "<!-- cardkit:bias-probe "
_BLOCK: Final = re.compile(
    r"^ {0,3}<!-- cardkit:bias-probe begin\b.*?^ {0,3}<!-- cardkit:bias-probe end\b[^>]*-->",
    re.MULTILINE | re.DOTALL,
)
_END: Final = "<!-- cardkit:bias-probe end -->"
_SUM: Final = re.compile(r"<!-- cardkit:bias-probe end sum=([0-9a-f]{16}) -->\Z")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
#: What says something: words, numbers, and the signs that change them. Not what lays them out.
_TELLING: Final = re.compile(r"[^\W_]+|[+−÷×.%<>]|-(?=\d)")
_RECORD: Final = re.compile(r"^```json[ \t]*$(.*?)^```", re.MULTILINE | re.DOTALL)


class MeasuredFile(NamedTuple):
    """A file that was measured: SHA-256, and thumbprint if it is a large one."""

    name: str
    sha256: str
    thumbprint: str | None


def find_measured(text: str) -> Span | None:
    """Return the span of the first block between the probe's markers, or None without one."""
    if _NAME not in text:
        return None
    # A carriage return alone ends a line as well.
    match = _BLOCK.search(re.sub(r"\r(?!\n)", "\n", text))
    return Span(*match.span()) if match else None


def seal(block: str) -> str:
    """Return a block with the sum of its words and numbers in the marker that ends it."""
    return block.removesuffix(_END) + f"<!-- cardkit:bias-probe end sum={block_sum(block)} -->"


def block_sum(block: str) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of a block's words, numbers and signs.

    Line ends, spaces, the width of tables, emphasis and comments are left out: an editor or a
    formatter that lays the text out anew changes nothing of what it says.
    """
    telling = " ".join(_TELLING.findall(_COMMENT.sub("", block)))
    return hashlib.sha256(telling.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_edited(block: str) -> bool:
    """Tell whether a block says something else than it did when it was written.

    A block without a sum says nothing about that.
    """
    match = _SUM.search(block)
    return match is not None and match[1] != block_sum(block)


def measured_files(block: str) -> list[MeasuredFile]:
    """Return the files that the record in a block names; none when it cannot be read."""
    match = _RECORD.search(re.sub(r"\r\n?", "\n", block))
    try:
        model: Any = json.loads(match[1])["model"] if match else {}
        prints = model.get("thumbprints") or {}
        return [
            MeasuredFile(str(name), str(sha256), prints.get(name))
            for name, sha256 in model.get("files", {}).items()
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
