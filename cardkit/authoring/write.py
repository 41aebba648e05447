"""Facts and answers -> the text of a new card."""

import os
from typing import Any, Final, NamedTuple

from cardkit._data import data_path
from cardkit.authoring.blocks import wrap, write_record
from cardkit.authoring.content import CURVE, EXTRA, OF_TOPIC, Ground, contents, curve_title
from cardkit.authoring.curve import loss_curve
from cardkit.authoring.fields import proved_fields
from cardkit.authoring.kinds import kind_of
from cardkit.authoring.metadata import write_metadata
from cardkit.authoring.questions import topics_of
from cardkit.authoring.render import render
from cardkit.authoring.words import words
from cardkit.card import Card
from cardkit.edit.apply import changed, same
from cardkit.errors import EditError
from cardkit.facts import Facts
from cardkit.frontmatter import find_front_matter

RECORD_VERSION: Final = 1


class Request(NamedTuple):
    """What a card is to be made from, besides facts."""

    #: the title
    name: str
    #: the model's id on the Hub, for the code that loads it
    repo_id: str | None = None
    #: the language that the card is written in, and the order of its sections
    language: str = "en"
    style: str = "course"
    #: metadata that a person gave; it wins over facts
    metadata: dict[str, Any] = {}  # noqa: RUF012 (never written to)
    #: topic -> Markdown
    answers: dict[str, str] = {}  # noqa: RUF012
    #: which data the results of the Trainer were measured on
    evaluation: dict[str, str] = {}  # noqa: RUF012
    #: folders with templates, searched before cardkit's own
    templates: tuple[str, ...] = ()
    #: further sections, carried over from an old card: title and text
    others: tuple[tuple[str, str], ...] = ()
    #: the metadata block of an old card, to be kept as it was written
    block: str | None = None


class NewCard(NamedTuple):
    """A new card: its text, the topics that were answered, those left as TODO, files beside it."""

    text: str
    filled: tuple[str, ...]
    left: tuple[str, ...]
    files: dict[str, str]


def compose(facts: Facts, request: Request) -> NewCard:
    """Return a new card. Topics that neither facts nor answers fill get a short visible TODO.

    Raises:
        TemplateError: a template is broken or uses a name that nobody defines.
        UsageError: no card can be written in that language.
    """
    given = {key: value for key, value in request.metadata.items() if value not in (None, "", [])}
    proved = proved_beside(facts, request, given)
    fields = proved | given
    language = words(request.language)
    ground = Ground(facts, fields, language, request.repo_id)
    blocks = contents(ground)
    answers = {topic: text.strip() for topic, text in request.answers.items() if text.strip()}
    topics = topics_of(request.style)
    body = {topic: _body(topic, answers, blocks, language["todos"]) for topic in topics}
    body |= {name: wrap(name, blocks[name]) if blocks[name] else "" for name in EXTRA}
    context = {
        "name": request.name,
        "metadata": write_metadata(fields),
        "fields": fields,
        "answers": answers,
        "titles": language["titles"][request.style] | language["kinds"],
        "todos": language["todos"],
        "body": body,
        "layout": f"styles/{request.style}.md.j2",
    }
    text = render(_template(kind_of(facts, fields), request.templates), context, request.templates)
    text = _with_old_block(text, request.block, fields).rstrip("\n") + "\n"
    text += "".join(f"\n## {title}\n\n{words}\n" for title, words in request.others)
    filled = tuple(
        topic
        for topic in topics
        if topic in answers or (_enough(topic) and blocks[OF_TOPIC[topic][0]])
    )
    shown = Card.from_text(text)
    owned = {key: value for key, value in proved.items() if shown.metadata.get(key) == value}
    if owned or "<!-- cardkit:facts begin" in text:
        text += "\n" + write_record(record(request, owned)) + "\n"
    left = tuple(topic for topic in topics if topic not in filled)
    return NewCard(text, filled, left, files(ground))


def _with_old_block(text: str, block: str | None, fields: dict[str, Any]) -> str:
    """Return the card with an old metadata block in place of the new one, and what it lacks added."""
    front = find_front_matter(text)
    if block is None or front is None:
        return text
    old = Card.from_text(f"---\n{block}\n---\n")
    try:
        for key, value in fields.items():
            if not same(old.metadata.get(key), value):
                old = changed(old, "set", (key,), value)
    except EditError:
        return text
    return old.text + text[front.end :]


def proved_beside(facts: Facts, request: Request, given: dict[str, Any]) -> dict[str, Any]:
    """Return what facts prove of the metadata, as far as a person did not say otherwise."""
    proved = proved_fields(
        facts, name=request.name, evaluation=request.evaluation, task=given.get("pipeline_tag")
    )
    if "base_model" in given:
        proved.pop("base_model_relation", None)  # it was proved of another base model
    if "license" in given:
        proved.pop("license_name", None)
        proved.pop("license_link", None)
    return {key: value for key, value in proved.items() if key not in given}


def record(request: Request, metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what the card is to remember: what cardkit wrote, and what it needs to write it again."""
    data: dict[str, Any] = {
        "v": RECORD_VERSION,
        "name": request.name,
        "language": request.language,
        "metadata": metadata,
    }
    if request.repo_id:
        data["repo_id"] = request.repo_id
    if request.evaluation:
        data["evaluation"] = request.evaluation
    return data


def files(ground: Ground) -> dict[str, str]:
    """Return the files that a card refers to: name -> text."""
    curve = ground.facts.get("loss-curve")
    if not curve:
        return {}
    names = ground.words["words"]
    return {
        CURVE: loss_curve(curve, curve_title(ground, curve), names["step"], names["training-loss"])
    }


def _enough(topic: str) -> bool:
    return topic in OF_TOPIC and OF_TOPIC[topic][1]


def _body(
    topic: str, answers: dict[str, str], blocks: dict[str, str], todos: dict[str, str]
) -> str:
    """Return what stands below a heading: the answer, then what facts own, or a note."""
    parts = []
    if topic in answers:
        parts.append(answers[topic])
    elif not _enough(topic):
        parts.append(todos[topic])
    if topic in OF_TOPIC:
        name, enough = OF_TOPIC[topic]
        content = blocks[name]
        if enough and not content and topic not in answers:
            content = todos[topic]
        parts.append(wrap(name, content))
    return "\n\n".join(parts)


def _template(kind: str, folders: tuple[str, ...]) -> str:
    """Return the template of a kind: an organisation's own, for the kind or for all, comes first."""
    names = (f"model/{kind}.md.j2", "model/card.md.j2")
    for folder in (*folders, data_path("templates")):
        for name in names:
            if os.path.isfile(os.path.join(folder, *name.split("/"))):
                return name
    return names[-1]


def default_name(folder: str, repo_id: str | None) -> str:
    """Return the title of a card whose name nobody gave: from its id, or from its folder."""
    return repo_id.rpartition("/")[2] if repo_id else os.path.basename(os.path.abspath(folder))
