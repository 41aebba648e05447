"""``cardkit new``: a card from facts, options, answers and, on a terminal, a few questions."""

import os
import sys
from typing import Any

import click

from cardkit.authoring.answers import FILE, Answers, load, merge
from cardkit.authoring.answers import save as save_answers
from cardkit.authoring.carry import Carried, carry
from cardkit.authoring.job import contradictions, read, request_of, save, save_beside
from cardkit.authoring.questions import ALL, topics_of
from cardkit.authoring.words import LANGUAGES, STYLES, words
from cardkit.authoring.write import NewCard, compose
from cardkit.card import Card
from cardkit.cli.editing import open_card
from cardkit.engine import lint
from cardkit.errors import CardkitError, InputError, UsageError
from cardkit.facts import Facts, read_facts
from cardkit.topics import topic_label


@click.command(
    "new",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit new my-model/                              ask what the folder does not prove
  cardkit new my-model/ --license mit --model-language en --no-input
  cardkit new my-model/ --answers answers.yaml --language zh --style hub
  cardkit new my-model/ --from-card README.md --force   keep what people wrote, add what files prove
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
@click.option(
    "--language",
    metavar="CODE",
    help=f"The language that the card is written in: {', '.join(LANGUAGES)} (default: en).",
)
@click.option(
    "--style",
    type=click.Choice(STYLES),
    help="Whose sections, in whose order: of the Hub's course (default), of the Hub's template, or "
    "of Mitchell et al. 2019.",
)
@click.option(
    "--answers",
    "answers_file",
    metavar="FILE.yaml",
    help=f"Answers in a file (default: {FILE} in FOLDER, if it is there).",
)
@click.option("--from-card", metavar="OLD.md", help="Carry over what people wrote in an old card.")
@click.option("--license", "license_", metavar="ID", help="The licence, as an id of the Hub.")
@click.option(
    "--model-language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="A language that the model is for; may be repeated.",
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
    answers_file: str | None,
    from_card: str | None,
    templates: tuple[str, ...],
    no_input: bool,
    **options: Any,
) -> None:
    """Write a model card for FOLDER: what its files prove is filled in, the rest is asked for.

    Nothing is invented: metadata that nobody gave is left out, and a section that nobody answered
    holds one short TODO, which `cardkit lint` reports. `cardkit update` refreshes the facts later.
    """
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: no such folder; name the folder that holds the model's files")
    path = output or os.path.join(folder, "README.md")
    shown = path.removeprefix("./")
    if os.path.lexists(path) and not force:
        raise InputError(
            f"{shown}: there is a card already; --force overwrites it, --from-card {shown} --force "
            "keeps what people wrote in it"
        )
    for place in templates:
        if not os.path.isdir(place):
            raise InputError(f"{place}: no such folder of templates")
    said = _from_options(options)
    words(said.card_language or "en")
    kept = os.path.join(folder, FILE)
    if answers_file:
        said = merge(said, load(answers_file))
    if os.path.exists(kept) and (not answers_file or not os.path.samefile(kept, answers_file)):
        said = merge(said, load(kept))
        click.echo(f"cardkit: goes on with the answers in {kept}", err=True)
    carried = carry(open_card(from_card)) if from_card else None
    if carried:
        said = merge(
            said, Answers(carried.name, metadata=carried.metadata, answers=_fitting(carried, said))
        )
        for key, why in carried.dropped:
            click.echo(f"cardkit: {from_card}: {key} was left behind: {why}", err=True)
    facts = read_facts(folder)
    for problem in facts.problems:
        click.echo(f"cardkit: {problem}", err=True)
    old: dict[str, Any] = {"others": carried.others, "block": carried.block} if carried else {}
    request = request_of(said, facts, folder, templates)._replace(**old)
    if not no_input and sys.stdin.isatty() and sys.stdout.isatty():
        from cardkit.cli.conversation import open_questions, talk

        _tell_facts(facts)
        filled = compose(facts, request).filled
        questions = open_questions(facts, said, filled)
        if questions:
            said = talk(questions, said, lambda now: _keep(kept, now))
        request = request_of(said, facts, folder, templates)._replace(**old)
    for line in contradictions(facts, said.metadata):
        click.echo(f"cardkit: {line}", err=True)
    unused = [topic for topic in said.answers if topic not in topics_of(request.style)]
    if unused:
        raise UsageError(f"the style {request.style} has no section for {', '.join(unused)}")
    card = compose(facts, request)
    save(path, card.text.encode("utf-8"), read(path))
    save_beside(path, card.files)
    _tell(shown, card, facts, folder)


def _from_options(options: dict[str, Any]) -> Answers:
    """Return what was said on the command line."""
    bases = options["base_models"]
    metadata: dict[str, Any] = {
        "license": options["license_"],
        "language": list(options["languages"]),
        "pipeline_tag": options["task"],
        "library_name": options["library"],
        "datasets": list(options["datasets"]),
        "metrics": list(options["metrics"]),
        "base_model": bases[0] if len(bases) == 1 else list(bases),
        "tags": list(options["tags"]),
    }
    texts = {}
    for pair in options["answers"]:
        topic, equals, text = pair.partition("=")
        if not equals or topic not in ALL:
            raise UsageError(
                f"--answer {pair!r}: write TOPIC=TEXT; the topics are {', '.join(ALL)}"
            )
        texts[topic] = text
    return Answers(
        options["name"],
        options["repo_id"],
        options["language"],
        options["style"],
        {key: value for key, value in metadata.items() if value},
        {},
        texts,
    )


def _fitting(carried: Carried, said: Answers) -> dict[str, str]:
    """Return the texts of an old card by the topics that the new card has sections for."""
    topics = topics_of(said.style or "course")
    found: dict[str, str] = {}
    for topic, text in carried.answers.items():
        home = topic if topic in topics else "evaluation-results"
        found[home] = f"{found[home]}\n\n{text}" if home in found else text
    return found


def _keep(path: str, said: Answers) -> None:
    """Keep answers for a second run; a folder that cannot be written to is no reason to stop."""
    try:
        save_answers(path, said)
    except CardkitError:
        click.echo(f"     (the answers cannot be kept in {path})\n")


def _tell_facts(facts: Facts) -> None:
    long = ("loss-curve", "evaluations", "benchmarks", "labels", "components")
    told = [
        fact.name if fact.name in long else f"{fact.name} ({fact.value})"
        for fact in facts.by_name.values()
    ]
    if told:
        click.echo("Read from the folder: " + ", ".join(told) + ".\n")


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
