"""The chart's files beside a card: written in one step, never over somebody else's."""

import os

from cardkit.errors import InputError
from cardkit.files import read, replace
from cardkit.probe.chart import MARK, chart, chart_name
from cardkit.probe.chart_text import plain
from cardkit.probe.png import draw, drawn_from, is_ours
from cardkit.probe.record import Record
from cardkit.probe.suite import Suite
from cardkit.probe.wording import texts_for

_HEAD = 1000  # characters in which an SVG of ours has its mark


def check_charts(card: str, suite_id: str, language: str = "en") -> None:
    """Raise now what ``write_charts`` would raise, so that long work need not be done for nothing.

    Raises:
        InputError: a file of that name is there and is not cardkit's, or cannot be read.
    """
    svg, png = _paths(card, chart_name(suite_id, language))
    for path, ours in ((svg, _is_our_svg), (png, is_ours)):
        data = read(path)
        if data is not None and not ours(data):
            raise InputError(
                f"{path}: is there already and is not cardkit's, so it is not overwritten;"
                " give it another name"
            )


def write_charts(card: str, record: Record, language: str, suite: Suite | None = None) -> list[str]:
    """Write the chart of a measurement beside a card, as SVG and, where it can be, as PNG.

    Returns:
        What was done, a line each; nothing when both are there already.

    Raises:
        InputError: a file of that name is not cardkit's, or cannot be written.
    """
    check_charts(card, record.suite.id, language)
    svg, png = _paths(card, chart_name(record.suite.id, language))
    text = _chart(record, language, suite)
    told = []
    if read(svg) != text.encode():
        replace(svg, text.encode())
        told.append(f"{svg}: the chart was written.")
    old = read(png)
    if old is not None and drawn_from(old, text):
        return told
    picture = draw(text)
    if isinstance(picture, bytes):
        replace(png, picture)
        told.append(f"{png}: the chart as PNG.")
    elif told:
        if old is not None:
            told.append(f"{png}: shows an earlier chart; delete it.")
        told.append(f"No PNG of it: {picture}.")
    return told


def stale_charts(card: str, record: Record, language: str, suite: Suite | None = None) -> list[str]:
    """Return what is wrong with the chart beside a card, in a few words each.

    One that is not there is no matter of freshness: the linter finds links that lead nowhere.
    """
    svg, png = _paths(card, chart_name(record.suite.id, language))
    text, data, picture = _chart(record, language, suite), read(svg), read(png)
    if data is not None and data != text.encode():
        return [f"{os.path.basename(svg)} does not show what the record says"]
    if picture is not None and is_ours(picture) and not drawn_from(picture, text):
        return [f"{os.path.basename(png)} does not show what the record says"]
    return []


def _chart(record: Record, language: str, suite: Suite | None) -> str:
    return chart(record, texts_for(record, language, suite, plain))


def _paths(card: str, name: str) -> tuple[str, str]:
    svg = os.path.join(os.path.dirname(card), name)
    return svg, svg.removesuffix(".svg") + ".png"


def _is_our_svg(data: bytes) -> bool:
    return MARK.encode() in data[:_HEAD]
