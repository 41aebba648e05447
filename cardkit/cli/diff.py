"""``cardkit diff``: what changed between two versions of a card, in meaning."""

import json

import click

from cardkit.card import Card
from cardkit.diff.compare import KINDS, Change, compare
from cardkit.diff.revisions import open_version
from cardkit.errors import InputError

_SIGNS = {"worse": "-", "better": "+", "changed": "~"}


@click.command(
    "diff",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit diff old.md README.md
  cardkit diff HEAD~1:README.md README.md --fail-on worse
  cardkit diff main:README.md README.md --output-format markdown   for a pull request

\b
Exit codes: 0 compared; 1 with --fail-on something of that kind changed for the worse; 2 not compared.
""",
)
@click.argument("old")
@click.argument("new")
@click.option(
    "--output-format",
    "form",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
)
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    type=click.Choice(("worse", "any", *KINDS)),
    help="Exit 1 if anything got worse, changed at all, or got worse in this respect; may be repeated.",
)
@click.pass_context
def command(ctx: click.Context, old: str, new: str, form: str, fail_on: tuple[str, ...]) -> None:
    """Tell what changed from OLD to NEW: files, folders, or git revisions (HEAD~1:README.md)."""
    cards = []
    for name in (old, new):
        source = open_version(name)
        if source.problem:
            raise InputError(f"{name}: {source.problem.reason}")
        cards.append(Card(source))
    changes = compare(*cards)
    if form == "json":
        click.echo(json.dumps([item._asdict() for item in changes], ensure_ascii=False, indent=2))
    elif form == "markdown":
        click.echo(_markdown(changes), nl=False)
    else:
        for item in changes:
            click.echo(f"{_SIGNS[item.way]} {item.message}")
        if not changes:
            click.echo("nothing changed in meaning")
    if any(_counts(item, fail_on) for item in changes):
        ctx.exit(1)


def _counts(change: Change, fail_on: tuple[str, ...]) -> bool:
    if "any" in fail_on:
        return True
    if change.kind in ("licence", "metadata"):  # another licence is neither better nor worse
        return change.kind in fail_on or ("worse" in fail_on and change.way == "worse")
    return change.way == "worse" and ("worse" in fail_on or change.kind in fail_on)


def _markdown(changes: list[Change]) -> str:
    """Return a comment for a pull request."""
    if not changes:
        return "**Model card:** nothing changed in meaning.\n"
    heads = (("worse", "Worse"), ("changed", "Changed"), ("better", "Better"))
    lines = ["**Model card**", ""]
    for way, head in heads:
        found = [item for item in changes if item.way == way]
        if found:
            lines += [f"{head}:", "", *(f"- {_safe(item.message)}" for item in found), ""]
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Return a text of a card as one line of Markdown that calls nobody and embeds nothing."""
    text = " ".join(text.split())
    for mark in ("\\", "`", "*", "_", "[", "]", "|"):
        text = text.replace(mark, "\\" + mark)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("@", "@\u200b").replace("#", "#\u200b").replace("://", ":\u200b//")
