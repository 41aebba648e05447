"""Against js-yaml itself: the metadata of real cards, texts of our own, and mutations of both."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cardkit.frontmatter import find_front_matter
from cardkit.text import Source
from cardkit.yaml12 import parse
from tests.mutations import mutations
from tests.reference import as_answer, ask, node_folder, same

needs_node = pytest.mark.skipif(node_folder() is None, reason="no node with js-yaml and Joi")
CASES = Path(__file__).parent / "cases" / "yaml.md"
PAIR = tuple[dict[str, Any], dict[str, Any]]


def read_both(texts: list[str]) -> list[PAIR]:
    return list(
        zip((as_answer(parse(text)) for text in texts), ask("read.cjs", texts), strict=True)
    )


def counts(pairs: list[PAIR]) -> Counter[str]:
    found: Counter[str] = Counter()
    for ours, theirs in pairs:
        found["refused"] += not theirs["ok"]
        found["alike"] += ours["ok"] == theirs["ok"]
        if ours["ok"] and theirs["ok"]:
            found["both"] += 1
            found["same value"] += same(ours["value"], theirs["value"])
        elif not ours["ok"] and not theirs["ok"]:
            found["same sentence"] += ours == theirs
    return found


def own_texts() -> list[str]:
    """Return the texts in the fences of the cases, which stand there for their odd YAML."""
    return CASES.read_text("utf-8").split("\n~~~\n")[1::2]


@needs_node
def test_odd_texts_are_read_as_js_yaml_does() -> None:
    texts = own_texts()
    assert len(texts) > 60
    for text, (ours, theirs) in zip(texts, read_both(texts), strict=True):
        assert ours["ok"] == theirs["ok"], text
        if ours["ok"]:
            assert same(ours["value"], theirs["value"]), text
        else:
            assert ours == theirs, text


def check_mutations(texts: list[str], count: int, seed: int) -> None:
    pairs = read_both([text for _, text in mutations(texts, count, seed)])
    found = counts(pairs)
    assert found["refused"] >= count / 4
    assert found["alike"] >= 0.999 * count
    assert found["same value"] >= 0.999 * found["both"]
    assert found["same sentence"] >= 0.999 * found["refused"]


@needs_node
def test_mutations_of_odd_texts_are_read_as_js_yaml_does() -> None:
    check_mutations(own_texts(), 4_000, seed=7)


@pytest.fixture(scope="module")
def blocks(real_cards: dict[str, bytes]) -> list[str]:
    texts = (Source(data).text for data in real_cards.values())
    found = ((text, find_front_matter(text)) for text in texts)
    return [text[at.content.start : at.content.end] for text, at in found if at]


@needs_node
def test_real_cards_are_read_as_js_yaml_does(blocks: list[str]) -> None:
    assert len(blocks) == 3715
    found = counts(read_both(blocks))
    assert found["alike"] == len(blocks)
    assert found["same value"] == found["both"]


@needs_node
def test_mutations_of_real_cards_are_read_as_js_yaml_does(blocks: list[str]) -> None:
    check_mutations(sorted({text for text in blocks if len(text) < 3000}), 20_000, seed=1)
