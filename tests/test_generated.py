"""Cards that programs wrote: recognised, told once when nobody filled them in, every gap located."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cardkit.card import Card
from cardkit.engine import Report, lint
from cardkit.generators import all_generators, find_generator
from cardkit.report.full import group, render
from cardkit.report.style import painter
from cardkit.selection import select
from cardkit.topics import normalise

Lint = Callable[..., Report]


@pytest.fixture(scope="module")
def template() -> str:
    """The unfilled template of huggingface_hub, as its own code renders it."""
    from huggingface_hub import ModelCard, ModelCardData

    return str(ModelCard.from_template(ModelCardData()))


@pytest.fixture(scope="module")
def trainer() -> str:
    """A card as the Trainer of the transformers installed here writes it."""
    modelcard = pytest.importorskip("transformers.modelcard")
    summary = modelcard.TrainingSummary(
        model_name="mail-sorter",
        finetuned_from="google-bert/bert-base-cased",
        eval_results={"Loss": 0.3, "Accuracy": 0.9},
        eval_lines=[{"Training Loss": 0.4, "Epoch": 1.0, "Step": 100, "Validation Loss": 0.3}],
        hyperparameters={"learning_rate": 2e-5, "num_epochs": 3},
    )
    return str(summary.to_model_card())


#: What the template names.
NAMED = [
    "model-description", "limitations", "bias-risks",
    "intended-use", "out-of-scope", "how-to-use", "recommendations", "training-data",
    "training-procedure", "evaluation-data", "evaluation-results", "environmental-impact",
    "technical-specifications", "citation", "contact", "authors",
]  # fmt: skip


@pytest.mark.parametrize("topic", NAMED)
def test_every_topic_of_the_hub_template_is_a_placeholder(template: str, topic: str) -> None:
    assert Card.from_text(template).verdicts[topic].level == "placeholder"


def test_all_leftovers_of_the_hub_template_are_located(template: str) -> None:
    wanted = {
        template.count("\n", 0, match.start()) + 1
        for match in re.finditer(r"more information needed|Model ID\b", template, re.IGNORECASE)
    }
    assert len(wanted) > 35
    report = lint(Card.from_text(template), select(ignore=["CK322"]))
    source = report.card.source
    told: set[int] = set()
    for item in report.diagnostics:
        if item.name == "template-text":
            told.add(item.start.line)
        elif item.name.startswith("placeholder-"):
            # A section that holds nothing else is told as a whole, by its heading.
            section = next(
                part
                for part in report.card.sections.walk()
                if part.heading.start == item.span.start
            )
            end = source.position(max(section.end - 1, item.span.start)).line
            told.update(range(item.start.line, end + 1))
    assert wanted - told == set()


def test_the_hub_template_is_told_in_a_few_findings(template: str) -> None:
    report = lint(Card.from_text(template))
    names = [item.name for item, _ in group(report.diagnostics)]
    assert names.count("unfilled-generated-card") == 1
    assert len(names) <= 6
    (item,) = (item for item in report.diagnostics if item.code == "CK322")
    assert "written by the template of huggingface_hub" in item.message
    assert "Training data" in item.message
    assert len(report.hidden) > 20
    assert report.reached != "documented"


def test_the_card_of_the_trainer(trainer: str) -> None:
    card = Card.from_text(trainer)
    levels = {topic: verdict.level for topic, verdict in card.verdicts.items()}
    for topic in ("intended-use", "limitations", "training-data", "evaluation-data"):
        assert levels[topic] == "placeholder", topic
    assert levels["training-procedure"] == levels["evaluation-results"] == "covered"
    report = lint(card)
    (item,) = (item for item in report.diagnostics if item.code == "CK322")
    lines = [
        str(trainer[: match.start()].count("\n") - 1)
        for match in re.finditer("More information needed", trainer)
    ]
    assert item.message == (
        "written by the Trainer of transformers; nobody has filled in what it leaves open: "
        f"Limitations, Intended use, Training data, Evaluation data (lines {', '.join(lines)})"
    )
    assert not any(item.name.startswith("placeholder-") for item in report.diagnostics)
    # What a script did not know is in another place, and wants another answer.
    assert "unset-name" in {item.name for item in report.diagnostics}


def test_one_section_filled_in_and_the_others_are_told_one_by_one(trainer: str) -> None:
    text = trainer.replace("More information needed", "A classifier of English mail.", 1)
    report = lint(Card.from_text(text))
    names = {item.name for item in report.diagnostics}
    assert "unfilled-generated-card" not in names
    assert {"placeholder-limitations", "placeholder-section"} <= names
    assert report.hidden == ()


def test_a_card_by_people_with_the_same_gaps_is_no_generated_card(lint_text: Lint) -> None:
    text = "# Mail sorter\n\nSorts mail.\n\n## Model description\n\nMore information needed\n\n## Training data\n\nTBD\n"
    names = {item.name for item in lint_text(text).diagnostics}
    assert "unfilled-generated-card" not in names
    assert "placeholder-section" in names


def test_standing_for_others_changes_no_profile_and_no_exit_code(trainer: str) -> None:
    card = Card.from_text(trainer)
    with_it, without = lint(card), lint(card, select(ignore=["CK322"]))
    assert (with_it.reached, with_it.next_profile) == (without.reached, without.next_profile)
    assert set(without.missing) == set(with_it.missing)
    assert {item.name for item in without.diagnostics} - {
        item.name for item in with_it.diagnostics
    } == {item.name for item in with_it.hidden}
    assert max(item.severity for item in with_it.diagnostics) >= max(
        item.severity for item in without.diagnostics
    )


def test_nothing_hides_behind_a_milder_finding(trainer: str) -> None:
    from cardkit.config import Config

    config = Config({"severity": {"unfilled-generated-card": "info"}})
    report = lint(Card.from_text(trainer), select(config=config))
    names = {item.name for item in report.diagnostics}
    assert {"unfilled-generated-card", "placeholder-limitations"} <= names


def test_a_rule_chosen_by_hand_is_not_hidden(trainer: str) -> None:
    report = lint(Card.from_text(trainer), select(select=["placeholder-limitations"]))
    assert [item.name for item in report.diagnostics] == ["placeholder-limitations"]


@pytest.mark.parametrize("generator", all_generators(), ids=lambda item: item.id)
def test_marks_are_in_lower_case_and_find_their_program(generator: object) -> None:
    marks = generator.marks  # type: ignore[attr-defined]
    assert marks
    for group_ in marks:
        assert all(mark == mark.lower() for mark in group_)
        found = find_generator("\n".join(group_).upper())
        assert found is not None
    assert all(title == normalise(title) for title in generator.leaves)  # type: ignore[attr-defined]


#: The kind that the index of the shared cards names -> our programs for at least this share of it.
KINDS = {
    "espnet": ("espnet", 0.9),
    "keras_auto": ("keras", 1),
    "mergekit": ("mergekit", 1),
    "mlx_auto": ("mlx", 1),
    "opus_mt": ("opus-mt", 0.9),
    "spacy": ("spacy", 1),
    "stanza": ("stanza", 1),
    "autotrain": ("autotrain", 1),
    "unsloth_auto": ("unsloth", 1),
}


def test_programs_are_recognised_on_real_cards(shared: Path, real_cards: dict[str, bytes]) -> None:
    import json

    rows = map(json.loads, (shared / "cards" / "index.jsonl").read_text("utf-8").splitlines())
    found: dict[str, list[str | None]] = {}
    for row in rows:
        if row["autogen"]:
            program = find_generator(real_cards[row["file"]].decode("utf-8", "replace"))
            found.setdefault(row["autogen"][0], []).append(program.id if program else None)
    for kind, (wanted, share) in KINDS.items():
        right = sum(name == wanted for name in found[kind])
        assert right >= share * len(found[kind]), (kind, found[kind])


def test_repeated_findings_are_shown_once_with_the_lines_of_the_others(lint_text: Lint) -> None:
    body = "".join(f"![]({i}.png)\n\n" for i in range(20))
    report = lint_text(f"# Mail sorter\n\nSorts mail.\n\n{body}", select=["CK602"])
    assert len(report.diagnostics) == 20
    lines = list(render(report, painter(False)))
    assert lines[0].startswith("README.md:5:1")
    assert lines[-2] == ("  also: 19 more: lines 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, …")


def test_of_one_rule_three_messages_are_shown_and_the_rest_is_named(lint_text: Lint) -> None:
    notes = [f"TODO: say {word}\n\n" for word in ("who", "what", "when", "where", "why")]
    report = lint_text("# Mail sorter\n\nSorts mail.\n\n" + "".join(notes), select=["CK703"])
    lines = list(render(report, painter(False)))
    assert sum(line.startswith("README.md:") for line in lines) == 3
    assert lines[-2] == "  also: 2 more: lines 11, 13"


def test_what_the_hub_refuses_is_always_shown(lint_text: Lint) -> None:
    report = lint_text("---\nlanguage: [english1, xxzz, qqww, zzzz]\n---\n# A\n", select=["CK201"])
    assert len(group(report.diagnostics)) == len(report.diagnostics) == 4


def test_each_place_can_be_suppressed_by_itself(lint_text: Lint) -> None:
    text = "# Mail sorter\n\nSorts mail.\n\n{}\nTODO: one\n\nTODO: two\n"
    comment = "<!-- cardkit: ignore[todo-text] waits for the paper -->"
    report = lint_text(text.format(comment))
    assert [item.start.line for item in report.diagnostics if item.name == "todo-text"] == [8]
