"""CK10x: values of a wrong kind."""

from collections.abc import Iterator
from typing import Any

from cardkit.card import Card
from cardkit.diagnostic import Finding, Value, format_path
from cardkit.rule import ANY_KIND, rule
from cardkit.rules.mends import as_list, as_mapping, as_text, without_nulls
from cardkit.schema import SchemaError
from cardkit.yaml12 import Path


def _outside_index(errors: Iterator[SchemaError]) -> Iterator[SchemaError]:
    return (error for error in errors if error.path[:1] != ("model-index",) or len(error.path) == 1)


def _expected(error: SchemaError) -> list[str]:
    types = error.schema["type"]
    return [types] if isinstance(types, str) else list(types)


@rule("CK102", "null-value", "hub-error", kinds=ANY_KIND, fixable=True)
def null_value(card: Card) -> Iterator[Finding]:
    """A key, or a list item, without a value where the Hub wants one.

    Leave the whole key out instead.

    Source: the Hub's validator (observed: ``"datasets" must be a string``).

    Bad:
        ---
        license: mit
        datasets:
        ---

    Good:
        ---
        license: mit
        ---
    """
    for error in _outside_index(card.schema_errors("type")):
        if error.value is None and error.hub:
            what = "has no value" if len(error.path) == 1 else "is empty"
            yield Finding(
                Value(error.path),
                f"`{format_path(error.path)}` {what}",
                "give it a value or leave it out",
                without_nulls(card, error),
                _hub_type(error),
            )


def _hub_type(error: SchemaError) -> str:
    """Return the Hub's words for a value of a wrong type."""
    path = format_path(error.path)
    expected = [name for name in _expected(error) if name != "null"]
    if error.path[0] == "license":
        return '"license" does not match any of the allowed types'
    if "string" in expected:
        return f'"{path}" must be a string'
    names = {
        "array": "an array",
        "object": "of type object",
        "boolean": "a boolean",
        "number": "a number",
    }
    if len(expected) > 1:
        return f'"{path}" must be one of [{", ".join(expected)}]'
    return f'"{path}" must be {names[expected[0]]}'


@rule("CK103", "not-a-list", "hub-error", kinds=ANY_KIND, fixable=True)
def not_a_list(card: Card) -> Iterator[Finding]:
    """A single value where the Hub wants a list.

    Source: the Hub's validator (observed for ``widget``; published types for the others).

    Bad:
        ---
        license: mit
        tags: nlp
        ---

    Good:
        ---
        license: mit
        tags:
        - nlp
        ---
    """
    for error in _outside_index(card.schema_errors("type")):
        if error.value is not None and error.hub and _expected(error) == ["array"]:
            yield Finding(
                Value(error.path),
                f"`{format_path(error.path)}` must be a list",
                "write each value on a line of its own, `- value`",
                as_list(card, error),
                _hub_type(error),
            )


@rule("CK104", "not-a-string", "hub-error", kinds=ANY_KIND, fixable=True)
def not_a_string(card: Card) -> Iterator[Finding]:
    """A number, a date, a boolean or a mapping where the Hub wants text.

    Source: the Hub's validator (observed for dataset revisions and ``datasets``).

    Bad:
        ---
        license: mit
        datasets:
        - imdb: reviews
        ---

    Good:
        ---
        license: mit
        datasets:
        - imdb
        ---
    """
    for error in _outside_index(card.schema_errors("type")):
        if error.value is not None and error.hub and "string" in _expected(error):
            path = format_path(error.path)
            message = f"`{path}` must be text, not {_kind(error.value)}"
            help_ = "put it in quotes"
            if isinstance(error.value, dict):
                span = card.span_of(error.path)
                message, help_ = _mapping(path, error.value, card.text[span.start : span.end])
            elif isinstance(error.value, list):
                help_ = "write one value here"
            fix = as_text(card, error)
            yield Finding(Value(error.path), message, help_, fix, _hub_type(error))


