"""``cardkit remove``: take a key, or values of a list, out of the metadata."""

import click

from cardkit.cli.editing import CARD_OPTION, DIFF_OPTION, FORCE_OPTION, open_card, save
from cardkit.edit.apply import changed, value_at
from cardkit.edit.paths import parse_path
from cardkit.edit.typed import matching


@click.command(
    "remove",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit remove datasets rajpurkar/squad
  cardkit remove base_model_relation --card my-model/

\b
Exit codes: 0 done; 2 not done, and the message says why.
""",
)
@click.argument("key")
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@CARD_OPTION
@DIFF_OPTION
@FORCE_OPTION
def command(key: str, values: tuple[str, ...], card_path: str, diff: bool, force: bool) -> None:
    """Take out KEY, or only VALUE... of the list KEY (with its last value the key goes too)."""
    card = new = open_card(card_path)
    path = parse_path(key)
    if not values:
        new = changed(card, "remove", path)
    for value in values:
        new = changed(new, "remove", path, matching(value_at(new, path), value))
    save(card, new, diff=diff, force=force)
