"""A card as a page of HTML that cannot run anything: Markdown rendered, then cleaned by ``nh3``."""

import html
import re
from typing import Final

from cardkit.card import Card
from cardkit.errors import UsageError

_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"align"},
    "th": {"align"},
    "ol": {"start"},
    "code": {"class"},
}
_SCHEMES: Final = {"http", "https", "mailto"}
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font-family:sans-serif;max-width:50em;margin:2em auto;padding:0 1em;line-height:1.5;"
    "color:#1f2328;background:#fff;overflow-wrap:break-word}"
    "table{border-collapse:collapse;display:block;max-width:100%;overflow-x:auto;margin:1em 0}"
    "td,th{border:1px solid #bbb;padding:.2em .6em}td[align=right]{white-space:nowrap}"
    "pre{background:#f4f4f4;padding:.8em;overflow:auto}"
    "img,svg{max-width:100%;height:auto}figure{margin:1em 0}"
    "figure svg{width:100%;max-width:40em}summary{cursor:pointer}"
    "@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}"
    "td,th{border-color:#444c56}pre{background:#161b22}a{color:#79b8ff}}"
)


def to_html(card: Card, title: str | None = None) -> str:
    """Return a whole page: the metadata as a table, the body below, nothing that could run.

    Raises:
        UsageError: the extra ``export`` is not installed.
    """
    body = clean(card.text[card.body_start :])
    name = title or next(
        (s.title for s in card.sections.walk() if s.level and s.title), "Model card"
    )
    return page(_table(card) + body, name, _language(card), images="* data:")


def require_extra() -> None:
    """Raise UsageError if the extra ``export`` is not installed."""
    try:
        import nh3  # noqa: F401
    except ImportError as error:
        raise UsageError("HTML needs the extra `export` (pip install 'cardkit[export]')") from error


def clean(markdown: str) -> str:
    """Return Markdown as HTML that cannot run anything; comments are left out.

    Raises:
        UsageError: the extra ``export`` is not installed.
    """
    require_extra()
    import nh3
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(_COMMENT.sub("", markdown))
    for token in tokens:
        # Styles are cleaned away; that numbers stand to the right is worth keeping.
        style = token.attrGet("style") if token.type in ("td_open", "th_open") else None
        if style is not None:
            token.attrs = {"align": str(style).removeprefix("text-align:")}
    return nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        attributes={key: set(value) for key, value in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


def page(body: str, title: str, language: str, *, images: str = "'none'") -> str:
    """Return a whole page around a body that is clean already.

    Args:
        body: HTML.
        title: as plain text.
        language: of the page, a code.
        images: where images may come from, as the Content Security Policy writes it.
    """
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; img-src {images}; style-src 'unsafe-inline'\">\n"
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{body}</body>\n</html>\n"
    )


def _table(card: Card) -> str:
    from cardkit.cli.editing import show

    rows = [
        f"<tr><th>{html.escape(str(key))}</th><td>{html.escape(show(value))}</td></tr>\n"
        for key, value in card.metadata.items()
        if key not in ("model-index", "widget", "extra_gated_prompt", "extra_gated_fields")
    ]
    return f"<table>\n{''.join(rows)}</table>\n" if rows else ""


def _language(card: Card) -> str:
    value = card.metadata.get("language")
    first = value[0] if isinstance(value, list) and value else value
    plain = isinstance(first, str) and re.fullmatch(r"[a-z]{2,3}", first)
    return str(first) if plain else "en"
