"""How much attention each token of a sentence receives, for AULA (Kaneko & Bollegala 2022)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cardkit.errors import ProbeError
from cardkit.probe.forward import inputs
from cardkit.probe.load import MaskedLM, first_line
from cardkit.probe.precision import full_float32
from cardkit.probe.rows import Row


def received(masked: MaskedLM, rows: Sequence[Row]) -> list[NDArray[np.float64]]:
    """Return for each row the attention each of its tokens receives, one number per token.

    The mean over layers, heads and attending tokens, special ones included; a row's numbers sum
    to 1. One row at a time: attentions take layers × heads × length × length.

    Raises:
        ProbeError: the model gives no attentions of that kind.
    """
    result = []
    with torch.inference_mode(), full_float32(), _eager(masked.model):
        for row in rows:
            try:
                layers = masked.model(**inputs(masked, [row]), output_attentions=True).attentions
                stacked = torch.stack([layer[0].double() for layer in layers])
            except (RuntimeError, TypeError, ValueError, AttributeError) as error:
                raise ProbeError(
                    f"{masked.name} gives no attentions: {first_line(error)}"
                ) from error
            weights = stacked.mean(dim=(0, 1, 2))
            if weights.shape != (len(row.ids),):
                raise ProbeError(f"{masked.name} gives attentions of another shape")
            result.append(weights.cpu().numpy())
    return result


@contextmanager
def _eager(model: Any) -> Iterator[None]:
    """Compute attention in the one way that can report its weights, for a while."""
    before = getattr(model.config, "_attn_implementation", None)
    if before in (None, "eager") or not hasattr(model, "set_attn_implementation"):
        yield  # older versions change over by themselves when weights are asked for
        return
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)
