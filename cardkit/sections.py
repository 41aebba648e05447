"""A card's body as a tree of sections, from a block-level CommonMark parse.

A heading is what a reader takes for one: ATX (``## Use``), setext (underlined), HTML (``<h2>``), a
bold line standing alone, and ``##Use`` without its space (not a heading to CommonMark, but its
author meant one). Code, comments, quotations and front matter hold no headings.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any, Final, Literal, NamedTuple

from markdown_it import MarkdownIt

from cardkit.text import Source, Span

HeadingKind = Literal["root", "atx", "setext", "html", "bold", "hash"]
BlockKind = Literal["text", "code", "table", "html", "rule"]

#: The level of a bold line: below every heading.
BOLD_LEVEL: Final = 7


class Block(NamedTuple):
    """A leaf of the body.

    ``text`` is what a reader sees, comments and tags removed, inline markup kept; ``depth`` is how
    many lists it stands in; ``quoted`` whether it stands in a block quotation.
    """

    kind: BlockKind
    span: Span
    text: str
    depth: int = 0
    quoted: bool = False


class Section:
    """A heading with what stands below it. ``level`` 0 is the body before the first heading."""

    __slots__ = ("blocks", "children", "end", "heading", "kind", "level", "parent", "title")

    def __init__(self, title: str, kind: HeadingKind, level: int, heading: Span) -> None:
        self.title = title
        self.kind = kind
        self.level = level
        #: the lines of the heading
        self.heading = heading
        #: the offset where the next section of the same or a higher level starts
        self.end = heading.end
        #: what stands between this heading and the next one
        self.blocks: list[Block] = []
        self.children: list[Section] = []
        self.parent: Section | None = None

    def __repr__(self) -> str:
        return f"<Section {self.level} {self.title!r}>"

    def walk(self) -> Iterator["Section"]:
        """Yield this section and all below it, in the order of the text."""
        stack = [self]
        while stack:
            section = stack.pop()
            yield section
            stack.extend(reversed(section.children))


def parse_sections(source: Source, start: int = 0, skip: Span | None = None) -> Section:
    """Return the root of the section tree of ``source`` from offset ``start`` on.

    ``start`` must be the start of a line. The lines of ``skip`` (metadata at a wrong place) are
    read as if they were blank.
    """
    text = source.text
    body = text[start:]
    if skip is not None:
        body = blank(body, Span(skip.start - start, skip.end - start))
    first = source.position(start).line
    root = Section("", "root", 0, Span(start, start))
    root.end = len(text)
    open_sections = [root]
    for part in _parts(_parser("|" in body).parse(body), source, first):
        if isinstance(part, Block):
            open_sections[-1].blocks.append(part)
            continue
        while open_sections[-1].level >= part.level:
            open_sections.pop().end = part.heading.start
        part.parent = open_sections[-1]
        part.parent.children.append(part)
        part.end = len(text)
        open_sections.append(part)
    return root


@cache
def _parser(tables: bool) -> MarkdownIt:
    # Inline parsing is three quarters of the time and says nothing about structure; looking for
    # tables in every line is a sixth of the rest.
    parser = MarkdownIt("commonmark").disable("inline")
    return parser.enable("table") if tables else parser


def blank(text: str, span: Span) -> str:
    """Replace a span by blanks and its line ends, so that line numbers stay."""
    return (
        text[: span.start] + re.sub(r"[^\r\n]", " ", text[span.start : span.end]) + text[span.end :]
    )


def _parts(tokens: list[Any], source: Source, first: int) -> Iterator[Block | Section]:
    """Yield headings (as sections) and blocks in the order of the text."""
    lists = quotes = 0
    table: Any = None
    heading: Any = None
    for token in tokens:
        kind = token.type
        if kind == "inline":
            if heading is not None and not quotes:
                style: HeadingKind = "atx" if heading.markup.startswith("#") else "setext"
                span = _lines(source, first, *heading.map)
                title = plain_text(token.content)
                yield Section(title, style, int(heading.tag[1]), span)
            elif table is None:
                yield from _paragraph(token, source, first, lists, bool(quotes))
        elif kind == "heading_open":
            heading = token
        elif kind == "heading_close":
            heading = None
        elif kind in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        elif kind == "blockquote_open":
            quotes += 1
        elif kind == "blockquote_close":
            quotes -= 1
        elif kind == "table_open":
            table = token
            span = _lines(source, first, *token.map)
            text = source.text[span.start : span.end]
            yield Block("table", span, text, lists, bool(quotes))
        elif kind == "table_close":
            table = None
        elif kind in ("fence", "code_block"):
            span = _lines(source, first, *token.map)
            yield Block("code", span, token.content, lists, bool(quotes))
        elif kind == "html_block":
            yield from _html(token, source, first, lists, bool(quotes))
        elif kind == "hr":
            yield Block("rule", _lines(source, first, *token.map), "", lists, bool(quotes))


def _lines(source: Source, first: int, start: int, end: int) -> Span:
    """Return the span of the parser's lines ``start`` to ``end`` (0-based, half-open)."""
    last = source.line_span(first + max(end, start + 1) - 1)
    return Span(source.line_span(first + start).start, last.end)


