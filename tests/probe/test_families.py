"""Every architecture from its files to its scores, against code that shares nothing with ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import probe_plain as plain
import pytest
import torch
import transformers
from probe_checks import PAIRS, SENTENCES, assert_plain_bias
from probe_models import (
    ALBERT_TOKENS,
    BERT_TOKENS,
    ROBERTA_TOKENS,
    SIZES,
    byte_level,
    save,
    unigram,
    wordpiece,
)

from cardkit.probe import Scorer

ROBERTA = {
    "max_position_embeddings": 80,
    "type_vocab_size": 1,
    "pad_token_id": 1,
    "bos_token_id": 0,
    "eos_token_id": 2,
}
DISTILBERT = {
    "dim": 32,
    "n_layers": 2,
    "n_heads": 4,
    "hidden_dim": 64,
    "initializer_range": 0.3,
}
MODERNBERT = {**SIZES, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "cls_token_id": 0}
#: Name of the class -> tokenizer, its special tokens, configuration.
FAMILIES: dict[str, tuple[Callable[[], Any], dict[str, Any], dict[str, Any]]] = {
    "Bert": (wordpiece, BERT_TOKENS, SIZES),
    "Roberta": (byte_level, ROBERTA_TOKENS, {**SIZES, **ROBERTA}),
    "DistilBert": (wordpiece, BERT_TOKENS, DISTILBERT),
    "Albert": (unigram, ALBERT_TOKENS, {**SIZES, "embedding_size": 16, "pad_token_id": 0}),
    "XLMRoberta": (unigram, ALBERT_TOKENS, {**SIZES, **ROBERTA, "pad_token_id": 0}),
    "Camembert": (unigram, ALBERT_TOKENS, {**SIZES, **ROBERTA, "pad_token_id": 0}),
    "ModernBert": (byte_level, ROBERTA_TOKENS, {**MODERNBERT, "sep_token_id": 2}),
    "Deberta": (wordpiece, BERT_TOKENS, {**SIZES, "legacy": False}),
    "DebertaV2": (wordpiece, BERT_TOKENS, {**SIZES, "legacy": False, "relative_attention": True}),
}


@pytest.fixture(scope="module", params=FAMILIES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer, tokens, options = FAMILIES[request.param]
    made = tokenizer()
    config = getattr(transformers, f"{request.param}Config")(
        vocab_size=made.get_vocab_size(), **options
    )
    torch.manual_seed(7)
    model = getattr(transformers, f"{request.param}ForMaskedLM")(config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.25)
    return save(tmp_path_factory.mktemp(request.param), model, made, **tokens)


def test_scores_are_those_of_plain_code(folder: Path) -> None:
    scorer = Scorer.load(str(folder), device="cpu")
    model = transformers.AutoModelForMaskedLM.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    expected = [plain.pseudo_log_likelihood(model, tokenizer, text) for text in SENTENCES]
    found = scorer.pseudo_log_likelihood(SENTENCES).values
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(found, expected, atol=1e-4)
    pairs = scorer.pair_scores(PAIRS)
    for pair, *one in zip(PAIRS, pairs.first, pairs.second, strict=True):
        np.testing.assert_allclose(one, plain.pair(model, tokenizer, *pair), atol=1e-4)
    assert_plain_bias(scorer, model, tokenizer)


def test_two_loads_give_the_same_number(folder: Path) -> None:
    first, second = (Scorer.load(str(folder), device="cpu").aul(SENTENCES).values for _ in range(2))
    np.testing.assert_array_equal(first, second)
