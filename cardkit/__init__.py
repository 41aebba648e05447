"""Write, check and back model cards with numbers."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cardkit.api import Card
    from cardkit.engine import lint
    from cardkit.trainer import CardCallback

__all__ = ["Card", "CardCallback", "__version__", "lint"]

# Imported when first asked for: `cardkit --help` needs none of them, and linting no transformers.
_HOMES = {
    "Card": "cardkit.api",
    "CardCallback": "cardkit.trainer",
    "lint": "cardkit.engine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cardkit' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
