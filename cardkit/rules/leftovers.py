"""CK7xx: what templates and drafts leave behind."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._data import load_json
from cardkit.card import Card
from cardkit.diagnostic import Edit, Finding, Fix, Place, Value
from cardkit.fillers import FillerKind
from cardkit.rule import rule
from cardkit.text import Span


def _places(card: Card, kind: FillerKind) -> list[tuple[Span, str]]:
    """Return where the body's prose holds leftovers of a kind.

    Sections that are placeholders as a whole are told by rules of their own.
    """
    told = [
        Span(verdict.heading.heading.end, verdict.heading.end)
        for verdict in card.verdicts.values()
        if verdict.level == "placeholder" and verdict.heading
    ]
    return [
        (item.span, item.text)
        for item in card.leftovers
        if item.kind == kind and not any(span.start <= item.span.start < span.end for span in told)
    ]


def _each(card: Card, kind: FillerKind, what: str, help_: str) -> Iterator[Finding]:
    """Yield one finding for each place of a kind; the report for people puts them together."""
    for span, text in _places(card, kind):
        yield Finding(Place(span), f'{what}: "{" ".join(text.split())[:60]}"', help_)


@rule("CK701", "template-text")
def template_text(card: Card) -> Iterator[Finding]:
    """Text of a template that asks to be replaced, such as "[More Information Needed]".

    Source: the templates of huggingface_hub, transformers, diffusers and PEFT.

    Bad:
        # Mail sorter
        A classifier of English mail.

        - **Developed by:** [More Information Needed]

    Good:
        # Mail sorter
        A classifier of English mail.

        - **Developed by:** the mail team
    """
    yield from _each(
        card, "template", "template text that nobody replaced", "fill it in, or delete the line"
    )


@rule("CK702", "template-variable")
def template_variable(card: Card) -> Iterator[Finding]:
    """A variable of a template engine that was never filled in.

    Source: Jinja; the template of huggingface_hub.

    Bad:
        # Mail sorter
        Trained by {{ developers }} in 2024.

    Good:
        # Mail sorter
        Trained by the mail team in 2024.
    """
    yield from _each(
        card, "variable", "a template variable that was never filled in", "write its value"
    )


@rule("CK703", "todo-text")
def todo_text(card: Card) -> Iterator[Finding]:
    """A note of the author to fill something in later.

    Source: what authors write in place of the text they mean to write.

    Bad:
        # Mail sorter
        A classifier of English mail. TODO: say which mail.

    Good:
        # Mail sorter
        A classifier of English mail of the years 2020 to 2023.
    """
    yield from _each(card, "todo", "a note to fill in later", "fill it in, or delete it")


@rule("CK704", "optional-marker", fixable=True)
def optional_marker(card: Card) -> Iterator[Finding]:
    """The template's "[optional]" left in a heading.

    It tells the author that the section may go; to a reader it says nothing.

    Source: the template of huggingface_hub.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Citation [optional]
        See our paper.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Citation
        See our paper.
    """
    for section in card.sections.walk():
        if section.level and "[optional]" in section.title.lower():
            line = card.text[section.heading.start : section.heading.end]
            if match := re.search(r"[ \t]*\[optional\]", line, re.IGNORECASE):
                start, end = (section.heading.start + offset for offset in match.span())
                yield Finding(
                    Place(Span(end - len("[optional]"), end)),
                    'the template\'s "[optional]" was left in a heading',
                    "take it out",
                    Fix("safe", "take it out", (Edit(Span(start, end), ""),)),
                )


@rule("CK705", "unset-name")
def unset_name(card: Card) -> Iterator[Finding]:
    """A script wrote the name of something it did not know: "None", "an unknown dataset".

    Source: the templates of transformers ("an unknown dataset") and TRL (``[None](…/None)``).

    Bad:
        # Mail sorter
        This model is a fine-tuned version of BERT on an unknown dataset.

    Good:
        # Mail sorter
        This model is a fine-tuned version of BERT on 12,000 letters.
    """
    yield from _each(card, "unset", "a script did not know the name", "write the name")


_FILLERS: Final = frozenset(
    (
        "any valid license identifier",
        "base model hub identifier",
        "dataset1",
        "dataset2",
        "lang1",
        "lang2",
        "list of iso 639-1 code for your language",
        "metric1",
        "metric2",
        "more information needed",
        "[more information needed]",
        "tag1",
        "tag2",
        "tbd",
        "todo",
        "url to a thumbnail used in social sharing",
        "username/base-model",
        "username/dataset",
        "your-username/your-model",
    )
)
_BRACES = re.compile(r"\{[a-z_]+(?:_\d+)?\}\Z|<(?:your|insert|add)[a-z_ -]+>\Z|\$\{[a-z_]+\}\Z")


@rule("CK706", "placeholder-metadata")
def placeholder_metadata(card: Card) -> Iterator[Finding]:
    """A value of the metadata that is an instruction or a placeholder of a template.

    Source: hub-docs, model-cards.md and modelcard.md, whose samples are copied as they stand.

    Bad:
        ---
        license: mit
        tags:
        - tag1
        - tag2
        ---

    Good:
        ---
        license: mit
        tags:
        - email
        ---
    """
    refused = {error.path for error in card.schema_errors("x-vocabulary")}
    refused |= {error.path for error in card.schema_errors("x-repo-id")}
    fields = load_json("schemas", "model-card.schema.json")["properties"].keys() | {"licence"}
    for key, value in card.metadata.items():
        if key not in fields:
            continue  # in a key of the author's own, such as prompt_template, braces mean something
        for path, item in _leaves((key,), value):
            if path in refused:
                continue  # the Hub refuses it anyway, and another rule says so
            text = item.strip().lower()
            if (
                text in _FILLERS
                or _BRACES.match(text)
                or (key in ("license", "licence") and text in ("license", "licence"))
            ):
                yield Finding(
                    Value(path),
                    f'"{item.strip()}" is a template\'s placeholder',
                    "write the real value, or leave the key out",
                )


def _leaves(path: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts of a field that is a text or a list of texts."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, str):
                yield (*path, i), item
