"""``cardkit eval``: evaluation results in the metadata, and in files of their own."""

import glob
import os

import click

from cardkit.authoring.job import read, save_beside
from cardkit.cli.editing import CARD_OPTION, DIFF_OPTION, FORCE_OPTION, open_card, save
from cardkit.edit.change import editable
from cardkit.edit.results import (
    FOLDER,
    Result,
    add_result,
    extended,
    from_entries,
    read_file,
    read_results,
    to_files,
)
from cardkit.edit.typed import typed
from cardkit.errors import InputError, UsageError


@click.group(
    "eval", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def command() -> None:
    """Put evaluation results into a card, or move them between the card and .eval_results/."""


@command.command(
    "add",
    epilog="""\b
Examples:
  cardkit eval add --dataset acme/mail --metric accuracy --value 0.91
  cardkit eval add --dataset acme/mail --split test --metric f1 --value 0.88 --task text-classification

\b
Exit codes: 0 done, or nothing to change; 2 not done, and the message says why.
""",
)
@click.option("--dataset", required=True, metavar="ID", help="The dataset, an id of the Hub.")
@click.option("--metric", required=True, metavar="ID", help="What was measured.")
@click.option("--value", required=True, help="The number.")
@click.option("--task", metavar="TASK", help="The task (default: the card's pipeline_tag).")
@click.option("--dataset-name", metavar="NAME", help="The dataset's name for people.")
@click.option("--config", metavar="NAME", help="The configuration of the dataset.")
@click.option("--split", metavar="NAME", help="The part of the dataset.")
@click.option("--revision", metavar="SHA", help="The revision of the dataset.")
@click.option("--metric-name", metavar="NAME", help="The metric's name for people.")
@click.option("--source-url", metavar="URL", help="Where the number is from.")
@click.option("--name", metavar="NAME", help="The model's name, where there is no model-index yet.")
@CARD_OPTION
@DIFF_OPTION
@FORCE_OPTION
def add(
    dataset: str,
    metric: str,
    value: str,
    task: str | None,
    dataset_name: str | None,
    config: str | None,
    split: str | None,
    revision: str | None,
    metric_name: str | None,
    source_url: str | None,
    name: str | None,
    card_path: str,
    diff: bool,
    force: bool,
) -> None:
    """Put a result into model-index; a metric that is there gets its new value."""
    card = open_card(card_path)
    editable(card)
    task = task or card.metadata.get("pipeline_tag")
    if not isinstance(task, str):
        raise UsageError("the card has no pipeline_tag; say --task")
    number = typed(card, ("x",), value)
    result = Result(
        dataset,
        metric,
        number,
        task,
        dataset_name,
        config,
        split,
        revision,
        metric_name,
        source_url,
    )
    save(card, add_result(card, result, name or _name(card.source.path)), diff=diff, force=force)


@command.command("to-files")
@click.option(
    "--task-id",
    metavar="ID",
    help="The task in the dataset's eval.yaml (default: its configuration).",
)
@CARD_OPTION
def to_files_command(task_id: str | None, card_path: str) -> None:
    """Write the results of model-index to .eval_results/, a file per dataset; the card stays."""
    card = open_card(card_path)
    editable(card)
    files, left = to_files(list(read_results(card.metadata)), task_id)
    for line in left:
        click.echo(f"cardkit: left out: {line}", err=True)
    folder = os.path.join(os.path.dirname(card.source.path), FOLDER)
    texts = {}
    for name, entries in files.items():
        old = (read(os.path.join(folder, name)) or b"").decode("utf-8")
        texts[name] = extended(old, entries, f"{FOLDER}/{name}")
    if texts:
        os.makedirs(folder, exist_ok=True)
        save_beside(os.path.join(folder, "x"), texts)
    click.echo(
        f"{len(texts)} files in {folder}: {', '.join(texts)}" if texts else "no results to write"
    )


@command.command("from-files")
@click.option("--metric", metavar="ID", help="The metric of results whose notes name none.")
@click.option(
    "--task",
    metavar="TASK",
    help="The task of results whose notes name none (default: pipeline_tag).",
)
@CARD_OPTION
@DIFF_OPTION
@FORCE_OPTION
def from_files_command(
    metric: str | None, task: str | None, card_path: str, diff: bool, force: bool
) -> None:
    """Put the results in .eval_results/ beside the card into its model-index."""
    card = new = open_card(card_path)
    editable(card)
    tag = card.metadata.get("pipeline_tag")
    task = task or (tag if isinstance(tag, str) else None)
    folder = os.path.join(os.path.dirname(card.source.path), FOLDER)
    paths = sorted(glob.glob(os.path.join(glob.escape(folder), "*.yaml")))
    if not paths:
        raise InputError(f"{folder}: no files of results")
    for path in paths:
        text = (read(path) or b"").decode("utf-8", "replace")
        results, left = from_entries(read_file(text, path), metric, task)
        for line in left:
            click.echo(f"cardkit: {path}: left out: {line}", err=True)
        for result in results:
            new = add_result(new, result, _name(card.source.path))
    save(card, new, diff=diff, force=force)


def _name(path: str) -> str:
    return os.path.basename(os.path.dirname(os.path.abspath(path))) or "model"
