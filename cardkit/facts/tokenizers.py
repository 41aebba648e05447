"""tokenizer_config.json, special_tokens_map.json and a chat template of its own file."""

from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder

_CONFIG: Final = "tokenizer_config.json"


def read(folder: Folder) -> Iterator[Fact]:
    """Yield the tokenizer's class, the mask token, chat template, and the language it states."""
    if folder.has("model_index.json"):
        return  # of a diffusion pipeline it describes one part
    data = folder.json(_CONFIG)
    if isinstance(data, dict):
        name = data.get("tokenizer_class")
        # transformers 5 writes "TokenizersBackend" for all of them
        if isinstance(name, str) and name != "TokenizersBackend":
            yield Fact("tokenizer", name, _CONFIG, "tokenizer_class")
        mask = _content(data.get("mask_token"))
        if mask:
            yield Fact("mask-token", mask, _CONFIG, "mask_token")
        language = data.get("language")
        if isinstance(language, str) and len(language) == 2 and language.islower():
            yield Fact("language", [language], _CONFIG, "language")
        if isinstance(data.get("chat_template"), str | list) and data["chat_template"]:
            yield Fact("chat-template", True, _CONFIG, "chat_template")
    if folder.has("chat_template.jinja"):
        yield Fact("chat-template", True, "chat_template.jinja", "")
    special = folder.json("special_tokens_map.json")
    if isinstance(special, dict) and (mask := _content(special.get("mask_token"))):
        yield Fact("mask-token", mask, "special_tokens_map.json", "mask_token")


def _content(token: Any) -> str | None:
    if isinstance(token, dict):
        token = token.get("content")
    return token if isinstance(token, str) and token else None
