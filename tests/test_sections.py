"""Section trees as text: one line a section, indented by its depth, with its kind and blocks."""

import pytest
from hypothesis import given

from cardkit.sections import Section, parse_sections
from cardkit.text import Source
from tests.strategies import anything, body


def outline(text: str) -> list[str]:
    def lines(section: Section, depth: int) -> list[str]:
        blocks = "".join(f" {block.kind}" for block in section.blocks)
        own = [f"{'  ' * depth}{section.kind} {section.title}:{blocks}"]
        return own + [line for child in section.children for line in lines(child, depth + 1)]

    return lines(parse_sections(Source.from_text(text)), 0)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param(
            "intro\n# A\ntext\n## B\n", ["root : text", "  atx A: text", "    atx B:"], id="atx"
        ),
        pytest.param("A\n=\nB\n-\nx", ["root :", "  setext A:", "    setext B: text"], id="setext"),
        pytest.param(
            "# *A* `b` [c](d)\n", ["root :", "  atx A b c:"], id="markup is taken from titles"
        ),
        pytest.param("```\n# no\n```\n    # no\n", ["root : code code"], id="code"),
        pytest.param("<!-- # no -->\n<!--\n# no\n-->\n", ["root :"], id="comments say nothing"),
        pytest.param("> # quoted\n", ["root : text"], id="quotations"),
        pytest.param(
            "<div>\n<h2>A</h2>\n<p>x</p>\n</div>\n", ["root :", "  html A: html"], id="html"
        ),
        pytest.param(
            "<h1 align=center>A <b>b</b></h1>\n\nx",
            ["root :", "  html A b: text"],
            id="html attributes",
        ),
        pytest.param("<pre>\n<h2>no</h2>\n</pre>\n", ["root : code"], id="html code"),
        pytest.param("**A**\n\nx\n", ["root :", "  bold A: text"], id="bold line"),
        pytest.param("__A:__\nx\n", ["root :", "  bold A:: text"], id="bold line before its text"),
        pytest.param("**This matters.**\n", ["root : text"], id="a bold sentence is no heading"),
        pytest.param("**A** and more\n", ["root : text"], id="bold in a line is no heading"),
        pytest.param("- **A**\n", ["root : text"], id="bold in a list is no heading"),
        pytest.param(
            "##A\nx\n##B\n", ["root :", "  hash A: text", "  hash B:"], id="without a space"
        ),
        pytest.param(
            "### C\n# A\n## B\n", ["root :", "  atx C:", "  atx A:", "    atx B:"], id="levels"
        ),
        pytest.param("- a\n  - b\n\n1. c\n", ["root : text text text"], id="lists"),
        pytest.param("| a |\n|---|\n| # b |\n", ["root : table"], id="tables"),
    ],
)
def test_outline(text: str, tree: list[str]) -> None:
    assert outline(text) == tree


def test_skipped_lines_are_read_as_blank() -> None:
    text = "# A\n---\nlicense: mit\n---\ntext\n"
    source = Source.from_text(text)
    start, end = text.index("---"), text.index("text")
    from cardkit.text import Span

    sections = [s.title for s in parse_sections(source, 0, Span(start, end)).walk()]
    assert sections == ["", "A"]


@given(body | anything)
def test_spans_are_in_order_and_hold_what_they_name(text: str) -> None:
    source = Source.from_text(text)
    if source.problem:
        return
    last = -1
    for section in parse_sections(source).walk():
        assert section.heading.start >= last or section.level == 0
        last = max(last, section.heading.start)
        assert section.heading.end <= section.end <= len(text)
        for block in section.blocks:
            assert section.heading.start <= block.span.start <= block.span.end <= section.end
        for child in section.children:
            assert section.heading.start <= child.heading.start
            assert child.end <= section.end
