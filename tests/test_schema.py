"""The schema: valid itself, the same findings from both engines, every field of the Hub's there."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from cardkit import schema
from cardkit._data import load_json
from cardkit.card import Card
from cardkit.text import Source
from tests.strategies import front_matter

SCHEMA = load_json("schemas", schema.SCHEMA)


def both(metadata: dict[str, Any]) -> tuple[list[str], list[str]]:
    instance = {key: schema._instance(value) for key, value in metadata.items()}
    return tuple(
        sorted(map(str, engine(SCHEMA)(instance)))
        for engine in (schema._python_engine, schema._rust_engine)
    )  # type: ignore[return-value]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_field_has_a_description_and_says_how_sure_it_is() -> None:
    for name, field in SCHEMA["properties"].items():
        assert field["description"], name
        assert field["x-hub"] in ("observed", "published", "documented", "unchecked"), name


@given(front_matter)
def test_both_engines_find_the_same(text: str) -> None:
    pytest.importorskip("jsonschema_rs")
    python, rust = both(Card.from_text(f"---\n{text}\n---\n").metadata)
    assert python == rust


def test_both_engines_find_the_same_on_real_cards(real_cards: dict[str, bytes]) -> None:
    pytest.importorskip("jsonschema_rs")
    found = 0
    python, rust = schema._python_engine(SCHEMA), schema._rust_engine(SCHEMA)
    for name, data in real_cards.items():
        metadata = Card(Source(data)).metadata
        instance = {key: schema._instance(value) for key, value in metadata.items()}
        one, other = sorted(map(str, python(instance))), sorted(map(str, rust(instance)))
        assert one == other, name
        found += len(one)
    assert found > 300


def test_the_engine_without_rust_is_used_when_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise ImportError

    monkeypatch.setattr(schema, "_rust_engine", missing)
    schema._engine.cache_clear()
    try:
        errors = schema.check({"license": "MIT"})
        assert [(error.path, error.keyword) for error in errors] == [(("license",), "x-vocabulary")]
    finally:
        schema._engine.cache_clear()


def test_every_field_of_the_hub_is_in_the_schema(shared: Path) -> None:
    fields = json.loads((shared / "hub" / "frontmatter_fields.json").read_text("utf-8"))["fields"]
    wrong = {"licence", "licenses", "languages"}
    artefacts = {"finetuned_from", "model_name", "eval_results"}
    names = {field["name"] for field in fields} - wrong - artefacts
    assert names == set(SCHEMA["properties"])


@pytest.mark.parametrize(
    ("vocabulary", "file", "ids"),
    [
        ("licenses", "licenses.json", lambda data: {row["id"] for row in data["licenses"]}),
        ("tasks", "pipeline_tags.json", lambda data: {row["tag"] for row in data["tags"]}),
        ("libraries", "library_names.json", lambda data: {row["key"] for row in data["libraries"]}),
        (
            "languages",
            "languages.json",
            lambda data: {*data["iso639_1"], *data["iso639_3"], *data["special"]},
        ),
        ("metrics", "metrics.json", lambda data: {row["id"] for row in data["metrics"]}),
    ],
)
def test_vocabularies_are_whole_and_dated(
    shared: Path, vocabulary: str, file: str, ids: Any
) -> None:
    data = json.loads((shared / "hub" / file).read_text("utf-8"))
    assert schema.vocabulary(vocabulary) == ids(data)
    own = load_json("schemas", "vocab", f"{vocabulary}.json")
    assert own["as_of"].count("-") == 2
    assert own["source"]


@pytest.mark.parametrize("vocabulary", ["licenses", "tasks", "libraries", "languages"])
def test_aliases_lead_to_ids(vocabulary: str) -> None:
    data = load_json("schemas", "vocab", f"{vocabulary}.json")
    known = schema.vocabulary(vocabulary)
    assert set(data["aliases"].values()) <= known
    assert not set(data["aliases"]) & known
    assert not set(data.get("hints", ())) & known


@pytest.mark.parametrize(
    "id_",
    ["bert-base-cased", "google-bert/bert-base-cased", "a", "a_b/c.d-e", "01-ai/Yi-34B", "_x/y"],
)
def test_repository_ids(id_: str) -> None:
    assert schema.is_repo_id(id_)


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "a b",
        "/a",
        "a/",
        "a/b/c",
        "./a",
        "a--b",
        "a..b",
        "a.git",
        "-a",
        "a-",
        "a/-b",
        "a-/b",
        "ä/b",
        "a" * 97,
        "https://hf.co/a/b",
        "a\n",
    ],
)
def test_what_is_no_repository_id(id_: str) -> None:
    assert not schema.is_repo_id(id_)
