"""What ``cardkit bias-probe`` writes: the card, and beside it the chart."""

import contextlib
import os
from pathlib import Path

from cardkit.card import Card
from cardkit.errors import InputError, UsageError
from cardkit.files import check, write
from cardkit.probe.chart import chart_name
from cardkit.probe.chart_files import stale_charts, write_charts
from cardkit.probe.insert import Inserted, insert
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.record import Record
from cardkit.probe.section import block_language, expected, render
from cardkit.probe.suite import Suite, load_suite
from cardkit.probe.wording import texts_for, words


def write_measured(card: str, file: Card, record: Record, language: str, suite: Suite) -> list[str]:
    """Write a measurement into a card and its chart beside it; return what to tell of it.

    Args:
        card: path of the card.
        file: the card as it was read.
        record: of the measurement.
        language: of the section.
        suite: for what it has to say in that language.

    Raises:
        InputError: nothing or not all could be written, and the message says what.
    """
    new = insert_into(
        file, render(record, texts_for(record, language, suite)), words(language)["heading"]
    )
    check(card, file.source.data)
    # The chart first: at no time does the card name a file that is not there.
    told = write_charts(card, record, language, suite)
    if new.text != file.text:
        write(card, file.source.encode(new.text), file.source.data)
    return [_told(file, new), *told, *_left_over(card, file, chart_name(record.suite.id, language))]


def check_written(card: str | None, output: str | None, html: str | None) -> None:
    """Raise now if what is to be written later could not be."""
    named = [os.path.realpath(path) for path in (card, output, html) if path is not None]
    if len(set(named)) < len(named):
        raise UsageError("--card, --output and --html have to be different files")
    if html is not None:
        from cardkit.export.html import require_extra

        require_extra()
    for path in (output, html):
        if path is not None:
            _check_output(path)


def _check_output(output: str) -> None:
    folder = Path(output).parent
    if Path(output).is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError(f"{output}: cannot be written")


def chart_reasons(card: str, text: str, suite_name: str | None) -> list[str]:
    """Return what is wrong with the chart, where the section names one."""
    block, record = find_block(text), find_record(text)
    if block is None or record is None:
        return []
    section = text[block.start : block.end]
    language = block_language(section)
    suite = None if suite_name is None else load_suite(suite_name)
    # Where it cannot be told what the section should say, it cannot of the chart either.
    named = f"({chart_name(record.suite.id, language)})" in section
    if not named or expected(section, record, suite) is None:
        return []
    return stale_charts(card, record, language, suite)


def insert_into(card: Card, block: str, title: str | None = None) -> Inserted:
    """Put a block into a card; an error names the card."""
    try:
        return insert(card, block, title)
    except InputError as error:
        raise InputError(f"{card.source.path}: {error}") from None


def old_record(file: Card | None) -> Record | None:
    """Return the record in the card, None also for one that cannot be read: it is replaced."""
    with contextlib.suppress(InputError):
        return None if file is None else find_record(file.text)
    return None


def _told(file: Card, new: Inserted) -> str:
    path = file.source.path
    if new.text == file.text:
        return f"{path}: unchanged; the same measurement is there already."
    if new.place is None:
        return f"{path}: the measurement was replaced. Nothing else changed."
    made = "new section" if new.place.level else "section"
    return f'{path}: {made} "{new.place.heading}": measurement added. Nothing else changed.'


def _left_over(card: str, file: Card, name: str) -> list[str]:
    """Say that the card no longer names the chart of another suite, or in another language."""
    old, block = old_record(file), find_block(file.text)
    if old is None or block is None:
        return []
    before = chart_name(old.suite.id, block_language(file.text[block.start : block.end]))
    path = os.path.join(os.path.dirname(card), before)
    if before == name or not os.path.lexists(path):
        return []
    return [f"{path}: this card no longer names it."]
