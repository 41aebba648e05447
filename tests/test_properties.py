"""What holds for every card: nothing crashes, findings keep their place, line ends do not matter."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardkit.card import Card
from cardkit.diagnostic import Diagnostic
from cardkit.engine import Report, lint
from cardkit.rules import all_rules
from cardkit.selection import select
from cardkit.text import Source
from tests.strategies import anything, body, cards

#: Rules that look at the body alone (CK306 and CK307 also accept metadata in its place).
BODY_RULES = [
    rule.code
    for rule in all_rules()
    if rule.code.startswith(("CK3", "CK5", "CK7")) and rule.code not in ("CK306", "CK307", "CK706")
]
EVERYTHING = select("accountable", ["ALL"])


def run(text: str, **options: Any) -> Report:
    return lint(Card.from_text(text), select(**options))


@given(anything | cards | st.binary(max_size=300))
@settings(max_examples=300)
@example("---\n? \n---\n")
@example("\x85---\n")
def test_no_text_crashes_anything(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    report = lint(Card(Source(data)), EVERYTHING)
    assert [item.message for item in report.diagnostics if item.code == "CK901"] == []
    for item in report.diagnostics:
        assert 0 <= item.span.start <= item.span.end <= len(report.card.text)


def body_findings(text: str, shift: int) -> list[tuple[Any, ...]]:
    report = run(text, select=BODY_RULES)
    return [
        (item.code, item.start.line - shift, item.start.column, item.target, item.help)
        for item in report.diagnostics
    ]


@given(body)
@settings(max_examples=200)
def test_body_findings_move_with_the_body(text: str) -> None:
    # Two blocks of different length: the findings differ by that length and nothing else.
    short = "---\nlicense: mit\n---\n"
    long = "---\nlicense: mit\ntags:\n- a\n- b\n---\n"
    assert body_findings(short + text, 3) == body_findings(long + text, 6)


@given(body)
@settings(max_examples=200)
def test_body_findings_do_not_change_when_front_matter_is_put_in_front(text: str) -> None:
    plain = Card.from_text(text)
    # Only where the text alone is not taken for metadata, wanted or strayed.
    if plain.front_matter or plain.fence_problem.kind != "none" or not text.strip():  # type: ignore[union-attr]
        return
    if text.startswith("version https://git-lfs"):
        return
    assert body_findings("---\nlicense: mit\n---\n" + text, 3) == body_findings(text, 0)


def told(item: Diagnostic) -> tuple[Any, ...]:
    return (item.code, item.start, item.end, item.target, item.message, item.help, item.severity)


@given(cards | body)
@settings(max_examples=200)
def test_crlf_and_lf_give_the_same_findings(text: str) -> None:
    text = text.replace("\r", "")
    if text.lstrip().startswith("---\n---"):
        return  # by the Hub's expression this is no block with LF, and an empty one with CRLF
    unix = lint(Card.from_text(text), EVERYTHING)
    windows = lint(Card.from_text(text.replace("\n", "\r\n")), EVERYTHING)
    assert [told(item) for item in unix.diagnostics] == [told(item) for item in windows.diagnostics]
    assert unix.reached == windows.reached


@given(cards | anything)
@settings(max_examples=10_000, deadline=None)
def test_reading_and_writing_changes_no_byte(text: str) -> None:
    for data in (
        text.encode("utf-8", "surrogatepass"),
        text.replace("\n", "\r\n").encode("utf-8", "surrogatepass"),
        b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"),
    ):
        source = Source(data)
        if source.problem is None:
            assert source.encode(source.text) == data
