"""Is a card's measurement still that of the model and the suite at hand? No torch here."""

import dataclasses
import json
import re
from pathlib import Path
from typing import NamedTuple

from cardkit.errors import CardkitError, InputError
from cardkit.facts.thumbprint import LFS_POINTER, holds
from cardkit.probe.files import file_hashes
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.record import Record, to_json
from cardkit.probe.section import expected
from cardkit.probe.suite import Suite, load_suite


class Freshness(NamedTuple):
    """Why a measurement is stale, nothing when it is fresh; and what could not be looked at."""

    stale: list[str]
    notes: list[str]


def freshness(
    text: str,
    folder: Path,
    suite_name: str | None = None,
    *,
    beside: Path | None = None,
    results: Path | None = None,
) -> Freshness:
    """Hold the measurement in a card against the model, the suite and the results at hand.

    Args:
        text: the card.
        folder: where the model's files lie; their hashes are computed anew.
        suite_name: name or file of the suite; by default the one that the record names.
        beside: the card's folder, from which the record names its file of results.
        results: that file, if it lies elsewhere.

    Raises:
        InputError: the card holds no measurement, or a damaged one, or the folder holds none of
            the files that were measured, or there is no such file of results.
    """
    record = find_record(text)
    if record is None:
        raise InputError("there is no measurement in it")
    suite = None if suite_name is None else load_suite(suite_name)
    different, notes = _results(record, beside or folder, results)
    reasons = [*_files(record, folder), *_suite(record, suite_name), *different]
    return Freshness([*reasons, *_section(text, record, suite)], notes)


def _results(record: Record, beside: Path, given: Path | None) -> tuple[list[str], list[str]]:
    """Compare the file of results; one that nobody named and that is not here is only noted."""
    named = record.results_file
    if named is None:
        if given is not None:
            raise InputError("its record names no file of results to hold that one against")
        return [], []
    path, shown = given or beside / named.name, str(given or named.name)
    # Anybody may have written the name in a card: it is followed nowhere but below the card.
    below = Path(named.name)
    followed = given or (not (below.anchor or ".." in below.parts) and path.is_file())
    try:
        data = path.read_bytes() if followed else b""
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    same = holds(data, named.sha256) if followed else None
    if same is None:
        return [], [f"{shown} is not here, so the scores were not compared; see --results"]
    if not same:
        return [f"{shown} does not hold the scores that were measured"], []
    return ([] if _is_inside(record, data) else [f"{shown} holds another record than the card"]), []


def _is_inside(record: Record, data: bytes) -> bool:
    """Tell whether the record in a file of results is that of the card, which names the file."""
    if data.startswith(LFS_POINTER):
        return True  # the file itself is not here
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    wanted = json.loads(to_json(dataclasses.replace(record, results_file=None)))
    return isinstance(found, dict) and {key: found.get(key) for key in wanted} == wanted


def _files(record: Record, folder: Path) -> list[str]:
    try:
        found = file_hashes(folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}") from None
    before = record.model.files
    if not set(found) & set(before):
        raise InputError(
            f"{folder} holds none of the files that were measured ({', '.join(sorted(before))});"
            " name the model's folder"
        )
    reasons = [
        f"{name} has changed" for name in found if before.get(name, found[name]) != found[name]
    ]
    reasons += [f"{name} is missing" for name in sorted(set(before) - set(found))]
    reasons += [f"{name} is new" for name in sorted(set(found) - set(before))]
    return reasons


def _suite(record: Record, name: str | None) -> list[str]:
    measured = record.suite
    try:
        suite = load_suite(name or measured.id)
    except CardkitError:
        if name is not None:
            raise
        return [f"suite {measured.id} does not ship with cardkit; name its file with --suite"]
    if suite.sha256 == measured.sha256:
        return []
    return [
        f"suite {measured.id} has changed: measured with {measured.version}, here is {suite.version}"
    ]


def _section(text: str, record: Record, suite: Suite | None) -> list[str]:
    """Compare the section with what its record says, whatever the line ends and the language."""
    block = find_block(text)
    if block is None:
        return []
    found = text[block.start : block.end]
    wanted = expected(found, record, suite)
    if wanted is None:
        return []  # the suite is not at hand, which is said already
    # Not splitlines, for which more than the ends of lines ends a line.
    lines = [line.rstrip() for line in re.split("\r\n|\r|\n", found)]
    right = [line.rstrip() for line in wanted.split("\n")]
    if lines == right:
        return []
    place = next(
        (n for n, (a, b) in enumerate(zip(lines, right, strict=False)) if a != b),
        min(len(lines), len(right)),
    )
    return [f"line {block.first_line + place}: the section does not say what its record says"]
