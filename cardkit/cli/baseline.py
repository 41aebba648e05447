"""``cardkit baseline``: write down what is found today, so that only new findings fail."""

import os

import click

from cardkit.baseline import read, render
from cardkit.card import Card
from cardkit.cli.options import config_option
from cardkit.cli.setup import configurer
from cardkit.config import BASELINE, find_config, read_config
from cardkit.discover import find, is_wanted, load
from cardkit.engine import Report, lint
from cardkit.errors import InputError
from cardkit.files import write


@click.command(
    "baseline",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit baseline             write .cardkit-baseline.json for all cards below this folder
  cardkit lint                 only findings that are not in it
  cardkit lint --no-baseline   all of them

\b
Exit codes: 0 it was written; 2 it was not, and the message says why.
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@config_option
@click.option(
    "--output",
    metavar="FILE",
    help=f"Where to write (default: the file in use, or {BASELINE} in this folder).",
)
def command(paths: tuple[str, ...], config_file: str | None, output: str | None) -> None:
    """Write down the findings of today, so that `cardkit lint` tells only new ones.

    A finding is known by its file, rule and section, not by its line. Run it again when findings
    are mended, and the baseline shrinks.
    """
    configure = configurer(config_file)
    named = read_config(config_file) if config_file else find_config(".")
    target = output or named.baseline or BASELINE
    folder = os.path.dirname(os.path.abspath(target))
    reports: list[Report] = []
    for found in find(paths or (".",), only_cards=False):
        if isinstance(found, InputError):
            raise found
        source = load(found)
        selection = configure(source).selection
        card = Card(source, headings=selection.headings)
        if is_wanted(found, card):
            reports.append(lint(card, selection))
    before, old = None, None
    if os.path.lexists(target):
        before = sum(read(target).values())
        with open(target, "rb") as file:
            old = file.read()
    write(target, render(reports, folder).encode("utf-8"), old)
    count = sum(len(report.diagnostics) for report in reports)
    change = "" if before is None else f" (it held {before})"
    shown = os.path.relpath(target)
    click.echo(f"{shown}: {count} findings in {len(reports)} cards are now known{change}")
