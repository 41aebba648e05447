"""A loss curve as a small SVG: no scripts, no styles from elsewhere, readable as text."""

from collections.abc import Sequence

from cardkit.authoring.numbers import figure

_WIDTH, _HEIGHT = 640, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 16, 16, 40


def loss_curve(points: Sequence[tuple[int, float]], title: str, x: str, y: str) -> str:
    """Return an SVG of losses (y, as logged) over training steps (x).

    Args:
        points: at least two (step, loss), in the order of the steps.
        title: what the picture shows, for those who cannot see it.
        x: name of the horizontal axis.
        y: name of the vertical axis.
    """
    first, last = points[0][0], max(step for step, _ in points)
    low, high = min(loss for _, loss in points), max(loss for _, loss in points)
    width = _WIDTH - _LEFT - _RIGHT
    height = _HEIGHT - _TOP - _BOTTOM

    def place(step: float, loss: float) -> str:
        across = (step - first) / ((last - first) or 1)
        up = (loss - low) / ((high - low) or 1)
        return f"{_LEFT + width * across:.1f},{_TOP + height * (1 - up):.1f}"

    line = " ".join(place(step, loss) for step, loss in points)
    base = _HEIGHT - _BOTTOM
    marks = [
        f'<text x="{_LEFT - 6}" y="{_TOP + 4}" text-anchor="end">{figure(high)}</text>',
        f'<text x="{_LEFT - 6}" y="{base + 4}" text-anchor="end">{figure(low)}</text>',
        f'<text x="{_LEFT}" y="{base + 16}">{figure(first)}</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{base + 16}" text-anchor="end">{figure(last)}</text>',
        f'<text x="{_LEFT + width / 2:.0f}" y="{_HEIGHT - 6}" text-anchor="middle">{_safe(x)}</text>',
        f'<text x="14" y="{_TOP + height / 2:.0f}" text-anchor="middle" '
        f'transform="rotate(-90 14 {_TOP + height / 2:.0f})">{_safe(y)}</text>',
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            'font-family="sans-serif" font-size="12" fill="#767676">',
            f"<title>{_safe(title)}</title>",
            f'<path d="M{_LEFT},{_TOP}V{base}H{_WIDTH - _RIGHT}" fill="none" stroke="#767676"/>',
            f'<polyline points="{line}" fill="none" stroke="#1f77b4" stroke-width="1.5"/>',
            *marks,
            "</svg>",
            "",
        ]
    )


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
