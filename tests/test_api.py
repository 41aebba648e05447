"""The Python API: cards that load, change, save and go through huggingface_hub and back."""

import doctest
from pathlib import Path

import pytest
from hypothesis import given, settings

import cardkit
import cardkit.api
from cardkit import Card, lint
from cardkit.errors import EditError, InputError
from tests import strategies

CARD = """\
---
# chosen by legal
license: mit
language: no
version: 1.10
tags: [a,   b]
model-index:
- name: one
  results:
  - task: {type: t}
    dataset: {type: d, name: D}
    metrics:
    - type: f1
      value: 0.50
      note: kept
- name: two
  results: []
date: 2024-01-01
---

# Title

Words.
"""


def test_a_card_comes_back_from_huggingface_hub_as_it_was() -> None:
    card = Card.from_text(CARD)
    assert card.from_hub(card.to_hub()).source.data == card.source.data


def test_only_what_was_changed_there_is_changed_here() -> None:
    card = Card.from_text(CARD)
    other = card.to_hub()
    other.data.license = "apache-2.0"
    other.data.datasets = ["acme/x"]
    other.text = other.text.replace("Words.", "More words.")
    expected = CARD.replace("license: mit", "license: apache-2.0").replace("Words.", "More words.")
    expected = expected.replace("date: 2024-01-01\n", "date: 2024-01-01\ndatasets:\n- acme/x\n")
    assert card.from_hub(other).text == expected


def test_merged_results_do_not_come_back() -> None:
    card = Card.from_text(CARD)
    other = card.to_hub()
    other.data.eval_results[0].metric_value = 0.9
    with pytest.raises(EditError, match="several model-index entries"):
        card.from_hub(other)


@settings(max_examples=150, deadline=None)
@given(strategies.cards)
def test_any_card_comes_back_from_huggingface_hub(text: str) -> None:
    card = Card.from_text(text)
    try:
        there = card.to_hub()
    except Exception:  # noqa: BLE001 (whatever it raises on metadata that it cannot take)
        return
    assert card.from_hub(there).source.data == card.source.data


def test_real_cards_come_back_from_huggingface_hub(real_cards: dict[str, bytes]) -> None:
    from cardkit.text import Source

    there = 0
    for data in list(real_cards.values())[::10]:
        card = Card(Source(data))
        try:
            other = card.to_hub()
        except Exception:  # noqa: BLE001
            continue
        assert card.from_hub(other).source.data == data
        there += 1
    assert there > 400


def test_loading_editing_and_saving(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD, "utf-8")
    card = Card.load(tmp_path)
    assert card.get("model-index[0].results[0].metrics[0].value") == 0.5
    assert (card.get("nothing"), card.get("nothing", 3)) == (None, 3)
    card.set("license", "gpl-3.0").add("tags", "c").remove("date").save()
    assert (tmp_path / "README.md").read_text("utf-8") == CARD.replace("mit", "gpl-3.0").replace(
        "a,   b]", "a,   b, c]"
    ).replace("date: 2024-01-01\n", "")
    with pytest.raises(InputError, match="No such file"):
        Card.load(tmp_path / "gone.md")


def test_a_card_in_a_with_block_is_saved_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD, "utf-8")
    with Card.edit(path) as card:
        card["license"] = "gpl-3.0"
        del card["date"]
        card.add("tags", "c")
        assert "date" not in card
        assert card["language"] == "no"
    assert "gpl-3.0" in path.read_text("utf-8")
    before = path.read_text("utf-8")

    def broken() -> None:
        with Card.edit(path) as card:
            card["license"] = "mit"
            card["nothing"]

    with pytest.raises(KeyError):
        broken()
    assert path.read_text("utf-8") == before


def test_the_public_names() -> None:
    report = lint(Card.from_text(CARD))
    assert report.diagnostics == Card.from_text(CARD).lint().diagnostics
    assert set(cardkit.__all__) <= {*dir(cardkit), "Card", "lint", "CardCallback"}
    with pytest.raises(AttributeError):
        cardkit.nothing  # noqa: B018
    assert doctest.testmod(cardkit.api).failed == 0
    assert str(Card.from_text("\ufeff# x")) == "\ufeff# x"
    assert Card.of_hub(Card.from_text(CARD).to_hub()).get("license") == "mit"
