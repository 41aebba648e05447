"""Published per-sentence scores give the published figures."""

import csv
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from cardkit.errors import UsageError
from cardkit.probe.published import Triple, crows_pairs, stereoset

BIAS = Path(__file__).resolve().parents[3] / "shared/bias"
needs_bias = pytest.mark.skipif(not BIAS.exists(), reason="the published scores are not here")


def read_pairs(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores of sent_more and sent_less, and which pairs are antistereo.

    In these files the two score columns are swapped on antistereo rows; `score` says which won.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    anti = np.array([row["stereo_antistereo"] == "antistereo" for row in rows])
    scores = [(float(row["sent_more_score"]), float(row["sent_less_score"])) for row in rows]
    left, right = (np.array(column) for column in zip(*scores, strict=True))
    return np.where(anti, right, left), np.where(anti, left, right), anti


@needs_bias
@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("bert", "bert-base-uncased"),
        ("roberta", "roberta-large"),
        ("biobert", "biobert-base-cased-v1.1"),
        ("scibert", "scibert"),
    ],
)
def test_crows_pairs(model: str, name: str) -> None:
    published = json.loads((BIAS / "published/scores.json").read_text("utf-8"))
    figures = published["crows_pairs_nangia_metric"][name]
    result = crows_pairs(*read_pairs(BIAS / f"crows-pairs/per-pair-scores/{model}_crows_score.csv"))
    assert result.metric.n == 1508
    assert result.metric.percent == pytest.approx(figures["metric"], abs=0.006)
    digits = 0.06 if model == "roberta" else 0.006  # printed with one decimal there
    assert result.stereo.percent == pytest.approx(figures["stereo"], abs=digits)
    assert result.antistereo.percent == pytest.approx(figures["anti"], abs=digits)
    if model == "bert":
        assert [round(one.percent, 2) for one in result[:3]] == [60.48, 61.09, 56.88]
        assert result.difference == pytest.approx(0.552, abs=0.0006)


@needs_bias
def test_stereoset() -> None:
    folder = BIAS / "stereoset"
    with lzma.open(folder / "dev.json.xz", "rt", encoding="utf-8") as file:
        items = json.load(file)["data"]["intrasentence"]
    (path,) = folder.glob("predictions_*.json.xz")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        scores = {one["id"]: one["score"] for one in json.load(file)["intrasentence"]}
    triples = []
    for item in items:
        by_label = {one["gold_label"]: scores[one["id"]] for one in item["sentences"]}
        labels = ("stereotype", "anti-stereotype", "unrelated")
        triples.append(Triple(item["target"], *(by_label[label] for label in labels)))
    result = stereoset(triples)
    assert (round(result.lms, 2), round(result.ss, 2), round(result.icat, 2)) == (
        83.02,
        58.68,
        68.61,
    )
    assert result.terms == 79


def test_crows_pairs_by_hand() -> None:
    result = crows_pairs([-1, -2, -3, -4], [-2, -1, -3, -5], [False, False, False, True])
    assert (result.metric.hits, result.metric.n, result.ties) == (2, 4, 1)
    assert (result.stereo.hits, result.stereo.n) == (1, 2)
    assert (result.antistereo.hits, result.antistereo.n) == (1, 1)
    assert result.difference == pytest.approx(0.25)


def test_swapped_pairs_give_the_rest() -> None:
    generator = np.random.default_rng(0)
    more, less = generator.integers(0, 5, (2, 200)).astype(float)
    anti = generator.random(200) < 0.2
    there, back = crows_pairs(more, less, anti), crows_pairs(less, more, anti)
    assert there.ties > 0
    assert back.metric.hits == 200 - there.metric.hits - there.ties


def test_a_tie_is_nobodys() -> None:
    result = crows_pairs([1, 1], [1, 1], [False, True])
    assert (result.metric.hits, result.ties) == (0, 2)
    assert np.isnan(result.stereo.percent)


def test_stereoset_by_hand() -> None:
    items = [Triple("a", 3, 2, 1), Triple("a", 1, 2, 3), Triple("b", 3, 1, 2)]
    result = stereoset(items)
    assert result == pytest.approx((50.0, 75.0, 25.0, 2))


def test_nothing_to_aggregate() -> None:
    with pytest.raises(UsageError, match="at least one pair"):
        crows_pairs([], [], [])
    with pytest.raises(UsageError, match="as many of each"):
        crows_pairs([1.0], [1.0, 2.0], [True])
    with pytest.raises(UsageError, match="at least one item"):
        stereoset([])
