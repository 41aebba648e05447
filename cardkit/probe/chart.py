"""The chart of a measurement: an SVG drawn from the record, the same bytes every time.

No script, no font of its own, and text stays text. It brings its own background, so that it can be
read on any page; where the media query is known, it follows a dark one.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from cardkit.probe.chart_text import Line, wrap, xml
from cardkit.probe.details import group_name
from cardkit.probe.numbers import covers_zero, odds, signed
from cardkit.probe.record import Estimate, Record, WordEffect
from cardkit.probe.wording import Texts

#: What tells our file from somebody else's of the same name.
MARK: Final = "<!-- cardkit:bias-probe chart -->"
_WIDTH: Final = 480
_LABEL: Final = (14.0, 156.0)  # from, to
_PLOT: Final = (168.0, 400.0)
_ODDS: Final = 466.0  # right edge
_SIZE: Final = 14  # of the text
_SMALL: Final = 13
_LINE: Final = 16  # height of a line of text
_ROW: Final = 10  # what a row has above and below its text
_FONTS: Final = (
    "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', 'PingFang SC', 'Microsoft YaHei',"
    " 'Noto Sans CJK SC', sans-serif"
)
_STYLE: Final = (
    ".ckb-page{fill:#fff;stroke:#d0d7de}.ckb-text{fill:#1f2328}.ckb-soft{fill:#59636e}"
    ".ckb-head{stroke:#fff;stroke-width:4px;paint-order:stroke}"
    ".ckb-axis{stroke:#59636e}.ckb-grid{stroke:#d8dee4}.ckb-band{fill:#dfe3e8}"
    ".ckb-pos{stroke:#b35806;fill:#b35806}.ckb-neg{stroke:#542788;fill:#542788}"
    ".ckb-pos-word{fill:#b35806}.ckb-neg-word{fill:#542788}"
    ".ckb-none{stroke:#59636e;fill:#fff}.ckb-dot{fill:#59636e;fill-opacity:.6}"
    "@media (prefers-color-scheme:dark){"
    ".ckb-page{fill:#0d1117;stroke:#3d444d}.ckb-text{fill:#f0f6fc}.ckb-soft{fill:#a9b4c0}"
    ".ckb-head{stroke:#0d1117}.ckb-axis{stroke:#a9b4c0}.ckb-grid{stroke:#30363d}.ckb-band{fill:#2b323b}"
    ".ckb-pos{stroke:#fdb863;fill:#fdb863}.ckb-neg{stroke:#c2b5f0;fill:#c2b5f0}"
    ".ckb-pos-word{fill:#fdb863}.ckb-neg-word{fill:#c2b5f0}"
    ".ckb-none{stroke:#a9b4c0;fill:#0d1117}.ckb-dot{fill:#a9b4c0}}"
)


class _Row(NamedTuple):
    """One line of the chart: an estimate, or points without one, or neither for a heading."""

    label: str
    estimate: Estimate | None = None
    points: tuple[float, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether it has nothing to draw."""
        return self.estimate is None and not self.points


def chart_name(suite_id: str, language: str = "en") -> str:
    """Return the name of the chart's file, which lies beside the card.

    A folder may hold a card in two languages; only English is not named.
    """
    spoken = "" if language == "en" else f".{language}"
    return f"bias-probe-{suite_id}{spoken}.svg"


def alternative(record: Record, texts: Texts) -> str:
    """Return what the chart shows, for those who cannot see it; without brackets."""
    suite, results = record.suite, record.results
    mean = results.mean
    values = {
        "words": texts.plural("words", record.counts.attributes),
        "positive": texts.safe(suite.positive),
        "negative": texts.safe(suite.negative),
        "value": signed(mean.value),
    }
    if mean.low is None or mean.high is None:
        parts = [texts.say("alt_mean_alone", **values)]
    else:
        span = {"low": signed(mean.low), "high": signed(mean.high)}
        parts = [texts.say("alt_mean", **values, **span)]
    for target, words in (
        (suite.positive, results.toward_positive),
        (suite.negative, results.toward_negative),
    ):
        parts += [
            texts.say(
                "alt_word",
                target=texts.safe(target),
                word=texts.safe(word.word),
                value=signed(word.effect.value),
            )
            for word in words[:1]
        ]
    if results.noise_floor is not None:
        parts.append(texts.say("alt_floor", value=f"{results.noise_floor.value:.2f}"))
    space: str = texts.words["space"]
    return space.join(parts)


