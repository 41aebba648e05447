"""Score the rows of a measurement, with the scores kept in a file until all are there."""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardkit.probe.forward import BATCH_TOKENS, Progress, score
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import RowTable
from cardkit.probe.store import Store, fingerprint, open_kept, open_store


def store_for(
    masked: MaskedLM,
    table: RowTable,
    files: dict[str, str],
    resume: Path | None,
    keep: Path | None,
) -> Store | None:
    """Open the file of scores: ``resume`` if given, else one in the folder ``keep``, if given.

    Args:
        masked: the model.
        table: what is asked.
        files: names and hashes of the model's files.
        resume: a file of the user's.
        keep: a folder, in which the file is named after what is measured.

    Raises:
        InputError: ``resume`` belongs to another measurement, or cannot be written.
    """
    if resume is None and keep is None:
        return None
    libraries = [version(name) for name in ("torch", "transformers")]
    key = fingerprint(table, files, masked.dtype, masked.device, *libraries)
    if resume is not None:
        return open_store(resume, key)
    return None if keep is None else open_kept(keep, key)


def score_into(
    store: Store | None,
    masked: MaskedLM,
    table: RowTable,
    *,
    batch_tokens: int = BATCH_TOKENS,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Return ``score``'s result; the store keeps what there is until then, and is closed.

    Raises:
        ProbeError: the model gives NaN or infinite logits.
    """
    done = False
    try:
        scores = score(masked, table, batch_tokens=batch_tokens, progress=progress, store=store)
        done = True
    finally:
        if store is not None:
            store.close(done=done)
    return scores
