"""A model card: its source, its metadata and its sections, each read when first asked for."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from cardkit.beside import model_folder
from cardkit.fillers import Leftover, find_leftovers, visible
from cardkit.frontmatter import FrontMatter, find_front_matter
from cardkit.measured import find_measured
from cardkit.places import quoted_card
from cardkit.sections import Block, Section, blank, parse_sections
from cardkit.text import Source, Span
from cardkit.topics import title_topics
from cardkit.verdicts import Verdict, excerpt, judge
from cardkit.yaml12 import Document, Node, Path, parse

if TYPE_CHECKING:
    from cardkit.fences import FenceProblem
    from cardkit.schema import SchemaError

Kind = Literal["model", "dataset", "space"]

#: Keys that only the metadata of a model has (frontmatter fields of the Hub, and common extras).
MODEL_KEYS: Final = frozenset(
    (
        "base_model",
        "base_model_relation",
        "co2_eq_emissions",
        "datasets",
        "inference",
        "instance_prompt",
        "library_name",
        "mask_token",
        "metrics",
        "model-index",
        "new_version",
        "pipeline_tag",
        "quantized_by",
        "widget",
    )
)
DATASET_KEYS: Final = frozenset(
    (
        "annotations_creators",
        "configs",
        "dataset_info",
        "language_creators",
        "multilinguality",
        "paperswithcode_id",
        "pretty_name",
        "size_categories",
        "source_datasets",
        "task_categories",
        "task_ids",
    )
)
SPACE_KEYS: Final = frozenset(
    ("app_file", "app_port", "colorFrom", "colorTo", "sdk", "sdk_version")
)


class Card:
    """One card.

    Args:
        source: its bytes, and the path to show.
        kind: overrides what its keys say it is.
        headings: titles that an organisation uses, normalised, and the topics they stand for.
    """

    def __init__(
        self,
        source: Source,
        kind: Kind | None = None,
        headings: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.source = source
        self._kind = kind
        self._headings = headings

    @classmethod
    def from_text(cls, text: str, path: str = "README.md") -> Self:
        """Make a card of a string."""
        return cls(Source.from_text(text, path))

    def with_source(self, source: Source) -> Self:
        """Return the card of another text, read in the same way."""
        return type(self)(source, self._kind, self._headings)

    @property
    def text(self) -> str:
        """The text of the file, without a byte order mark."""
        return self.source.text

    @cached_property
    def front_matter(self) -> FrontMatter | None:
        """The metadata block that the Hub reads, or None."""
        return find_front_matter(self.text)

    @cached_property
    def fence_problem(self) -> "FenceProblem | None":
        """Why the Hub finds no metadata; None when it finds some."""
        if self.front_matter:
            return None
        from cardkit.fences import diagnose  # a dozen expressions that most cards never need

        return diagnose(self.text)

    @cached_property
    def yaml(self) -> Document:
        """The parsed metadata; an empty document when there is no block."""
        block = self.front_matter
        if block is None:
            return Document(None)
        return parse(self.text[block.content.start : block.content.end], block.content.start)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """The metadata as the Hub sees it; empty when there is none or it cannot be read."""
        value = self.yaml.value
        return value if isinstance(value, dict) else {}

    def node(self, *path: str | int) -> Node | None:
        """Return the value node at a path of the metadata, or None."""
        found = self.yaml.find(path)
        return found[1] if found else None

    def span_of(self, path: Path, *, key: bool = False) -> Span:
        """Return where a value (or its key) is written; the start of the block when it is not there.

        An empty value sits nowhere, so its key stands for it.
        """
        found = self.yaml.find(path)
        if found is None:
            start = self.front_matter.opening.start if self.front_matter else 0
            return Span(start, start)
        name, value = found
        if name is not None and (key or value.span.end <= value.span.start):
            return name.span
        return value.span

    @cached_property
    def _schema_errors(self) -> "list[SchemaError]":
        if not self.metadata:
            return []
        from cardkit.schema import check  # the validator is the dearest import of all

        return check(self.metadata, self.kind)

    def schema_errors(self, which: str) -> "Iterator[SchemaError]":
        """Yield the schema errors of a keyword (``type``), or those of a rule (``CK106``)."""
        for error in self._schema_errors:
            if which == (error.rule or error.keyword):
                yield error

    @cached_property
    def kind(self) -> Kind:
        """What the card describes: told by the caller, or by keys that only one kind has."""
        if self._kind:
            return self._kind
        keys = self.metadata.keys()
        if keys & MODEL_KEYS - {"datasets", "metrics"}:
            return "model"
        if keys & DATASET_KEYS:
            return "dataset"
        return "space" if len(keys & SPACE_KEYS) > 1 else "model"

    @property
    def body_start(self) -> int:
        """The offset where the body starts."""
        return self.front_matter.end if self.front_matter else 0

    @cached_property
    def sections(self) -> Section:
        """The root of the section tree of the body."""
        stray = self.fence_problem.stray if self.fence_problem else None
        return parse_sections(self.source, self.body_start, stray)

    def topics_of(self, title: str) -> frozenset[str]:
        """Return the topics that a title names."""
        return title_topics(title, self._headings)

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """What the body says about each topic.

        What the bias probe measured covers bias and nothing else, whatever the heading above it.
        """
        measured = find_measured(self.text)
        if measured is None:
            return judge(self.sections, self.topics_of)
        own = self.with_source(Source.from_text(blank(self.text, measured), self.source.path))
        verdicts = judge(own.sections, self.topics_of)
        start, end = measured
        blocks = [block for block in self.blocks if start <= block.span.start < end]
        said = verdicts["bias-risks"]
        if said.level != "covered" and any(block.kind == "table" for block in blocks):
            spans = tuple(block.span for block in blocks[:3])
            verdicts["bias-risks"] = Verdict(
                said.topic, "covered", spans, excerpt(blocks), said.heading
            )
        return verdicts

    @cached_property
    def blocks(self) -> list[Block]:
        """The leaves of the body, in their order."""
        return [block for section in self.sections.walk() for block in section.blocks]

    @property
    def prose(self) -> list[Block]:
        """The blocks of the body that hold text: paragraphs, list items, tables, HTML."""
        return [block for block in self.blocks if block.kind in ("text", "table", "html")]

    def visible(self, span: Span) -> str:
        """Return the text of a span with comments and code blanked, of the same length."""
        return visible(self.text, span)

    @cached_property
    def model_folder(self) -> str | None:
        """The folder of the card where it holds a model's files; None elsewhere."""
        return None if self.source.path == "<stdin>" else model_folder(self.source.path)

    @cached_property
    def leftovers(self) -> list[Leftover]:
        """The template and filler texts in the body's prose and headings, in their order."""
        spans = []
        for section in self.sections.walk():
            if section.level and section.kind != "html":
                spans.append(section.heading)
            spans += (
                block.span for block in section.blocks if block.kind in ("text", "table", "html")
            )
        quoted = quoted_card(self.sections)
        own = [span for span in spans if span.start < quoted]
        return sorted(find_leftovers(self.text, own), key=lambda item: item.span)
