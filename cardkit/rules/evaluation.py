"""CK4xx: evaluation results in the metadata."""

from collections.abc import Iterator

from cardkit.card import Card
from cardkit.diagnostic import Finding, Fix, Value, format_path
from cardkit.rule import rule
from cardkit.rules.entries import insert_after
from cardkit.rules.mends import as_list, as_text, proved, without_nulls


@rule("CK401", "incomplete-result", "hub-error", fixable=True)
def incomplete_result(card: Card) -> Iterator[Finding]:
    """A result in ``model-index`` lacks a key that the Hub requires.

    A model needs ``name`` and ``results``; a result ``task`` and ``metrics``; a task ``type``; a
    dataset ``type`` and ``name``; a metric ``type`` and ``value``; a source ``url``.

    Source: the Hub's validator (observed: ``"model-index[0].results" is required``).

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results: []
        ---
    """
    told = set()
    for error in card.schema_errors("required"):
        # A mapping that lacks two keys is told twice.
        if error.path[0] != "model-index" or error.path in told:
            continue
        told.add(error.path)
        for key in error.schema["required"]:
            if key not in error.value:
                path = format_path((*error.path, key))
                help_ = fix = None
                if key == "results":
                    help_ = "a model without results has `results: []`"
                    edit = insert_after(card, (*error.path, "name"), ["results: []"])
                    fix = proved(card, Fix("safe", "write results: []", (edit,))) if edit else None
                yield Finding(
                    Value(error.path),
                    f"`{path}` is missing",
                    help_,
                    fix,
                    f'"{path}" is required',
                )


@rule("CK402", "malformed-result", "hub-error", fixable=True)
def malformed_result(card: Card) -> Iterator[Finding]:
    """A value in ``model-index`` is of the wrong kind.

    The usual one: digits without quotes where text is wanted, as in a dataset's ``revision``.

    Source: the Hub's validator (observed: ``"…dataset.revision" must be a string``).

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task:
              type: text-classification
            dataset:
              type: mail
              name: Mail
              revision: 5503434101466949
            metrics:
            - type: accuracy
              value: 0.9
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task:
              type: text-classification
            dataset:
              type: mail
              name: Mail
              revision: "5503434101466949"
            metrics:
            - type: accuracy
              value: 0.9
        ---
    """
    words = {
        "string": "text",
        "array": "a list",
        "object": "keys with values",
        "boolean": "true or false",
    }
    hub = {
        "string": "a string",
        "array": "an array",
        "object": "of type object",
        "boolean": "a boolean",
    }
    for error in card.schema_errors("type"):
        if error.path[0] != "model-index" or len(error.path) == 1:
            continue
        types = error.schema["type"]
        expected = [types] if isinstance(types, str) else types
        path = format_path(error.path)
        fix = None
        if error.value is None:
            fix = without_nulls(card, error)
        elif "string" in expected:
            fix = as_text(card, error)
        elif expected == ["array"]:
            fix = as_list(card, error)
        yield Finding(
            Value(error.path),
            f"`{path}` must be {' or '.join(words[name] for name in expected)}",
            "leave the key out if there is no value" if error.value is None else None,
            fix,
            f'"{path}" must be {hub[expected[0]]}'
            if len(expected) == 1
            else f'"{path}" must be one of [{", ".join(expected)}]',
        )
