"""``cardkit new``: a card from facts, options and, on a terminal, a few questions."""

import os
import sys
from typing import Any

import click

from cardkit.authoring.questions import ALL, QUESTIONS
from cardkit.authoring.write import NewCard, default_name, write_card
from cardkit.card import Card
from cardkit.engine import lint
from cardkit.errors import InputError, UsageError
from cardkit.facts import Facts, read_facts
from cardkit.files import write
from cardkit.schema import is_repo_id
from cardkit.topics import topic_label


@click.command(
    "new",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit new my-model/                              ask what the folder does not prove
  cardkit new my-model/ --license mit --language en --no-input
  cardkit new --answer limitations="Fails on text of more than 512 tokens."
  cardkit new my-model/ --templates our-templates/   an organisation's own templates first

\b
Exit codes: 0 the card was written; 2 it was not, and the message says why.
""",
)
@click.argument("folder", default=".", metavar="[FOLDER]")
@click.option(
    "--output", metavar="FILE", help="Where to write the card (default: README.md in FOLDER)."
)
@click.option("--force", is_flag=True, help="Overwrite a card that is there.")
@click.option("--name", help="The title of the card (default: the name of the model or folder).")
@click.option(
    "--repo-id", metavar="OWNER/NAME", help="The model's id on the Hub, for the code that loads it."
)
@click.option("--license", "license_", metavar="ID", help="The licence, as an id of the Hub.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="A language of the model; may be repeated.",
)
@click.option(
    "--task", metavar="TASK", help="The task (pipeline_tag), if the folder does not prove it."
)
@click.option("--library", metavar="NAME", help="The library, if the folder does not prove it.")
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="ID",
    help="A dataset it was trained on; may be repeated.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="ID",
    help="A metric it was evaluated with; may be repeated.",
)
@click.option(
    "--base-model",
    "base_models",
    multiple=True,
    metavar="ID",
    help="The model it was made from; may be repeated.",
)
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; may be repeated.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="TOPIC=TEXT",
    help="The text of a section; may be repeated.",
)
@click.option(
    "--templates",
    "templates",
    multiple=True,
    metavar="FOLDER",
    help="Templates of your own, searched first.",
)
@click.option("--no-input", is_flag=True, help="Ask nothing, even on a terminal.")
def command(
    folder: str,
    output: str | None,
    force: bool,
    name: str | None,
    repo_id: str | None,
    license_: str | None,
    languages: tuple[str, ...],
    task: str | None,
    library: str | None,
    datasets: tuple[str, ...],
    metrics: tuple[str, ...],
    base_models: tuple[str, ...],
    tags: tuple[str, ...],
    answers: tuple[str, ...],
    templates: tuple[str, ...],
    no_input: bool,
) -> None:
    """Write a model card for FOLDER: what its files prove is filled in, the rest is asked for.

    Nothing is invented: metadata that nobody gave is left out, and a section that nobody answered
    holds one short TODO, which `cardkit lint` reports.
    """
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: no such folder; name the folder that holds the model's files")
    path = output or os.path.join(folder, "README.md")
    shown = path.removeprefix("./")
    if os.path.lexists(path) and not force:
        raise InputError(f"{shown}: there is a card already; --force overwrites it")
    if repo_id and not is_repo_id(repo_id):
        raise UsageError(f"--repo-id {repo_id!r} cannot be an id of the Hub; write OWNER/NAME")
    for place in templates:
        if not os.path.isdir(place):
            raise InputError(f"{place}: no such folder of templates")
    facts = read_facts(folder)
    for problem in facts.problems:
        click.echo(f"cardkit: {problem}", err=True)
    texts = _read_answers(answers)
    metadata: dict[str, Any] = {
        "license": license_,
        "language": list(languages),
        "pipeline_tag": task,
        "library_name": library,
        "datasets": list(datasets),
        "metrics": list(metrics),
        "base_model": base_models[0] if len(base_models) == 1 else list(base_models),
        "tags": list(tags),
    }
    _refuse_what_the_hub_refuses({key: value for key, value in metadata.items() if value})
    if not no_input and sys.stdin.isatty() and sys.stdout.isatty():
        _tell_facts(facts)
        texts |= _ask(texts)
    name = name or default_name(folder, repo_id)
    card = write_card(facts, texts, metadata, name=name, repo_id=repo_id, templates=templates)
    _save(path, card.text)
    _tell(shown, card, facts, folder)


def _read_answers(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        topic, equals, text = pair.partition("=")
        if not equals or topic not in ALL:
            raise UsageError(
                f"--answer {pair!r}: write TOPIC=TEXT; the topics are {', '.join(ALL)}"
            )
        found[topic] = text
    return found


def _refuse_what_the_hub_refuses(metadata: dict[str, Any]) -> None:
    """Lint the given metadata alone, so that a new card never holds what the Hub refuses."""
    from cardkit.authoring.metadata import write_metadata

    if not metadata:
        return
    report = lint(Card.from_text(f"---\n{write_metadata(metadata)}---\n"))
    for item in report.diagnostics:
        if item.ground != "advice":
            raise UsageError(
                f"{item.target}: {item.message}" + (f"; {item.help}" if item.help else "")
            )


def _tell_facts(facts: Facts) -> None:
    if facts.by_name:
        click.echo(
            "Read from the folder: "
            + ", ".join(f"{fact.name} ({fact.value})" for fact in facts.by_name.values())
            + ".\n"
        )


def _ask(answered: dict[str, str]) -> dict[str, str]:
    """Ask for the sections that nobody answered; Enter skips one."""
    open_ = [question for question in QUESTIONS if question.topic not in answered]
    click.echo(f"{len(open_)} questions; Enter skips one, Ctrl-C leaves without writing.\n")
    texts = {}
    for i, question in enumerate(open_, 1):
        click.echo(f"{i}/{len(open_)}  {question.ask}   (a good answer names {question.good})")
        texts[question.topic] = click.prompt(">", default="", show_default=False, prompt_suffix=" ")
        click.echo()
    return {topic: text for topic, text in texts.items() if text.strip()}


def _save(path: str, text: str) -> None:
    try:
        with open(path, "rb") as file:
            old = file.read()
    except FileNotFoundError:
        old = None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; nothing was written") from error
    write(path, text.encode("utf-8"), old)


def _tell(shown: str, card: NewCard, facts: Facts, folder: str) -> None:
    left = ", ".join(topic_label(topic).lower() for topic in card.left)
    tail = f", {len(card.left)} left as TODO ({left})" if card.left else ""
    click.echo(f"{shown} written: {len(card.filled)} sections filled{tail}.")
    report = lint(Card.from_text(card.text, shown))
    if report.next_profile:
        names = ", ".join(label.partition(" ")[2] for label in report.missing[:4])
        more = f" and {len(report.missing) - 4} more" if len(report.missing) > 4 else ""
        click.echo(
            f"Profile reached: {report.reached or 'none'}; in the way of {report.next_profile}: {names}{more}."
        )
    if facts.get("pipeline_tag") == "fill-mask":
        click.echo(f"Next: cardkit bias-probe {folder} --card {shown}")
