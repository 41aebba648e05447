"""Suites as data: the sentences and words of a measurement, read from YAML and checked.

A *template* is a sentence with the slots ``{target}`` and ``{attribute}`` and perhaps
``{article}``; a *cell* is a template filled with one attribute (an occupation, say).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cardkit._data import load_json
from cardkit.errors import InputError, UsageError

DEFAULT_SUITE = "gender-occupation-en"
MARGIN = 0.2  # nats: odds times or divided by 1.22
_FOLDER = Path(__file__).with_name("suites")
_SLOT = re.compile(r"\{([^{}]*)\}")


class Attribute(NamedTuple):
    """A word that fills the attribute slot, with what is known about it."""

    word: str
    article: str | None = None
    group: str | None = None
    reference: float | None = None
    source: str | None = None


class Filled(NamedTuple):
    """A template with its slots filled; spans are half-open character offsets in ``text``.

    A sentence of a benchmark may have a target alone.
    """

    text: str
    target: tuple[int, int]
    attribute: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """What is measured; effects are ``positive`` minus ``negative``."""

    id: str
    version: str
    title: str
    language: str
    axis: str
    licence: str
    positive: str
    negative: str
    noun: str
    nouns: str
    templates: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    limits: tuple[str, ...]
    reference: str | None
    groups: Mapping[str, str]
    sources: Mapping[str, str]
    control_templates: tuple[str, ...]
    control_pairs: tuple[tuple[Attribute, Attribute], ...]
    illustration: tuple[str, ...]
    experimental: str | None
    margin: float
    family: tuple[str, ...]
    translations: Mapping[str, Any]  # language -> texts for the card; outside of the hash
    sha256: str


def suite_names() -> list[str]:
    """Return the names of the suites that ship with cardkit, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_suite(name_or_path: str = DEFAULT_SUITE) -> Suite:
    """Read and check a suite, by its name or by the path of a YAML file.

    Raises:
        UsageError: no suite of that name, or the file breaks the rules of ``bias-suite``.
        InputError: the file cannot be read.
    """
    packaged = _FOLDER / f"{name_or_path}.yaml"
    if re.fullmatch(r"[a-z0-9-]+", name_or_path) and packaged.is_file():
        return parse_suite(packaged.read_text(encoding="utf-8"), name_or_path)
    _check_applicable(name_or_path)
    path = Path(name_or_path)
    if path.suffix.lower() not in {".yaml", ".yml"}:
        known = ", ".join(suite_names())
        raise UsageError(f'no suite is called "{name_or_path}"; there is: {known}')
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the suite cannot be read: {error}") from None
    return parse_suite(text, str(path))


def _check_applicable(name: str) -> None:
    """Raise for "gender-…-fi" and the like: where no pronoun has a gender, there is no suite."""
    asked = re.fullmatch(r"gender-[a-z-]+-([a-z]{2,3})", name)
    if asked is None:
        return
    reasons = json.loads((_FOLDER / "not-applicable.json").read_text(encoding="utf-8"))
    if asked[1] in reasons:
        raise UsageError(
            f'"{name}" is not applicable: {reasons[asked[1]]}, so pronouns can show no lean; this is'
            " not the same as a lean of 0"
        )


def parse_suite(text: str, where: str) -> Suite:
    """Turn the YAML text of a suite into a Suite; ``where`` names it in messages.

    Raises:
        UsageError: what is wrong first, with its place in the file.
    """
    try:
        twice = _key_given_twice(yaml.compose(text, yaml.SafeLoader))
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        first = " ".join(str(error).split())
        raise UsageError(f"{where}: not valid YAML: {first}") from None
    if twice is not None:
        line = twice.start_mark.line + 1
        raise UsageError(f'{where}: line {line}: the key "{twice.value}" is there twice')
    _check_schema(data, where)
    suite = _build(data)
    _check_meaning(suite, where)
    return suite


