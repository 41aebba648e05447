"""The sentence classifier: what it reads, what it does not know, and what its verdicts rest on."""

import json
import math
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardkit.card import Card
from cardkit.classifier import UNIT, features, grade_odds, known_features, log_odds, tokens
from cardkit.cues import letter_runs, likely_cues
from cardkit.evidence import Prose, comes_near, find_evidence
from cardkit.sections import Block
from cardkit.text import Span

DATA = json.loads((Path(__file__).parents[1] / "schemas" / "classifier.json").read_text("utf-8"))


def odds(topic: str, sentence: str) -> float | None:
    return log_odds(topic, known_features(sentence.lower()))[0]


@pytest.mark.parametrize("kind", ["topics", "grades"])
def test_every_word_has_a_weight_for_every_topic(kind: str) -> None:
    names = DATA["names"].split("\n")
    assert len(set(names)) == len(names) > 5000
    for topic, row in DATA[kind].items():
        assert len(b64decode(row["weights"])) == len(names), topic


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it doesn't fail.", ["^", "it", "does", "n't", "fail", ".", "$"]),
        ("it doesn’t fail.", ["^", "it", "does", "n't", "fail", ".", "$"]),
        ("f1 of 0.93 on 1,024", ["^", "f", "0", "of", "0", ".", "0", "on", "0", ",", "0", "$"]),
        ("see https://example.org/a-b", ["^", "see", "url", "$"]),
        ("`code` here", ["^", "code", "here", "$"]),
        ("", ["^", "$"]),
    ],
)
def test_words_and_marks(text: str, words: list[str]) -> None:
    assert tokens(text) == [words]


def test_features_are_words_and_neighbours() -> None:
    assert features(["^", "a", "b", "a", "$"]) == {"^", "a", "b", "$", "^ a", "a b", "b a", "a $"}


def test_the_odds_are_the_bias_and_the_weights_of_what_is_known() -> None:
    row = DATA["topics"]["limitations"]
    weights = [byte - 256 if byte > 127 else byte for byte in b64decode(row["weights"])]
    place = {name: i for i, name in enumerate(DATA["names"].split("\n"))}
    sentence = "the model may fail on long text ."
    known = features(["^", *sentence.split(), "$"]) & place.keys()
    expected = row["bias"] + UNIT * sum(weights[place[name]] for name in known)
    found = odds("limitations", "The model may fail on long text.")
    assert found is not None
    assert math.isclose(found, expected)


@pytest.mark.parametrize(
    "sentence",
    [
        "Модель может ошибаться.",
        "该模型可能出错。",
        "Das Modell kann sich leider oft gewaltig irren.",
        "zxq qwv kjh",
    ],
)
def test_it_says_nothing_of_languages_that_it_does_not_know(sentence: str) -> None:
    assert odds("limitations", sentence) is None
    assert grade_odds("limitations", sentence.lower()) is None


@pytest.mark.parametrize(
    ("topic", "more", "less"),
    [
        ("limitations", "It struggles with sarcasm.", "It reads sarcasm."),
        ("bias-risks", "It may repeat harmful stereotypes.", "It may repeat the prompt."),
        ("out-of-scope", "Do not use it for medical decisions.", "It was used for medical papers."),
        ("training-data", "It was trained on the CoNLL dataset.", "It runs on a laptop."),
        ("training-procedure", "Trained for 3 epochs with AdamW.", "Ask us on the forum."),
        ("evaluation-results", "It reaches an F1 score of 0.93.", "It reads English mail."),
        ("intended-use", "It can be used to classify mail.", "It was made in 2021."),
    ],
)
def test_what_speaks_of_a_topic_is_likelier_to(topic: str, more: str, less: str) -> None:
    high, low = odds(topic, more), odds(topic, less)
    assert high is not None
    assert low is not None
    assert high > low + 1


def prose(*sentences: str) -> Prose:
    return Prose([Block("text", Span(0, 0), sentence) for sentence in sentences])


def test_the_likeliest_sentence_comes_first() -> None:
    found = find_evidence(
        "limitations",
        prose("It is slow.", "The model struggles badly with long and noisy text and often fails."),
    )
    assert found[0].text.startswith("The model struggles")


def test_a_cue_is_not_believed_against_the_odds() -> None:
    # "limitation" is a cue, and everything else speaks of how the model was trained.
    sentence = "We trained with the Adam optimizer and a learning rate of 2e-5 due to a limitation of memory."
    assert "limitation" in sentence
    value = odds("limitations", sentence)
    assert value is not None
    assert value < -1.5
    assert find_evidence("limitations", prose(sentence)) == []


def test_a_sentence_may_come_near() -> None:
    near = prose("Its scores are fine.")
    assert find_evidence("evaluation-results", near) == []
    assert comes_near("evaluation-results", near)
    assert not comes_near("evaluation-results", prose("It reads English mail."))
    assert not comes_near("citation", near)


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        # Nothing in schemas/cues.json matches these.
        ("limitations", "The quality of long outputs varies a lot between runs."),
        ("training-procedure", "Batch size 32, seed 7, twenty passes."),
        ("evaluation-results", "It reaches 0.93 on the test split."),
    ],
)
def test_what_no_cue_knows_is_found(topic: str, text: str) -> None:
    lower = text.lower()
    known = [cue for cue, _ in likely_cues(topic, "cues", letter_runs(lower))]
    assert not any(cue.matches(lower) for cue in known)
    assert Card.from_text(f"# Sorter\n\n{text}\n").verdicts[topic].present


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n"), max_size=60), max_size=6))
def test_each_sentence_has_its_own_odds(lines: list[str]) -> None:
    text = "\n".join(line.lower() for line in lines)
    together = known_features(text)
    assert len(together) == text.count("\n") + 1
    assert together == [known_features(line)[0] for line in text.split("\n")]
