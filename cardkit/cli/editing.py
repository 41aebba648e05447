"""What `set`, `add`, `remove` and `eval add` share: the card, the check, the diff, the writing."""

import os
from typing import Any

import click

from cardkit.card import Card
from cardkit.edit.apply import objections
from cardkit.errors import EditError, InputError
from cardkit.files import write
from cardkit.text import Source

#: The options of every command that edits.
CARD_OPTION = click.option(
    "--card",
    "-c",
    "card_path",
    default="README.md",
    show_default=True,
    metavar="FILE",
    help="The card, or the folder it lies in.",
)
DIFF_OPTION = click.option("--diff", is_flag=True, help="Show the change and write nothing.")
FORCE_OPTION = click.option(
    "--force", is_flag=True, help="Write it although the Hub would refuse it."
)


def open_card(path: str, *, missing: bool = False) -> Card:
    """Read a card; a folder stands for its README.md, and with ``missing`` none for an empty one."""
    if os.path.isdir(path):
        path = os.path.join(path, "README.md")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        if missing:
            return Card(Source(b"", path))
        raise InputError(f"{path}: no such card; name it with --card FILE") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return Card(Source(data, path))


def save(old: Card, new: Card, *, diff: bool, force: bool) -> None:
    """Show or write a changed card, unless the Hub would refuse what was changed."""
    if new is old or new.source.data == old.source.data:
        click.echo(f"{old.source.path}: nothing to change", err=True)
        return
    refused = []
    for item in objections(old, new):
        text = f"{item.target or item.path}: {item.message}" + (
            f"; {item.help}" if item.help else ""
        )
        if item.ground == "hub-error":
            refused.append(text)
        else:
            click.echo(f"cardkit: {text}", err=True)
    if refused and not force:
        raise EditError("\n  ".join(["the Hub would refuse this; nothing was written", *refused]))
    if diff:
        click.echo(unified(old.source, new.source), nl=False)
        return
    fresh = not old.source.data and not os.path.lexists(old.source.path)
    write(old.source.path, new.source.data, None if fresh else old.source.data)


def unified(old: Source, new: Source) -> str:
    """Return the unified diff of two versions of a card."""
    import difflib

    lines = []
    before, after = (source.text.splitlines(keepends=True) for source in (old, new))
    for line in difflib.unified_diff(before, after, f"a/{old.path}", f"b/{old.path}"):
        text = line.rstrip("\r\n")
        lines.append(text + "\n")
        if line[:1] in "+- " and not line.endswith(("\n", "\r")):
            lines.append("\\ No newline at end of file\n")
    return "".join(lines)


def show(value: Any) -> str:
    """Return a value as text: a scalar bare, a list of scalars a line each, the rest as JSON."""
    import json

    from cardkit.core_schema import Timestamp

    if isinstance(value, str):
        return value
    if isinstance(value, Timestamp):
        return value.text
    if (
        isinstance(value, list)
        and value
        and not any(isinstance(item, dict | list) for item in value)
    ):
        return "\n".join(show(item) for item in value)
    return json.dumps(plain(value), ensure_ascii=False, indent=2)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: dates as text."""
    from cardkit.core_schema import Timestamp

    if isinstance(value, Timestamp):
        return value.text
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