def chart(record: Record, texts: Texts) -> str:
    """Return the chart as the text of an SVG file, with a line end.

    It shows the mean over all words, over each sentence and each group, and the words furthest out,
    with the intervals that the record holds, on an axis in nats that reaches as far both ways; the
    noise floor is a band around 0.

    Args:
        record: of the measurement.
        texts: made with ``chart_text.plain``.
    """
    title = wrap(
        texts.say("chart_title", title=texts.title, model=texts.safe(record.model.name)),
        _ODDS - _LABEL[0],
        17,
    )
    rows = _rows(record, texts)
    scale = _Scale.of(record, rows)
    top = 20 + 20 * len(title) + 22
    parts, y = [], float(top)
    for row in rows:
        lines = wrap(row.label, (_ODDS if row.is_heading else _LABEL[1]) - _LABEL[0], _SIZE)
        height = _LINE * len(lines) + _ROW
        parts += _drawn(row, lines, y, height, scale)
        y += height
    bottom = y + 6
    key = _key(record, texts, bottom + 58)
    total = math.ceil(key.bottom + 8)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{total}"'
            f' viewBox="0 0 {_WIDTH} {total}" role="img"'
            ' aria-labelledby="ckb-title ckb-desc"'
            f' lang="{texts.language}" font-family="{_FONTS}" font-size="{_SIZE}">',
            MARK,
            f'<title id="ckb-title">{xml(" ".join(title))}</title>',
            f'<desc id="ckb-desc">{xml(alternative(record, texts))}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="ckb-page" x=".5" y=".5" width="{_WIDTH - 1}" height="{total - 1}" rx="6"/>',
            *(
                f'<text class="ckb-text" x="{_LABEL[0]:g}" y="{32 + 20 * n}" font-size="17"'
                f' font-weight="bold">{xml(line)}</text>'
                for n, line in enumerate(title)
            ),
            *_frame(record, texts, scale, top, bottom),
            *parts,
            *key.parts,
            "</svg>",
            "",
        ]
    )


def _rows(record: Record, texts: Texts) -> list[_Row]:
    suite, counts, results = record.suite, record.counts, record.results
    sentences = tuple(one.effect.value for one in results.by_template)
    rows = [
        _Row(texts.say("chart_together")),
        _Row(texts.say("chart_all", n=counts.attributes), results.mean),
    ]
    if sentences:
        rows.append(_Row(texts.say("chart_each", n=len(sentences)), None, sentences))
    rows += [
        _Row(texts.say("chart_group", group=group_name(test.group, texts), n=test.n), test.mean)
        for test in results.tests
        if test.group != "all"
    ]
    for target, words in (
        (suite.positive, results.toward_positive),
        (suite.negative, results.toward_negative),
    ):
        if words:
            rows.append(_Row(texts.say("chart_furthest", target=texts.safe(target))))
            rows += [_word(word, texts) for word in words]
    return rows


def _word(word: WordEffect, texts: Texts) -> _Row:
    return _Row(texts.safe(word.word), word.effect)


class _Scale(NamedTuple):
    """From nats to places across; ``reach`` nats either way."""

    reach: float
    step: float

    @classmethod
    def of(cls, record: Record, rows: Sequence[_Row]) -> "_Scale":
        """Return the scale on which everything fits, with a tick at each round ``step``."""
        values = [value for row in rows for value in (*(row.estimate or ()), *row.points)]
        if record.results.noise_floor is not None:
            values.append(record.results.noise_floor.value)
        reach = 1.06 * max([0.1, *(abs(value) for value in values if value is not None)])
        power = 10.0 ** math.floor(math.log10(reach))
        steps = (power * factor for factor in (0.5, 1, 2, 5))
        return cls(reach, next(step for step in steps if reach / step < 3))

    @property
    def digits(self) -> int:
        """Digits after the point that a tick needs."""
        return max(0, -math.floor(math.log10(self.step)))

    def x(self, nats: float) -> float:
        """Return the place of an effect."""
        half = (_PLOT[1] - _PLOT[0]) / 2
        return _PLOT[0] + half + half * nats / self.reach

    def ticks(self) -> list[float]:
        """Return the effects that get a tick, from the lowest."""
        last = int(self.reach / self.step)
        return [number * self.step for number in range(-last, last + 1)]


