"""``cardkit bias-probe``: measure a fill-mask model and write the result into its card."""

import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardkit.card import Card
from cardkit.cli.known import parse_data, print_known
from cardkit.cli.measured import (
    chart_reasons,
    check_written,
    insert_into,
    old_record,
    write_measured,
)
from cardkit.cli.scoring import scoring
from cardkit.cli.setup import configurer
from cardkit.discover import read
from cardkit.errors import InputError, UsageError
from cardkit.files import check, replace
from cardkit.probe.chart_files import check_charts
from cardkit.probe.insert import STAND_IN
from cardkit.probe.quiet import hub_bars, quiet
from cardkit.probe.record import keep_date
from cardkit.probe.results_file import name_results
from cardkit.probe.section import render
from cardkit.probe.suite import DEFAULT_SUITE, Suite, load_suite, suite_names
from cardkit.probe.summary import summary
from cardkit.probe.wording import card_language, texts_for
from cardkit.text import Source

if TYPE_CHECKING:
    from cardkit.probe.load import MaskedLM


@click.command(
    "bias-probe",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit bias-probe my-model/                    print the result
  cardkit bias-probe my-model/ --card README.md   write it into the card, too
  cardkit bias-probe bert-base-cased --dry-run    print the section only
  cardkit bias-probe my-model/ --html page.html   a page with the chart
  cardkit bias-probe --check my-model/README.md   is it still the model's

\b
The terms of the section:
  odds         how many times likelier one word is than the other
  nat          unit of an effect: +0.69 doubles the odds, −0.69 halves them
  interval     what very many such sentences and words would give likely lies
               in it; one that covers 0 shows no lean either way
  noise floor  what comes out between two words that mean nearly the same
  p            how often chance alone would lean as far (small: hardly ever);
               Holm's is adjusted for several tests
  undecided    neither a lean nor its absence is shown

\b
Exit codes: 0 measured, whatever was found; 2 not, and the message says why.
With --check, --verify: 0 fresh, 1 stale or different, 2 it cannot be told.
""",
)
@click.argument("model", required=False)
@click.argument("other", required=False)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _option, asked: _list_suites(context) if asked else None,
    help="List the suites that ship, and exit.",
)
@click.option("--card", type=click.Path(),
              help="Write the section into this card, in its language, and the chart beside it.")  # fmt: skip
@click.option(
    "--prompt",
    "prompts",
    multiple=True,
    metavar="SENTENCE",
    help='Also show the likeliest words for "… [MASK] …"; can be repeated.',
)
@click.option("--output", type=click.Path(), help="Write record and all scores to this JSON file.")
@click.option("--html", type=click.Path(), help="Write the section, chart and all, as one page.")
@click.option("--dry-run", is_flag=True, help="Print the section; write no file at all.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Seed of the resampling.")  # fmt: skip
@click.option("--suite", "suite_name", metavar="NAME",
              help=f"Suite to measure with: a name, or a YAML file.  [default: {DEFAULT_SUITE}]")  # fmt: skip
@click.option("--device", default="cpu", show_default=True, help='Where to run: "cpu", "cuda" …')
@click.option("--dtype", default="float32", show_default=True, metavar="TYPE",
              help="Precision: float32 or bfloat16.")  # fmt: skip
@click.option("--batch-tokens", type=click.IntRange(min=1), help="Tokens in one forward pass.")
@click.option("--resume", type=click.Path(path_type=Path), metavar="FILE",
              help="Keep scores in FILE as they come, and go on from it.  [default: in the cache folder]")  # fmt: skip
@click.option("--data", multiple=True, metavar="NAME=PATH",
              help="Score a known benchmark from its authors' own file, and print it: crows-pairs,"
              " stereoset, bec-pro, winobias, winogender; can be repeated.")  # fmt: skip
@click.option("--check", type=click.Path(), metavar="CARD",
              help="Say whether the card's section is fresh; needs no model to run.")  # fmt: skip
@click.option("--results", type=click.Path(path_type=Path), metavar="FILE",
              help="With --check: the card's --output file, if it has moved.")  # fmt: skip
@click.option("--verify", type=click.Path(path_type=Path), metavar="RESULTS",
              help="Score a sample of an --output file again, and compare.")  # fmt: skip
def command(
    model: str | None,
    other: str | None,
    card: str | None,
    prompts: tuple[str, ...],
    output: str | None,
    html: str | None,
    dry_run: bool,
    seed: int,
    suite_name: str | None,
    device: str,
    dtype: str,
    batch_tokens: int | None,
    resume: Path | None,
    data: tuple[str, ...],
    check: str | None,
    results: Path | None,
    verify: Path | None,
) -> None:
    """Measure how a fill-mask model's predictions lean, with intervals.

    MODEL is a folder or a name on the Hub. The section goes under the card's heading on bias, or
    under a new one; a later run replaces it, and nothing else in the card changes. With OTHER, the
    two models are compared cell by cell, and nothing is written.
    """
    if check is not None:
        _check_card(check, model, suite_name, results)
        return
    if results is not None:
        raise UsageError("--results goes with --check; --verify FILE scores a file's cells again")
    if model is None:
        raise click.UsageError("Missing argument 'MODEL'.")
    if other is not None and any((card, output, html, dry_run, resume, verify)):
        raise UsageError("a comparison is printed only; cards and results are of one model")
    others = (other, card, prompts, output, html, dry_run, suite_name, resume, verify)
    benchmarks = parse_data(data, others) if data else []
    suite = load_suite(suite_name or DEFAULT_SUITE)
    # What would stop the writing is better known before the measuring than after.
    file = None if card is None else _read_card(card)
    language = "en" if file is None else card_language(file.metadata)
    if not dry_run:
        check_written(card, output, html)
        if card is not None:
            check_charts(card, suite.id, language)

    from cardkit.probe.load import load, require_extra
    from cardkit.probe.locate import locate

    require_extra()
    with _waiting(f"loading {model} …"), hub_bars():
        masked = load(locate(model), device=device, dtype=dtype)

    from cardkit.probe.forward import BATCH_TOKENS
    from cardkit.probe.run import measure, results_json
    from cardkit.probe.threads import limit_threads

    limit_threads()
    batch_tokens = batch_tokens or BATCH_TOKENS
    if benchmarks:
        print_known(masked, benchmarks, seed, batch_tokens)
        return
    if verify is not None:
        _verify(masked, suite, verify, seed, batch_tokens)
        return
    if other is not None:
        with _waiting(f"loading {other} …"), hub_bars():
            second = load(locate(other), device=device, dtype=dtype)
        _compare(masked, second, suite, seed, batch_tokens)
        return
    with scoring(keep=not dry_run, resume=resume) as shown_and_kept, quiet():
        measured = measure(
            masked,
            suite,
            prompts=prompts,
            seed=seed,
            batch_tokens=batch_tokens,
            **shown_and_kept,
        )
    record = keep_date(measured.record, old_record(file))
    measured = dataclasses.replace(measured, record=record)
    scores = json.dumps(results_json(measured), ensure_ascii=False) + "\n"
    record = name_results(record, scores, None if dry_run else output, card)
    if dry_run:
        click.echo(render(record, texts_for(record, language, suite)))
        return
    click.echo(summary(record))
    if output is not None:
        _write_output(output, scores)
    if card is not None and file is not None:
        click.echo("\n".join(write_measured(card, file, record, language, suite)))
    if html is not None:
        from cardkit.probe.report import report

        replace(html, report(record, language, suite).encode())
        click.echo(f"{html}: the report was written.")


def _check_card(card: str, model: str | None, suite_name: str | None, results: Path | None) -> None:
    """Say whether a card's measurement is fresh, and exit with 1 if not."""
    from cardkit.probe.freshness import freshness

    text = _readable(card).text
    beside = Path(card).resolve().parent
    folder = beside if model is None else Path(model)
    try:
        found = freshness(text, folder, suite_name, beside=beside, results=results)
        charts = chart_reasons(card, text, suite_name)
    except InputError as error:
        raise InputError(f"{card}: {error}") from None
    for note in found.notes:
        click.echo(f"{card}: note: {note}")
    reasons = [*found.stale, *charts]
    for reason in reasons:
        click.echo(f"{card}: stale: {reason}")
    if reasons:
        sys.exit(1)
    click.echo(f"{card}: the measurement is fresh")


def _verify(masked: "MaskedLM", suite: Suite, results: Path, seed: int, batch_tokens: int) -> None:
    """Score a sample again, and exit with 1 if it differs."""
    from cardkit.probe.verify import TOLERANCE, verify

    with quiet():
        found = verify(masked, suite, results, seed=seed, batch_tokens=batch_tokens)
    click.echo(
        f"{results}: {found.cells} of {found.of} cells scored again;"
        f" the worst differs by {found.worst:.1g} nats (at most {TOLERANCE:g} is agreement)"
    )
    if not found.agrees:
        click.echo(f"{results}: does not agree: “{found.where}”")
        sys.exit(1)


def _compare(
    first: "MaskedLM", second: "MaskedLM", suite: Suite, seed: int, batch_tokens: int
) -> None:
    """Measure two models and print their paired differences."""
    from cardkit.probe.compare import compare, comparison_table
    from cardkit.probe.run import measure

    measured = []
    for lm in (first, second):
        with scoring(f"scoring {lm.name}") as shown_and_kept, quiet():
            measured.append(
                measure(lm, suite, seed=seed, batch_tokens=batch_tokens, **shown_and_kept)
            )
    one, two = measured
    click.echo(comparison_table(one, two, compare(one, two)), nl=False)


def _list_suites(context: click.Context) -> None:
    suites = [load_suite(name) for name in suite_names()]
    width = max(len(suite.id) for suite in suites)
    for suite in suites:
        size = f"{len(suite.templates)} × {len(suite.attributes)}"
        default = ", the default" if suite.id == DEFAULT_SUITE else ""
        note = ", experimental" if suite.experimental else default
        click.echo(f"{suite.id:<{width}}  {suite.version}  {size}  {suite.title}{note}")
    context.exit()


def _read_card(path: str) -> Card:
    """Read a card that is to be written later, with the headings of its configuration.

    Raises:
        InputError: it cannot be read or written, or has no place for a measurement.
    """
    source = _readable(path)
    check(path, source.data)
    card = Card(source, headings=configurer()(source).selection.headings)
    insert_into(card, STAND_IN)
    return card


def _readable(path: str) -> Source:
    if not os.path.lexists(path):
        raise InputError(f"{path}: no such card; `cardkit new` writes one")
    source = read(path)
    if source.problem is not None:
        raise InputError(f"{path}: {source.problem.reason}; save it as UTF-8 first")
    return source


def _write_output(output: str, text: str) -> None:
    try:
        Path(output).write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def _waiting(text: str) -> Iterator[None]:
    if not sys.stderr.isatty():
        yield
        return
    click.echo(text, err=True, nl=False)
    try:
        yield
    finally:
        click.echo("\r" + " " * len(text) + "\r", err=True, nl=False)
