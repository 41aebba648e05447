"""The card as a program meets it: load, read, edit, lint, save; and huggingface_hub's own card."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import cardkit.card
from cardkit.edit.apply import changed, same, value_at
from cardkit.edit.change import editable
from cardkit.edit.paths import parse_path
from cardkit.engine import Report, lint
from cardkit.errors import EditError, InputError
from cardkit.files import replace
from cardkit.selection import Selection
from cardkit.text import Source

if TYPE_CHECKING:
    from huggingface_hub import ModelCard


class Card(cardkit.card.Card):
    """A model card. It never changes: an edit gives a new one, with every other byte the same.

    >>> card = Card.from_text("---\\nlanguage: no  # Norwegian\\n---\\n# A model\\n")
    >>> card.get("language")
    'no'
    >>> print(card.set("license", "mit").text.split("#")[0].strip())
    ---
    language: no
    """

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a card; a folder stands for the README.md in it.

        Raises:
            InputError: there is none, or it cannot be read.
        """
        place = os.fspath(path)
        if os.path.isdir(place):
            place = os.path.join(place, "README.md")
        try:
            with open(place, "rb") as file:
                return cls(Source(file.read(), place))
        except OSError as error:
            raise InputError(f"{place}: {error.strerror or error}") from error

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Write the card in one step, to where it came from or elsewhere; never a part of it.

        Raises:
            InputError: it cannot be written; what was there is untouched.
        """
        place = os.fspath(path) if path is not None else self.source.path
        replace(place, self.source.data)

    @classmethod
    @contextmanager
    def edit(cls, path: str | os.PathLike[str]) -> Iterator["Editing"]:
        """Edit a card in place; it is saved at the end, unless something was raised.

        >>> with Card.edit("my-model/") as card:  # doctest: +SKIP
        ...     card["license"] = "mit"
        """
        editing = Editing(cls.load(path))
        yield editing
        editing.card.save()

    def render(self) -> str:
        """Return the text of the file."""
        return ("\ufeff" if self.source.bom else "") + self.text

    def __str__(self) -> str:
        return self.render()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value at a place (``license``, ``model-index[0].name``) as the Hub reads it."""
        path = parse_path(key)
        return value_at(self, path) if self.yaml.find(path) else default

    def set(self, key: str, value: Any) -> Self:
        """Return the card with a value at a place, made where it is missing.

        Raises:
            EditError: the metadata cannot be read, or the edit would touch something else.
        """
        return changed(self, "set", parse_path(key), value)

    def add(self, key: str, value: Any) -> Self:
        """Return the card with a value at the end of a list; the same card if it is in it."""
        return changed(self, "add", parse_path(key), value)

    def remove(self, key: str, value: Any = None) -> Self:
        """Return the card without a key, or without one value of a list."""
        return changed(self, "remove", parse_path(key), value)

    def lint(self, selection: Selection | None = None) -> Report:
        """Return what there is to say about the card."""
        return lint(self, selection)

    def to_hub(self) -> "ModelCard":
        """Return huggingface_hub's ModelCard of the same text.

        What it cannot hold (comments, ``no``, several entries of ``model-index``) comes back with
        :meth:`from_hub` of this card.
        """
        from huggingface_hub import ModelCard

        editable(self)
        return ModelCard(self.render().removeprefix("\ufeff"), ignore_metadata_errors=True)

    def from_hub(self, other: "ModelCard") -> Self:
        """Return this card with what was changed in a ModelCard that came from :meth:`to_hub`.

        Only keys whose value differs from what huggingface_hub read are edited, and the body only if
        it is another text; everything else keeps its bytes.

        Raises:
            EditError: results were changed in a card with several entries of ``model-index``, which
                huggingface_hub has already merged into one.
        """
        before = self.to_hub()
        # Untyped there.
        old: dict[str, Any] = before.data.to_dict()  # type: ignore[no-untyped-call]
        new: dict[str, Any] = other.data.to_dict()  # type: ignore[no-untyped-call]
        card = self
        for key in [key for key in old if key not in new]:
            card = changed(card, "remove", (key,))
        for key, value in new.items():
            if key in old and same(old[key], value):
                continue
            index = self.metadata.get("model-index")
            if key == "model-index" and isinstance(index, list) and len(index) > 1:
                raise EditError(
                    "this card has several model-index entries; edit them with Card.set"
                )
            card = changed(card, "set", (key,), value)
        if other.text != before.text:
            body = (
                other.text.lstrip("\n") if card.text[card.body_start :][:1] != "\n" else other.text
            )
            text = card.text[: card.body_start] + body
            card = card.with_source(Source(card.source.encode(text), card.source.path))
        return card

    @classmethod
    def of_hub(cls, other: "ModelCard", path: str = "README.md") -> Self:
        """Return a card of the text of a ModelCard that came from nowhere."""
        return cls(Source(str(other).encode("utf-8"), path))


class Editing:
    """A card being edited: keys can be read, set and deleted; ``card`` is what it is by now."""

    def __init__(self, card: Card) -> None:
        self.card = card

    def __getitem__(self, key: str) -> Any:
        if self.card.yaml.find(parse_path(key)) is None:
            raise KeyError(key)
        return self.card.get(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.card = self.card.set(key, value)

    def __delitem__(self, key: str) -> None:
        self.card = self.card.remove(key)

    def __contains__(self, key: str) -> bool:
        return self.card.yaml.find(parse_path(key)) is not None

    def add(self, key: str, value: Any) -> None:
        """Put a value at the end of a list."""
        self.card = self.card.add(key, value)

    def remove(self, key: str, value: Any = None) -> None:
        """Take out a key, or one value of a list."""
        self.card = self.card.remove(key, value)


__all__ = ["Card", "Editing", "lint"]