def _frame(record: Record, texts: Texts, scale: _Scale, top: float, bottom: float) -> list[str]:
    """Draw what lies behind the rows: band, grid, axis and what the sides mean."""
    suite, floor = record.suite, record.results.noise_floor
    left, right = _PLOT
    parts = []
    if floor is not None and floor.value > 0:
        start, end = scale.x(-floor.value), scale.x(floor.value)
        parts.append(
            f'<rect class="ckb-band" x="{start:.1f}" y="{top}" width="{end - start:.1f}"'
            f' height="{bottom - top:.1f}"/>'
        )
    for tick in scale.ticks():
        kind = "axis" if tick == 0 else "grid"
        x = f"{scale.x(tick):.1f}"
        parts.append(f'<path class="ckb-{kind}" d="M{x},{top}V{bottom:.1f}"/>')
        text = signed(tick, scale.digits) if tick else "0"
        parts.append(
            f'<text class="ckb-soft" x="{x}" y="{bottom + 15:.1f}" font-size="{_SMALL}"'
            f' text-anchor="middle">{text}</text>'
        )
    positive, negative = texts.safe(suite.positive), texts.safe(suite.negative)
    middle = (left + right) / 2
    sides = (
        (f"← {negative}", middle - 8, "end", "neg", middle - _LABEL[0]),
        (f"{positive} →", middle + 8, "start", "pos", _ODDS - middle - 8),
    )
    parts += [
        f'<text class="ckb-{kind}-word" x="{x:g}" y="{top - 8}" font-weight="bold"'
        f' text-anchor="{anchor}">{xml(wrap(text, room, _SIZE, 1)[0])}</text>'
        for text, x, anchor, kind, room in sides
    ]
    odds_of = wrap(texts.say("chart_odds", positive=positive), _ODDS - middle - 24, _SMALL, 1)[0]
    parts.append(
        f'<text class="ckb-soft" x="{_ODDS:g}" y="{bottom + 32:.1f}" font-size="{_SMALL}"'
        f' text-anchor="end">{xml(odds_of)}</text>'
    )
    parts.append(
        f'<text class="ckb-soft" x="{middle:g}" y="{bottom + 32:.1f}" font-size="{_SMALL}"'
        f' text-anchor="middle">{xml(texts.say("chart_axis"))}</text>'
    )
    return parts


def _drawn(row: _Row, lines: Sequence[Line], y: float, height: int, scale: _Scale) -> list[str]:
    """Draw one row; ``y`` is its upper edge."""
    middle = y + height / 2
    first = middle - _LINE * (len(lines) - 1) / 2 + 4.5
    heading = row.is_heading
    kind = "ckb-text ckb-head" if heading else "ckb-text"
    weight = ' font-weight="bold"' if heading else ""
    x, anchor = (_LABEL[0], "start") if heading else (_LABEL[1], "end")
    parts = [
        f'<text class="{kind}" x="{x:g}" y="{first + _LINE * n:.1f}"{weight}'
        f' text-anchor="{anchor}">{xml(line)}</text>'
        for n, line in enumerate(lines)
    ]
    parts += [
        f'<circle class="ckb-dot" cx="{scale.x(point):.1f}" cy="{middle:.1f}" r="3"/>'
        for point in row.points
    ]
    if row.estimate is not None:
        parts += _estimate(row.estimate, middle, scale)
    return parts


def _estimate(estimate: Estimate, y: float, scale: _Scale) -> list[str]:
    shown = covers_zero(estimate) is False
    side = "pos" if estimate.value >= 0 else "neg"
    parts = []
    if estimate.low is not None and estimate.high is not None:
        low, high = scale.x(estimate.low), scale.x(estimate.high)
        parts.append(
            f'<path class="ckb-{side if shown else "none"}" stroke-width="2"'
            f' d="M{low:.1f},{y:.1f}H{high:.1f}M{low:.1f},{y - 4:.1f}v8M{high:.1f},{y - 4:.1f}v8"/>'
        )
    parts.append(
        f'<circle class="ckb-{side if shown else "none"}" stroke-width="2"'
        f' cx="{scale.x(estimate.value):.1f}" cy="{y:.1f}" r="4.5"/>'
    )
    parts.append(
        f'<text class="ckb-text" x="{_ODDS:g}" y="{y + 4.5:.1f}" text-anchor="end">'
        f"{odds(estimate.value)}</text>"
    )
    return parts


class _Key(NamedTuple):
    parts: list[str]
    bottom: float


def _key(record: Record, texts: Texts, y: float) -> _Key:
    """Draw what the signs mean, one a line, from ``y`` downwards."""
    floor = record.results.noise_floor
    entries = []
    if floor is not None:
        band = '<rect class="ckb-band" x="14" y="{top:.1f}" width="24" height="12"/>'
        entries.append((band, texts.say("chart_floor", floor=f"{floor.value:.2f}")))
    whisker = (
        '<path class="ckb-pos" stroke-width="2" d="M14,{y:.1f}H38M14,{up:.1f}v8M38,{up:.1f}v8"/>'
        '<circle class="ckb-pos" cx="26" cy="{y:.1f}" r="4.5"/>'
    )
    entries.append((whisker, texts.say("chart_interval")))
    if record.results.by_template:
        dot = '<circle class="ckb-dot" cx="26" cy="{y:.1f}" r="3"/>'
        entries.append((dot, texts.say("chart_dot")))
    parts = []
    for sign, text in entries:
        parts.append(sign.format(y=y, top=y - 6, up=y - 4))
        for line in wrap(text, _ODDS - 48, _SMALL):
            parts.append(
                f'<text class="ckb-soft" x="48" y="{y + 4.5:.1f}" font-size="{_SMALL}">{xml(line)}</text>'
            )
            y += _LINE
        y += 4
    return _Key(parts, y - 10)
