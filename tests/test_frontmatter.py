import pytest
from hypothesis import given

from cardkit.fences import diagnose
from cardkit.frontmatter import find_front_matter
from tests.strategies import anything, cards


@pytest.mark.parametrize(
    "text",
    [
        "---\nlicense: mit\n---\n# A",
        "---\nlicense: mit\n---",
        "\n\n  ---\nlicense: mit\n---\n",
        "\ufeff---\nlicense: mit\n---\n",
        "\u00a0---\nlicense: mit\n---\n",
        "---\r\nlicense: mit\r\n---\r\n",
        "---\nlicense: mit\n--- \t\n",
        "---\n\n---\n",
    ],
)
def test_the_hub_reads_these(text: str) -> None:
    block = find_front_matter(text)
    assert block is not None
    assert text[block.opening.start : block.opening.end] == "---"
    assert text[block.closing.start : block.closing.end] == "---"
    assert text[block.content.start : block.content.end] in ("license: mit", "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "none"),
        ("# A\n", "none"),
        ("---\n---\n", "empty"),
        ("---\nlicense: mit\n\n# A\n", "unclosed"),
        ("---\nlicense: mit\n---oops\n# A\n", "bad-closing"),
        ("---\nlicense: mit\n...\n# A\n", "bad-closing"),
        ("---\nlicense: mit\n—\n# A\n", "unclosed"),
        ("---\nlicense: mit\n----\n# A\n", "bad-closing"),
        ("--- \nlicense: mit\n---\n", "bad-opening"),
        ("----\nlicense: mit\n---\n", "bad-opening"),
        ("———\nlicense: mit\n---\n", "bad-opening"),
        ("```yaml\nlicense: mit\n```\n", "bad-opening"),
        ("license: mit\ntags:\n- a\n---\n# A\n", "no-fence"),
        ("# A\n---\nlicense: mit\n---\n", "misplaced"),
        ("<!-- badge -->\n---\nlicense: mit\n---\n", "misplaced"),
        ("\u200b---\nlicense: mit\n---\n", "misplaced"),
        ("---\r\r\nlicense: mit\r\r\n---\r\r\n", "line-ends"),
        ("---\rlicense: mit\r---\r# A\r", "line-ends"),
        ("---\n\nA rule, then text.\n", "none"),
        ("# A\n```\n---\nlicense: mit\n---\n```\n", "none"),
    ],
)
def test_what_keeps_the_hub_from_reading_is_named(text: str, kind: str) -> None:
    assert find_front_matter(text) is None
    assert diagnose(text).kind == kind


@given(anything | cards)
def test_every_text_is_found_or_diagnosed(text: str) -> None:
    block = find_front_matter(text)
    if block is None:
        problem = diagnose(text)
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.stray is None or problem.stray.end <= len(text)
    else:
        assert block.opening.end <= block.content.start <= block.content.end <= block.closing.start
        assert block.closing.end <= block.end
