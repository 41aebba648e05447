"""Dataset and Space cards: recognised, checked by their own schemas, and by no rule about models."""

import tarfile
from pathlib import Path

import jsonschema
import pytest

from cardkit._data import load_json
from cardkit.card import Card
from cardkit.engine import lint
from cardkit.rules import by_name
from cardkit.schema import fields
from cardkit.selection import select
from cardkit.text import Source
from tests.test_fix import fixed

EVERYTHING = select("accountable", ["ALL"])
DATASET = "pretty_name: Letters\n"
SPACE = "title: Sorter\nsdk: gradio\napp_file: app.py\n"


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ("license: mit\npipeline_tag: fill-mask", "model"),
        ("license: mit", "model"),
        ("task_categories: [translation]", "dataset"),
        (DATASET, "dataset"),
        ("license: mit\nconfigs:\n- config_name: a", "dataset"),
        (SPACE, "space"),
        ("title: A page", "model"),
    ],
)
def test_kinds_are_recognised(metadata: str, kind: str) -> None:
    assert Card.from_text(f"---\n{metadata}\n---\n").kind == kind


@pytest.mark.parametrize(
    ("metadata", "code", "message"),
    [
        (DATASET + "size_categories: [1000]", "CK104", '"size_categories[0]" must be a string'),
        (
            "task_categories: [conversational]",
            "CK202",
            'The task_categories "conversational" is not in the official list',
        ),
        (DATASET + "licenses: [mit]", "CK112", '"licenses" is not allowed'),
        (DATASET + "language: english", "CK201", '"language" with value "english" is not valid.'),
        (DATASET + "license: MIT", "CK203", '"license" must be one of ['),
        (DATASET + "tags: mail", "CK103", '"tags" must be an array'),
        (
            SPACE + "colorFrom: orange",
            "CK106",
            '"colorFrom" must be one of [red, yellow, green, blue, indigo, purple, pink, gray]',
        ),
        (
            SPACE + "short_description: " + "x" * 61,
            "CK106",
            '"short_description" length must be less than or equal to 60 characters long',
        ),
        (SPACE + "license: Apache 2.0", "CK203", '"license" must be one of ['),
    ],
)
def test_their_own_fields_are_checked(metadata: str, code: str, message: str) -> None:
    report = lint(Card.from_text(f"---\n{metadata}\n---\n"), EVERYTHING)
    hub = {item.code: item.hub_message or "" for item in report.diagnostics if item.hub_message}
    assert list(hub) == [code]
    assert hub[code].startswith(message)


def test_what_is_right_is_left_alone() -> None:
    for metadata in (
        DATASET + "license: cc-by-4.0\nlanguage: [en]\nsize_categories: [1K<n<10K]\n"
        "task_categories: [text-classification]\nconfigs:\n- config_name: default\n  data_files: x",
        SPACE + "emoji: x\ncolorFrom: red\ncolorTo: gray\nsdk_version: 4.4.0\n"
        "pinned: false\nlicense: mit\nmodels: [a/b]\nshort_description: Sorts mail",
    ):
        assert lint(Card.from_text(f"---\n{metadata}\n---\n"), EVERYTHING).diagnostics == ()


def test_plural_keys_of_datasets_are_mended() -> None:
    text = f"---\n{DATASET}licenses:\n- mit\nlanguages: [en]\n---\n"
    assert fixed(text) == f"---\n{DATASET}license:\n- mit\nlanguage: [en]\n---\n"


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_schemas_are_schemas_and_their_fields_described(kind: str) -> None:
    schema = load_json("schemas", f"{kind}-card.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, field in fields(kind).items():
        assert field["description"], name
        assert field["x-hub"] in ("observed", "published", "documented", "unchecked"), name


def test_no_rule_about_models_speaks_of_real_dataset_cards(shared: Path) -> None:
    count = 0
    with tarfile.open(shared / "cards" / "datasetcards.tar.xz") as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            card = Card(Source(file.read(), member.name))
            if card.kind == "model":
                continue
            count += 1
            report = lint(card, EVERYTHING)
            codes = {item.code for item in report.diagnostics}
            assert not {code for code in codes if code.startswith(("CK3", "CK4", "CK5"))}
            assert all(card.kind in by_name()[code].kinds for code in codes), member.name
            assert report.reached is None
    assert count > 900
