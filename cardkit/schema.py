"""The front matter against its JSON Schema: one compiled validator a process, errors as data."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from cardkit._data import load_json
from cardkit.core_schema import Timestamp
from cardkit.vocab import vocabulary
from cardkit.yaml12 import Path

SCHEMA = "model-card.schema.json"
_SCHEMAS: Final = {
    "model": SCHEMA,
    "dataset": "dataset-card.schema.json",
    "space": "space-card.schema.json",
}


class SchemaError(NamedTuple):
    """One way in which the metadata breaks the schema.

    ``path`` leads to the value (for ``required`` to the mapping that lacks a key), ``keyword`` is
    the schema keyword that failed, ``schema`` the subschema that holds it.
    """

    path: Path
    keyword: str
    schema: dict[str, Any]
    value: Any
    #: the rule that the schema names for this keyword, if any
    rule: str | None
    #: whether the Hub checks this field (else it is cardkit that advises)
    hub: bool


def fields(kind: str = "model") -> dict[str, Any]:
    """Return the fields that a kind of card may have, by name."""
    found: dict[str, Any] = load_json("schemas", _SCHEMAS[kind])["properties"]
    return found


def check(metadata: dict[str, Any], kind: str = "model") -> list[SchemaError]:
    """Return what is wrong with the metadata of a kind of card, in the order of the paths."""
    schema = load_json("schemas", _SCHEMAS[kind])
    instance = _instance(metadata)
    found = []
    for path, schema_path in _engine(kind)(instance):
        keyword = str(schema_path[-1])
        holder = schema
        for step in schema_path[:-1]:
            holder = holder[step]
        value: Any = metadata
        for step in path:
            value = value[step]
        rule = holder.get("x-cardkit", {}).get(keyword)
        field = schema["properties"].get(path[0], {}) if path else {}
        hub = field.get("x-hub") != "unchecked"
        found.append(SchemaError(path, keyword, holder, value, rule, hub))
    return sorted(found, key=lambda error: [str(step).zfill(6) for step in error.path])


def _instance(value: Any) -> Any:
    """Return a value as JSON has it. A JavaScript Date is an object, and no string."""
    if isinstance(value, str):
        return value if value.isascii() else _whole(value)
    if isinstance(value, Timestamp):
        return {}
    if isinstance(value, list):
        return [_instance(item) for item in value]
    if isinstance(value, dict):
        return {_instance(key): _instance(item) for key, item in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return 0.0
    return value


def _whole(text: str) -> str:
    """Return a text in which halves of surrogate pairs are question marks: JSON engines take none."""
    return text.encode("utf-8", "replace").decode("utf-8")


Engine = Callable[[Any], Iterator[tuple[Path, Path]]]


@cache
def _engine(kind: str) -> Engine:
    """Return a function that yields (path in the instance, path in the schema) for each error."""
    schema = load_json("schemas", _SCHEMAS[kind])
    try:
        return _rust_engine(schema)
    except ImportError:
        return _python_engine(schema)


def _rust_engine(schema: dict[str, Any]) -> Engine:
    import jsonschema_rs

    def keyword(test: Callable[[Any, Any], bool]) -> type:
        class Keyword:
            def __init__(self, parent: dict[str, Any], value: Any, path: list[str]) -> None:  # noqa: ARG002
                self.value = value

            def validate(self, instance: Any) -> None:
                if isinstance(instance, str) and not test(instance, self.value):
                    raise ValueError(instance)

        return Keyword

    keywords = {name: keyword(test) for name, test in KEYWORDS.items()}
    validator = jsonschema_rs.Draft202012Validator(schema, keywords=keywords)

    def errors(instance: Any) -> Iterator[tuple[Path, Path]]:
        for error in validator.iter_errors(instance):
            yield tuple(error.instance_path), _without_index(tuple(error.schema_path))

    return errors


def _python_engine(schema: dict[str, Any]) -> Engine:
    import jsonschema

    def keyword(test: Callable[[Any, Any], bool]) -> Any:
        def validate(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001
            if isinstance(instance, str) and not test(instance, value):
                yield jsonschema.ValidationError(instance)

        return validate

    keywords = {name: keyword(test) for name, test in KEYWORDS.items()}
    base = jsonschema.Draft202012Validator
    validator = jsonschema.validators.extend(base, keywords)(schema)  # type: ignore[no-untyped-call]

    def errors(instance: Any) -> Iterator[tuple[Path, Path]]:
        for error in validator.iter_errors(instance):
            yield tuple(error.absolute_path), _without_index(tuple(error.absolute_schema_path))

    return errors


def _without_index(path: Path) -> Path:
    """Drop what an engine adds behind the keyword (the index of the missing key)."""
    return path[:-1] if isinstance(path[-1], int) else path


_REPO_ID = re.compile(
    r"(?:[A-Za-z0-9_][\w.-]{0,95}/)?[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?\Z", re.ASCII
)


def is_repo_id(text: str) -> bool:
    """Tell whether a text has the form of a repository's id on the Hub.

    The rule is huggingface_hub's (``utils/_validators.py``), which mirrors the server's: at most
    one slash, ASCII letters, digits, ``_``, ``-`` and ``.``, at most 96 characters a part, no
    ``--`` or ``..``, no ``.git`` at the end, no ``-`` or ``.`` at either end of a part.
    """
    namespace = text.partition("/")[0]
    return (
        _REPO_ID.match(text) is not None
        and "--" not in text
        and ".." not in text
        and not text.endswith(".git")
        and not namespace.endswith(("-", "."))
    )


#: cardkit's own schema keywords: they look at strings alone, `type` speaks of all else.
KEYWORDS: dict[str, Callable[[Any, Any], bool]] = {
    "x-vocabulary": lambda text, name: text in vocabulary(name),
    "x-repo-id": lambda text, wanted: is_repo_id(text) or not wanted,
}
