"""Options that several commands share."""

import click

config_option = click.option(
    "--config",
    "config_file",
    metavar="FILE",
    help="The configuration to use, in place of the nearest.",
)
stdin_option = click.option(
    "--stdin-filename", metavar="PATH", help="With PATH -: the name to show for standard input."
)
color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output; auto heeds NO_COLOR.",
)
