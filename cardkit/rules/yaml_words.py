"""What is wrong with YAML that cannot be read, in words for people."""

import re
from typing import Final, Literal, NamedTuple

from cardkit.text import Span
from cardkit.yaml12 import Problem


class Explanation(NamedTuple):
    """What is wrong, what to do about it, and the place to look at."""

    message: str
    help: str
    span: Span


#: What an expression is tried on: the whole block; the rest of a line, all of it, what stands before
#: in it, or it and the line above. The place is where the parser gave up (mark), or where the construct
#: starts that is wrong (origin): a quote, a bracket, a key.
Where = Literal[
    "block",
    "mark",
    "mark line",
    "before mark",
    "origin",
    "origin line",
    "before origin",
    "lines to origin",
]


class Clue(NamedTuple):
    """Where an expression matches, and the parser says certain words, this is what is wrong.

    The place is the first group of the match, or all of it. ``{0}`` is the text of that place.
    """

    words: str
    where: Where
    pattern: str
    message: str
    help: str


_QUOTE_IT: Final = "put the whole value in quotes"
_RESERVED: Final = 'YAML keeps the character "{0}" for itself at the start of a value'
_KEY_WORDS: Final = "implicit|colon is missed|bad indentation|end of the stream or"

_NEITHER: Final = "a line that is neither `key: value` nor a list item"
_WRITE_KEYS: Final = "write `key: value`, indent it below its key, or move it out of the metadata"

# The first that fits is told, so what is certain comes first.
_CLUES: Final = (
    Clue(
        "",
        "block",
        r"^(?:<{7}|>{7})(?: [^\n]*)?$|^={7}$",
        "a merge conflict was left in the metadata",
        "choose one side and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`",
    ),
    Clue(
        "tab characters|bad indentation|end of the stream or|multiline",
        "mark line",
        r"^ *(\t+)",
        "a tab where YAML wants spaces",
        "replace the tab by spaces",
    ),
    Clue(
        "",
        "origin line",
        r"^ *(\t+)",
        "a tab where YAML wants spaces",
        "replace the tab by spaces",
    ),
    Clue(
        "unexpected end of the .* quoted scalar",
        "origin",
        r"""^["'][^\n]*""",
        "a quote that is never closed",
        "close the quote; a quote that belongs to the text stands in quotes of the other kind",
    ),
    Clue(
        "flow collection|missed comma|found ','",
        "origin",
        r"^\{[^{}\n]*\}*",
        "`{{` starts a mapping that cannot be read up to its `}}`",
        "put the value in quotes if it is text; else close the brace, with commas between the entries",
    ),
    Clue(
        "flow collection|missed comma|found ','",
        "origin",
        r"^\[[^\n]*",
        "`[` starts a list that cannot be read up to its `]`",
        "close the bracket and put commas between the items; quote the value if it is text",
    ),
    Clue(
        "alias",
        "origin",
        r"^\*[^\s,\[\]{}]*",
        "`{0}` means a copy of what `&` has named, and there is no such name",
        "put the value in quotes if it is text that starts with `*`",
    ),
    Clue(
        "anchor",
        "origin",
        r"^&[^\s,\[\]{}]*",
        "`&` gives a name to a value, and this one cannot have it",
        "put the value in quotes if it is text that starts with `&`",
    ),
    Clue(
        "cannot resolve|unacceptable node",
        "origin",
        r"^!\S*",
        "`{0}` says of what type the value is, and it is not of that type",
        "leave the tag out",
    ),
    Clue(
        r"\btag\b",
        "origin",
        r"^!\S*",
        "`{0}` is read as a tag, which says of what type a value is; no such type is known here",
        "put the value in quotes if it is text that starts with `!`",
    ),
    Clue(
        "escape sequence|hexadecimal",
        "before mark",
        r"(\\\w*)$",
        "a backslash in double quotes starts an escape such as `\\n`, and this is none",
        "write the backslash twice, or use single quotes",
    ),
    Clue(
        "multiline|colon is missed",
        "before origin",
        r"""(["'])[ \t]*$""",
        "text behind a closing quote",
        "see whether the quote before was left open; a quote inside a value is written twice (`''`)",
    ),
    Clue(
        "multiline|colon is missed",
        "lines to origin",
        r":[ \t]+[|>][-+]?[ \t]*\r?\n(\S[^\r\n]*)",
        "the lines of the text behind `|` or `>` are not indented",
        "indent them by two spaces more than the key",
    ),
    Clue(
        "whitespace character is expected|multiline|colon is missed|end of the stream or",
        "origin line",
        r"^\s*(?:- +)*([A-Za-z_\"'][^\s:]*:)[^\s/:]",
        "a key without a blank behind its colon",
        "write `key: value`, not `key:value`",
    ),
    Clue(
        "whitespace character is expected",
        "before mark",
        r"(\S+\s*:)$",
        "a key without a blank behind its colon",
        "write `key: value`, not `key:value`",
    ),
    Clue(
        "multiline|colon is missed|bad indentation|end of the stream or",
        "origin line",
        r"^\s*(-)[^\s-]",
        "a list mark without a blank behind it",
        "write `- item`, not `-item`",
    ),
    Clue(
        "single document",
        "mark",
        r"^[^\n]*",
        "a second YAML document starts in the metadata",
        "there must be one: delete the line `---` or `...`",
    ),
    Clue(
        "non-printable|null byte|JSON character",
        "mark line",
        "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]",
        "an invisible control character",
        "delete it",
    ),
    Clue(
        "incomplete explicit",
        "mark",
        r"^:",
        "a colon without a key before it",
        "write the key: `key: value`",
    ),
    Clue(
        "indentation for block scalar",
        "mark line",
        r"\S[^\n]*",
        "the lines of the text behind `|` or `>` are not indented",
        "indent them by two spaces more than the key",
    ),
    Clue(
        "line break is expected",
        "mark",
        r"^[^\n]*",
        "`|` and `>` announce lines of text below; nothing may follow in the same line",
        "start the text in the next line, or put the value in quotes",
    ),
    Clue(
        "block scalar|chomping|width identifier",
        "mark",
        r"^[^\n]*",
        "`|` and `>` announce lines of text below, and this is no way to do it",
        "put the value in quotes if it is text that starts with `|` or `>`",
    ),
    Clue(
        "cannot merge|abnormal merge|merge keys",
        "mark line",
        r"[^\s][^\n]*",
        "`<<` takes keys over from mappings, and there is something else behind it",
        "give it a mapping, or put the key in quotes if it is text",
    ),
    Clue(
        "maxDepth",
        "mark",
        r"^[^\n]?",
        "the metadata is nested more than a hundred levels deep",
        "write it flatter",
    ),
    Clue(
        "directive",
        "block",
        r"^%[^\n]*",
        "a line that starts with `%` is an instruction to the parser, and this is none",
        "delete the line, or put the text in quotes",
    ),
    Clue(
        _KEY_WORDS,
        "mark",
        r"^[@`%]",
        _RESERVED,
        _QUOTE_IT,
    ),
    Clue(
        _KEY_WORDS,
        "mark line",
        r"^\s*(?:- +)*(?:[\w. -]+: +)?([@`%])",
        _RESERVED,
        _QUOTE_IT,
    ),
    Clue(
        "bad indentation",
        "before mark",
        r"^\s*((?:[^:\s]|:(?=\S)|[ \t](?=\S))+)$",
        "a key in a line that is indented below a value",
        "indent it like the keys it belongs to; if the colon is part of the value above, quote that",
    ),
    Clue(
        "bad indentation",
        "mark",
        r"^:[^\n]*",
        "a value that holds a colon and a blank",
        _QUOTE_IT,
    ),
    Clue(
        "bad indentation",
        "before mark",
        r"""(["'])[ \t]*$""",
        "text behind a closing quote",
        "put all of the value in one pair of quotes; a quote inside is written twice (`''`) or as `\\\"`",
    ),
    Clue(
        "bad indentation",
        "before mark",
        r"""([\[{].*[\]}])[ \t]*$""",
        "a value that starts with a bracket is a list or a mapping, and here is more text behind it",
        _QUOTE_IT,
    ),
    Clue(
        "bad indentation",
        "mark line",
        r":[ \t]+(- [^\n]*)",
        "a list item in the line of its key",
        "start the list in the next line",
    ),
    Clue(
        "end of the stream or",
        "origin",
        r"^[^\W\d][^:\n]*$",
        _NEITHER,
        _WRITE_KEYS,
    ),
    Clue(
        "bad indentation|end of the stream or",
        "mark line",
        r"^\s*(\S[^\n]*)",
        "this line is indented unlike its neighbours",
        "give all keys of a mapping, and all dashes of a list, the same indentation",
    ),
    Clue(
        "implicit|colon is missed",
        "origin line",
        r"^\s*(\S[^\n]*)",
        _NEITHER,
        _WRITE_KEYS,
    ),
)


