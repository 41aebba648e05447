"""The questions of ``cardkit new`` on a terminal: only what facts left open."""

from collections.abc import Callable
from typing import Any, NamedTuple

import click

from cardkit.authoring.answers import Answers
from cardkit.authoring.content import OF_TOPIC
from cardkit.authoring.job import refuse_metadata
from cardkit.authoring.questions import ALL, topics_of
from cardkit.errors import UsageError
from cardkit.facts import Facts


class Ask(NamedTuple):
    """One question: where its answer goes, what to ask, what a good answer holds, an example."""

    part: str
    key: str
    ask: str
    good: str
    example: str


_FIELDS = (
    Ask("metadata", "license", "Which licence?", "an id of the Hub", "apache-2.0"),
    Ask("metadata", "language", "Which languages is it for?", "codes, with commas", "en, no"),
    Ask("metadata", "datasets", "Which datasets of the Hub was it trained on?", "ids, with commas", "rajpurkar/squad"),
)  # fmt: skip
_LISTS = frozenset(("language", "datasets"))


def open_questions(facts: Facts, said: Answers, filled: tuple[str, ...]) -> list[Ask]:
    """Return what neither files nor earlier answers say, contradictions first."""
    found = []
    for name, rivals in facts.contradictions.items():
        if not said.metadata.get(name):
            words = "; ".join(f"{fact.file} says {fact.value}" for fact in rivals)
            found.append(
                Ask("metadata", name, f"Which {name} is right?", words, str(rivals[0].value))
            )
    for topic in topics_of(said.style or "course"):
        enough = topic in OF_TOPIC and OF_TOPIC[topic][1] and topic in filled
        if topic not in said.answers and not enough and topic != "how-to-use":
            question = ALL[topic]
            found.append(Ask("answers", topic, question.ask, question.good, question.example))
    for field in _FIELDS:
        known = facts.get(field.key) or field.key in facts.contradictions
        if not said.metadata.get(field.key) and not known:
            found.append(field)
    if facts.get("results") and not said.evaluation.get("dataset"):
        found.append(
            Ask("evaluation", "dataset", "Which dataset of the Hub are the results from?", "an id", "rajpurkar/squad")
        )  # fmt: skip
    return found


def talk(questions: list[Ask], said: Answers, keep: Callable[[Answers], None]) -> Answers:
    """Ask; Enter skips, ``<`` goes back, what was skipped can be asked once more at the end.

    Args:
        questions: what is open.
        said: what is known.
        keep: called after each answer, so that a run that is broken off loses nothing.
    """
    click.echo(
        f"{len(questions)} questions; Enter skips one, < goes back, a line that ends with \\ goes on.\n"
        "Ctrl-C leaves without writing the card; the answers are kept.\n"
    )
    said, skipped = _round(questions, said, keep)
    again = f"{len(skipped)} were skipped. Come back to them?"
    if skipped and len(skipped) < len(questions) and click.confirm(again, default=False):
        said, _ = _round(skipped, said, keep)
    return said


def _round(
    questions: list[Ask], said: Answers, keep: Callable[[Answers], None]
) -> tuple[Answers, list[Ask]]:
    skipped: list[Ask] = []
    at = 0
    while at < len(questions):
        question = questions[at]
        click.echo(
            f"{at + 1}/{len(questions)}  {question.ask}   (a good answer names {question.good})"
        )
        click.echo(f"     for example: {question.example}")
        text = _read()
        click.echo()
        if text == "<":
            at = max(at - 1, 0)
            continue
        if not text:
            if question not in skipped:
                skipped.append(question)
            at += 1
            continue
        try:
            said = _with(said, question, text)
        except UsageError as error:
            click.echo(f"     {error}\n")
            continue
        if question in skipped:
            skipped.remove(question)
        keep(said)
        at += 1
    return said, skipped


def _read() -> str:
    lines = []
    while True:
        line: str = click.prompt(">", default="", show_default=False, prompt_suffix=" ")
        lines.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            return "\n".join(lines).strip()


def _with(said: Answers, question: Ask, text: str) -> Answers:
    """Return the answers with one more.

    Raises:
        UsageError: the Hub would refuse it.
    """
    value: Any = text
    if question.part == "metadata":
        if question.key in _LISTS:
            value = [part.strip() for part in text.split(",") if part.strip()]
        refuse_metadata({question.key: value})
    if question.part == "evaluation":
        refuse_metadata({"datasets": [text]})
    part = getattr(said, question.part) | {question.key: value}
    return said._replace(**{question.part: part})
