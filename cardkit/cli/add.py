"""``cardkit add``: put values at the end of a list in the metadata."""

import click

from cardkit.cli.editing import CARD_OPTION, DIFF_OPTION, FORCE_OPTION, open_card, save
from cardkit.edit.apply import changed
from cardkit.edit.paths import parse_path
from cardkit.edit.typed import typed


@click.command(
    "add",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit add datasets rajpurkar/squad
  cardkit add tags legal contracts --card my-model/

\b
Exit codes: 0 done, or nothing to change; 2 not done, and the message says why.
""",
)
@click.argument("key")
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@CARD_OPTION
@DIFF_OPTION
@FORCE_OPTION
def command(key: str, values: tuple[str, ...], card_path: str, diff: bool, force: bool) -> None:
    """Put VALUE... at the end of the list KEY, which is made where it is missing."""
    card = new = open_card(card_path, missing=True)
    path = parse_path(key)
    for value in values:
        new = changed(new, "add", path, typed(new, (*path, 0), value))
    save(card, new, diff=diff, force=force)
