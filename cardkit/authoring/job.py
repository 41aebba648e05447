"""The whole job of writing a card: read, compose or update, check, write the files."""

import os
from typing import Any

from cardkit.authoring import Written
from cardkit.authoring.answers import Answers, check, load
from cardkit.authoring.metadata import write_metadata
from cardkit.authoring.update import owns, update_card
from cardkit.authoring.write import NewCard, Request, compose, default_name
from cardkit.card import Card
from cardkit.edit.apply import objections
from cardkit.engine import lint
from cardkit.errors import EditError, InputError, UsageError
from cardkit.facts import Facts, read_facts
from cardkit.files import read, write
from cardkit.schema import is_repo_id
from cardkit.text import Source


def run(
    folder: str, answers: Any, output: str | None, facts: Facts | None, overwrite: bool
) -> Written:
    """Do what :func:`cardkit.authoring.write_card` says."""
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: no such folder; name the folder that holds the model's files")
    path = output or os.path.join(folder, "README.md")
    said = (
        load(os.fspath(answers))
        if isinstance(answers, str | os.PathLike)
        else check(answers or {}, "answers")
    )
    facts = facts or read_facts(folder)
    problems = (*facts.problems, *contradictions(facts, said.metadata))
    old = read(path)
    if old is not None and not overwrite:
        card = Card(Source(old, path))
        if not owns(card):
            raise InputError(
                f"{path}: there is a card already, and nothing in it is cardkit's; "
                "it was left as it is"
            )
        update = update_card(card, facts)
        refuse(card, update.card)
        save(path, update.card.source.data, old)
        save_beside(path, update.files)
        text = update.card.text
        return Written(path, text, (), (), update.changes, update.kept, problems)
    new = compose(facts, request_of(said, facts, folder))
    save(path, new.text.encode("utf-8"), old)
    save_beside(path, new.files)
    return Written(path, new.text, new.filled, new.left, (), (), problems)


def request_of(
    said: Answers, facts: Facts, folder: str, templates: tuple[str, ...] = ()
) -> Request:
    """Return what a card is made from, checked.

    Raises:
        UsageError: an id that cannot be one, or metadata that the Hub would refuse.
    """
    repo_id = said.repo_id or facts.get("repo-id")
    if repo_id and not is_repo_id(repo_id):
        raise UsageError(f"{repo_id!r} cannot be an id of the Hub; write OWNER/NAME")
    refuse_metadata(said.metadata)
    return Request(
        name=said.name or default_name(folder, repo_id),
        repo_id=repo_id,
        language=said.card_language or "en",
        style=said.style or "course",
        metadata=said.metadata,
        answers=said.answers,
        evaluation=said.evaluation,
        templates=templates,
    )


def refuse_metadata(metadata: dict[str, Any]) -> None:
    """Lint the given metadata alone, so that a new card never holds what the Hub refuses.

    Raises:
        UsageError: with the first objection, and what to write instead.
    """
    if not any(metadata.values()):
        return
    report = lint(Card.from_text(f"---\n{write_metadata(metadata)}---\n"))
    for item in report.diagnostics:
        if item.ground != "advice":
            raise UsageError(
                f"{item.target}: {item.message}" + (f"; {item.help}" if item.help else "")
            )


def contradictions(facts: Facts, metadata: dict[str, Any]) -> list[str]:
    """Return a line for each thing that files say differently and that nobody decided."""
    found = []
    for name, rivals in facts.contradictions.items():
        if not metadata.get(name):
            said = " but ".join(f"{fact.file} says {fact.value}" for fact in rivals)
            found.append(f"{name}: {said}; left out, say which it is")
    return found


def refuse(old: Card, new: Card) -> None:
    """Refuse a change that would make the Hub refuse the card.

    Raises:
        EditError: with the Hub's objections.
    """
    bad = [item for item in objections(old, new) if item.ground == "hub-error"]
    if bad:
        lines = [f"{item.target or item.path}: {item.message}" for item in bad]
        raise EditError("\n  ".join(["the Hub would refuse this; nothing was written", *lines]))


def save(path: str, new: bytes, old: bytes | None) -> None:
    """Write a card, if it is not what it was already."""
    if new != old:
        write(path, new, old)


def save_beside(path: str, files: dict[str, str]) -> None:
    """Write the files that a card shows, into its folder."""
    for name, text in files.items():
        place = os.path.join(os.path.dirname(path) or ".", name)
        save(place, text.encode("utf-8"), read(place))


def stale(path: str, files: dict[str, str]) -> list[str]:
    """Return the names of files beside a card that are not what they should be."""
    folder = os.path.dirname(path) or "."
    return [
        name
        for name, text in files.items()
        if read(os.path.join(folder, name)) != text.encode("utf-8")
    ]


__all__ = ["NewCard", "contradictions", "read", "refuse", "request_of", "run", "save", "stale"]
