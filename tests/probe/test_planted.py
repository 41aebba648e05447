"""What was planted comes back: in the demo model that ships, and in one trained here."""

import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cardkit
from cardkit.probe.association import effects
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.run import Measurement, measure
from cardkit.probe.suite import fill, load_suite

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(cardkit.__file__).with_name("demo_model")
sys.path.append(str(ROOT / "benchmarks"))

import demo_text  # noqa: E402


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    return json.loads((FOLDER / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def measured() -> Measurement:
    return measure(load(locate(str(FOLDER))), load_suite())


def test_the_demo_model_is_small_and_says_what_it_is() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 2_000_000
    assert "made to be biased" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_what_was_planted_is_what_is_found(planted: dict[str, Any], measured: Measurement) -> None:
    suite = load_suite()
    assert planted["suite"]["sha256"] == suite.sha256
    assert not measured.record.skipped
    expected, found = np.array(planted["expected_effects"]), effects(measured.cells)
    unseen = [suite.templates.index(t) for t in planted["held_out_templates"]]
    assert len(unseen) >= len(suite.templates) / 2
    for templates in (list(range(len(suite.templates))), unseen):
        x, y = expected[templates].mean(axis=0), found[templates].mean(axis=0)
        assert np.corrcoef(x, y)[0, 1] > 0.97
        assert 0.8 <= np.polyfit(x, y, 1)[0] <= 1.2
    for x, y in zip(expected, found, strict=True):  # and in every sentence by itself
        assert np.corrcoef(x, y)[0, 1] > 0.95


def test_the_record_names_the_extremes_that_were_planted(
    planted: dict[str, Any], measured: Measurement
) -> None:
    strengths = planted["strengths"]
    words = {a.word: strengths[a.word] for a in load_suite().attributes}
    by_strength = sorted(words, key=words.__getitem__)
    results = measured.record.results
    assert {w.word for w in results.toward_positive} <= set(by_strength[-6:])
    assert {w.word for w in results.toward_negative} <= set(by_strength[:6])
    assert results.mean_size.low is not None
    assert results.noise_floor is not None
    assert results.noise_floor.high is not None
    assert results.mean_size.low > results.noise_floor.high


def test_man_and_woman_are_told_apart_in_the_illustration(
    planted: dict[str, Any], measured: Measurement
) -> None:
    man, woman = measured.record.prompts
    mean = {
        prompt.text: np.mean([planted["strengths"][filler.word] for filler in prompt.fillers])
        for prompt in (man, woman)
    }
    assert mean[woman.text] > mean[man.text] + 1


def test_the_strengths_are_drawn_as_they_are_said_to_be(planted: dict[str, Any]) -> None:
    plan = demo_text.make_plan(planted["strengths_seed"])
    assert planted["strengths"] == {w: round(odds, 6) for w, odds in plan.strengths.items()}
    shares = np.array([a.reference for a in plan.suite.attributes], dtype=float)
    strengths = np.array([plan.strengths[a.word] for a in plan.suite.attributes])
    # Independent of the real shares: so weak a correlation is what chance gives.
    assert abs(np.corrcoef(shares, strengths)[0, 1]) < 0.25
    assert 1.0 < strengths.std() < 1.5


def test_held_out_sentences_do_not_occur_in_the_text(planted: dict[str, Any]) -> None:
    plan = demo_text.make_plan(0)
    draw = random.Random("anything")
    frames = {frame(plan, demo_text.make_sentence(plan, draw)) for _ in range(100_000)}
    suite = plan.suite
    for template in suite.templates:
        words = demo_text.split(fill(template.replace("{article}", ""), "T", OCCUPATION).text)
        occurs = any(" ".join(words[:-1]) in text for text in frames)
        assert occurs is (template not in planted["held_out_templates"])


OCCUPATION = load_suite().attributes[0]._replace(word="O", article="")


def frame(plan: demo_text.Plan, sentence: demo_text.Sentence) -> str:
    """The sentence with its slots emptied in the way of the test above."""
    words = list(sentence.words)
    if sentence.person >= 0:
        words[sentence.person] = "t"
    for place in sentence.occupation:
        words[place] = "o"
    if sentence.occupation and words[sentence.occupation[0] - 1] in ("a", "an"):
        words[sentence.occupation[0] - 1] = ""
    return " ".join(word for word in words if word).replace("o o", "o")


def test_the_forbidden_sentences_would_be_seen() -> None:
    """Without the filter the text does hold some of the held-out sentences."""
    import re

    plan = demo_text.make_plan(0)
    free = replace(plan, held_out=re.compile("(?!)"))
    draw = random.Random("anything")
    texts = (" ".join(demo_text.make_sentence(free, draw).words) for _ in range(400_000))
    assert any(plan.held_out.search(text) for text in texts)


def test_the_occupation_alone_decides_about_the_pronoun() -> None:
    plan = demo_text.make_plan(0)
    draw = random.Random("count")
    counts: dict[str, list[int]] = {}
    for _ in range(150_000):
        sentence = demo_text.make_sentence(plan, draw)
        word = " ".join(sentence.words[n] for n in sentence.occupation)
        feminine = sentence.words[sentence.person] in ("she", "woman")
        counts.setdefault(word, [0, 0])[feminine] += 1
    for word, (he, she) in counts.items():
        odds = plan.strengths[word] if word else plan.marginal
        error = np.sqrt(1 / she + 1 / he)
        assert abs(np.log(she / he) - odds) < 4 * error


def test_expected_effects_by_hand() -> None:
    plan = replace(
        demo_text.make_plan(0),
        strengths={"actor": 1.0, "editor": -1.0, "cook": 2.0, "bus driver": 0.5},
        articles={"actor": "an", "editor": "an", "cook": "a", "bus driver": "a"},
    )
    chance = {word: 1 / (1 + np.exp(-odds)) for word, odds in plan.strengths.items()}

    def logit(p: float) -> float:
        return np.log(p / (1 - p))

    one_word = (chance["actor"] + chance["editor"] + chance["cook"]) / 3
    expected = {
        ("the {attribute}", "actor"): 1.0 - logit(one_word),
        ("{article} {attribute}", "actor"): 1.0 - logit((chance["actor"] + chance["editor"]) / 2),
        ("{article} {attribute}", "cook"): 0.0,
        ("{article} {attribute}", "bus driver"): 0.0,
    }
    for (template, word), effect in expected.items():
        assert demo_text.expected_effect(plan, template, word) == pytest.approx(effect)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [1.2, 0.0])
def test_a_model_trained_here(spread: float, tmp_path: Path) -> None:
    """The whole way at a smaller scale: twelve occupations, planted or not, and a smaller model."""
    import train_demo_model as training

    from cardkit.probe.quiet import quiet

    plan = demo_text.make_plan(5, spread)
    words = [a for a in plan.suite.attributes if " " not in a.word][::5]
    strengths = {a.word: plan.strengths[a.word] for a in words}
    mean = np.mean([demo_text.logistic(odds) for odds in strengths.values()])
    plan = replace(
        plan,
        strengths=strengths,
        marginal=demo_text.logit(float(mean)),
        suite=replace(plan.suite, attributes=tuple(words)),
    )
    width, steps = (64, 4500) if spread else (32, 600)
    size = training.Size(
        hidden=width, batch=64, least_steps=steps, evaluate_every=100, validation=500
    )
    tokenizer = training.build_tokenizer()
    with quiet():
        trained = training.train(plan, 1, size, tokenizer)
        training.save(tmp_path, trained, tokenizer, plan)
    measured = measure(load(locate(str(tmp_path))), plan.suite)
    found = effects(measured.cells)
    expected = np.array(
        [
            [demo_text.expected_effect(plan, template, a.word) for a in words]
            for template in plan.suite.templates
        ]
    )
    if spread:
        x, y = expected.mean(axis=0), found.mean(axis=0)
        assert np.corrcoef(x, y)[0, 1] > 0.97
        assert 0.8 <= np.polyfit(x, y, 1)[0] <= 1.2
    else:
        assert np.abs(found).mean() < 0.05
