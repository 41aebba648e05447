"""From findings to diagnostics: places, severities, order, profiles, crashes, suppressions."""

import pickle
from collections.abc import Callable

import pytest

from cardkit import engine
from cardkit.card import Card
from cardkit.diagnostic import Severity
from cardkit.engine import Report, lint
from cardkit.errors import UsageError
from cardkit.rules import by_name
from cardkit.selection import select

Lint = Callable[..., Report]

GOOD = """---
license: mit
---
# Mail sorter

A classifier of English mail, fine-tuned from BERT base.

## Intended use

Sorting one's own mail.

## How to use

    pipe = pipeline("text-classification", "me/mail-sorter")

## Limitations and bias

It fails on letters of more than 512 words. Letters by women are called private more often, a bias
that we could not remove.

## Training data

12,000 letters.

## Training procedure

Three epochs.

## Evaluation results

Accuracy 0.93 on 1,200 letters.
"""


def at(report: Report) -> list[tuple[str, int, int]]:
    return [(item.name, item.start.line, item.start.column) for item in report.diagnostics]


def test_a_good_card_is_clean_and_reaches_documented(lint_text: Lint) -> None:
    report = lint_text(GOOD)
    assert report.diagnostics == ()
    assert report.reached == "documented"
    assert report.next_profile == "accountable"
    assert "CK507 missing-out-of-scope" in report.missing


def test_a_finding_sits_on_the_exact_value(lint_text: Lint) -> None:
    report = lint_text("---\nlicense:   'Apache 2.0' # why\n---\n" + GOOD.split("---\n")[2])
    (item,) = report.diagnostics
    assert (item.start, item.end) == ((2, 12), (2, 24))
    assert item.target == "license"


def test_deep_values_have_the_hub_path(lint_text: Lint) -> None:
    text = "---\nlicense: mit\nmodel-index:\n- name: m\n  results:\n  - task: {type: x}\n    metrics: [{type: f1}]\n---\n"
    found = {item.target: item.start for item in lint_text(text).diagnostics}
    assert found["model-index[0].results[0].metrics[0]"] == (7, 15)


def test_what_is_absent_sits_at_the_fence_or_at_the_first_line_of_the_body(lint_text: Lint) -> None:
    report = lint_text("---\ntags: [a]\n---\n\n\nOnly words about a model here.\n")
    places = {name: (line, column) for name, line, column in at(report)}
    assert places["missing-license"] == (1, 1)
    assert places["missing-bias"] == (6, 1)


def test_limitations_and_bias_come_first_at_one_place(lint_text: Lint) -> None:
    names = [
        item.name
        for item in lint_text("---\nlicense: mit\n---\nA model of the weather.\n").diagnostics
    ]
    assert names[:2] == ["missing-bias", "missing-limitations"]
    assert len(names) > 2


def test_severity_follows_ground_and_profile(lint_text: Lint) -> None:
    text = "---\nlicense: MIT\npipeline_tag: ner\nlicence: x\n---\nA model.\n"
    by_profile = {
        profile: {item.name: item.severity for item in lint_text(text, profile=profile).diagnostics}
        for profile in ("hub", "basic")
    }
    assert by_profile["hub"]["unknown-license"] is Severity.ERROR
    assert by_profile["hub"]["unknown-task"] is Severity.WARNING
    assert by_profile["hub"]["misspelt-key"] is Severity.INFO
    assert by_profile["basic"]["misspelt-key"] is Severity.WARNING
    assert "missing-bias" not in by_profile["basic"]


def test_selecting_by_hand_shows_these_rules_alone(lint_text: Lint) -> None:
    text = "---\nlicense: MIT\n---\nA model.\n"
    assert {item.name for item in lint_text(text, select=["missing-out-of-scope"]).diagnostics} == {
        "missing-out-of-scope"
    }
    family = {item.code for item in lint_text(text, select=["CK5"]).diagnostics}
    assert {code[:3] for code in family} == {"CK5"}
    ignored = lint_text(text, ignore=["unknown-license", "CK5"]).diagnostics
    assert not {item.code[:3] for item in ignored} & {"CK5"}
    assert "unknown-license" not in {item.name for item in ignored}


@pytest.mark.parametrize("name", ["CK999", "nonsense", ""])
def test_unknown_rules_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no rule"):
        select(select=[name])


def test_unknown_profiles_are_refused() -> None:
    with pytest.raises(UsageError, match="hub, basic, documented, accountable"):
        select("strict")


