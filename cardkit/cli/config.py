"""``cardkit config``: which configuration holds for a card, and where each value comes from."""

import json
import os
from typing import Any

import click

from cardkit.cli.options import config_option
from cardkit.config import FILES, KEYS, find_baseline, find_config, read_config
from cardkit.errors import InputError
from cardkit.profiles import default_profile
from cardkit.selection import select


@click.command(
    "config",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit config                         what holds in this folder
  cardkit config models/a/README.md      what holds for one card
  cardkit config --config cardkit.toml   what one file says, with what it extends

\b
Exit codes: 0 it was printed; 2 a file makes no sense, and the message says where.
""",
)
@click.argument("path", default=".", metavar="[PATH]")
@config_option
@click.option(
    "--output-format",
    type=click.Choice(["toml", "json"]),
    default="toml",
    show_default=True,
    help="How it is written.",
)
def command(path: str, config_file: str | None, output_format: str) -> None:
    """Print the configuration that holds for PATH, and the file that each value comes from.

    The nearest cardkit.toml, or pyproject.toml with a table [tool.cardkit], in the card's folder or
    above it is used, and what it extends.
    """
    if not os.path.lexists(path):
        raise InputError(f"{path}: no such file or folder")
    folder = path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))
    config = read_config(config_file) if config_file else find_config(folder)
    select(config=config)  # so that a wrong name is told here as well
    defaults: dict[str, Any] = {"profile": default_profile(), "fail-on": "warning"}
    values = {**defaults, **config.values}
    origins = {**dict.fromkeys(defaults, "default"), **config.origins}
    if baseline := find_baseline(config, folder):
        values["baseline"] = _shown(baseline)
        origins.setdefault("baseline", "found")
    if output_format == "json":
        click.echo(json.dumps({"values": values, "origins": origins}, ensure_ascii=False, indent=2))
        return
    if config.path is None:
        click.echo(f"# no {' or '.join(FILES)} here or above: the defaults hold")
    for key in KEYS:
        value = values.get(key)
        if value is None or isinstance(value, dict):
            continue
        click.echo(f"{key} = {_toml(value)}  # {_shown(origins[key])}")
    for key in KEYS:
        table = values.get(key)
        if isinstance(table, dict) and table:
            click.echo(f"\n[{key}]")
            for name, value in table.items():
                origin = _shown(origins[f"{key}.{name}"])
                click.echo(f"{json.dumps(name, ensure_ascii=False)} = {_toml(value)}  # {origin}")


def _shown(origin: str) -> str:
    """Return a path as it is best read from here."""
    if not os.path.isabs(origin):
        return origin
    relative = os.path.relpath(origin)
    return origin if relative.startswith("../../..") else relative


def _toml(value: Any) -> str:
    """Write a value as TOML; texts and lists of texts are written as JSON does."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
