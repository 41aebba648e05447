"""The schema for editors: plain JSON Schema, as strict as the linter allows, and the set-up shown in docs."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cardkit.card import Card
from cardkit.editor_schema import editor_schema
from cardkit.engine import lint
from cardkit.selection import select
from tests.conftest import ROOT
from tests.test_cli_lint import cardkit, text

SCHEMA = editor_schema()
PAGE = (ROOT / "docs" / "editors.md").read_text("utf-8")


def test_the_command_prints_a_schema_that_editors_know() -> None:
    result = cardkit("schema")
    assert result.returncode == 0
    assert json.loads(result.stdout) == SCHEMA
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert '"x-' not in text(result.stdout)


def fields(node: Any, path: str = "") -> list[tuple[str, Any]]:
    found = []
    if isinstance(node, dict):
        for name, field in node.get("properties", {}).items():
            found.append((f"{path}.{name}", field))
        for key, value in node.items():
            found += fields(value, f"{path}.{key}")
    elif isinstance(node, list):
        for item in node:
            found += fields(item, path)
    return found


def test_every_field_has_a_description() -> None:
    assert len(fields(SCHEMA)) > 60
    for path, field in fields(SCHEMA):
        assert len(field.get("description", "")) > 5, path


def test_the_lists_of_ids_are_there() -> None:
    dumped = json.dumps(SCHEMA)
    for id_ in ("apache-2.0", "llama3.1", "text-generation", "transformers", "accuracy", '"de"'):
        assert id_ in dumped


@pytest.mark.parametrize(
    ("metadata", "valid"),
    [
        ("license: mit\nlanguage: [en, deu]\ntags: [a]", True),
        ("license: [mit, apache-2.0]\nlibrary_name: my-own\nmetrics: [accuracy, mine]", True),
        ("base_model: google-bert/bert-base-cased\npipeline_tag: fill-mask", True),
        ("own_key: {a: 1}\nthumbnail: null", True),
        ("license: Apache 2.0", False),
        ("language: english", False),
        ("language: [en, zh-CN]", False),
        ("pipeline_tag: sentiment-analysis", False),
        ("tags: nlp", False),
        ("base_model: Kokoro 82M", False),
        ("datasets: [a b]", False),
        ("model-index:\n- name: m", False),
        ("extra_gated_fields: {Name: word}", False),
    ],
)
def test_it_says_what_the_linter_says(metadata: str, valid: bool) -> None:
    card = Card.from_text(f"---\n{metadata}\n---\n# A model\n")
    assert jsonschema.Draft7Validator(SCHEMA).is_valid(card.metadata) == valid
    grounds = {item.ground for item in lint(card, select("hub")).diagnostics}
    assert ({"hub-error", "hub-warning"} & grounds == set()) == valid


def test_what_the_linter_accepts_on_real_cards_the_schema_accepts(
    real_cards: dict[str, bytes],
) -> None:
    from cardkit.text import Source

    validator = jsonschema.Draft7Validator(SCHEMA)
    for name, data in list(real_cards.items())[::7]:
        card = Card(Source(data, name), kind="model")
        if not card.metadata or card._schema_errors:
            continue
        plain = json.loads(json.dumps(card.metadata, default=str))
        assert validator.is_valid(plain), (name, next(validator.iter_errors(plain)).message)


def json_blocks() -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def test_the_problem_matcher_of_the_page_matches(tmp_path: Path) -> None:
    matcher = json_blocks()[0]["tasks"][0]["problemMatcher"]["pattern"]
    (tmp_path / "README.md").write_text("---\nlicense: Apache 2.0\n---\n# A model\n", "utf-8")
    words = json_blocks()[0]["tasks"][0]["command"].split()
    assert words[0] == "cardkit"
    result = cardkit(*words[1:-1], "README.md", cwd=tmp_path)
    lines = [re.match(matcher["regexp"], line) for line in text(result.stdout).splitlines()]
    found = [match for match in lines if match]
    assert found[0].groups()[:5] == ("README.md", "2", "10", "error", "CK203 unknown-license")
    assert len(found) == len(lines) - 1  # the summary
