"""``cardkit schema``: the JSON Schema of the metadata, for editors."""

import json

import click


@click.command(
    "schema",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit schema > model-card.schema.json     for a YAML language server
""",
)
def command() -> None:
    """Print the JSON Schema of a model card's metadata, with enums and descriptions, for editors."""
    from cardkit.editor_schema import editor_schema

    click.echo(json.dumps(editor_schema(), ensure_ascii=False, indent=1))
