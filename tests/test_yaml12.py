import math
from typing import Any

import pytest
from hypothesis import given

from cardkit.core_schema import Timestamp
from cardkit.yaml12 import Node, parse
from tests.strategies import anything, front_matter


# What js-yaml 4.3 makes of each, where YAML 1.1 and 1.2 differ (and where they do not).
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("tRue", "tRue"),
        ("014", 14),
        ("0o14", 12),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("1234567e8", 123456700000000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.inf", -math.inf),
        ("12:30", "12:30"),
        ("2024-01-01", Timestamp("2024-01-01")),
        ("2024-1-1", "2024-1-1"),
        ("2024-1-1 1:02:03Z", Timestamp("2024-1-1 1:02:03Z")),
        ("~", None),
        ("Null", None),
        ("", None),
        ("nULL", "nULL"),
        ("1.10", 1.1),
        ("+5", 5),
        ("'5'", "5"),
        ('"no"', "no"),
        ("!!str 5", "5"),
        ("9007199254740993", 9007199254740992.0),
        ("1" * 400, "1" * 400),
        ("1e999", "1e999"),
    ],
)
def test_scalars_mean_what_the_hub_sees(text: str, value: Any) -> None:
    got = parse(f"k: {text}\n").value["k"]
    assert got == value
    assert type(got) is type(value)


def test_not_a_number() -> None:
    assert math.isnan(parse("k: .nan").value["k"])


@given(front_matter | anything)
def test_a_scalar_on_one_line_reads_back_from_its_span(text: str) -> None:
    document = parse(text)
    for node in _scalars(document.root) if document.root and not document.excess else ():
        written = text[node.span.start : node.span.end]
        if "\n" in written or "\r" in written or not written or node.anchor or written[0] in "*!":
            continue
        alone = parse(f"- {written}").root
        again = alone.items[0] if alone and alone.items else None
        assert again is not None, (written, node.text)
        assert (again.text, again.style) == (node.text, node.style)


def _scalars(node: Node) -> list[Node]:
    if node.kind == "scalar":
        return [node]
    children = [part for pair in node.pairs for part in pair] + node.items
    return [scalar for child in children for scalar in _scalars(child)]


@given(anything | front_matter)
def test_spans_lie_in_the_text_and_in_their_parents(text: str) -> None:
    document = parse(text, base=7)
    if document.root is None or document.excess:
        return

    def check(node: Node, start: int, end: int) -> None:
        assert start <= node.span.start <= node.span.end <= end
        for child in [part for pair in node.pairs for part in pair] + node.items:
            if not text[node.span.start - 7 :].startswith("*"):  # an alias shares another's content
                check(child, node.span.start, node.span.end)

    check(document.root, 7, 7 + len(text))


def test_keys_are_javascript_property_names() -> None:
    document = parse("1: a\n'1': b\ntrue: c\n~: d\n{a: 1}: e\n[1, 2]: f\n1.0: g\n")
    assert [duplicate.path for duplicate in document.duplicates] == [("1",), ("1",)]
    assert list(document.value) == ["1", "true", "null", "[object Object]", "1,2"]


def test_merge_keys_give_way_to_own_keys() -> None:
    value = parse("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n").value
    assert value["own"] == {"y": 3, "x": 1}


def test_template_variables_are_a_mapping_as_for_the_hub() -> None:
    assert parse("license: {{ license }}").value == {"license": {"[object Object]": None}}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a ["
        + "x," * 9
        + "x]\n"
        + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n"
            for i in range(9)
        ),
        "a: &a [*a]",
        "[" * 5000 + "]" * 5000,
        "a: " * 5000,
    ],
)
def test_bombs_are_told_not_expanded(text: str) -> None:
    document = parse(text)
    assert document.excess or document.problem
    assert document.value is None


def test_problems_have_a_place() -> None:
    problem = parse("a: 1\nb: c: d\n", base=10).problem
    assert problem is not None
    assert problem.offset == 10 + len("a: 1\nb: c")
