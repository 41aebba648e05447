"""From what the user typed to a folder on disk: a local folder, or a snapshot of a Hub model.

After this step there is one code path. The Hub is asked once, without retries, so that a machine
without network gets its answer at once; a model in the local cache works offline.
"""

import re
from pathlib import Path
from typing import NamedTuple

from cardkit.errors import InputError, ProbeError
from cardkit.probe.files import files_read, weight_files

_HUB_NAME = re.compile(r"[\w][\w.-]{0,95}(/[\w][\w.-]{0,95})?", re.ASCII)
_TIMEOUT = 10.0  # seconds


class Located(NamedTuple):
    """A model on disk. ``name`` is fit for a card: never a path of the user's machine."""

    folder: Path
    name: str
    commit: str | None


def locate(model: str) -> Located:
    """Find a model by its local folder or its name on the Hub.

    Raises:
        InputError: a path that is missing or no folder.
        ProbeError: unknown on the Hub, or the Hub is out of reach and the cache has no copy.
    """
    path = _expanded(model)
    if path.is_dir():
        return Located(path, path.resolve().name, None)
    if path.exists():
        raise InputError(f"{model} is a file; give the folder of the model")
    if not _HUB_NAME.fullmatch(model):
        raise InputError(f"{model}: no such folder, and no name that a model on the Hub can have")
    return _from_hub(model)


def _expanded(model: str) -> Path:
    try:
        return Path(model).expanduser()
    except RuntimeError:  # "~somebody", and nobody of that name
        return Path(model)


def _from_hub(name: str) -> Located:
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        RepositoryNotFoundError,
    )

    if constants.HF_HUB_OFFLINE:
        return _from_cache(name, "offline mode is on (HF_HUB_OFFLINE)")
    try:
        info = HfApi().model_info(name, timeout=_TIMEOUT)
    except HFValidationError:
        raise InputError(f"{name}: no such folder, and no valid name on the Hub") from None
    except GatedRepoError:
        raise ProbeError(f"{name} is gated on the Hub; ask for access and log in first") from None
    except RepositoryNotFoundError:
        raise ProbeError(
            f"{name}: no such folder, and the Hub knows no such model"
            " (a private one needs `hf auth login`)"
        ) from None
    except HfHubHTTPError as error:
        return _from_cache(name, f"the Hub answered with an error ({_first_line(error)})")
    except Exception as error:  # noqa: BLE001 (the HTTP library changes between versions)
        return _from_cache(name, f"the Hub cannot be reached ({_first_line(error)})")
    names = files_read(sibling.rfilename for sibling in info.siblings or [])
    if not weight_files(names):
        raise ProbeError(f"{name} on the Hub holds no weights (model.safetensors or .bin)")
    return _download(name, names)


def _download(name: str, names: list[str]) -> Located:
    from huggingface_hub import snapshot_download

    try:
        # By branch, not by commit: only so the cache remembers which commit the name stands for.
        folder = Path(snapshot_download(name, allow_patterns=names))
    except Exception as error:  # noqa: BLE001 (as above; whatever it is, nothing can be measured)
        raise ProbeError(f"{name} could not be downloaded: {_first_line(error)}") from None
    return Located(folder, name, folder.name)


def _from_cache(name: str, why: str) -> Located:
    from huggingface_hub import try_to_load_from_cache

    # One file shows where the snapshot is; a whole copy of the repository is not needed.
    config = try_to_load_from_cache(name, "config.json")
    if not isinstance(config, str):
        raise ProbeError(
            f"{name}: no such folder, and {why}; no copy of a model of that name is in the cache"
        )
    folder = Path(config).parent
    return Located(folder, name, folder.name)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
