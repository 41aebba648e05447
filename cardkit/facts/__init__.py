"""What the files of a model folder prove, each fact with the file and key that say it."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from cardkit.facts import adapters, pipelines, transformers_config

#: A configuration is small; what is larger is something else by the same name.
MAX_BYTES: Final = 5 * 1024 * 1024


class Fact(NamedTuple):
    """One thing a file proves: its name (a metadata field or a line of the card), value and source."""

    name: str
    value: Any
    source: str


class Facts(NamedTuple):
    """All facts of a folder, by name, and the files that could not be read with the reason."""

    by_name: dict[str, Fact]
    problems: list[str]

    def get(self, name: str) -> Any:
        """Return the value of a fact, or None."""
        fact = self.by_name.get(name)
        return fact.value if fact else None


Found = Iterator[tuple[str, Any, str]]

# The order matters: what says what the *folder* is comes before what describes one of its parts.
_READERS: Final[tuple[tuple[str, Callable[[Any], Found]], ...]] = (
    ("adapter_config.json", adapters.read),
    ("model_index.json", pipelines.read_diffusers),
    ("modules.json", pipelines.read_sentence_transformers),
    ("config.json", transformers_config.read_config),
    ("tokenizer_config.json", transformers_config.read_tokenizer),
)


def read_facts(folder: str, *, tokenizer: bool = True) -> Facts:
    """Return what the files of a model folder prove. Weights are never opened here.

    ``tokenizer`` says whether the tokenizer's configuration, often a large file, is read too.
    """
    facts = Facts({}, [])
    for name, reader in _READERS if tokenizer else _READERS[:-1]:
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        if name == "config.json" and "pipeline" in facts.by_name:
            continue  # of a diffusion pipeline it describes one part
        data = _load(path, name, facts.problems)
        if data is not None:
            for key, value, source in reader(data):
                facts.by_name.setdefault(key, Fact(key, value, f"{name}: {source}"))
    return facts


def load_json_file(folder: str, name: str) -> Any:
    """Return what a JSON file of a folder holds; None where there is none that can be read."""
    path = os.path.join(folder, name)
    return _load(path, name, []) if os.path.isfile(path) else None


def _load(path: str, name: str, problems: list[str]) -> Any:
    try:
        if os.path.getsize(path) > MAX_BYTES:
            problems.append(f"{name} is larger than {MAX_BYTES // 2**20} MB; it was not read")
            return None
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        problems.append(f"{name} cannot be read: {error.strerror or error}")
    except ValueError as error:
        problems.append(f"{name} is not valid JSON ({error}); nothing was taken from it")
    return None
