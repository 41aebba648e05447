"""What is wrong where the Hub finds no metadata block."""

import re
from typing import Final, Literal, NamedTuple

from cardkit.frontmatter import SPACES, leading_space
from cardkit.text import Span

FenceKind = Literal[
    "none", "empty", "unclosed", "misplaced", "no-fence", "bad-opening", "bad-closing", "line-ends"
]


class FenceProblem(NamedTuple):
    """Why the Hub finds no metadata: the kind, the place to look at, and the stray block if any."""

    kind: FenceKind
    span: Span
    stray: Span | None = None
    #: what stands at the place, for the message
    detail: str = ""


_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\u180e\u00ad"
# Keys that open the metadata of practically every card.
_KEY = r"(?:license|licence|language|tags|datasets|metrics|pipeline_tag|library_name|base_model|widget|thumbnail|model-index|inference)"
_DASHES = "-‐‑‒–—―−"
_OPENING = re.compile(r"---[ \t]*(?=\r|\n)")
_LOOSE_OPENING = re.compile(
    rf"([{_DASHES}]{{2,}}|```(?:ya?ml)?)[ \t]*(?:\r\n|\r|\n){_KEY}[ \t]*:",
    re.IGNORECASE,
)
_BARE_KEYS = re.compile(
    rf"{_KEY}:[ \t]*(?:\S[^\r\n]*)?(?:\r\n|\r|\n)(?:[^\r\n]*(?:\r\n|\r|\n)){{0,40}}?---[ \t]*(?:\r|\n|\Z)",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"(?:^|(?<=\r))---[ \t]*(?:\r\n|\r|\n){_KEY}[ \t]*:(?:[^\r\n]*(?:\r\n|\r|\n)){{1,400}}?---[ \t]*(?=\r|\n|\Z)",
    re.MULTILINE | re.IGNORECASE,
)
_CLOSING = re.compile(r"(?:^|(?<=\r))---[ \t]*(?=\r|\n|\Z)", re.MULTILINE)
_LOOSE_CLOSING = re.compile(
    rf"(?:^|(?<=\r))[ \t]*([{_DASHES}]{{2,}}|\.\.\.|---\S[^\r\n]*)[ \t]*(?=\r|\n|\Z)", re.MULTILINE
)


def diagnose(text: str) -> FenceProblem:
    """Say why :func:`cardkit.frontmatter.find_front_matter` finds nothing in a text."""
    start = Span(0, 0)
    if "\r\r\n" in text[:2000]:
        where = text.index("\r\r\n")
        return FenceProblem("line-ends", Span(where, where), _all_keys(text), "\\r\\r\\n")
    first = leading_space(text)
    if match := _OPENING.match(text, first):
        return _after_opening(text, match)
    visible = len(text) - len(text.lstrip(SPACES + _INVISIBLE))
    if match := _LOOSE_OPENING.match(text, visible):
        span = Span(*match.span(1))
        closing = _LOOSE_CLOSING.search(text, match.end())
        stray = Span(0, closing.end() if closing else match.end())
        if match[1] == "---":  # something invisible stands before it
            return FenceProblem("misplaced", span, stray, "an invisible character")
        return FenceProblem("bad-opening", span, stray, match[1])
    if match := _BARE_KEYS.match(text, first):
        return FenceProblem("no-fence", Span(first, first), Span(0, match.end()))
    if (match := _LATER.search(text)) and text.count("```", 0, match.start()) % 2 == 0:
        before = text[: match.start()].strip()
        what = "an HTML comment" if before.startswith("<!--") else "other text"
        return FenceProblem(
            "misplaced", Span(match.start(), match.start() + 3), Span(*match.span()), what
        )
    return FenceProblem("none", start)


def _after_opening(text: str, match: re.Match[str]) -> FenceProblem:
    """Say what is wrong with a block whose opening fence is there."""
    dashes = text.index("---", match.start())
    opening = Span(dashes, match.end())
    closing = _CLOSING.search(text, match.end() + 1)
    # An opening line with trailing blanks does not open a block; a closing one may have them.
    if match[0].endswith((" ", "\t")) and closing:
        return FenceProblem("bad-opening", opening, Span(0, closing.end()), match[0].strip("\r\n"))
    if closing:
        line = text[match.end() : closing.start()]
        if not line.strip("\r\n"):
            return FenceProblem("empty", opening, Span(0, closing.end()))
        # The rest is right: then it is bare carriage returns that the Hub does not take.
        return FenceProblem("line-ends", Span(dashes, dashes + 3), Span(0, closing.end()), "\\r")
    if not _KEY_LINE.match(text, match.end()):
        return FenceProblem("none", Span(0, 0))  # a thematic break, not the start of metadata
    loose = _LOOSE_CLOSING.search(text, match.end() + 1)
    if loose and loose.start() < _key_block(text, match.end()):
        span = Span(*loose.span(1))
        return FenceProblem("bad-closing", span, Span(0, loose.end()), loose[1])
    return FenceProblem("unclosed", opening, Span(0, min(_key_block(text, match.end()), len(text))))


_KEY_LINE = re.compile(r"\s*(?:#.*\s+)*[\w .-]+:(?=\s|\Z)")
_YAML_LINE = re.compile(r"[ \t]*(?:[\w.-]+[ \t]*:.*|-[ \t].*|#.*|)\Z")


def _key_block(text: str, start: int) -> int:
    """Return where the lines that look like YAML end, after an opening fence."""
    at = start
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text[start:]):
        # "# Title" after a blank line is a heading; "# comment" right below a key is YAML.
        bare = line.strip("\r\n")
        heading = bare.startswith("# ") and text[:at].rstrip(" \t").endswith(("\n\n", "\r\n\r\n"))
        if heading or not (_YAML_LINE.match(bare) or _LOOSE_CLOSING.match(line)):
            return at
        at += len(line)
    return at


def _all_keys(text: str) -> Span | None:
    closing = _CLOSING.search(text, 3)
    return Span(0, closing.end()) if closing else None
