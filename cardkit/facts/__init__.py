"""What the files of a model folder prove, each fact with the file and key that say it.

No weights are loaded, and no pickle is ever opened: of weights only the header of a safetensors or
GGUF file is read.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from cardkit.facts.folder import Fact, Folder

__all__ = ["Fact", "Facts", "Folder", "load_json_file", "read_configs", "read_facts"]

Reader = Callable[[Folder], Iterator[Fact]]
#: Of these there is one, and files that name another contradict each other.
_SINGLE: Final = ("base_model", "license")


class Facts(NamedTuple):
    """All facts of a folder, by name, and the files that could not be read with the reason."""

    by_name: dict[str, Fact]
    problems: list[str]
    #: what files say differently although only one can be true: nothing is taken, somebody is asked
    contradictions: dict[str, tuple[Fact, ...]]

    def get(self, name: str) -> Any:
        """Return the value of a fact, or None."""
        fact = self.by_name.get(name)
        return fact.value if fact else None


def read_facts(folder: str) -> Facts:
    """Return what the files of a model folder prove.

    A file that cannot be read is a problem, told and passed over, never an exception.
    """
    from cardkit.facts.readers import READERS  # linting needs only the few of read_configs

    return _read(Folder(folder), READERS)


def read_configs(folder: str) -> Facts:
    """Return what the small configurations of a folder prove: enough to check a card against."""
    from cardkit.facts.adapters import read as read_adapter
    from cardkit.facts.pipelines import read_diffusers, read_sentence_transformers
    from cardkit.facts.transformers_config import read as read_config

    def read_rest(place: Folder) -> Iterator[Fact]:
        """Leave out what the weights were loaded from: strong enough to fill in, not to object."""
        return (fact for fact in read_config(place) if not fact.name.startswith("base_model"))

    readers = (read_adapter, read_diffusers, read_sentence_transformers, read_rest)
    return _read(Folder(folder), readers)


def load_json_file(folder: str, name: str) -> Any:
    """Return what a JSON file of a folder holds; None where there is none that can be read."""
    return Folder(folder).json(name)


def _read(place: Folder, readers: Iterable[Reader]) -> Facts:
    found: dict[str, list[Fact]] = {}
    for reader in readers:
        for fact in reader(place):
            found.setdefault(fact.name, []).append(fact)
    if place.pointers:
        more = f" and {len(place.pointers) - 1} more" if len(place.pointers) > 1 else ""
        place.problems.append(
            f"{place.pointers[0]}{more}: Git LFS pointers; `git lfs pull` fetches the files"
        )
    contradictions = {}
    for name in _SINGLE:
        facts = found.get(name, [])
        if len({str(fact.value).lower() for fact in facts}) > 1:
            contradictions[name] = tuple(found.pop(name))
    if "base_model" in contradictions:
        found.pop("base_model_relation", None)
    if "license" in contradictions:
        found.pop("license_name", None)
        found.pop("license_link", None)
    own = found.get("repo-id")
    if own and "base_model" in found and found["base_model"][0].value == own[0].value:
        found.pop("base_model")  # it names itself: that proves nothing about what it was made from
        found.pop("base_model_relation", None)
    by_name = {name: facts[0] for name, facts in found.items()}
    return Facts(by_name, list(dict.fromkeys(place.problems)), contradictions)
