"""What every benchmark needs beside its file."""

from pathlib import Path
from typing import NamedTuple

from cardkit.errors import InputError
from cardkit.probe.forward import Progress, score
from cardkit.probe.known.figures import Floats
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import RowTable


class Job(NamedTuple):
    """A loaded model and how it is to be run."""

    lm: MaskedLM
    batch_tokens: int
    seed: int = 0
    progress: Progress | None = None

    def score(self, rows: RowTable) -> Floats:
        """Return the log-probability of every query, in nats."""
        return score(self.lm, rows, batch_tokens=self.batch_tokens, progress=self.progress)

    def wrong(self, path: Path, problem: str) -> InputError:
        """Return the error for a file that is not what it should be."""
        return InputError(f"{path}: {problem}")
