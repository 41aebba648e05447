"""``cardkit lint``: check cards, and mend what can be mended safely."""

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import click

from cardkit.baseline import without
from cardkit.card import Card, Kind
from cardkit.cli.options import color_option, config_option, stdin_option
from cardkit.cli.setup import Setup, configurer
from cardkit.diagnostic import Safety
from cardkit.discover import STDIN, Found, find, is_wanted, load
from cardkit.engine import Report, lint
from cardkit.errors import CardkitError, InputError
from cardkit.files import write
from cardkit.fix import Fixed, fix
from cardkit.report import as_json, concise, full, summary
from cardkit.report.style import Paint, painter, wants_color
from cardkit.selection import Selection
from cardkit.text import Source
from cardkit.vocab import use_vocab


class _Options(NamedTuple):
    configure: Callable[[Source], Setup]
    kind: Kind | None
    only_cards: bool
    stdin_filename: str | None
    output_format: str
    mend: bool
    diff: bool
    safeties: frozenset[Safety]
    online: bool


class _Done(NamedTuple):
    """What became of one file."""

    report: Report
    mended: Fixed | None
    fails: bool
    #: how many findings the baseline kept back
    known: int


@click.command(
    "lint",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit lint README.md                     one card, whatever its name
  cardkit lint                               every model card below this folder
  cardkit lint --fix README.md               mend what can be mended safely
  cardkit lint --diff README.md              show what --fix would do
  cardkit lint --select CK5 README.md        limitations, bias and out-of-scope use alone
  cardkit lint --profile hub README.md       only what the Hub itself refuses or warns of
  cat README.md | cardkit lint - --stdin-filename README.md

\b
Exit codes: 0 no finding at or above --fail-on; 1 such a finding; 2 the job could not be done.
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--profile",
    metavar="NAME",
    help="Which advice runs: hub, basic, documented (default), accountable.",
)
@click.option(
    "--select",
    "selected",
    multiple=True,
    metavar="RULES",
    help="Run only these rules: codes, names, prefixes (CK5), ALL; separated by commas.",
)
@click.option("--ignore", "ignored", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option(
    "--fail-on",
    type=click.Choice(["info", "warning", "error"]),
    help="The severity from which findings give exit code 1 (default: warning).",
)
@config_option
@click.option("--fix", "mend", is_flag=True, help="Apply the safe fixes.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff: also fixes that may change what the card says.",
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option(
    "--exit-non-zero-on-fix", is_flag=True, help="With --fix: exit code 1 if anything was fixed."
)
@click.option(
    "--kind",
    type=click.Choice(["model", "dataset", "space"]),
    help="What the cards describe, if their keys do not tell.",
)
@click.option(
    "--only-cards",
    is_flag=True,
    help="Skip files that are no model cards even if they are named (for hooks).",
)
@click.option(
    "--online",
    is_flag=True,
    help="Send each card to the Hub's validator too, and tell what it says (HF_ENDPOINT).",
)
@click.option(
    "--vocab",
    metavar="FILE",
    help="Newer lists of licences, languages, tasks, libraries or metrics (JSON; see docs/verdict.md).",
)
@click.option("--no-baseline", is_flag=True, help="Also tell what `cardkit baseline` wrote down.")
@stdin_option
@click.option(
    "--output-format",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
    help="How findings are written.",
)
@color_option
def command(
    paths: tuple[str, ...],
    profile: str | None,
    selected: tuple[str, ...],
    ignored: tuple[str, ...],
    fail_on: str | None,
    config_file: str | None,
    online: bool,
    vocab: str | None,
    no_baseline: bool,
    mend: bool,
    unsafe_fixes: bool,
    diff: bool,
    exit_non_zero_on_fix: bool,
    kind: Kind | None,
    only_cards: bool,
    stdin_filename: str | None,
    output_format: str,
    color: str,
) -> None:
    """Check model cards: metadata, sections, bias and limitations first.

    PATH is a card, a folder (searched for README.md and MODEL_CARD.md of models, what git ignores
    left out), or - for standard input. Without PATH the current folder is searched.
    """
    click.get_current_context().with_resource(use_vocab(vocab))
    configure = configurer(
        config_file, profile, selected, ignored, fail_on, baseline=not no_baseline
    )
    safeties: frozenset[Safety] = frozenset(("safe", "unsafe") if unsafe_fixes else ("safe",))
    options = _Options(
        configure, kind, only_cards, stdin_filename, output_format, mend, diff, safeties, online
    )
    out = sys.stderr if mend and STDIN in paths else sys.stdout
    paint = painter(wants_color(color, out.isatty()))
    done: list[_Done] = []
    skipped = failed = 0
    for found in find(paths or (".",), only_cards):
        item = found if isinstance(found, InputError) else _lint(found, options)
        if item is None:
            skipped += 1
        elif isinstance(item, CardkitError):
            failed += 1
            click.echo(f"cardkit: {item}", err=True)
        else:
            done.append(item)
            _show(item, options, paint, out is sys.stderr)
    reports = [item.report for item in done]
    applied = sum(len(item.mended.applied) for item in done if item.mended)
    if output_format == "json" and not diff:
        click.echo(as_json.render(reports), err=out is sys.stderr)
    elif diff:
        click.echo(f"{applied} would be fixed; nothing was written", err=True)
    elif reports or skipped:
        known = sum(item.known for item in done)
        text = summary.render(reports, skipped, applied, known, paint)
        click.echo(text, err=out is sys.stderr)
    if not reports and not failed and paths == () and output_format != "json":
        raise InputError(
            f"no model card here or below ({skipped} other README files); name a file to check it all the same"
        )
    fails = any(item.fails for item in done) or (applied and (diff or exit_non_zero_on_fix))
    sys.exit(2 if failed else 1 if fails else 0)


def _lint(found: Found, options: _Options) -> _Done | CardkitError | None:
    """Return what became of a file, an error, or None if it is no card."""
    try:
        source = load(found, options.stdin_filename)
        selection, known, folder = options.configure(source)
        card = Card(source, options.kind, selection.headings)
        if not options.kind and not is_wanted(found, card):
            if options.mend and found.path == STDIN:
                sys.stdout.buffer.write(source.data)
            return None
        report = lint(card, selection)
        mended = None
        if options.mend or options.diff:
            mended = fix(report, selection, options.safeties)
            shown = report if options.diff else mended.report
            if options.mend and not options.diff:
                _write(found.path, mended, source.data)
        else:
            shown = report
        if options.online:
            shown = _with_answer(shown, selection)
        kept_back = 0
        if known is not None:
            shown, kept_back = without(shown, known, folder)
        fails = any(item.severity >= selection.fail_on for item in shown.diagnostics)
        return _Done(report if options.diff else shown, mended, fails, kept_back)
    except CardkitError as error:
        return error


def _with_answer(report: Report, selection: Selection) -> Report:
    """Return a report with the Hub's own answer merged in; without one, say why and change nothing."""
    from cardkit.online import NoAnswer, ask, merge

    try:
        return merge(report, ask(report.card), selection)
    except NoAnswer as error:
        click.echo(
            f"cardkit: {report.card.source.path}: {error}; the offline result stands", err=True
        )
        return report


def _write(path: str, mended: Fixed, old: bytes) -> None:
    new = mended.source.encode(mended.source.text)
    if path == STDIN:
        sys.stdout.buffer.write(new)
        sys.stdout.buffer.flush()
    elif mended.applied:
        write(path, new, old)


def _show(done: _Done, options: _Options, paint: Paint, err: bool) -> None:
    report, mended = done.report, done.mended
    if options.diff:
        if mended and mended.applied:
            for line in _diff(report, mended, paint):
                click.echo(line, color=True)
    elif options.output_format != "json":
        render = full.render if options.output_format == "full" else concise.render
        for line in render(report, paint):
            click.echo(line, err=err, color=True)


def _diff(report: Report, mended: Fixed, paint: Paint) -> Iterator[str]:
    """Yield a unified diff of what fixing changes."""
    import difflib

    before, after = (
        [line.rstrip("\n") for line in text.splitlines(keepends=True)]
        for text in (report.card.text, mended.source.text)
    )
    path = report.card.source.path
    for line in difflib.unified_diff(before, after, path, path, lineterm=""):
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        text = line.rstrip("\r")
        yield paint(text, style) if style else text