def _kind(value: Any) -> str:
    kinds = {
        dict: "a mapping",
        list: "a list",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return kinds.get(type(value), "a date")


def _mapping(path: str, value: dict[str, Any], written: str) -> tuple[str, str]:
    """Say how a mapping came to stand where text is wanted, and what to do."""
    if written.startswith("{{"):
        return (
            f"`{path}` is a template variable that was never filled in",
            "write its value, or leave the key out",
        )
    if written.startswith("{"):
        name = next(iter(value), "")
        if name in path:  # language: {language}
            return (
                f"`{path}` is a template variable that was never filled in",
                "write its value, or leave the key out",
            )
        return (
            f"`{path}` must be text: the braces make it a mapping",
            f"leave out the braces: `{name}`",
        )
    return (
        f"`{path}` must be text: the colon makes it a mapping",
        "write the value alone, without a colon",
    )


@rule("CK105", "not-a-mapping", "hub-error", kinds=ANY_KIND, fixable=True)
def not_a_mapping(card: Card) -> Iterator[Finding]:
    """A list or a single value where the Hub wants keys with values.

    Source: the Hub's published types (gated fields, widget examples).

    Bad:
        ---
        license: mit
        extra_gated_fields:
        - Name: text
        ---

    Good:
        ---
        license: mit
        extra_gated_fields:
          Name: text
        ---
    """
    for error in _outside_index(card.schema_errors("type")):
        if error.value is not None and error.hub and _expected(error) == ["object"]:
            yield Finding(
                Value(error.path),
                f"`{format_path(error.path)}` must be keys with values, not {_kind_or_text(error.value)}",
                _mapping_help(error.path),
                as_mapping(card, error),
                _hub_type(error),
            )


def _mapping_help(path: Path) -> str:
    if path[0] == "widget":
        return "write `- text: …` instead of the text alone"
    return "write `key: value` lines below it"


def _kind_or_text(value: Any) -> str:
    return "text" if isinstance(value, str) else _kind(value)


@rule("CK106", "wrong-value", "hub-error", kinds=ANY_KIND)
def wrong_value(card: Card) -> Iterator[Finding]:
    """A value of the wrong kind for its field, such as text for ``co2_eq_emissions``.

    Source: the Hub's published types.

    Bad:
        ---
        license: mit
        co2_eq_emissions: 0.1 kg
        ---

    Good:
        ---
        license: mit
        co2_eq_emissions: 100
        ---
    """
    for error in card.schema_errors("CK106"):
        path = format_path(error.path)
        if error.keyword == "required":
            missing = next(key for key in error.schema["required"] if key not in error.value)
            yield Finding(
                Value(error.path),
                f"`{path}` needs `{missing}`",
                hub_message=f'"{path}.{missing}" is required',
            )
        elif error.keyword == "enum":
            allowed = ", ".join(error.schema["enum"])
            yield Finding(
                Value(error.path),
                f"`{path}` must be one of {allowed}",
                hub_message=f'"{path}" must be one of [{allowed}]',
            )
        elif error.keyword == "maxLength":
            limit = error.schema["maxLength"]
            yield Finding(
                Value(error.path),
                f"`{path}` has {len(error.value)} characters; the Hub takes {limit}",
                "write it shorter",
                hub_message=f'"{path}" length must be less than or equal to {limit} characters long',
            )
        else:
            grams = error.path[0] == "co2_eq_emissions"
            either = f"one of [{'number' if grams else 'boolean'}, object]"
            yield Finding(
                Value(error.path),
                f"`{path}` must be {'a number of grams' if grams else 'true or false'}",
                "put words into another key or into the text",
                hub_message=f'"{path}" must be {either if len(error.path) == 1 else "a number"}',
            )
    for error in _outside_index(card.schema_errors("type")):
        expected = _expected(error)
        known = "string" in expected or expected in (["array"], ["object"])
        if error.value is not None and error.hub and not known:
            yield Finding(
                Value(error.path),
                f"`{format_path(error.path)}` must be {' or '.join(expected)}",
                hub_message=_hub_type(error),
            )


@rule("CK108", "unexpected-type", kinds=ANY_KIND)
def unexpected_type(card: Card) -> Iterator[Finding]:
    """A value of a kind that nobody expects, in a field whose values the Hub does not check.

    Source: hub-docs, modelcard.md; the Hub accepts anything here (observed).

    Bad:
        ---
        license: mit
        metrics:
        - f1: 0.93
        ---

    Good:
        ---
        license: mit
        metrics:
        - f1
        ---
    """
    for error in card.schema_errors("type"):
        if not error.hub:
            what = "has no value" if error.value is None else f"is {_kind_or_text(error.value)}"
            words = {"array": "a list", "string": "text", "boolean": "true or false"}
            expected = " or ".join(words.get(name, name) for name in _expected(error))
            yield Finding(
                Value(error.path),
                f"`{format_path(error.path)}` {what}, where {expected} is expected",
            )
