"""``cardkit suite check``: is a suite of one's own sound, and what will it be able to show."""

from pathlib import Path

import click

from cardkit.errors import InputError, UsageError
from cardkit.probe.suite import Suite, parse_suite

FEW = 10  # below it no interval is given
WISHED = 20  # attributes


@click.group("suite", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Work on suites of the bias probe; see docs/suites.md."""


@command.command(
    epilog="Exit codes: 0 every file is a suite, 1 one is not, 2 a file cannot be read."
)
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.pass_context
def check(context: click.Context, files: tuple[str, ...]) -> None:
    """Check FILES: keys, slots, words, and whether they can carry intervals."""
    broken = False
    for file in files:
        try:
            suite = parse_suite(_read(file), file)
        except UsageError as error:
            broken = True
            click.echo(str(error))
            continue
        click.echo(
            f"{file}: {suite.id} {suite.version}, {len(suite.templates)} templates ×"
            f" {len(suite.attributes)} {suite.nouns}, {len(suite.control_templates)} ×"
            f" {len(suite.control_pairs)} control pairs, sha256 {suite.sha256[:12]}…"
        )
        for note in notes(suite):
            click.echo(f"  note: {note}")
    context.exit(1 if broken else 0)


def notes(suite: Suite) -> list[str]:
    """Return what a sound suite will not be able to show, one sentence each."""
    found = []
    templates, words = len(suite.templates), len(suite.attributes)
    if templates < FEW or words < FEW:
        found.append(
            f"{templates} templates × {words} {suite.nouns}: no interval is given below"
            f" {FEW} × {FEW}, and a number without one cannot be told from chance"
        )
    elif words < WISHED:
        found.append(f"{words} {suite.nouns}: intervals are better from {WISHED} on")
    if not suite.control_pairs:
        found.append("no controls: there is no noise floor to hold the effects against")
    elif len(suite.control_templates) < FEW or len(suite.control_pairs) < FEW:
        found.append(f"fewer than {FEW} × {FEW} controls: the noise floor gets no interval")
    if len({template.index("{target}") == 0 for template in suite.templates}) == 1:
        found.append("the target stands at the start in all templates or in none")
    if len({t.index("{target}") < t.index("{attribute}") for t in suite.templates}) == 1:
        found.append("target and attribute stand in the same order in all templates")
    for group in suite.groups:
        size = sum(attribute.group == group for attribute in suite.attributes)
        if 0 < size < FEW:
            found.append(f'group "{group}" has {size} {suite.nouns}: no interval for it')
    return found


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: the suite cannot be read: {error}") from None
