"""Projecting only queried positions gives the full logits, whatever the architecture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from cardkit.errors import ProbeError
from cardkit.probe import forward
from cardkit.probe.forward import score
from cardkit.probe.load import MaskedLM
from cardkit.probe.rows import Row, RowTable, add_query

VOCABULARY = 120
COMMON = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def make(kind: str, **changes: Any) -> Callable[[], Any]:
    """Return a function that builds a small random model of a class like "Bert"."""

    def build() -> Any:
        config = getattr(transformers, f"{kind}Config")(**{**COMMON, **changes})
        return getattr(transformers, f"{kind}ForMaskedLM")(config)

    return build


def distilbert() -> Any:
    config = transformers.DistilBertConfig(
        vocab_size=VOCABULARY, dim=32, n_layers=2, n_heads=2, hidden_dim=64
    )
    return transformers.DistilBertForMaskedLM(config)


def perceiver() -> Any:
    config = transformers.PerceiverConfig(
        vocab_size=VOCABULARY, d_model=32, d_latents=32, num_latents=4, max_position_embeddings=64
    )
    return transformers.PerceiverForMaskedLM(config)


MODERN = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1}
GATHERED = {
    "bert": make("Bert"),
    "roberta": make("Roberta"),
    "distilbert": distilbert,
    "albert": make("Albert", embedding_size=16),
    "xlm-roberta": make("XLMRoberta"),
    "camembert": make("Camembert"),
    "modernbert": make("ModernBert", sep_token_id=2, **MODERN),
    "deberta": make("Deberta", legacy=False),
    "deberta-v2": make("DebertaV2", legacy=False, relative_attention=True),
    "deberta-v2-legacy": make("DebertaV2"),
    "electra-generator": make("Electra", embedding_size=16),
    "mpnet": make("MPNet"),
}


def wrap(model: Any) -> MaskedLM:
    return MaskedLM("random", Path(), None, model.float().eval(), None, 4, 3, VOCABULARY, 100)


def built(build: Callable[[], Any]) -> MaskedLM:
    torch.manual_seed(0)
    model = build()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return wrap(model)


def table_of_rows() -> RowTable:
    """Rows of three lengths, some asked about at two places."""
    table = RowTable()
    generator = np.random.default_rng(0)
    for length in (5, 5, 5, 8, 8, 11):
        row = Row(tuple(int(token) for token in generator.integers(5, VOCABULARY, length)))
        for position in (1, length - 2):
            for token in generator.integers(0, VOCABULARY, 3):
                add_query(table, row, position, int(token))
    return table


def expected(masked: MaskedLM, table: RowTable) -> np.ndarray:
    rows = list(table.rows)
    values = []
    for query in table.queries:
        ids = torch.tensor([rows[query.row].ids])
        with torch.no_grad():
            logits = masked.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        values.append(torch.log_softmax(logits[0, query.position].double(), -1)[query.token].item())
    return np.array(values)


@pytest.mark.parametrize("kind", GATHERED)
def test_gathered_positions_give_the_same_scores(kind: str) -> None:
    masked, table = built(GATHERED[kind]), table_of_rows()
    assert forward._bears_gathering(masked, next(iter(table.rows)))
    np.testing.assert_allclose(score(masked, table), expected(masked, table), atol=1e-4)


def test_a_model_that_does_not_bear_gathering_is_scored_in_full() -> None:
    masked, table = built(perceiver), table_of_rows()
    assert not forward._bears_gathering(masked, next(iter(table.rows)))
    np.testing.assert_allclose(score(masked, table), expected(masked, table), atol=1e-4)


def test_the_fallback_agrees_with_gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    masked, table = built(GATHERED["roberta"]), table_of_rows()
    gathered = score(masked, table)
    monkeypatch.setattr(forward, "_bears_gathering", lambda *_: False)
    monkeypatch.setattr(forward, "_LOGITS", 2 * 8 * VOCABULARY)
    np.testing.assert_allclose(score(masked, table), gathered, atol=1e-5)


def test_a_head_that_mixes_positions_is_noticed() -> None:
    masked = built(GATHERED["bert"])

    class Mixing(torch.nn.Module):
        def __init__(self, head: Any) -> None:
            super().__init__()
            self.head = head

        def forward(self, hidden: torch.Tensor) -> torch.Tensor:
            return self.head(hidden - hidden.mean(dim=1, keepdim=True))

    masked.model.cls = Mixing(masked.model.cls)
    table = table_of_rows()
    assert not forward._bears_gathering(masked, next(iter(table.rows)))
    np.testing.assert_allclose(score(masked, table), expected(masked, table), atol=1e-4)


def test_few_logits_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    masked, table = built(GATHERED["bert"]), table_of_rows()
    whole = score(masked, table)
    limit = 3 * VOCABULARY
    monkeypatch.setattr(forward, "_LOGITS", limit)
    sizes = [
        logits.numel()
        for _, logits, _ in forward.position_logits(
            masked, list(table.rows), [(query.row, query.position) for query in table.queries]
        )
    ]
    assert max(sizes) <= limit
    np.testing.assert_allclose(score(masked, table), whole, atol=1e-5)


def test_a_row_with_more_logits_than_fit_is_run_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    masked, table = built(GATHERED["bert"]), RowTable()
    row = Row((5, 9, 3, 17, 8, 40, 2))
    for place in range(7):
        add_query(table, row, place, row.ids[place])
    whole = score(masked, table)
    monkeypatch.setattr(forward, "_LOGITS", 2 * VOCABULARY)
    seen: list[tuple[int, int]] = []
    parts = score(masked, table, progress=lambda *done: seen.append(done))
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    assert seen == [(1, 1)] * 4


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_damaged_weights_are_no_measurement(bad: float) -> None:
    masked, table = built(GATHERED["bert"]), table_of_rows()
    with torch.no_grad():
        masked.model.cls.predictions.bias[7] = bad
    with pytest.raises(ProbeError, match="NaN or infinite"):
        score(masked, table)


def test_a_model_that_cannot_be_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    masked, table = built(GATHERED["bert"]), table_of_rows()

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied\nand more")

    monkeypatch.setattr(masked.model.cls, "forward", broken)
    with pytest.raises(ProbeError, match=r"cannot be run on a sentence: mat1 .* multiplied$"):
        score(masked, table)


def test_progress_counts_rows() -> None:
    masked, table = built(GATHERED["bert"]), table_of_rows()
    seen: list[tuple[int, int]] = []
    score(masked, table, batch_tokens=10, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
