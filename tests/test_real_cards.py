"""All real cards at once: nothing crashes, and nothing is told that is not there."""

from cardkit.card import Card
from cardkit.engine import lint
from cardkit.selection import select
from cardkit.text import Source


def test_no_card_crashes_a_rule(real_cards: dict[str, bytes]) -> None:
    selection = select("accountable", ["ALL"])
    assert len(real_cards) == 4699
    for name, data in real_cards.items():
        report = lint(Card(Source(data, name)), selection)
        crashes = [item.message for item in report.diagnostics if item.code == "CK901"]
        assert crashes == [], name
        for item in report.diagnostics:
            line = report.card.source.line_span(item.start.line)
            assert line.start <= item.span.start <= line.end + 1, (name, item.code)


def test_keys_that_are_there_are_never_called_missing(real_cards: dict[str, bytes]) -> None:
    for name, data in real_cards.items():
        report = lint(Card(Source(data, name)), select("accountable", ["CK120"]))
        if report.diagnostics:
            assert "license" not in report.card.metadata, name
