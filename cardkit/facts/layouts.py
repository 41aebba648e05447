"""Which library a folder is made for, where the names of its files alone say it."""

from collections.abc import Callable, Iterator
from typing import Final

from cardkit.facts.folder import Fact, Folder


def _has(*names: str) -> Callable[[set[str]], bool]:
    return lambda files: set(names) <= files


#: library -> (which file names show it, the name to tell); the last parts of paths are looked at
_LAYOUTS: Final[tuple[tuple[str, Callable[[set[str]], bool], str], ...]] = (
    ("spacy", _has("meta.json", "config.cfg", "strings.json"), "config.cfg"),
    ("speechbrain", _has("hyperparams.yaml"), "hyperparams.yaml"),
    ("sentence-transformers", _has("modules.json", "config_sentence_transformers.json"), "modules.json"),
    ("sentence-transformers", _has("modules.json", "sentence_bert_config.json"), "modules.json"),
    ("keras", _has("keras_metadata.pb"), "keras_metadata.pb"),
    ("allennlp", _has("weights.th", "non_padded_namespaces.txt"), "weights.th"),
    ("flair", lambda files: {"pytorch_model.bin", "loss.tsv"} <= files and "config.json" not in files, "loss.tsv"),
    ("espnet", _has("meta.yaml", "config.yaml", "train_time.png"), "meta.yaml"),
    ("tensorflowtts", _has("processor.json", "config.yml", "model.h5"), "processor.json"),
    ("nemo", lambda files: any(name.endswith(".nemo") for name in files), ".nemo"),
)  # fmt: skip


def read(folder: Folder) -> Iterator[Fact]:
    """Yield the library that the names of the files show."""
    for library, file in infer_libraries(folder.names):
        yield Fact("library_name", library, file, "")


def infer_libraries(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (library, the file that shows it) for a list of paths."""
    last = {name.rpartition("/")[2] for name in names}
    for library, shows, file in _LAYOUTS:
        if shows(last):
            path = next((name for name in names if name.endswith(file)), file)
            yield library, path
