"""``cardkit export``: a card as CycloneDX or HTML."""

import click

from cardkit.authoring.job import read, save
from cardkit.cli.editing import open_card
from cardkit.errors import InputError
from cardkit.export.cyclonedx import VERSIONS, to_cyclonedx


@click.command(
    "export",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit export README.md --format cyclonedx
  cardkit export my-model/ --format cyclonedx --spec-version 1.7 --output bom.json
  cardkit export README.md --format html --output card.html

\b
Exit codes: 0 written; 2 not, and the message says why.
""",
)
@click.argument("card_path", default="README.md", metavar="[CARD]")
@click.option("--format", "form", type=click.Choice(("cyclonedx", "html")), required=True)
@click.option(
    "--spec-version",
    type=click.Choice(VERSIONS),
    default="1.6",
    show_default=True,
    help="Of CycloneDX.",
)
@click.option("--name", metavar="NAME", help="The model's name (default: what the card says).")
@click.option("--output", metavar="FILE", help="Where to write it (default: standard output).")
def command(
    card_path: str, form: str, spec_version: str, name: str | None, output: str | None
) -> None:
    """Write a card in another form; its texts are the card's own, word for word."""
    card = open_card(card_path)
    if card.source.problem:
        raise InputError(f"{card.source.path}: {card.source.problem.reason}")
    if form == "cyclonedx":
        text = to_cyclonedx(card, version=spec_version, name=name)
    else:
        from cardkit.export.html import to_html

        text = to_html(card, name)
    if output is None:
        click.echo(text, nl=False)
        return
    save(output, text.encode("utf-8"), read(output))
