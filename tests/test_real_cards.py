"""All real cards at once: nothing crashes, and nothing is told that is not there."""

from cardkit.card import Card
from cardkit.engine import lint
from cardkit.report.full import group
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


def test_the_default_profile_stays_readable(real_cards: dict[str, bytes]) -> None:
    lengths = []
    for name in sorted(real_cards)[::10]:
        report = lint(Card(Source(real_cards[name], name)))
        groups = group(report.diagnostics)
        lengths.append(len(groups))
        # Nothing is lost: what is not shown stands behind what is.
        assert sum(1 + len(others) for _, others in groups) == len(report.diagnostics)
    lengths.sort()
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 12


#: Rules that say that a top-level key is absent -> the keys, of which none may be there.
ABSENT = {
    "CK120": ("license",),
    "CK207": ("license_link", "license_name"),  # one of the two, named in the message
    "CK212": ("base_model",),
    "CK407": ("metrics", "datasets"),
    "CK409": (),
}


def test_keys_that_are_there_are_never_called_missing(real_cards: dict[str, bytes]) -> None:
    selection = select("accountable", [*ABSENT, "CK401"])
    told = 0
    for name, data in real_cards.items():
        report = lint(Card(Source(data, name)), selection)
        if not report.diagnostics or report.card.front_matter is None:
            continue
        # Read without any YAML: a key that is there starts a line of the block.
        at = report.card.front_matter.content
        lines = report.card.text[at.start : at.end].splitlines()
        there = {line.partition(":")[0].strip("'\" ") for line in lines if line[:1].strip()}
        for item in report.diagnostics:
            told += 1
            for key in ABSENT.get(item.code, ()):
                if f"`{key}`" in item.message or item.code == "CK120":
                    value = report.card.metadata.get(key)
                    said_absent = item.code != "CK407" or f"no `{key}`" in item.message
                    assert key not in there or not said_absent or not value, (name, item)
            if item.code == "CK401":  # `path.key` is missing
                *path, key = (
                    item.message.split("`")[1].replace("]", "").replace("[", ".").split(".")
                )
                value: object = report.card.metadata
                for step in path:
                    value = value[int(step) if isinstance(value, list) else step]  # type: ignore[index,call-overload]
                assert key not in value, (name, item)  # type: ignore[operator]
    assert told > 100


def test_reading_and_writing_changes_no_byte(real_cards: dict[str, bytes]) -> None:
    for name, data in real_cards.items():
        source = Source(data, name)
        if source.problem is None:
            assert source.encode(source.text) == data, name
