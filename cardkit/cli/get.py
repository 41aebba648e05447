"""``cardkit get``: a value of the metadata, as the Hub reads it."""

import json

import click

from cardkit.cli.editing import CARD_OPTION, open_card, plain, show
from cardkit.edit.apply import value_at
from cardkit.edit.change import editable
from cardkit.edit.paths import parse_path


@click.command(
    "get",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit get license
  cardkit get model-index[0].results[0].metrics[0].value --card my-model/
  cardkit get --json                                      all of it

\b
Exit codes: 0 it is there; 1 it is not; 2 the card cannot be read.
""",
)
@click.argument("key", required=False)
@CARD_OPTION
@click.option("--json", "as_json", is_flag=True, help="Print JSON whatever the value is.")
@click.pass_context
def command(ctx: click.Context, key: str | None, card_path: str, as_json: bool) -> None:
    """Print the value of KEY in the metadata of a card, or all of the metadata."""
    card = open_card(card_path)
    editable(card)
    if key is None:
        click.echo(json.dumps(plain(card.metadata), ensure_ascii=False, indent=2))
        return
    path = parse_path(key)
    if card.yaml.find(path) is None:
        click.echo(f"cardkit: {card.source.path} has no {key}", err=True)
        ctx.exit(1)
    value = value_at(card, path)
    click.echo(json.dumps(plain(value), ensure_ascii=False) if as_json else show(value))
