"""What commands work with: options, configuration and baseline put together, folder by folder."""

import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from cardkit.baseline import Baseline
from cardkit.config import find_baseline, find_config, read_config
from cardkit.selection import Selection, select
from cardkit.text import Source


class Setup(NamedTuple):
    """What holds for a card: its selection, and the baseline with the folder its paths start in."""

    selection: Selection
    known: Baseline | None = None
    folder: str = "."


def configurer(
    config_file: str | None = None,
    profile: str | None = None,
    selected: Iterable[str] = (),
    ignored: Iterable[str] = (),
    fail_on: str | None = None,
    *,
    baseline: bool = False,
) -> Callable[[Source], Setup]:
    """Return what finds the setup for a source. Configuration is looked for once a folder.

    The setup of the current folder is made at once: a wrong option must not depend on which files
    there are.

    Raises:
        UsageError: an option or a configuration file makes no sense.
        InputError: a configuration file cannot be read.
    """
    named = read_config(config_file) if config_file else None
    chosen, left_out = _split(selected), _split(ignored)

    @cache
    def known(path: str) -> Baseline:
        from cardkit.baseline import read

        return read(path)

    @cache
    def setup(folder: str) -> Setup:
        config = named or find_config(folder)
        selection = select(profile, chosen, left_out, config, fail_on)
        path = find_baseline(config, folder) if baseline else None
        if path is None:
            return Setup(selection)
        return Setup(selection, known(path), os.path.dirname(path))

    def configure(source: Source) -> Setup:
        found = setup(os.path.dirname(os.path.abspath(source.path)))
        return found._replace(selection=found.selection.for_file(source.path))

    setup(os.getcwd())
    return configure


def _split(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for value in values for name in value.split(",") if name.strip())
