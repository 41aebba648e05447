"""``cardkit bias-probe MODEL --data NAME=PATH``: known benchmarks, printed and nothing else."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cardkit.cli.scoring import bar
from cardkit.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cardkit.probe.load import MaskedLM

Asked = list[tuple[str, "Path"]]


def parse_data(texts: Sequence[str], others: Sequence[object]) -> Asked:
    """Return the benchmarks asked for and their files, before anything is loaded.

    Raises:
        UsageError: no such benchmark, or an option that a benchmark cannot go with.
        InputError: nothing lies at the path.
    """
    from cardkit.probe.known.facts import parse

    if any(others):
        raise UsageError(
            "known benchmarks are contested and printed only: --data goes with MODEL, --seed,"
            " --device, --dtype and --batch-tokens"
        )
    return [parse(text) for text in texts]


def print_known(masked: "MaskedLM", asked: Asked, seed: int, batch_tokens: int) -> None:
    """Score each benchmark and print its figures with licence and known defects."""
    from cardkit.probe.known.job import Job
    from cardkit.probe.known.run import measure_known, render_known
    from cardkit.probe.quiet import quiet

    for number, (name, path) in enumerate(asked):
        with bar(name) as progress, quiet():
            result = measure_known(name, path, Job(masked, batch_tokens, seed, progress))
        click.echo(("\n\n" if number else "") + render_known(result))
