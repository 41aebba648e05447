"""The words of a card in each language it can be written in: ``templates/words/*.json``."""

import json
from functools import cache
from typing import Any, Final

from cardkit._data import data_path
from cardkit.errors import UsageError

LANGUAGES: Final = ("en", "zh", "fr", "es", "de", "ja")
STYLES: Final = ("course", "hub", "mitchell")


@cache
def words(language: str) -> dict[str, Any]:
    """Return titles, notes and labels of a language; treat them as read-only, they are shared.

    Raises:
        UsageError: there is none.
    """
    if language not in LANGUAGES:
        raise UsageError(
            f"cards can be written in {', '.join(LANGUAGES)}, not in {language!r}; "
            "the languages that the model is for go to --model-language"
        )
    with open(data_path("templates", "words", f"{language}.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found
