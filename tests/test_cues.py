"""The wording data: whole, sound, and as quick to search as it claims."""

import json
import re
from typing import Any

import pytest

from cardkit.card import Card
from cardkit.cues import is_generic, letter_runs, likely_cues
from cardkit.engine import lint
from cardkit.evidence import Prose, find_evidence, split_sentences
from cardkit.places import find_places
from cardkit.sections import Block
from cardkit.text import Source, Span
from cardkit.topics import TOPICS, title_topics
from tests.conftest import ROOT

DATA: dict[str, Any] = json.loads((ROOT / "schemas" / "cues.json").read_text("utf-8"))
CUES = [
    (topic, language, row)
    for kind in ("cues", "weak")
    for topic, languages in DATA[kind].items()
    for language, rows in languages.items()
    for row in rows
]


def prose(text: str) -> Prose:
    return Prose([Block("text", Span(0, len(text)), text)])


def test_data_is_whole() -> None:
    for topic, language, (triggers, expression, *marks) in CUES:
        assert topic in TOPICS
        assert re.fullmatch("[a-z]{2}", language)
        assert triggers
        assert all(trigger == trigger.lower() and trigger for trigger in triggers)
        re.compile(expression)
        for mark in marks:
            assert mark == "thin" or mark.removeprefix("unless ") in DATA["unless"], mark


def test_no_cue_stands_twice() -> None:
    seen = [(topic, language, row[1]) for topic, language, row in CUES]
    assert sorted(set(seen)) == sorted(seen)


def test_each_match_holds_a_trigger_and_is_likely(real_cards: dict[str, bytes]) -> None:
    """The quick searches in front of an expression must not lose what it matches."""
    compiled = [(topic, row, re.compile(row[1])) for topic, _, row in CUES]
    for name in sorted(real_cards)[::120]:
        card = Card(Source(real_cards[name], name))
        for block in find_places(card.sections).prose:
            for sentence in split_sentences(block.text.lower())[:20]:
                runs = letter_runs(sentence)
                for topic, row, expression in compiled:
                    if len(sentence) < 1500 and expression.search(sentence):
                        assert any(trigger in sentence for trigger in row[0]), (row, sentence)
                        likely = {
                            cue.expression
                            for kind in ("cues", "weak")
                            for cue, _ in likely_cues(topic, kind, runs)
                        }
                        assert row[1] in likely, (row, sentence)


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("limitations", "The model fails on text of more than 512 tokens."),
        ("limitations", "Results on dialects were **not** tested."),
        ("bias-risks", "It may reproduce stereotypes about women."),
        ("out-of-scope", "This model should <b>not</b> be used in a medical setting."),
        ("limitations", "Scores on dialects are *not* comparable."),
        ("limitations", "Attention maps are aids, not proof of reasoning."),
        ("out-of-scope", "Human review is required before a letter is thrown away."),
        ("limitations", "模型在长文本上存在局限性。"),
        ("bias-risks", "このモデルには偏見が含まれる可能性があります。"),
        ("out-of-scope", "이 모델은 의료 목적으로 사용해서는 안 됩니다."),
    ],
)
def test_prose_speaks_of_a_topic(topic: str, text: str) -> None:
    assert find_evidence(topic, prose(text))


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("bias-risks", "LoraConfig(r=8, bias=none)"),
        ("bias-risks", "The linear layers have no bias term."),
        ("bias-risks", "Logged with Weights & Biases."),
        (
            "limitations",
            "In no event shall the copyright holder be liable: limitation of liability.",
        ),
        ("limitations", "The batch size was limited to 8 by GPU memory."),
        ("limitations", "To overcome these limitations, we propose a new encoder."),
        ("limitations", "- [Limitations](#limitations)"),
        ("limitations", "Be sure to include any limitations on the model's use."),
        ("limitations", "Where is the model less accurate?"),
        ("bias-risks", "More about it: https://example.org/gender-bias-in-letters"),
        ("limitations", "We also show that larger models are sensitive to noise."),
        ("bias-risks", "Router bias balancing without an auxiliary loss."),
        ("bias-risks", "Fairness constraints or other applied approaches: N.A."),
        ("training-data", "This model was trained with SFT."),
    ],
)
def test_words_that_speak_of_something_else(topic: str, text: str) -> None:
    assert not find_evidence(topic, prose(text))


def test_generic_and_specific_sentences() -> None:
    assert is_generic("the model may produce biased output.")
    assert not is_generic("letters of more than 512 words are cut.")


