"""Measure how a masked language model's predictions lean, and write it into the model's card.

Effects are *positive target minus negative target* of the suite (she − he), in nats, everywhere.
Importing this package imports neither torch nor numpy; ``record`` and ``markers`` never do.

The scores of published methods are in ``Scorer``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardkit.probe.scorer import Scorer

__all__ = ["Scorer"]


def __getattr__(name: str) -> Any:
    """Import ``Scorer``, and torch with it, only when it is asked for."""
    if name == "Scorer":
        from cardkit.probe.load import require_extra

        require_extra()
        from cardkit.probe.scorer import Scorer

        return Scorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