def test_a_rule_that_fails_is_a_finding_and_the_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(card: Card) -> object:
        raise ZeroDivisionError("oops")

    rules = tuple(
        rule._replace(check=broken) if rule.code == "CK203" else rule for rule in engine.all_rules()
    )
    monkeypatch.setattr(engine, "all_rules", lambda: rules)
    report = lint(Card.from_text("---\nlicense: MIT\n---\nA model.\n"))
    crash = next(item for item in report.diagnostics if item.code == "CK901")
    assert "CK203 unknown-license" in crash.message
    assert "oops" in crash.message
    assert any(item.name == "missing-bias" for item in report.diagnostics)


def test_broken_yaml_gives_one_finding_and_the_body_is_still_read(lint_text: Lint) -> None:
    report = lint_text("---\nlicense: mit\ntitle: a: b\n---\nA model of the weather.\n")
    metadata = [item.code for item in report.diagnostics if item.start.line <= 4]
    assert metadata == ["CK020"]
    assert any(item.name == "missing-bias" for item in report.diagnostics)
    assert next(item for item in report.diagnostics if item.code == "CK020").start == (3, 9)


def test_diagnostics_can_be_pickled(lint_text: Lint) -> None:
    report = lint_text("---\nlicense: MIT\n---\nA model.\n")
    assert pickle.loads(pickle.dumps(report.diagnostics)) == report.diagnostics


BAD_LICENSE = "---\nlicense: my own{}\ntags: [a]\n---\n" + GOOD.split("---\n")[2]


@pytest.mark.parametrize(
    "text",
    [
        BAD_LICENSE.format("  # cardkit: ignore[CK203] our lawyers want it"),
        BAD_LICENSE.format("  # cardkit: ignore[unknown-license] our lawyers want it"),
        BAD_LICENSE.format("").replace("license", "# cardkit: ignore[CK203]: reason\nlicense", 1),
        BAD_LICENSE.format("").replace(
            "# Mail", "<!-- cardkit: ignore-file[CK203] reason -->\n# Mail"
        ),
        BAD_LICENSE.format("").replace("tags", "# cardkit: ignore-file[CK203] reason\ntags"),
    ],
)
def test_suppressions_in_yaml(lint_text: Lint, text: str) -> None:
    assert at(lint_text(text)) == []


def test_a_suppression_speaks_of_its_own_place_alone(lint_text: Lint) -> None:
    text = BAD_LICENSE.format("").replace(
        "tags: [a]", "tags: [a] # cardkit: ignore[CK203] wrong line"
    )
    names = {item.name for item in lint_text(text).diagnostics}
    assert names == {"unknown-license", "unused-suppression"}


EMPTY = GOOD + "\n## Citation\n\nMore information needed\n"


@pytest.mark.parametrize(
    "place",
    ["<!-- {} -->\n## Citation", "## Citation <!-- {} -->", "## Citation\n<!-- {} -->"],
)
def test_suppressions_in_markdown(lint_text: Lint, place: str) -> None:
    assert [item.name for item in lint_text(EMPTY).diagnostics] == ["placeholder-section"]
    comment = place.format("cardkit: ignore[placeholder-section] paper under review")
    assert at(lint_text(EMPTY.replace("## Citation", comment))) == []


def test_what_is_absent_is_suppressed_for_the_file_only(lint_text: Lint) -> None:
    text = (
        "---\nlicense: mit\n---\n<!-- cardkit: ignore{}[CK501] a toy -->\nA model of the weather.\n"
    )
    assert "missing-bias" in {item.name for item in lint_text(text.format("")).diagnostics}
    assert "missing-bias" not in {item.name for item in lint_text(text.format("-file")).diagnostics}


def test_a_suppression_needs_a_reason_and_a_rule_that_exists(lint_text: Lint) -> None:
    names = [
        item.name for item in lint_text(BAD_LICENSE.format(" # cardkit: ignore[CK203]")).diagnostics
    ]
    assert names == ["suppression-without-reason"]
    report = lint_text(BAD_LICENSE.format(" # cardkit: ignore[CK2003] because"))
    assert {item.name for item in report.diagnostics} == {"unknown-license", "unused-suppression"}


def test_comments_in_code_suppress_nothing(lint_text: Lint) -> None:
    text = GOOD + "\n```html\n<!-- cardkit: ignore-file[CK203] x -->\n```\n"
    assert at(lint_text(text)) == []


def test_dataset_cards_are_not_measured_by_the_rules_for_models(lint_text: Lint) -> None:
    report = lint_text("---\nlicense: mit\ntask_categories: [conversational]\n---\nData.\n")
    assert report.card.kind == "dataset"
    assert report.diagnostics
    assert all("dataset" in by_name()[item.code].kinds for item in report.diagnostics)
    assert report.reached is None
