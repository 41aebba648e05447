"""Keep other libraries' reports, warnings and progress bars off the terminal for a while."""

import contextlib
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers and Python's warnings; everything is put back afterwards."""
    import transformers.utils.logging

    library: Any = transformers.utils.logging  # parts of it are untyped
    verbosity, bars = library.get_verbosity(), library.is_progress_bar_enabled()
    library.set_verbosity(logging.CRITICAL)
    library.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        library.set_verbosity(verbosity)
        if bars:
            library.enable_progress_bar()


@contextlib.contextmanager
def hub_bars() -> Iterator[None]:
    """Show the Hub's download bars to a person at a terminal, and to nobody else."""
    import huggingface_hub.utils

    library: Any = huggingface_hub.utils
    before = library.are_progress_bars_disabled()
    if not sys.stderr.isatty():
        library.disable_progress_bars()
    try:
        yield
    finally:
        if not before:
            library.enable_progress_bars()
