"""``cardkit update``: refresh what facts own in a card, and nothing else."""

import os

import click

from cardkit.authoring.job import contradictions, read, refuse, save, save_beside, stale
from cardkit.authoring.update import owns, update_card
from cardkit.card import Card
from cardkit.cli.editing import unified
from cardkit.errors import InputError
from cardkit.facts import read_facts
from cardkit.text import Source


@click.command(
    "update",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit update my-model/           after training: fresh numbers, every word of yours kept
  cardkit update my-model/ --diff    show what would change
  cardkit update --check             in CI: exit 1 when the card is out of date

\b
Exit codes: 0 the card is up to date; 1 with --check it is not; 2 it could not be done.
""",
)
@click.argument("folder", default=".", metavar="[FOLDER]")
@click.option(
    "--card", "card_path", metavar="FILE", help="The card (default: README.md in FOLDER)."
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the card is out of date.")
@click.option("--diff", is_flag=True, help="Show what would change and write nothing.")
@click.pass_context
def command(
    ctx: click.Context, folder: str, card_path: str | None, check: bool, diff: bool
) -> None:
    """Refresh the facts in the card of FOLDER: numbers, code, versions, metadata that cardkit wrote.

    What you wrote stays, and so does what you changed inside cardkit's blocks or keys.
    """
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: no such folder; name the folder that holds the model's files")
    path = card_path or os.path.join(folder, "README.md")
    shown = path.removeprefix("./")
    data = read(path)
    if data is None:
        raise InputError(f"{shown}: no such card; `cardkit new` writes one")
    card = Card(Source(data, shown))
    if not owns(card):
        click.echo(f"{shown}: nothing here is cardkit's; it was left as it is", err=True)
        return
    facts = read_facts(folder)
    for problem in (*facts.problems, *contradictions(facts, card.metadata)):
        click.echo(f"cardkit: {problem}", err=True)
    update = update_card(card, facts)
    old_files = stale(path, update.files)
    fresh = update.card.source.data == data and not old_files
    for name in update.kept:
        click.echo(f"{shown}: {name} was changed by hand, and stays", err=True)
    if fresh:
        click.echo(f"{shown}: up to date")
        return
    if diff or check:
        if diff:
            click.echo(unified(card.source, update.card.source), nl=False)
        named = ", ".join((*update.changes, *old_files))
        click.echo(f"{shown}: out of date ({named})", err=True)
        ctx.exit(1 if check else 0)
    refuse(card, update.card)
    click.echo(unified(card.source, update.card.source), nl=False)
    save(path, update.card.source.data, data)
    save_beside(path, update.files)
    click.echo(f"{shown}: updated ({', '.join((*update.changes, *old_files))})", err=True)
