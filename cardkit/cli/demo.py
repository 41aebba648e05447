"""``cardkit demo``: from nothing to a card with a measured bias section, offline."""

import os
import shlex
import shutil
import subprocess
import sys
from typing import Final

import click

from cardkit._data import package_path
from cardkit.errors import InputError, ProbeError

_CARD: Final = "README.md"
_LICENSE: Final = "apache-2.0"
_DESCRIPTION: Final = (
    "A toy masked language model of 100,000 parameters that shows what cardkit does."
)
_OUT_OF_SCOPE: Final = (
    "Everything but this demonstration: what it tells of people was drawn by lot."
)
_LIMITATIONS: Final = "It knows fewer than 400 English words."
_COMMANDS: Final = (
    (
        "new",
        "--no-input",
        *("--license", _LICENSE),
        *("--model-language", "en"),
        *("--answer", f"model-description={_DESCRIPTION}"),
        *("--answer", f"out-of-scope={_OUT_OF_SCOPE}"),
        *("--answer", f"limitations={_LIMITATIONS}"),
    ),
    ("lint", "--output-format", "concise", _CARD),
    ("bias-probe", ".", "--card", _CARD),
    ("lint", "--output-format", "concise", _CARD),
)


@click.command(
    "demo",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Exit codes: 0 the demo was shown; 2 it was not, and the message says why.
""",
)
@click.argument("folder", default="cardkit-demo", metavar="[FOLDER]")
def command(folder: str) -> None:
    """Write, lint and measure a card for a tiny model that was made to be biased.

    FOLDER (default: cardkit-demo) is made anew. It takes less than a minute and no network.
    """
    from cardkit.probe.load import require_extra

    require_extra()
    _copy_model(folder)
    click.echo(
        f"A tiny masked language model lies in {folder}. It was made to be biased: for each"
        " occupation,\nhow far it leans toward she or he was drawn by lot and planted in its"
        " training text.\n"
    )
    for arguments in _COMMANDS:
        _run(folder, arguments)
    click.echo(
        f"The card is {os.path.join(folder, _CARD)}. Its bias section now says what was measured,"
        " and the chart lies\nbeside it; what else is open only people can tell. What was planted stands in\n"
        f"{os.path.join(folder, 'planted.json')}, to compare with."
    )


def _copy_model(folder: str) -> None:
    """Copy the model that ships, without its own card, into a new folder."""
    if os.path.lexists(folder):
        raise InputError(f"{folder}: is there already; name another folder: cardkit demo FOLDER")
    try:
        shutil.copytree(package_path("demo_model"), folder, ignore=lambda *_: [_CARD])
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None


def _run(folder: str, arguments: tuple[str, ...]) -> None:
    """Show a command and run it in the folder, as a person would, without the network."""
    click.echo(f"$ {shlex.join(('cardkit', *arguments))}")
    sys.stdout.flush()
    done = subprocess.run(
        [sys.executable, "-m", "cardkit", *arguments],
        cwd=folder,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        check=False,
    )
    # Findings are no failure: they are what the demo is about.
    if done.returncode not in (0, 1):
        raise ProbeError(f"`cardkit {arguments[0]}` could not be shown; see the message above")
    click.echo()
