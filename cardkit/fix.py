"""Fixes: edits of spans, applied until nothing is left to apply. YAML is never dumped back."""

import os
import stat
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from cardkit.diagnostic import Diagnostic, Edit, Safety
from cardkit.engine import Report, lint
from cardkit.errors import ChangedOnDisk, InputError
from cardkit.selection import Selection
from cardkit.text import Source

_MAX_PASSES: Final = 10


class Fixed(NamedTuple):
    """The result of fixing: the new source, the report on it, and what was mended."""

    source: Source
    report: Report
    applied: tuple[Diagnostic, ...]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with its edits made. They must not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join(pieces) + text[at:]


def fix(
    report: Report, selection: Selection, safeties: frozenset[Safety] = frozenset(("safe",))
) -> Fixed:
    """Apply the fixes of a report's findings, and of the findings that then appear.

    Fixes that overlap wait for the next pass. A fix that leaves its finding standing is not tried
    again, so this ends.
    """
    applied: list[Diagnostic] = []
    source = report.card.source
    useless: set[_Kind] = set()
    for _ in range(_MAX_PASSES):
        chosen: list[Diagnostic] = []
        edits: list[Edit] = []
        for diagnostic in report.diagnostics:
            mend = diagnostic.fix
            if mend is None or mend.safety not in safeties or _kind(diagnostic) in useless:
                continue
            if not any(_overlap(new, old) for new in mend.edits for old in edits):
                chosen.append(diagnostic)
                edits += mend.edits
        if not chosen:
            break
        applied += chosen
        before = Counter(map(_kind, report.diagnostics))
        source = Source(source.encode(apply_edits(source.text, edits)), source.path)
        report = lint(report.card.with_source(source), selection)
        after = Counter(map(_kind, report.diagnostics))
        useless |= {_kind(item) for item in chosen if after[_kind(item)] >= before[_kind(item)]}
    return Fixed(source, report, tuple(applied))


_Kind = tuple[str, str | None, str]


def _kind(diagnostic: Diagnostic) -> _Kind:
    """Return what makes two findings the same wherever they stand."""
    return diagnostic.code, diagnostic.target, diagnostic.message


def _overlap(one: Edit, other: Edit) -> bool:
    if one.span.start == one.span.end or other.span.start == other.span.end:
        return one.span.start <= other.span.end and other.span.start <= one.span.end
    return one.span.start < other.span.end and other.span.start < one.span.end


def write(path: str, new: bytes, old: bytes) -> None:
    """Write a file in one step, if it is still what was read.

    A symbolic link stays one; mode and owner's rights stay. If anything fails the old file is
    untouched.

    Raises:
        ChangedOnDisk: somebody else changed it meanwhile.
        InputError: it cannot be written.
    """
    import tempfile  # linting alone does not need it

    target = os.path.realpath(path)
    temporary = None
    try:
        with open(target, "rb") as file:
            if file.read() != old:
                raise ChangedOnDisk(
                    f"{path}: changed on disk since it was read; nothing was written, run again"
                )
        mode = os.stat(target).st_mode
        if not mode & stat.S_IWUSR:
            raise InputError(f"{path}: is read-only; nothing was written")
        handle, temporary = tempfile.mkstemp(prefix=".cardkit-", dir=os.path.dirname(target))
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; nothing was written") from error
    finally:
        if temporary is not None:
            os.unlink(temporary)
