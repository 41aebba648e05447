"""Where the bias probe's own section stands in a card.

Its sentences tell what was measured; they are not the author's words on limits, use or data.
"""

import re
from typing import Final

from cardkit.text import Span

_NAME: Final = "<!-- cardkit:bias-probe "
_BLOCK: Final = re.compile(
    r"^ {0,3}<!-- cardkit:bias-probe begin\b.*?^ {0,3}<!-- cardkit:bias-probe end -->",
    re.MULTILINE | re.DOTALL,
)


def find_measured(text: str) -> Span | None:
    """Return the span of the first block between the probe's markers, or None without one."""
    if _NAME not in text:
        return None
    # A carriage return alone ends a line as well.
    match = _BLOCK.search(re.sub(r"\r(?!\n)", "\n", text))
    return Span(*match.span()) if match else None
