"""One benchmark on one model: its file read, its items scored, its figures with their caveats."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from cardkit.probe.known.facts import facts
from cardkit.probe.known.figures import Figure, Known, table
from cardkit.probe.known.files import read_bytes, release
from cardkit.probe.known.job import Job

#: benchmark -> (module, function)
_MEASURES = {
    "crows-pairs": ("pairs", "measure"),
    "stereoset": ("stereoset", "measure"),
    "bec-pro": ("bec_pro", "measure"),
    "winobias": ("pronouns", "winobias"),
    "winogender": ("pronouns", "winogender"),
}
Measure = Callable[[Path, list[str], Job], tuple[list[Figure], int]]


def measure_known(name: str, path: Path, job: Job) -> Known:
    """Score a benchmark as its authors define it.

    Raises:
        InputError: the file is not the benchmark's.
        ProbeError: the model can score none of its items.
    """
    module, function = _MEASURES[name]
    measure: Measure = getattr(import_module(f"cardkit.probe.known.{module}"), function)
    about = facts(name)
    figures, left_out = measure(path, about.get("columns", []), job)
    return Known(name, job.lm.name, tuple(figures), left_out, str(path), _release(path, about))


def render_known(result: Known) -> str:
    """Return the figures, with source, licence and known defects, as text for the terminal."""
    return table(result, facts(result.benchmark))


def _release(path: Path, about: dict[str, Any]) -> str | None:
    """Return which known release a file is; of a folder, whether it holds nothing but such files."""
    if not path.is_dir():
        return release(read_bytes(path), about["sha256"])
    files = [one for one in sorted(path.iterdir()) if one.name.startswith(("pro_", "all_"))]
    names = [release(read_bytes(one), about["sha256"]) for one in files]
    return ", ".join(name for name in names if name) if files and all(names) else None
