import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardkit.text import Source


@given(st.text(st.sampled_from("ab\r\n中\u2028\x85\x0c"), max_size=60))
def test_offset_and_position_are_inverse(text: str) -> None:
    source = Source.from_text(text)
    for offset in range(len(source.text) + 1):
        assert source.offset(*source.position(offset)) == offset


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("a", 1),
        ("a\n", 1),
        ("a\nb", 2),
        ("a\r\nb\rc\nd", 4),
        ("a\u2028b\x0cc\x85d", 1),
        ("\n\n", 2),
    ],
)
def test_only_lf_crlf_and_cr_end_a_line(text: str, lines: int) -> None:
    assert Source.from_text(text).line_count == lines


def test_columns_count_code_points() -> None:
    source = Source.from_text("é中🙂x\ny")
    assert source.position(3) == (1, 4)
    assert source.position(5) == (2, 1)


def test_byte_order_mark_is_no_text_and_comes_back() -> None:
    source = Source(b"\xef\xbb\xbf# A\r\n")
    assert source.text == "# A\r\n"
    assert source.encode(source.text) == source.data


@given(st.binary(max_size=80))
def test_any_bytes_are_read_and_valid_ones_written_back(data: bytes) -> None:
    source = Source(data)
    if source.problem is None:
        assert source.encode(source.text) == data
    else:
        assert 0 <= source.problem.offset <= len(source.text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("# Card".encode("utf-16"), "UTF-16"),
        ("# Card".encode("utf-16-le"), "binary or UTF-16"),
        (b"caf\xe9", "0xe9"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        ("\ud800".encode("utf-8", "surrogatepass"), "0xed"),
    ],
)
def test_undecodable_bytes_are_named(data: bytes, reason: str) -> None:
    problem = Source(data).problem
    assert problem is not None
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("text", "newline"),
    [("a\nb\n", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a", "\n"), ("a\rb\rc", "\r")],
)
def test_newline_is_the_one_used_most(text: str, newline: str) -> None:
    assert Source.from_text(text).newline == newline
