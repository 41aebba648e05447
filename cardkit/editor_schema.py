"""The JSON Schema of the metadata for editors: plain draft 7, with lists of ids in place of keywords.

cardkit's own schema has keywords for large vocabularies and for rules; a YAML language server knows
none of them, so they become enums and patterns here.
"""

from typing import Any, Final

from cardkit._data import load_json
from cardkit.schema import SCHEMA
from cardkit.vocab import load_vocab

#: A repository's id; what no pattern says in a few words (no `--`, no `..`) is left to the linter.
_REPO_ID: Final = "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,95}/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}$"
#: Fields that take anything, and the vocabulary whose ids are worth proposing.
_PROPOSED: Final = {"library_name": "libraries", "metrics": "metrics"}


def editor_schema() -> dict[str, Any]:
    """Return the schema of a model card's metadata, with enums and a description for every field."""
    schema = load_json("schemas", SCHEMA)
    properties = {
        name: _proposing(_plain(field), _PROPOSED.get(name))
        for name, field in schema["properties"].items()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Metadata of a Hugging Face model card",
        "description": "Fields of the front matter of README.md, as cardkit knows them.",
        "type": "object",
        "properties": properties,
    }


def _plain(node: Any) -> Any:
    """Return a part of the schema in which no keyword of cardkit's own is left."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if not key.startswith("x-")}
    rules = []
    if "x-vocabulary" in node:
        rules = _of_vocabulary(node["x-vocabulary"])
    elif node.get("x-repo-id"):
        rules = [{"pattern": _REPO_ID}]
    if not rules:
        return plain
    if plain.get("type") == "string":
        return plain | (rules[0] if len(rules) == 1 else {"anyOf": rules})
    # A text or a list of texts: the rules are for the text.
    items = {key: plain.pop(key) for key in ("items",) if key in plain}
    kinds = [kind for kind in plain.pop("type") if kind not in ("string", "array")]
    either = [{"type": "string", **rule} for rule in rules] + [{"type": "array", **items}]
    return plain | {"anyOf": either + [{"type": kind} for kind in kinds]}


def _of_vocabulary(name: str) -> list[dict[str, Any]]:
    """Return the rules for a text, of which one must hold."""
    data = load_vocab(name)
    if name == "languages":
        # Eight thousand codes would drown the proposals: those of three letters are a pattern.
        return [{"enum": [*data["ids"], *data["special"]]}, {"pattern": "^[a-z]{3}$"}]
    return [{"enum": list(data["ids"])}]


def _proposing(field: Any, vocabulary: str | None) -> Any:
    """Return a field that takes anything, and names some values for the editor to propose."""
    if vocabulary is None:
        return field
    ids = list(load_vocab(vocabulary)["ids"])
    text = {"anyOf": [{"enum": ids}, {"type": "string"}]}
    description = {"description": field["description"]}
    if field["type"] == "string":
        return description | text
    return description | {"anyOf": [*text["anyOf"], {"type": "array", "items": text}]}
