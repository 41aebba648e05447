"""CK00x: the file itself. If one of these fires, nothing else can be said about the card.

CK01x: where the metadata block is.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cardkit.card import Card
from cardkit.diagnostic import Edit, Finding, Fix, Place, Safety
from cardkit.rule import rule
from cardkit.text import Span

if TYPE_CHECKING:
    from cardkit.fences import FenceKind, FenceProblem

#: The Hub's own words for a card whose metadata it does not find.
_HUB_MISSING: Final = "empty or missing yaml metadata in repo card"
_ANY: Final = ("model", "dataset", "space")


@rule("CK001", "not-utf8", kinds=_ANY)
def not_utf8(card: Card) -> Iterator[Finding]:
    """The file is not UTF-8 text.

    The Hub, git and every tool that reads cards take them as UTF-8; anything else shows up as
    garbage or stops the tool.

    Source: huggingface_hub, ``RepoCard.load`` (reads UTF-8 and raises on anything else).
    """
    problem = card.source.problem
    if problem:
        yield Finding(
            Place(Span(problem.offset, problem.offset)),
            f"{problem.reason}; a card must be UTF-8 text",
            "save the file as UTF-8 (in most editors: Save with Encoding)",
        )


@rule("CK002", "empty-file", "hub-warning", kinds=_ANY)
def empty_file(card: Card) -> Iterator[Finding]:
    """The card is an empty file.

    A model without a card is found by nobody and used by nobody.

    Source: the Hub's answer to a card without metadata.
    """
    if not card.text.strip():
        yield Finding(
            Place(Span(0, 0)),
            "the card is empty",
            "write the card: what the model is, for whom, how to use it, where it fails",
            hub_message=_HUB_MISSING,
        )


@rule("CK003", "lfs-pointer", "hub-warning", kinds=_ANY)
def lfs_pointer(card: Card) -> Iterator[Finding]:
    """The card is stored in Git LFS, so the Hub sees a pointer instead of its text.

    This comes from a pattern such as ``*.md`` in ``.gitattributes``.

    Source: espnet_model_zoo, scripts that strip such patterns; the Hub's answer to such a card.

    Bad:
        version https://git-lfs.github.com/spec/v1
        oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
        size 12345
    """
    if card.text.startswith("version https://git-lfs.github.com/spec/"):
        yield Finding(
            Place(card.source.line_span(1)),
            "this is a Git LFS pointer, not a card",
            "take *.md out of the LFS patterns in .gitattributes and commit README.md as text",
            hub_message=_HUB_MISSING,
        )


def _problem(card: Card, *kinds: "FenceKind") -> "FenceProblem | None":
    problem = card.fence_problem
    return problem if problem and problem.kind in kinds else None


@rule("CK010", "missing-front-matter", "hub-warning", kinds=_ANY)
def missing_front_matter(card: Card) -> Iterator[Finding]:
    """The card has no metadata block.

    Without it the Hub knows neither licence nor language nor task, and no filter finds the model.

    Source: the Hub's validator (observed: a warning).

    Bad:
        # My model

        It sorts mail.

    Good:
        ---
        license: mit
        ---
        # My model

        It sorts mail.
    """
    if problem := _problem(card, "none", "empty"):
        what = (
            "the metadata block is empty"
            if problem.kind == "empty"
            else "there is no metadata block"
        )
        yield Finding(
            Place(problem.span),
            f"{what}: the Hub knows no licence, language or task of this model",
            "start the file with a line ---, then keys such as `license: mit`, then a line ---",
            hub_message=_HUB_MISSING,
        )


@rule("CK011", "unclosed-front-matter", "hub-warning", kinds=_ANY, fixable=True)
def unclosed_front_matter(card: Card) -> Iterator[Finding]:
    """The metadata block is opened but never closed, so the Hub reads none of it.

    Source: the expression by which the Hub's server finds the block; observed: a warning.

    Bad:
        ---
        license: mit

        # My model

    Good:
        ---
        license: mit
        ---
        # My model
    """
    if problem := _problem(card, "unclosed", "bad-closing"):
        if problem.kind == "bad-closing":
            # The line may be indented.
            line = card.source.line_span(card.source.position(problem.span.start).line).start
            yield Finding(
                Place(problem.span),
                f"`{problem.detail}` does not close the metadata, so the Hub reads none of it",
                "the closing line must be exactly ---",
                Fix("safe", "write ---", (Edit(Span(line, problem.span.end), "---"),)),
                _HUB_MISSING,
            )
            return
        newline = card.source.newline
        at = problem.stray.end if problem.stray else problem.span.end
        before = card.text[:at].rstrip(" \t\r\n")
        yield Finding(
            Place(problem.span),
            "the metadata block is never closed, so the Hub reads none of it",
            "put a line --- after the last key",
            Fix(
                "unsafe",
                "close the block before the first line that is no metadata",
                (Edit(Span(len(before), len(before)), f"{newline}---"),),
            ),
            _HUB_MISSING,
        )


@rule("CK012", "misplaced-front-matter", "hub-warning", kinds=_ANY, fixable=True)
def misplaced_front_matter(card: Card) -> Iterator[Finding]:
    """The metadata is not at the top of the file, or stands there without its fences.

    The Hub reads a block only when the file starts with it (blank lines may come before).

    Source: the expression by which the Hub's server finds the block; observed: a warning.

    Bad:
        # My model
        ---
        license: mit
        ---

    Good:
        ---
        license: mit
        ---
        # My model
    """
    if problem := _problem(card, "misplaced", "no-fence"):
        if problem.kind == "no-fence":
            newline = card.source.newline
            yield Finding(
                Place(problem.span),
                "metadata without its opening line ---, so the Hub takes it for text",
                "put a line --- before the first key",
                Fix(
                    "unsafe", "put --- before the first key", (Edit(problem.span, f"---{newline}"),)
                ),
                _HUB_MISSING,
            )
            return
        fix = _moved(card, problem)
        if problem.detail == "an invisible character":
            fix = Fix("safe", "remove it", (Edit(Span(0, problem.span.start), ""),))
        yield Finding(
            Place(problem.span),
            f"{problem.detail} stands before this metadata block, so the Hub reads none of it",
            "move the block to the top of the file",
            fix,
            _HUB_MISSING,
        )


def _moved(card: Card, problem: "FenceProblem") -> Fix | None:
    """Return the fix that moves a block to the top; safe where only a comment stood before it."""
    stray = problem.stray
    if stray is None:
        return None
    end = stray.end
    for newline in ("\r\n", "\n"):
        if card.text.startswith(newline, end):
            end += len(newline)
            break
    block = card.text[stray.start : stray.end] + card.source.newline
    edits = (Edit(Span(0, 0), block), Edit(Span(stray.start, end), ""))
    lines = re.split(r"\r\n|\r|\n", block)[1:-2]
    if any(line.startswith("#") for line in lines):
        return None  # a heading: then it is a rule between paragraphs, and no fence
    safety: Safety = "safe" if problem.detail == "an HTML comment" else "unsafe"
    return Fix(safety, "move it to the top", edits)


@rule("CK013", "malformed-fence", "hub-warning", kinds=_ANY, fixable=True)
def malformed_fence(card: Card) -> Iterator[Finding]:
    """The line that opens the metadata is not exactly three hyphens.

    Four hyphens, dashes that a word processor made, a code fence, or blanks behind the hyphens:
    the Hub takes none of them.

    Source: the expression by which the Hub's server finds the block.

    Bad:
        ----
        license: mit
        ---

    Good:
        ---
        license: mit
        ---
    """
    if problem := _problem(card, "bad-opening"):
        blanks = problem.detail.startswith("---") and not problem.detail.strip("- \t")
        what = (
            "blanks behind the opening ---"
            if blanks and problem.detail.strip() == "---"
            else f"`{problem.detail}`"
        )
        yield Finding(
            Place(problem.span),
            f"{what} does not open a metadata block, so the Hub reads none of it",
            "the opening line must be exactly ---",
            Fix("safe", "write ---", (Edit(problem.span, "---"),)),
            _HUB_MISSING,
        )


@rule("CK014", "unreadable-line-ends", "hub-warning", kinds=_ANY, fixable=True)
def unreadable_line_ends(card: Card) -> Iterator[Finding]:
    r"""The line ends keep the Hub from finding the metadata.

    ``\r\r\n`` comes from writing a text that already had ``\r\n`` in text mode on Windows (the
    card then looks double-spaced); bare ``\r`` from very old editors.

    Source: the expression by which the Hub's server finds the block takes ``\r\n`` and ``\n``.
    """
    if problem := _problem(card, "line-ends"):
        double = problem.detail == "\\r\\r\\n"
        old, new = ("\r\r\n", "\r\n") if double else ("\r", "\n")
        edits = []
        at = card.text.find(old)
        while at != -1:
            edits.append(Edit(Span(at, at + len(old)), new))
            at = card.text.find(old, at + len(old))
        yield Finding(
            Place(problem.span),
            f"lines end in {problem.detail}, so the Hub finds no metadata",
            "save the file with \\n or \\r\\n line ends",
            Fix("safe", f"write {'CRLF' if double else 'LF'} line ends", tuple(edits)),
            _HUB_MISSING,
        )


@rule("CK015", "empty-front-matter", "hub-error", kinds=_ANY)
def empty_front_matter(card: Card) -> Iterator[Finding]:
    """The metadata block holds nothing, or only comments.

    Source: the Hub's validator (observed: an error for a block of blank lines).

    Bad:
        ---

        ---
        # My model

    Good:
        ---
        license: mit
        ---
        # My model
    """
    if card.front_matter and not card.yaml.problem and card.yaml.root is None:
        yield Finding(
            Place(card.front_matter.opening),
            "the metadata block holds nothing",
            "add keys such as `license: mit`, or remove the block",
            hub_message="The YAML metadata of your README.md is invalid.",
        )
