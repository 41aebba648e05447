"""The machine-readable record of a measurement: what was measured, on what, with what, and how.

Plain data and JSON; neither torch nor numpy is imported, so a linter can read it.
Numbers are rounded to three decimals: on another machine of the same precision they agree to that.
"""

import dataclasses
import json
import types
import typing
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardkit.errors import InputError

FORMAT = "cardkit-bias-probe"
FORMAT_VERSION = 1
_LINE = 100


class Estimate(NamedTuple):
    """A number with its 95 % interval; ``low`` and ``high`` are None when none can be given."""

    value: float
    low: float | None = None
    high: float | None = None


class WordEffect(NamedTuple):
    """Mean effect of one attribute over the templates, in nats."""

    word: str
    effect: Estimate


class Filler(NamedTuple):
    """A word that the model puts in the place of the mask, and its probability."""

    word: str
    probability: float


class Prompt(NamedTuple):
    """A sentence with [MASK] and the model's likeliest words for it."""

    text: str
    fillers: tuple[Filler, ...]


class Skipped(NamedTuple):
    """Something that was not measured; ``kind`` is "attribute", "template" or "control"."""

    kind: str
    text: str
    reason: str


class TemplateEffect(NamedTuple):
    """Mean effect of one template over the attributes, in nats."""

    text: str
    effect: Estimate


class GroupTest(NamedTuple):
    """One hypothesis of the suite's family: that a group of attributes leans no way, on average.

    ``above`` of the ``n`` attributes lean toward the positive target; ``sign_p`` is the exact sign
    test's, ``p`` that of flipping signs at random, ``p_holm`` the latter adjusted for the family.
    ``verdict`` is "different", "equivalent" or "undecided"; None when there is no interval.
    """

    group: str  # "all" for all attributes
    n: int
    mean: Estimate
    above: int
    sign_p: float
    p: float
    p_holm: float
    verdict: str | None


class ResultsFile(NamedTuple):
    """The file that holds every score: its path, seen from the card's folder, and its SHA-256.

    The record inside that file has no such field, or its hash would be part of what is hashed.
    """

    name: str
    sha256: str


class SpotCheck(NamedTuple):
    """What a run in lower precision is worth: a seeded sample of its cells, again in float32.

    ``cells`` of ``of`` were scored again. ``log_probability`` and ``effect`` are the largest
    differences found, in nats; with an ``effect`` beyond ``bound`` nothing is recorded.
    """

    cells: int
    of: int
    log_probability: float
    effect: float
    bound: float


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model: its name, the commit on the Hub if it came from there, the files read.

    ``thumbprints`` are of the large ones among the files (see ``facts.thumbprint``): they tell at
    a glance whether a file is still the one that was measured.
    """

    name: str
    architecture: str
    commit: str | None
    files: dict[str, str]  # file name -> SHA-256
    thumbprints: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SuiteInfo:
    """Which suite, and what is needed to speak of it. Effects are positive minus negative."""

    id: str
    version: str
    sha256: str
    title: str
    language: str
    axis: str
    positive: str
    negative: str
    noun: str
    nouns: str
    reference: str | None
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """How it was measured."""

    method: str
    interval: str
    seed: int
    resamples: int
    margin: float  # nats; effects within it count as none worth the name
    dtype: str
    device: str
    spot_check: SpotCheck | None = None  # in float32, which needs none, it is left out


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was measured.

    ``references`` counts attributes with a reference value, ``unequal_targets`` templates in which
    the targets differ in their number of tokens, ``rows`` distinct masked sentences.
    """

    templates: int
    attributes: int
    references: int
    control_templates: int
    control_pairs: int
    unequal_targets: int
    rows: int


@dataclass(frozen=True, slots=True)
class Results:
    """The summary, in nats except for the correlation."""

    mean: Estimate
    mean_size: Estimate
    noise_floor: Estimate | None
    rank_correlation: Estimate | None
    lowest_template: float
    highest_template: float
    toward_positive: tuple[WordEffect, ...]
    toward_negative: tuple[WordEffect, ...]
    tests: tuple[GroupTest, ...]
    by_template: tuple[TemplateEffect, ...]
    reads: float | None  # how much likelier control words are than a random token, nats a token


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that the card's section is made from, and what is needed to measure again."""

    model: ModelInfo
    suite: SuiteInfo
    settings: Settings
    counts: Counts
    results: Results
    prompts: tuple[Prompt, ...]
    skipped: tuple[Skipped, ...]
    versions: dict[str, str]
    date: str  # ISO 8601, the day
    minutes: int | None = None  # how long it took, rounded up
    results_file: ResultsFile | None = None


def keep_date(new: Record, old: Record | None) -> Record:
    """Return the old record if the new one tells nothing new: only the hour, not the numbers.

    The file of results that the old one names is then named still.
    """
    if old is None:
        return new
    same = dataclasses.replace(
        new, date=old.date, minutes=old.minutes, results_file=old.results_file
    )
    return old if same == old else new


def to_json(record: Record) -> str:
    """Return the record as JSON, one fact a line, keys in a fixed order, safe inside HTML."""
    data = {"format": FORMAT, "version": FORMAT_VERSION, **_plain(record)}
    text = _pretty(data, "")
    # No marker or tag can appear inside: a prompt is text that someone typed.
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def from_json(text: str, where: str = "the record") -> Record:
    """Read a record back; the inverse of ``to_json``.

    Raises:
        InputError: not JSON, no record, or of a later version; the message starts with ``where``.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise InputError(f"{where}: not valid JSON: {error}") from None
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise InputError(f"{where}: no record of the bias probe")
    version = data.pop("version", None)
    if version != FORMAT_VERSION:
        raise InputError(
            f"{where}: a record of version {version}; this cardkit reads {FORMAT_VERSION}"
        )
    record: Record = _build(Record, data, where)
    return record


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if not (f.default is None and getattr(value, f.name) is None)
        }
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _pretty(value: Any, indent: str) -> str:
    """Write JSON with short leaves on one line, so that a changed number is a changed line."""
    inner = indent + "  "
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or len(indent + flat) <= _LINE:
        return flat
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {_pretty(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _pretty(item, inner) for item in value) + f"\n{indent}]"


def _build(kind: Any, data: Any, where: str) -> Any:
    """Make a value of the annotated type from parsed JSON, or say where it does not fit."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        return _build(next(one for one in arguments if one is not type(None)), data, where)
    if origin is tuple and isinstance(data, list):
        return tuple(_build(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(data))
    if origin is dict and isinstance(data, dict):
        return {key: _build(arguments[1], item, f"{where}.{key}") for key, item in data.items()}
    if kind is float and type(data) in (int, float):
        return float(data)
    if kind in (str, int) and type(data) is kind:
        return data
    if isinstance(kind, type) and isinstance(data, dict) and hasattr(kind, "__annotations__"):
        hints = typing.get_type_hints(kind)
        wrong = sorted((set(hints) ^ set(data)) - _optional(kind))
        if not wrong:
            return kind(**{key: _build(hints[key], data[key], f"{where}.{key}") for key in data})
        raise InputError(f"{where}: a field is missing or unknown: {', '.join(wrong)}")
    raise InputError(f"{where}: not what a record has there: {json.dumps(data)[:60]}")


def _optional(kind: type) -> set[str]:
    """Return the fields that are left out of the JSON when they are None."""
    if not dataclasses.is_dataclass(kind):
        return set()
    return {field.name for field in dataclasses.fields(kind) if field.default is None}
