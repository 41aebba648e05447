"""``cardkit baseline``: write down what is found today, so that only new findings fail."""

import os

import click

from cardkit.baseline import Baseline, collect, name_of, read, render
from cardkit.card import Card
from cardkit.cli.options import config_option
from cardkit.cli.setup import configurer
from cardkit.config import BASELINE, find_baseline, find_config, read_config
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
    are mended, and the baseline shrinks. Of files that PATH does not name it keeps what it held.
    """
    configure = configurer(config_file)
    named = read_config(config_file) if config_file else find_config(".")
    target = output or find_baseline(named, ".") or BASELINE
    folder = os.path.dirname(os.path.abspath(target))
    reports: list[Report] = []
    looked_at: set[str] = set()
    for found in find(paths or (".",), only_cards=False):
        if isinstance(found, InputError):
            raise found
        source = load(found)
        looked_at.add(name_of(source.path, folder))
        selection = configure(source).selection
        card = Card(source, headings=selection.headings)
        if is_wanted(found, card):
            reports.append(lint(card, selection))
    new, old, change = collect(reports, folder), None, ""
    if os.path.lexists(target):
        before = read(target)
        with open(target, "rb") as file:
            old = file.read()
        _keep(before, new, looked_at, folder)
        change = f" (it held {before.told.total()})"
    write(target, render(new).encode("utf-8"), old)
    count, cards = new.told.total(), len({item.path for item in new.told})
    click.echo(
        f"{os.path.relpath(target)}: {count} finding{'' if count == 1 else 's'} in"
        f" {cards} card{'' if cards == 1 else 's'} {'is' if count == 1 else 'are'} now known{change}"
    )


def _keep(before: Baseline, new: Baseline, looked_at: set[str], folder: str) -> None:
    """Take over what is known of files that are still there and were not looked at this time."""
    for old, counts in zip(before, new, strict=True):
        for item, count in old.items():
            if item.path not in looked_at and os.path.exists(os.path.join(folder, item.path)):
                counts[item] = count
