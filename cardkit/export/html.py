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
    "body{font-family:sans-serif;max-width:50em;margin:2em auto;padding:0 1em;line-height:1.5}"
    "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.2em .6em}"
    "pre{background:#f4f4f4;padding:.8em;overflow:auto}img{max-width:100%}"
)


def to_html(card: Card, title: str | None = None) -> str:
    """Return a whole page: the metadata as a table, the body below, nothing that could run.

    Raises:
        UsageError: the extra ``export`` is not installed.
    """
    try:
        import nh3
    except ImportError as error:
        raise UsageError("HTML needs the extra `export` (pip install 'cardkit[export]')") from error
    from markdown_it import MarkdownIt

    body = _COMMENT.sub("", card.text[card.body_start :])
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body)
    )
    clean = nh3.clean(
        rendered,
        attributes={key: set(value) for key, value in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )
    name = title or next(
        (s.title for s in card.sections.walk() if s.level and s.title), "Model card"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{_language(card)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src * data:; style-src 'unsafe-inline'\">\n"
        f"<title>{html.escape(name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{_table(card)}{clean}</body>\n</html>\n"
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
