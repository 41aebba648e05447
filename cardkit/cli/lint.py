"""``cardkit lint``: check cards, and mend what can be mended safely."""

import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

import click

from cardkit.card import Card, Kind
from cardkit.diagnostic import Safety, Severity
from cardkit.discover import Found, find, is_card, load
from cardkit.engine import Report, Selection, lint, select
from cardkit.errors import CardkitError, InputError
from cardkit.fix import Fixed, fix, write
from cardkit.report import as_json, concise, full, summary
from cardkit.report.style import Paint, painter
from cardkit.text import Source

_STDIN = "-"


class _Options(NamedTuple):
    kind: Kind | None
    only_cards: bool
    stdin_filename: str | None
    output_format: str
    mend: bool
    diff: bool
    safeties: frozenset[Safety]


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
    default="warning",
    show_default=True,
    help="The severity from which findings give exit code 1.",
)
@click.option("--fix", "mend", is_flag=True, help="Apply the safe fixes.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff: also fixes that may change what the card says.",
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
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
    "--stdin-filename", metavar="PATH", help="With PATH -: the name to show for standard input."
)
@click.option(
    "--output-format",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
    help="How findings are written.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output; auto heeds NO_COLOR.",
)
def command(
    paths: tuple[str, ...],
    profile: str | None,
    selected: tuple[str, ...],
    ignored: tuple[str, ...],
    fail_on: str,
    mend: bool,
    unsafe_fixes: bool,
    diff: bool,
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
    selection = select(profile, _split(selected), _split(ignored))
    safeties: frozenset[Safety] = frozenset(("safe", "unsafe") if unsafe_fixes else ("safe",))
    options = _Options(kind, only_cards, stdin_filename, output_format, mend, diff, safeties)
    out = sys.stderr if mend and _STDIN in paths else sys.stdout
    paint = painter(_wants_color(color, out.isatty()))
    reports: list[Report] = []
    skipped = fixed = failed = would_fix = 0
    for item in _lint_all(paths or (".",), selection, options):
        if item is None:
            skipped += 1
        elif isinstance(item, CardkitError):
            failed += 1
            click.echo(f"cardkit: {item}", err=True)
        else:
            report, mended = item
            reports.append(report)
            fixed += len(mended.applied) if mended and mend else 0
            would_fix += len(mended.applied) if mended and not mend else 0
            _show(report, mended, options, paint, out is sys.stderr)
    if output_format == "json" and not diff:
        click.echo(as_json.render(reports), err=out is sys.stderr)
    elif diff:
        click.echo(f"{would_fix} would be fixed; nothing was written", err=True)
    elif reports or skipped:
        click.echo(summary.render(reports, skipped, fixed, paint), err=out is sys.stderr)
    if not reports and not failed and paths == () and output_format != "json":
        raise InputError(
            f"no model card here or below ({skipped} other README files); name a file to check it all the same"
        )
    threshold = Severity[fail_on.upper()]
    findings = any(item.severity >= threshold for report in reports for item in report.diagnostics)
    sys.exit(2 if failed else 1 if findings or would_fix else 0)


def _split(values: tuple[str, ...]) -> list[str]:
    return [name for value in values for name in value.split(",") if name.strip()]


def _wants_color(color: str, terminal: bool) -> bool:
    if color == "auto":
        return terminal and not os.environ.get("NO_COLOR")
    return color == "always"


def _lint_all(
    paths: tuple[str, ...], selection: Selection, options: _Options
) -> Iterator[tuple[Report, Fixed | None] | CardkitError | None]:
    """Yield for each file its report (and what fixing gave), an error, or None if it is no card."""
    seen: set[str] = set()
    for path in paths:
        if path == _STDIN:
            yield _lint_stdin(selection, options)
            continue
        for found in find((path,), options.only_cards):
            if isinstance(found, InputError):
                yield found
            elif os.path.realpath(found.path) not in seen:
                seen.add(os.path.realpath(found.path))
                yield _lint_file(found, selection, options)


def _lint_file(
    found: Found, selection: Selection, options: _Options
) -> tuple[Report, Fixed | None] | CardkitError | None:
    try:
        card = load(found, options.kind)
        if card is None:
            return None
        report = lint(card, selection)
        if not options.mend and not options.diff:
            return report, None
        mended = fix(report, selection, options.safeties)
        if options.diff:
            return report, mended
        if mended.applied:
            write(found.path, mended.source.encode(mended.source.text), card.source.data)
        return mended.report, mended
    except CardkitError as error:
        return error


def _lint_stdin(selection: Selection, options: _Options) -> tuple[Report, Fixed | None] | None:
    data = sys.stdin.buffer.read()
    card = Card(Source(data, options.stdin_filename or "<stdin>"), options.kind)
    if options.only_cards and not is_card(card, options.stdin_filename or "README.md"):
        if options.mend:
            sys.stdout.buffer.write(data)
        return None
    report = lint(card, selection)
    if not options.mend and not options.diff:
        return report, None
    mended = fix(report, selection, options.safeties)
    if options.diff:
        return report, mended
    sys.stdout.buffer.write(mended.source.encode(mended.source.text))
    sys.stdout.buffer.flush()
    return mended.report, mended


def _show(report: Report, mended: Fixed | None, options: _Options, paint: Paint, err: bool) -> None:
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
