"""The command line: one command per file, imported only when it is called."""

import atexit
import gc
import importlib
from typing import Any

import click

from cardkit import __version__
from cardkit.errors import CardkitError

#: How many objects a command makes before the collector looks at them.
COLLECT_AFTER = 400_000

# name -> (module, one-line help); the help stands here so that `cardkit --help` imports nothing.
COMMANDS = {
    "add": "Put a value at the end of a list in the metadata; nothing else changes.",
    "baseline": "Write down today's findings, so that only new ones fail.",
    "bias-probe": "Measure a fill-mask model's bias and write it into its card.",
    "config": "Show which configuration holds, and where it comes from.",
    "demo": "Show all of it, offline, on a tiny model that was made to be biased.",
    "diff": "Tell what changed between two versions of a card, in meaning.",
    "eval": "Put evaluation results into a card, or into files of their own.",
    "export": "Write a card as CycloneDX or HTML.",
    "get": "Print a value of the metadata as the Hub reads it.",
    "lint": "Check model cards: metadata, sections, bias and limitations first.",
    "new": "Write a card from what a model's folder proves and what you answer.",
    "remove": "Take a key or a value out of the metadata; nothing else changes.",
    "rule": "List the rules, or explain one.",
    "schema": "Print the JSON Schema of the metadata, for editors.",
    "set": "Give a key of the metadata a value; nothing else changes.",
    "suite": "Check a suite of one's own for the bias probe.",
    "topics": "Tell what cards say about each topic, and the words that show it.",
    "update": "Refresh the facts in a card: what you wrote stays.",
}


class LazyGroup(click.Group):
    """A click group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of one command and return it."""
        if cmd_name not in COMMANDS:
            return None
        # A command is a short life: the collector would only walk the modules being imported, and
        # at the end all objects once more.
        gc.set_threshold(COLLECT_AFTER)
        atexit.register(gc.freeze)
        module = importlib.import_module(f"cardkit.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn the errors we know into one line and exit code 2."""
        try:
            return super().invoke(ctx)
        except CardkitError as error:
            click.echo(f"cardkit: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit lint README.md               check one card
  cardkit lint                         check every card below this folder
  cardkit rule unknown-license         what a rule checks, and why
""",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def main() -> None:
    """Write, check and back model cards with numbers."""
