"""Run the model over the rows and keep only what was asked for.

The vocabulary is the widest layer by far, so only queried positions are projected to it. How is
the same for every architecture: a hook on the encoder swaps its hidden states, batch × length ×
width, for those of the queried positions, 1 × n × width, before the model's own head sees them.
Whether a model bears that is tried on a few tokens first; if not, small batches of full logits
take its place.

Batches hold rows of one exact length, so there is no padding, and a row's result does not depend
on its neighbours beyond the rounding of float32.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from cardkit.errors import ProbeError
from cardkit.probe.load import first_line
from cardkit.probe.precision import full_float32
from cardkit.probe.rows import Row, RowTable
from cardkit.probe.store import Store

# More are no faster on a CPU, and take more memory.
BATCH_TOKENS = 2048
# At most this many logits at a time: 32 MiB of float32, whatever the size of the vocabulary.
_LOGITS = 8 * 1024 * 1024
# Tokens of the trial, which computes logits in full.
_TRIAL = 16
# Between gathered and full logits: rounding, by precision.
_TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2}
# What a model's own code may raise when it is given something that it does not expect.
_FAILURES = (RuntimeError, TypeError, ValueError, LookupError, AttributeError)

Progress = Callable[[int, int], None]
Run = Callable[["Model", Sequence[Row], Sequence[tuple[int, int]]], torch.Tensor]


class Model(Protocol):
    """What a forward pass needs of a model: a ``MaskedLM`` or a ``CausalLM``."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def model(self) -> Any: ...  # noqa: D102
    @property
    def vocabulary(self) -> int: ...  # noqa: D102
    @property
    def device(self) -> str: ...  # noqa: D102
    @property
    def dtype(self) -> str: ...  # noqa: D102


class Batch(NamedTuple):
    """Rows of one length and the positions asked about.

    ``rows`` are row numbers; ``places[n]`` is (index into ``rows``, position).
    """

    rows: list[int]
    places: list[tuple[int, int]]


def score(
    masked: Model,
    table: RowTable,
    *,
    batch_tokens: int = BATCH_TOKENS,
    progress: Progress | None = None,
    store: Store | None = None,
) -> NDArray[np.float64]:
    """Return the log-probability (nats) of every query of the table, by number.

    What a ``store`` knows already is not computed again, and what is computed goes into it.

    Raises:
        ProbeError: the model gives NaN or infinite logits.
    """
    tokens: dict[tuple[int, int], list[tuple[int, int]]] = {}
    result = np.full(len(table.queries), np.nan)
    for query, number in table.queries.items():
        if store is not None and number in store.known:
            result[number] = store.known[number]
            continue
        tokens.setdefault((query.row, query.position), []).append((number, query.token))
    wanted = list(tokens)
    for places, logits, normaliser in position_logits(
        masked, list(table.rows), wanted, batch_tokens=batch_tokens, progress=progress
    ):
        asked = [(n, *pair) for n, place in enumerate(places) for pair in tokens[place]]
        line, numbers, wanted_tokens = (list(column) for column in zip(*asked, strict=True))
        values = logits[line, wanted_tokens] - normaliser[line]
        result[numbers] = values.double().cpu().numpy()
        if store is not None:
            store.add(numbers, result[numbers].tolist())
    if not np.isfinite(result).all():
        raise _not_finite(masked)
    return result


def position_logits(
    masked: Model,
    rows: Sequence[Row],
    wanted: Iterable[tuple[int, int]],
    *,
    batch_tokens: int = BATCH_TOKENS,
    progress: Progress | None = None,
) -> Iterator[tuple[list[tuple[int, int]], torch.Tensor, torch.Tensor]]:
    """Yield (places, logits, normaliser) until every wanted (row number, position) is done.

    ``logits`` has the shape len(places) × vocabulary, float32; ``normaliser`` is their logsumexp,
    so that the log-probabilities are ``logits - normaliser[:, None]``.

    Raises:
        ProbeError: a normaliser is NaN or infinite.
    """
    positions: dict[int, list[int]] = {}
    for row, position in wanted:
        positions.setdefault(row, []).append(position)
    gathers = bool(rows) and _bears_gathering(masked, rows[0])
    run = _gathered_logits if gathers else _full_logits
    done: set[int] = set()
    with torch.inference_mode(), full_float32():
        batches = _batches(rows, positions, batch_tokens, masked.vocabulary, gathers)
        for batch, logits in _run(run, masked, rows, batches):
            normaliser = torch.logsumexp(logits, dim=-1)
            if not bool(torch.isfinite(normaliser).all()):
                raise _not_finite(masked)
            places = [(batch.rows[line], position) for line, position in batch.places]
            yield places, logits, normaliser
            done.update(batch.rows)
            if progress is not None:
                progress(len(done), len(positions))


