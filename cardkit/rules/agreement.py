"""CK410: results of the text that contradict those of the metadata."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Finding, Place
from cardkit.rule import rule
from cardkit.sections import Section
from cardkit.text import Span
from cardkit.topics import normalise

_NUMBER = r"(?P<number>\d+(?:\.\d+)?)[ \t]*%?"
_LINE = lazy(
    r"^[ \t]*(?:[-+*•][ \t]+)?[*_`]*(?P<label>[A-Za-z][^\n|:：=]{0,50}?)[*_`]*[ \t]*[:：=][*_` \t]*"
    + _NUMBER
    + r"[*_`]*[ \t]*(?:$|\(|,)",
    re.MULTILINE,
)
_ROW = lazy(
    r"^[ \t]*\|?[ \t]*[*_`]*(?P<label>[A-Za-z][^\n|]{0,50}?)[*_`]*[ \t]*\|[*_` \t]*"
    + _NUMBER
    + r"[*_`]*[ \t]*\|?[ \t]*$",
    re.MULTILINE,
)
_TEST_RESULT = lazy(r"(?:final )?test results?\Z")


class _Number(NamedTuple):
    """A value as it is written, with the worth of its last digit."""

    value: float
    unit: float


class _Said(NamedTuple):
    """A labelled number in the text."""

    label: str
    number: _Number
    span: Span


@rule("CK410", "results-disagree")
def results_disagree(card: Card) -> Iterator[Finding]:
    """The text gives another value for a result than ``model-index`` does.

    It speaks only where both are on the same data: the metadata has one dataset and one value for
    the metric, and the text says "test", or agrees on another metric of the same list. Percent and
    fraction count as the same, and so do values that differ by rounding or by less than one in a
    hundred.

    Source: Pineau et al. 2021 (arXiv 2003.12206) on results that cannot be reproduced; the Hub
    shows the values of ``model-index`` beside the text.

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
            metrics:
            - type: accuracy
              value: 0.93
        ---
        # Mail sorter
        A classifier of English mail.

        **Test accuracy:** 89.1 %

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
            metrics:
            - type: accuracy
              value: 0.93
        ---
        # Mail sorter
        A classifier of English mail.

        **Test accuracy:** 93.0 %
    """
    index = _index(card)
    if not index:
        return
    for section in card.sections.walk():
        said = list(_said(card, section))
        if not said:
            continue
        agreed = {
            label
            for label, number in index.items()
            for item in said
            if item.label in _labels(label) and _same(item.number, number)
        }
        for label, number in index.items():
            named = [item for item in said if item.label in _labels(label)]
            if agreed - {label} or _TEST_RESULT().match(normalise(section.title)):
                meant = named
            else:
                meant = [item for item in named if item.label != label]
                if len(index) == 1:
                    meant += [item for item in said if _TEST_RESULT().match(item.label)]
            if len(meant) != 1 or _same(meant[0].number, number) or label in agreed:
                continue
            yield Finding(
                Place(meant[0].span),
                f"{label} is {meant[0].number.value:g} here and {number.value:g} in `model-index`",
                "correct the one that is wrong; if both are right, say on what data each is",
            )


def _labels(metric: str) -> tuple[str, ...]:
    return (metric, f"test {metric}", f"{metric} test", f"{metric} on test", f"test set {metric}")


def _index(card: Card) -> dict[str, _Number]:
    """Return the values of ``model-index`` by metric; empty unless they are all on one dataset."""
    values: dict[str, set[_Number]] = {}
    entries = card.metadata.get("model-index")
    results = [
        result
        for entry in (entries if isinstance(entries, list) else [])
        for result in _list(entry, "results")
    ]
    if len({repr(result.get("dataset")) for result in results}) != 1:
        return {}
    dataset = results[0].get("dataset")
    split = dataset.get("split") if isinstance(dataset, dict) else None
    if split and "test" not in str(split).lower():
        return {}
    for result in results:
        for metric in _list(result, "metrics"):
            number = _number(metric.get("value"))
            name = normalise(str(metric.get("type"))).removeprefix("test ")
            if number and "loss" not in name:
                values.setdefault(name, set()).add(number)
    return {name: next(iter(found)) for name, found in values.items() if len(found) == 1}


def _list(mapping: Any, key: str) -> list[dict[str, Any]]:
    value = mapping.get(key) if isinstance(mapping, dict) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _number(value: Any) -> _Number | None:
    """Return a value of the metadata as a number; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", str(value))
    return _written(match[1]) if match else None


def _written(text: str) -> _Number:
    return _Number(float(text), 10.0 ** -len(text.partition(".")[2]))


def _said(card: Card, section: Section) -> Iterator[_Said]:
    """Yield the labelled numbers of a section's own text."""
    for block in section.blocks:
        if block.kind not in ("text", "table") or block.quoted:
            continue
        expression = _ROW if block.kind == "table" else _LINE
        for match in expression().finditer(card.visible(block.span)):
            start = block.span.start + match.start("number")
            span = Span(start, start + len(match["number"]))
            yield _Said(normalise(match["label"]), _written(match["number"]), span)


def _same(one: _Number, other: _Number) -> bool:
    """Tell whether two numbers may be the same result: as percent or fraction, rounded or cut."""
    for scale in (1.0, 100.0, 0.01):
        value, unit = other.value * scale, other.unit * scale
        if abs(one.value - value) <= max(one.unit, unit, 0.01 * value) * 1.0001:
            return True
    return False
