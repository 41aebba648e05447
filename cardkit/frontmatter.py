"""Where a card's metadata block is, by the Hub's own rule."""

import re
from typing import Final, NamedTuple

from cardkit.text import Span

# What JavaScript's \s matches; Python's has U+001C-U+001F and U+0085 too, and lacks U+FEFF.
SPACES: Final = (
    "\t\n\v\f\r \u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + ("\u2028\u2029\u202f\u205f\u3000\ufeff")
)

# The expression of the Hub's server (huggingface_hub, repocard.py: "exact same regex as in the Hub
# server", 2026-07-23), with JavaScript's meaning of \s and $.
_BLOCK = re.compile(r"---(?:\r\n|\r|\n)([\s\S]*?)(?:\r\n|\r|\n)(---)[ \t]*(?:\r\n|\n|\Z)")


class FrontMatter(NamedTuple):
    """The metadata block: the opening fence line, the YAML between, the closing fence line."""

    opening: Span
    content: Span
    closing: Span
    #: the offset where the body starts
    end: int


def find_front_matter(text: str) -> FrontMatter | None:
    """Return the block that the Hub reads, or None."""
    start = leading_space(text)
    match = _BLOCK.match(text, start)
    if match is None:
        return None
    opening, content, closing = Span(start, start + 3), Span(*match.span(1)), Span(*match.span(2))
    return FrontMatter(opening, content, closing, match.end())


def leading_space(text: str) -> int:
    """Return how many characters of white space (as JavaScript means it) a text starts with."""
    return len(text) - len(text.lstrip(SPACES))
