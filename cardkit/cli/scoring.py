"""What is shown and kept while a model is being scored: a bar, and the scores so far."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cardkit.errors import ProbeError

if TYPE_CHECKING:
    from cardkit.probe.store import Store

Progress = Callable[[int, int], None]


@contextlib.contextmanager
def scoring(
    label: str = "scoring", *, keep: bool = True, resume: Path | None = None
) -> Iterator[dict[str, Any]]:
    """Give the arguments of ``measure`` that show progress and keep the scores as they come.

    Without ``resume`` and with ``keep`` they are kept in the user's cache folder. Ctrl-C ends in
    one line that says where they are.

    Raises:
        ProbeError: the run was interrupted.
    """
    from cardkit.probe.store import cache_folder

    stores: list[Store] = []

    def opened(store: "Store") -> None:
        stores.append(store)
        if store.known:
            click.echo(
                f"{len(store.known):,} scores of an interrupted run are in {store.path};"
                " going on from there",
                err=True,
            )

    folder = cache_folder() if keep and resume is None else None
    try:
        with bar(label) as progress:
            yield {"progress": progress, "resume": resume, "keep": folder, "opened": opened}
    except KeyboardInterrupt:
        raise ProbeError(f"interrupted; {_kept(stores)}") from None


def _kept(stores: list["Store"]) -> str:
    if stores and stores[-1].path.exists():
        return (
            f"the scores so far are in {stores[-1].path}, and the same command goes on from there"
        )
    return "no scores were kept"


@contextlib.contextmanager
def bar(label: str) -> Iterator[Progress | None]:
    """Give a progress callback that draws a bar on standard error, None without a terminal.

    Beside the bar stand the rows done, the share, the time left, and the rows per second.
    """
    if not sys.stderr.isatty():
        yield None
        return
    with contextlib.ExitStack() as stack:
        bars: list[Any] = []
        seen, start = 0, time.monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal seen
            if not bars:
                shown: Any = click.progressbar(
                    length=total,
                    label=label,
                    file=sys.stderr,
                    show_pos=True,
                    show_percent=True,
                    show_eta=False,
                    item_show_func=lambda text: text,
                )
                bars.append(stack.enter_context(shown))
            rate = done / max(time.monotonic() - start, 1e-9)
            left = _duration((total - done) / rate) if done else "…"
            bars[0].update(done - seen, f"{rate:,.0f} rows/s, {left} left")
            seen = done

        yield progress


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
