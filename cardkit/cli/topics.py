"""``cardkit topics``: what a card says about each topic, and the words that show it."""

import json
import sys
from typing import Any, Final

import click

from cardkit.card import Card
from cardkit.cli.options import color_option, config_option, stdin_option
from cardkit.cli.setup import configurer
from cardkit.discover import find, is_wanted, load
from cardkit.errors import CardkitError, InputError
from cardkit.report.style import Paint, painter, printable, wants_color
from cardkit.text import Source
from cardkit.verdicts import Verdict

_STYLES: Final = {"covered": "green", "thin": "yellow", "placeholder": "red", "absent": "dim"}


@click.command(
    "topics",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit topics README.md                         a table of topics
  cardkit topics --output-format json README.md    the same as JSON
  cat README.md | cardkit topics -                 standard input

\b
Verdicts:
  covered      says something specific about this model
  thin         in passing, or so generally that it would fit any model
  placeholder  template or filler text, or a heading with nothing on the topic below it
  absent       nothing

\b
Exit codes: 0 the topics were printed; 2 a card could not be read.
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@config_option
@stdin_option
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How topics are written.",
)
@color_option
def command(
    paths: tuple[str, ...],
    config_file: str | None,
    stdin_filename: str | None,
    output_format: str,
    color: str,
) -> None:
    """Tell what model cards say about limitations, bias, training data and fourteen other topics.

    PATH is a card, a folder (searched for the cards of models), or - for standard input. Without
    PATH the current folder is searched.
    """
    configure = configurer(config_file)
    paint = painter(wants_color(color, sys.stdout.isatty()))
    entries: list[dict[str, Any]] = []
    failed = False
    for found in find(paths or (".",), only_cards=False):
        try:
            if isinstance(found, InputError):
                raise found
            source = load(found, stdin_filename)
            if source.problem:
                raise InputError(f"{source.path}: {source.problem.reason}; a card must be UTF-8")
            card = Card(source, headings=configure(source).selection.headings)
            if not is_wanted(found, card):
                continue
        except CardkitError as error:
            failed = True
            click.echo(f"cardkit: {error}", err=True)
            continue
        entries.append({"path": source.path, "topics": _as_data(card)})
        if output_format == "text":
            click.echo("\n".join(_table(card, paint)) + "\n", color=True)
    if output_format == "json":
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
    elif not entries and not failed:
        raise InputError("no model card here or below; name a file to read it all the same")
    sys.exit(2 if failed else 0)


def _as_data(card: Card) -> dict[str, dict[str, Any]]:
    return {
        topic: {
            "verdict": verdict.level,
            "lines": [list(pair) for pair in _lines(card.source, verdict)],
            "evidence": verdict.evidence,
        }
        for topic, verdict in card.verdicts.items()
    }


def _lines(source: Source, verdict: Verdict) -> list[tuple[int, int]]:
    """Return (first, last) line of each place of a verdict, in order, those that touch as one."""
    pairs: list[tuple[int, int]] = []
    for start, end in sorted(verdict.spans):
        first = source.position(start).line
        last = max(first, source.position(max(start, end - 1)).line)
        if pairs and first <= pairs[-1][1] + 1:
            pairs[-1] = (pairs[-1][0], max(last, pairs[-1][1]))
        else:
            pairs.append((first, last))
    return pairs


def _table(card: Card, paint: Paint) -> list[str]:
    rows = [paint(printable(card.source.path), "bold")]
    for topic, verdict in card.verdicts.items():
        places = ", ".join(
            str(first) if first == last else f"{first}-{last}"
            for first, last in _lines(card.source, verdict)
        )
        level = paint(f"{verdict.level:11}", _STYLES[verdict.level])
        text = printable(verdict.evidence)
        rows.append(f"  {topic:25}{level}  {places:10} {text}".rstrip())
    return rows