@pytest.mark.parametrize(
    ("title", "topics"),
    [
        ("Out-of-scope use cases", {"out-of-scope"}),
        ("Prohibited uses", {"out-of-scope"}),
        ("Intended use and out-of-scope use", {"intended-use", "out-of-scope"}),
        ("Intended uses & limitations", {"intended-use", "limitations"}),
        ("Weights & Biases", set()),
        ("This model is case-sensitive", set()),
        ("Framework versions", set()),
        ("Where it fails", {"limitations"}),
        ("使用限制", {"limitations"}),
        ("Cas d'usage non prévus", {"out-of-scope"}),
        ("Sınırlamalar ve Önyargılar", {"limitations", "bias-risks"}),
        ("İletişim", {"contact"}),
        ("What Sorter is", {"model-description"}),
        ("محدودیت‌ها", {"limitations"}),
    ],
)
def test_a_heading_names_what_it_means(title: str, topics: set[str]) -> None:
    assert title_topics(title) == topics


@pytest.mark.parametrize(
    ("text", "topic", "level"),
    [
        ('## Limitations\n\n{{ limits | default("", true) }}\n', "limitations", "placeholder"),
        (
            "## How to use\n\n<pre><code>model = load_model('x')</code></pre>\n",
            "how-to-use",
            "covered",
        ),
        ("This model still does poorly on:\n\n- rhymes\n", "limitations", "covered"),
        ("Trained with no selection bias in mind.\n", "bias-risks", "absent"),
        ("## Limitations\n\n[List the known limits]\n", "limitations", "placeholder"),
        ("## Limitations\n\nOutline the limits of your model.\n", "limitations", "placeholder"),
        ("## Evaluation\n\n- Accuracy: [value]\n", "evaluation-results", "placeholder"),
        ("## Authors\n\n[Ann Lee Smith]\n", "authors", "covered"),
        (
            '## Recommendations\n\n{{ x | default("Know its risks. It may be biased against women.", true) }}\n',
            "bias-risks",
            "absent",
        ),
        (
            "## Bias, Risks, and Limitations\n\nModel uzun metinleri okuyamaz.\n",
            "limitations",
            "covered",
        ),
        ("## LoRA\n\n- r: 8\n- bias: none\n", "bias-risks", "absent"),
        ("## Framework versions\n\n- Datasets: 4.8.5\n", "training-data", "absent"),
        (
            "| Model | English | Urdu |\n|---|---|---|\n| ours | 82.1 | 58.5 |\n| theirs | 81.4 | 58.3 |\n",
            "evaluation-results",
            "covered",
        ),
        (
            "| Size | English | Urdu |\n|---|---|---|\n| base | 82.1 | 58.5 |\n| large | 81.4 | 58.3 |\n",
            "evaluation-results",
            "absent",
        ),
        ("```\nprecision    recall  f1-score   support\n```\n", "evaluation-results", "covered"),
        ("A sentence initial language token is required.\n", "how-to-use", "thin"),
        ("這個模型可能產生錯誤的內容。\n", "limitations", "covered"),
        ("It is not a clinical decision tool.\n", "out-of-scope", "covered"),
    ],
)
def test_what_a_piece_of_a_card_says(text: str, topic: str, level: str) -> None:
    assert Card(Source.from_text(text)).verdicts[topic].level == level


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("A sorter of letters.", True),
        ("A sorter of letters. Its scores are fine.", False),
    ],
)
def test_absence_is_not_claimed_where_a_sentence_comes_near_to_the_topic(
    body: str, told: bool
) -> None:
    card = Card.from_text(f"# Letters\n\n{body}\n")
    verdict = card.verdicts["evaluation-results"]
    assert (verdict.level, verdict.doubtful) == ("absent", not told)
    assert told == any(item.name == "missing-evaluation" for item in lint(card).diagnostics)


@pytest.mark.parametrize(
    ("words", "told"),
    [(1, True), (6, False)],
)
def test_a_use_is_not_missed_in_a_language_whose_wording_is_not_known(
    words: int, told: bool
) -> None:
    card = Card.from_text("# Письма\n\n" + "Письма читает быстро и тихо. " * words + "\n")
    assert card.verdicts["intended-use"].level == "absent"
    assert told == any(item.name == "missing-intended-use" for item in lint(card).diagnostics)


@pytest.mark.parametrize(("title", "told"), [("TODO", True), ("Limitations and TODO", False)])
def test_a_heading_that_gathers_what_is_to_do_is_no_note(title: str, told: bool) -> None:
    card = Card.from_text(f"# Letters\n\n## {title}\n\nLong letters are cut; next come cards.\n")
    assert told == any(item.name == "todo-text" for item in lint(card).diagnostics)