def _key_given_twice(node: yaml.Node | None) -> yaml.ScalarNode | None:
    """Return a key that its mapping holds already; YAML would silently take the last one."""
    waiting = [] if node is None else [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        return key
                    seen.add(key.value)
                waiting.append(value)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
    return None


def fill(template: str, target: str, attribute: Attribute) -> Filled:
    """Fill the slots of a template and capitalise the sentence.

    Cased models know "He" and "he" as different words; an uncased tokenizer lower-cases anyway.
    """
    parts: list[str] = []
    spans: dict[str, tuple[int, int]] = {}
    length = end = 0
    values = {"target": target, "attribute": attribute.word, "article": attribute.article or ""}
    for match in _SLOT.finditer(template):
        value = values[match[1]]
        before = template[end : match.start()]
        start = length + len(before)
        spans[match[1]] = (start, start + len(value))
        parts += [before, value]
        length, end = start + len(value), match.end()
    sentence = "".join([*parts, template[end:]])
    first = sentence[0].upper()
    if len(first) == 1:  # a letter whose capital is two characters would shift the spans
        sentence = first + sentence[1:]
    return Filled(sentence, spans["target"], spans["attribute"])


def _check_schema(data: Any, where: str) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    validator = Draft202012Validator(load_json("schemas", "bias-suite.schema.json"))
    error = best_match(validator.iter_errors(data))
    if error is not None:
        place = error.json_path.removeprefix("$").removeprefix(".") or "the file"
        raise UsageError(f"{where}: {place}: {error.message}")


def _build(data: Mapping[str, Any]) -> Suite:
    controls = data.get("controls", {"templates": [], "pairs": []})
    # A translation changes no number, so that a measurement stays fresh when one is added.
    measured = {key: value for key, value in data.items() if key != "translations"}
    canonical = json.dumps(measured, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Suite(
        id=data["id"],
        version=data["version"],
        title=data["title"],
        language=data["language"],
        axis=data["axis"],
        licence=data["licence"],
        positive=data["targets"]["positive"],
        negative=data["targets"]["negative"],
        noun=data["attribute"]["singular"],
        nouns=data["attribute"]["plural"],
        templates=tuple(data["templates"]),
        attributes=tuple(Attribute(**item) for item in data["attributes"]),
        limits=tuple(data["limits"]),
        reference=data.get("reference"),
        groups=data.get("groups", {}),
        sources=data.get("sources", {}),
        control_templates=tuple(controls["templates"]),
        control_pairs=tuple((Attribute(**a), Attribute(**b)) for a, b in controls["pairs"]),
        illustration=tuple(data.get("illustration", ())),
        experimental=data.get("experimental"),
        margin=float(data.get("margin", MARGIN)),
        family=tuple(data.get("family", ["all", *data.get("groups", {})])),
        translations=data.get("translations", {}),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _check_meaning(suite: Suite, where: str) -> None:
    """Check what a schema cannot say."""
    if suite.positive == suite.negative:
        raise UsageError(f"{where}: targets: both are {suite.positive!r}, nothing can be compared")
    controls = [word for pair in suite.control_pairs for word in pair]
    _check_words(suite.attributes, suite, "attributes", where)
    _check_words(controls, suite, "controls.pairs", where)
    check_templates(suite.templates, suite.attributes, "templates", where)
    check_templates(suite.control_templates, controls, "controls.templates", where)
    for index, prompt in enumerate(suite.illustration):
        if prompt.count("[MASK]") != 1:
            raise UsageError(f"{where}: illustration[{index}]: has to hold [MASK] exactly once")
    used = {attribute.group for attribute in suite.attributes}
    for index, name in enumerate(suite.family):
        if name != "all" and name not in used:
            raise UsageError(f'{where}: family[{index}]: no attribute is in a group "{name}"')
    if suite.reference is None and any(a.reference is not None for a in suite.attributes):
        raise UsageError(f"{where}: reference: missing, yet attributes have reference values")
    for language, texts in suite.translations.items():
        _check_translation(suite, texts, f"{where}: translations.{language}")


def _check_translation(suite: Suite, texts: Mapping[str, Any], place: str) -> None:
    """Check that a translation says all that the suite says, and no more."""
    if len(texts["limits"]) != len(suite.limits):
        raise UsageError(
            f"{place}.limits: {len(texts['limits'])} sentences, the suite has {len(suite.limits)}"
        )
    for key, there in (("experimental", suite.experimental), ("reference", suite.reference)):
        if (key in texts) != (there is not None):
            raise UsageError(f"{place}: {key}: has to be there if and only if the suite has one")
    if unknown := sorted(set(texts.get("groups", {})) - set(suite.groups)):
        raise UsageError(f'{place}.groups: the suite has no group "{unknown[0]}"')


def _check_words(words: Iterable[Attribute], suite: Suite, key: str, where: str) -> None:
    seen = set()
    for word in words:
        if word.word in seen:
            raise UsageError(f'{where}: {key}: "{word.word}" is there twice')
        seen.add(word.word)
        for name, known in ((word.group, suite.groups), (word.source, suite.sources)):
            if name is not None and name not in known:
                raise UsageError(f'{where}: {key}: "{word.word}" names "{name}", not defined')


def check_templates(
    templates: Sequence[str], words: Sequence[Attribute], key: str, where: str
) -> None:
    """Raise UsageError if a template's slots are not as they must be; ``where`` and ``key`` say."""
    for index, template in enumerate(templates):
        place = f"{where}: {key}[{index}]"
        slots = _SLOT.findall(template)
        if unknown := sorted(set(slots) - {"target", "attribute", "article"}):
            raise UsageError(f"{place}: unknown slot {{{unknown[0]}}}")
        for slot in ("target", "attribute"):
            if slots.count(slot) != 1:
                raise UsageError(f"{place}: has {{{slot}}} {slots.count(slot)} times, not once")
        if slots.count("article") > 1:
            raise UsageError(f"{place}: has {{article}} more than once")
        if "article" in slots and (bare := [w.word for w in words if w.article is None]):
            raise UsageError(f'{place}: has {{article}}, but "{bare[0]}" has no article')