# **Title**, **Title:**, __Title__ or <b>Title</b>, alone on the line.
_BOLD = re.compile(
    r"(\*\*|__|<(?:b|strong)>)(?=\S)((?:(?!\*\*|__).){1,80}?)(\*\*|__|</(?:b|strong)>)\s*[:：]?\s*\Z"
)
_HASH = re.compile(r"(#{1,6})([^\s#!].{0,79})\Z")


def _paragraph(
    token: Any, source: Source, first: int, lists: int, quoted: bool
) -> Iterator[Block | Section]:
    """Yield a paragraph, cut where one of its lines is a heading to its readers."""
    start, end = token.map
    lines = without_comments(token.content).split("\n")
    pending = 0
    # A quoted line, or one in a list, is no heading of the card.
    if not quoted and not lists:
        for i, line in enumerate(lines[: end - start]):
            if line[:1] not in ("#", "*", "_", "<"):
                continue
            title: Section | None = None
            span = _lines(source, first, start + i, start + i + 1)
            if match := _BOLD.match(line.strip()):
                if _is_title(match[2]):
                    title = Section(plain_text(match[2]), "bold", BOLD_LEVEL, span)
            elif match := _HASH.match(line.strip()):
                title = Section(plain_text(match[2]), "hash", len(match[1]), span)
            if title is None:
                continue
            if i > pending:
                yield _text(lines[pending:i], source, first, start + pending, start + i)
            yield title
            pending = i + 1
    if pending < len(lines) and any(line.strip() for line in lines[pending:]):
        text = "\n".join(lines[pending:])
        yield Block("text", _lines(source, first, start + pending, end), text, lists, quoted)


def _text(lines: list[str], source: Source, first: int, start: int, end: int) -> Block:
    return Block("text", _lines(source, first, start, end), "\n".join(lines))


def _is_title(text: str) -> bool:
    """Tell a title from a sentence that is set in bold for its importance."""
    return not text.rstrip("*_ ").endswith((".", "!", "?", "。", "！", "？", ",", ";"))


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|pre|code|textarea)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_PRE = re.compile(r"<pre\b[^>]*>(.*?)(?:</pre\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def _html(
    token: Any, source: Source, first: int, lists: int, quoted: bool
) -> Iterator[Block | Section]:
    """Yield the text of an HTML block, cut at its headings."""
    start = token.map[0]
    whole = _COMMENT.sub(_newlines, token.content)
    content = _UNSEEN.sub(_newlines, whole)

    def piece(begin: int, stop: int) -> Span:
        line = start + content.count("\n", 0, begin)
        last = start + content.count("\n", 0, max(stop - 1, begin))
        return _lines(source, first, line, last + 1)

    pending = 0
    for match in _HTML_HEADING.finditer(content):
        before = readable(content[pending : match.start()])
        if before:
            yield Block("html", piece(pending, match.start()), before, lists, quoted)
        title = plain_text(match[2])
        if title and not quoted:
            yield Section(title, "html", int(match[1]), piece(*match.span()))
        pending = match.end()
    rest = readable(content[pending:])
    if rest:
        yield Block("html", piece(pending, len(content)), rest, lists, quoted)
    for match in _PRE.finditer(whole):
        # Lines are the same in both texts, offsets are not.
        begin = start + whole.count("\n", 0, match.start())
        span = _lines(source, first, begin, begin + match[0].count("\n") + 1)
        yield Block("code", span, unescape(_TAG.sub("", match[1])), lists, quoted)


def _newlines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def without_comments(text: str) -> str:
    """Return a text without its HTML comments, line ends kept."""
    return _COMMENT.sub(_newlines, text) if "<!--" in text else text


def readable(html: str) -> str:
    """Return the text of a piece of HTML; what is shown without words stands as "![image]"."""
    return unescape(_TAG.sub(" ", _SHOWN.sub(" ![image] ", html))).strip()


_SHOWN = re.compile(r"<(?:img|iframe|video|audio|embed|object|picture|svg)\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])")
_MARKUP = re.compile(r"[*`~]+|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])")


def plain_text(markdown: str) -> str:
    """Return a short piece of inline Markdown (a title) without its markup."""
    text = without_comments(markdown)
    if "[" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = unescape(_MARKUP.sub("", text)) if text else text
    return " ".join(text.split())