def explain(text: str, block: Span, problem: Problem) -> Explanation:
    """Say in plain words what is wrong with a block that the parser gave up on."""
    mark = _seen(text, block, problem.offset)
    origin = _seen(text, block, problem.origin)
    for clue in _CLUES:
        if not re.search(clue.words, problem.words):
            continue
        place = mark if "mark" in clue.where else origin
        start, end = _scope(text, block, clue.where, place)
        # Sliced, so that ^ and $ are the ends of what the expression is tried on.
        match = re.search(clue.pattern, text[start:end], re.MULTILINE)
        if match:
            group = 1 if match.lastindex else 0
            span = Span(start + match.start(group), start + match.end(group))
            return Explanation(clue.message.format(match[group]), clue.help, span)
    line_end = _line_end(text, mark, block.end)
    return Explanation(
        "the metadata is not valid YAML",
        "see the place above; quotes around a value often help",
        Span(mark, line_end),
    )


def _seen(text: str, block: Span, offset: int) -> int:
    """Return an offset, or the end of the last line with text if it is behind that."""
    last = block.start + len(text[block.start : block.end].rstrip())
    return max(min(offset, last), block.start)


def _scope(text: str, block: Span, where: Where, place: int) -> tuple[int, int]:
    if where == "block":
        return block.start, block.end
    start = _line_start(text, place, block.start)
    end = _line_end(text, place, block.end)
    if where.startswith("before"):
        return start, place
    if where == "lines to origin":
        return _line_start(text, max(start - 1, block.start), block.start), end
    return (start if where.endswith("line") else place), end


def _line_start(text: str, place: int, start: int) -> int:
    return max(text.rfind("\n", start, place), text.rfind("\r", start, place), start - 1) + 1


def _line_end(text: str, place: int, end: int) -> int:
    match = re.compile(r"[^\r\n]*").match(text, place, end)
    return match.end() if match else place
