"""``cardkit set``: give a key of the metadata a value."""

import click

from cardkit.cli.editing import CARD_OPTION, DIFF_OPTION, FORCE_OPTION, open_card, save
from cardkit.edit.apply import changed
from cardkit.edit.paths import parse_path
from cardkit.edit.typed import typed


@click.command(
    "set",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "ignore_unknown_options": True,  # a value may start with a dash
    },
    epilog="""\b
Examples:
  cardkit set license apache-2.0
  cardkit set tags '[bert, legal]' --card my-model/
  cardkit set model-index[0].results[0].metrics[0].value 0.93 --diff

\b
Exit codes: 0 done, or nothing to change; 2 not done, and the message says why.
""",
)
@click.argument("key")
@click.argument("value")
@CARD_OPTION
@DIFF_OPTION
@FORCE_OPTION
@click.option("--string", is_flag=True, help="Take VALUE as text, whatever it looks like.")
def command(key: str, value: str, card_path: str, diff: bool, force: bool, string: bool) -> None:
    """Give KEY the VALUE; everything else in the file stays as it is, byte for byte.

    VALUE is read as the Hub reads YAML: `0.93` is a number, `no` is text, `[a, b]` a list.
    """
    card = open_card(card_path, missing=True)
    path = parse_path(key)
    save(
        card,
        changed(card, "set", path, value if string else typed(card, path, value)),
        diff=diff,
        force=force,
    )
