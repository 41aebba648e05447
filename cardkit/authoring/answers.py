"""The file of answers: what people said, kept so that a second run goes on where the first ended."""

import os
from typing import Any, Final, NamedTuple

from cardkit.authoring.questions import ALL
from cardkit.authoring.words import LANGUAGES, STYLES
from cardkit.core_schema import Timestamp
from cardkit.errors import InputError, UsageError
from cardkit.files import replace
from cardkit.suggest import nearest
from cardkit.yaml12 import parse
from cardkit.yaml_write import pair

FILE: Final = ".cardkit-answers.yaml"
_MAX: Final = 1_000_000
_HEAD: Final = "# Answers for `cardkit new`; it reads them when it runs again.\n"
_EVALUATION: Final = ("dataset", "name", "config", "split")


class Answers(NamedTuple):
    """What people said about a model."""

    name: str | None = None
    repo_id: str | None = None
    card_language: str | None = None
    style: str | None = None
    #: keys of the card's metadata
    metadata: dict[str, Any] = {}  # noqa: RUF012 (never written to)
    #: which data results were measured on: dataset, name, config, split
    evaluation: dict[str, str] = {}  # noqa: RUF012
    #: topic -> Markdown
    answers: dict[str, str] = {}  # noqa: RUF012


def load(path: str) -> Answers:
    """Read a file of answers.

    Raises:
        InputError: it cannot be read.
        UsageError: it is no YAML, or has a key or value that means nothing.
    """
    try:
        if os.path.getsize(path) > _MAX:
            raise InputError(f"{path}: larger than 1 MB, so no file of answers")
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8") from error
    document = parse(text)
    trouble = document.problem or document.excess
    if trouble:
        line = text.count("\n", 0, trouble.offset) + 1
        raise UsageError(f"{path}, line {line}: {trouble.words}")
    return check({} if document.value is None else document.value, path)


def check(data: Any, where: str) -> Answers:
    """Return answers from plain data; refuse what nobody would read.

    Raises:
        UsageError: an unknown key (with the one that was probably meant), or a wrong value.
    """
    if not isinstance(data, dict):
        raise UsageError(
            f"{where}: answers are keys with values; the keys are {', '.join(Answers._fields)}"
        )
    _known(data, Answers._fields, where, "")
    for key in ("name", "repo_id", "card_language", "style"):
        if data.get(key) is not None and not isinstance(data[key], str):
            raise UsageError(f"{where}: {key} is a text")
    for key, names in (("evaluation", _EVALUATION), ("answers", tuple(ALL))):
        part = data.get(key)
        part = {} if part is None else part
        if not isinstance(part, dict):
            raise UsageError(f"{where}: {key} is no mapping; its keys are {', '.join(names)}")
        _known(part, names, where, f"{key}.")
        for name, value in part.items():
            if not isinstance(value, str) and value is not None:
                raise UsageError(f"{where}: {key}.{name} is a text; put it in quotes")
        data = {**data, key: {name: value for name, value in part.items() if value}}
    metadata = data.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise UsageError(f"{where}: metadata is no mapping")
    for key, allowed in (("card_language", LANGUAGES), ("style", STYLES)):
        if data.get(key) is not None and data[key] not in allowed:
            raise UsageError(f"{where}: {key} is one of {', '.join(allowed)}, not {data[key]!r}")
    texts = {key: data.get(key) for key in ("name", "repo_id", "card_language", "style")}
    return Answers(
        texts["name"],
        texts["repo_id"],
        texts["card_language"],
        texts["style"],
        metadata=_plain(metadata or {}),
        evaluation=data.get("evaluation") or {},
        answers=data.get("answers") or {},
    )


def _known(data: dict[str, Any], names: tuple[str, ...], where: str, above: str) -> None:
    for key in data:
        if key not in names:
            meant = nearest(str(key), list(names), 0.6)
            hint = f"did you mean {above}{meant}?" if meant else f"the keys are {', '.join(names)}"
            raise UsageError(f"{where}: {above}{key} is not known; {hint}")


def _plain(value: Any) -> Any:
    """Return a value with dates as the text they were."""
    if isinstance(value, Timestamp):
        return value.text
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def merge(first: Answers, second: Answers) -> Answers:
    """Return two sets of answers as one; the first wins."""
    return Answers(
        first.name or second.name,
        first.repo_id or second.repo_id,
        first.card_language or second.card_language,
        first.style or second.style,
        metadata=second.metadata | first.metadata,
        evaluation=second.evaluation | first.evaluation,
        answers=second.answers | first.answers,
    )


def dump(answers: Answers) -> str:
    """Return answers as YAML; texts of several lines stay readable."""
    lines = []
    for key in Answers._fields:
        value = getattr(answers, key)
        if key == "answers" and value:
            lines.append("answers:")
            for topic, text in value.items():
                lines += _text(topic, text)
        elif value:
            lines += pair(key, value)
    return _HEAD + "".join(f"{line}\n" for line in lines)


def _text(topic: str, text: str) -> list[str]:
    rows = text.strip().split("\n")
    odd = any(not row.isprintable() or row != row.rstrip() for row in rows)
    if len(rows) == 1 or odd or rows[0].startswith(" "):
        return pair(topic, text.strip(), "  ")
    return [f"  {topic}: |-", *(f"    {row}" if row else "" for row in rows)]


def save(path: str, answers: Answers) -> None:
    """Write a file of answers, in one step.

    Raises:
        InputError: it cannot be written.
    """
    replace(path, dump(answers).encode("utf-8"))