def _run(
    run: Run, masked: Model, rows: Sequence[Row], batches: Iterable[Batch]
) -> Iterator[tuple[Batch, torch.Tensor]]:
    """Run batch after batch; one that does not fit into memory is halved, and so are later ones.

    Raises:
        ProbeError: there is no memory for a single row.
    """
    most = None  # tokens in a batch, once memory was short
    for batch in batches:
        waiting = [batch]
        while waiting:
            part = waiting.pop()
            length = len(rows[part.rows[0]].ids)
            if most is not None and len(part.rows) > 1 and len(part.rows) * length > most:
                waiting += _halves(part)
                continue
            try:
                logits = run(masked, [rows[number] for number in part.rows], part.places)
            except (RuntimeError, MemoryError) as error:
                if not _out_of_memory(error):
                    raise
                if len(part.rows) == 1:
                    raise ProbeError(
                        f"{masked.name}: there is not enough memory on {masked.device} for one"
                        f" sentence of {length} tokens"
                    ) from None
                most = len(part.rows) * length // 2
                waiting.append(part)
                continue
            yield part, logits


def _halves(batch: Batch) -> list[Batch]:
    """Return the second and the first half of a batch, in the order of a stack."""
    middle = len(batch.rows) // 2
    first = [place for place in batch.places if place[0] < middle]
    second = [(line - middle, position) for line, position in batch.places if line >= middle]
    return [Batch(batch.rows[middle:], second), Batch(batch.rows[:middle], first)]


def _out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text


def _not_finite(masked: Model) -> ProbeError:
    return ProbeError(
        f"{masked.name} gives NaN or infinite scores: its weights are damaged or overflowed when"
        " they were saved. Nothing was measured and nothing was written."
    )


def _batches(
    rows: Sequence[Row],
    positions: Mapping[int, Sequence[int]],
    batch_tokens: int,
    vocabulary: int,
    gathers: bool,
) -> Iterator[Batch]:
    by_length: dict[tuple[int, bool], list[int]] = {}
    for number in positions:
        row = rows[number]
        by_length.setdefault((len(row.ids), row.types is not None), []).append(number)
    # Longest first: if memory does not suffice, it shows at once.
    for (length, _), numbers in sorted(by_length.items(), reverse=True):
        asked = max(len(positions[number]) for number in numbers) if gathers else length
        fitting = max(1, _LOGITS // vocabulary)  # positions
        most = max(1, min(batch_tokens // length, fitting // asked))
        rest = iter(numbers)
        while part := list(islice(rest, most)):
            places = [(n, place) for n, number in enumerate(part) for place in positions[number]]
            # More than fits only in a single row: it is run again for the rest of its positions.
            step = fitting if gathers else len(places)
            for start in range(0, len(places), step):
                yield Batch(part, places[start : start + step])


def inputs(masked: Model, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
    """Return the arguments of a forward pass over rows of one length, nothing padded."""
    ids = torch.tensor([row.ids for row in rows], device=masked.device)
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if rows[0].types is not None:
        inputs["token_type_ids"] = torch.tensor([row.types for row in rows], device=masked.device)
    return inputs


def _full_logits(
    masked: Model, rows: Sequence[Row], places: Sequence[tuple[int, int]]
) -> torch.Tensor:
    line, position = (list(column) for column in zip(*places, strict=True))
    logits: torch.Tensor = masked.model(**inputs(masked, rows)).logits
    return logits[line, position].float()


def _gathered_logits(
    masked: Model, rows: Sequence[Row], places: Sequence[tuple[int, int]]
) -> torch.Tensor:
    with _gathering(masked.model, places):
        logits: torch.Tensor = masked.model(**inputs(masked, rows)).logits
    return logits[0].float()


@contextmanager
def _gathering(model: Any, places: Sequence[tuple[int, int]]) -> Iterator[None]:
    line, position = (list(column) for column in zip(*places, strict=True))

    def swap(_module: torch.nn.Module, _args: Any, output: Any) -> Any:
        hidden = output[0][line, position].unsqueeze(0)
        if isinstance(output, tuple):
            return (hidden, *output[1:])
        output["last_hidden_state"] = hidden
        return output

    handle = model.base_model.register_forward_hook(swap)
    try:
        yield
    finally:
        handle.remove()


def _bears_gathering(masked: Model, row: Row) -> bool:
    """Try on the beginning of a row, doubled, whether gathered logits equal those computed in full.

    Raises:
        ProbeError: the model cannot be run at all.
    """
    short = Row(row.ids[:_TRIAL], None if row.types is None else row.types[:_TRIAL])
    pair, last = [short, short], len(short.ids) - 1
    places = [(1, last), (0, 0), (0, last // 2)]
    with torch.inference_mode(), full_float32():
        try:
            full = _full_logits(masked, pair, places)
        except _FAILURES as error:
            raise ProbeError(
                f"{masked.name} cannot be run on a sentence: {first_line(error)}"
            ) from error
        try:
            gathered = _gathered_logits(masked, pair, places)
        except _FAILURES:
            return False
    if masked.model.base_model is masked.model:  # nothing to hook: this was no gathering
        return False
    near = _TOLERANCE[masked.dtype]
    return full.shape == gathered.shape and torch.allclose(
        full, gathered, rtol=near, atol=near, equal_nan=True
    )
