"""Which program wrote a card: the data of ``schemas/generators.json``, applied."""

from cardkit._data import load_json


def find_generator(text: str) -> str | None:
    """Return the name of the program that wrote a card's text, as a sentence has it, or None."""
    lower = text.lower()
    for row in load_json("schemas", "generators.json")["generators"]:
        if any(mark in lower for mark in row["marks"]):
            return str(row["name"])
    return None
