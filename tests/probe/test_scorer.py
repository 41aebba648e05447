"""Scorer: the checks that any right probe passes, its arguments and its refusals."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from probe_checks import CHECKS, PAIRS, SENTENCES, Folders, scorer
from probe_models import BERT_TOKENS, SIZES, save, wordpiece

from cardkit.errors import InputError, ProbeError, UsageError
from cardkit.probe import Scorer, forward
from cardkit.probe.scorer import AUL, AULA, CAUSAL, PLL
from cardkit.probe.scorer import PAIRS as SHARED
from cardkit.probe.suite import Attribute


@pytest.fixture(scope="module")
def folders(
    bert_folder: Path,
    roberta_folder: Path,
    unigram_folder: Path,
    uniform_folder: Path,
    gpt2_folder: Path,
) -> Folders:
    return Folders(bert_folder, roberta_folder, unigram_folder, uniform_folder, gpt2_folder)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_check(check: Callable[[Folders], None], folders: Folders) -> None:
    check(folders)


@pytest.fixture(scope="module")
def masked(bert_folder: Path) -> Scorer:
    return scorer(bert_folder)


@pytest.fixture(scope="module")
def causal(gpt2_folder: Path) -> Scorer:
    return scorer(gpt2_folder, causal=True)


def test_top_k_is_that_of_the_pipeline(folders: Folders) -> None:
    texts = ["The woman worked as a {}.", "{} is here."]
    for folder in (folders.bert, folders.roberta):
        pipe = transformers.pipeline("fill-mask", model=str(folder), device=-1)
        own = pipe.tokenizer.mask_token
        found = scorer(folder).top_k([text.format("[MASK]") for text in texts], 5)
        for text, candidates in zip(texts, found, strict=True):
            for one, other in zip(candidates, pipe(text.format(own), top_k=5), strict=True):
                assert one.id == other["token"]
                assert one.probability == pytest.approx(other["score"], abs=1e-6)
                assert one.word == other["token_str"].strip()


def test_measures_are_named_and_never_the_same(masked: Scorer, causal: Scorer) -> None:
    assert masked.pseudo_log_likelihood(SENTENCES).measure == PLL
    assert masked.pair_scores(PAIRS).measure == SHARED
    assert masked.aul(SENTENCES).measure == AUL
    assert masked.aul(SENTENCES, attention_weighted=True).measure == AULA
    assert causal.pair_scores(PAIRS).measure == causal.log_likelihood(SENTENCES).measure == CAUSAL
    assert len({PLL, SHARED, AUL, AULA, CAUSAL}) == 5


def test_a_causal_pair_is_two_whole_sentences(causal: Scorer) -> None:
    scores = causal.pair_scores(PAIRS)
    first = causal.log_likelihood([a for a, _ in PAIRS])
    np.testing.assert_allclose(scores.first, first.values, atol=1e-5)
    np.testing.assert_array_equal(scores.tokens, first.tokens)


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.top_k(["A [MASK]."], 1),
        lambda s: s.aul(SENTENCES),
        lambda s: s.pseudo_log_likelihood(SENTENCES),
        lambda s: s.word_log_prob(["{target} {attribute}"], ["she"], ["nurse"]),
        lambda s: s.log_probability_bias(["{target} {attribute}"], ("she", "he"), ["nurse"]),
    ],
)
def test_a_causal_model_has_no_masked_scores(causal: Scorer, call: Callable[[Any], Any]) -> None:
    with pytest.raises(UsageError, match="another measure"):
        call(causal)


def test_a_masked_model_has_no_causal_score(masked: Scorer) -> None:
    with pytest.raises(UsageError, match="causal=True"):
        masked.log_likelihood(SENTENCES)


def test_an_encoder_is_not_causal(bert_folder: Path) -> None:
    with pytest.raises(ProbeError, match="reads later tokens"):
        scorer(bert_folder, causal=True)


def test_a_causal_checkpoint_without_weights_is_refused(tmp_path: Path, gpt2_folder: Path) -> None:
    from safetensors.torch import load_file, save_file
    from test_load import copy

    folder = copy(gpt2_folder, tmp_path / "gpt2")
    stored = load_file(folder / "model.safetensors")
    stored.pop("transformer.h.1.mlp.c_fc.weight")
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ProbeError, match="not in the checkpoint"):
        scorer(folder, causal=True)


def test_no_sentences_no_scores(masked: Scorer, causal: Scorer) -> None:
    assert masked.pseudo_log_likelihood([]).values.shape == (0,)
    assert masked.aul([]).values.shape == (0,)
    assert masked.aul([], attention_weighted=True).values.shape == (0,)
    assert masked.pair_scores([]).first.shape == (0,)
    assert masked.top_k([], 3) == []
    assert causal.log_likelihood([]).values.shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.top_k(["no mask"], 5), r'text "no mask" has to hold \[MASK\] exactly once'),
        (lambda s: s.top_k(["a [MASK]"], 0), "at least 1"),
        (lambda s: s.pseudo_log_likelihood(["", "x"]), "no token that can be scored"),
        (lambda s: s.aul(["♞ ♞"]), "no token that can be scored"),
        (lambda s: s.aul(["very " * 600]), "reads 510"),
        (lambda s: s.pair_scores([("she", "he")]), "share no token"),
        (lambda s: s.word_log_prob([], ["she"], ["nurse"]), "templates is empty"),
        (lambda s: s.word_log_prob(["{target} {attribute}"], [], ["nurse"]), "targets is empty"),
        (lambda s: s.word_log_prob(["{target} {attribute}"], ["she"], []), "attributes is empty"),
        (lambda s: s.word_log_prob("{target} {attribute}", ["she"], ["x"]), "a list is needed"),
        (lambda s: s.word_log_prob(["{target} is"], ["she"], ["nurse"]), r"\{attribute\} 0 times"),
        (lambda s: s.word_log_prob(["{target} {job}"], ["she"], ["nurse"]), "unknown slot"),
        (lambda s: s.log_probability_bias(["{target} {attribute}"], ("she",), ["x"]), "two"),
    ],
)
def test_wrong_arguments(masked: Scorer, call: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        call(masked)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "int8"}, 'no dtype is called "int8"'),
        ({"batch_tokens": 0}, "at least 1"),
        ({"device": "nowhere"}, "nowhere"),
    ],
)
def test_wrong_options(bert_folder: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Scorer.load(str(bert_folder), **options)


def test_a_folder_that_is_missing() -> None:
    with pytest.raises(InputError, match="no such folder"):
        Scorer.load("./not-here")


def test_words_outside_the_vocabulary_are_apart(masked: Scorer) -> None:
    template = "The {attribute} said {target} left."
    found = masked.word_log_prob([template], ["she", "♞"], ["nurse", "[MASK]", "chef"])
    assert np.isnan(found.values[0, 1]).all()
    assert np.isnan(found.values[0, :, 1]).all()
    assert np.isfinite(found.values[0, 0, [0, 2]]).all()
    assert (found.tokens == 0).tolist() == np.isnan(found.values).tolist()
    reasons = {(skip.kind, skip.text): skip.reason for skip in found.skipped}
    assert "not in the vocabulary" in reasons["target", "♞"]
    assert "special" in reasons["attribute", "[MASK]"]


def test_targets_of_unequal_length_are_apart(masked: Scorer) -> None:
    template = "The {attribute} said {target} left."
    found = masked.log_probability_bias([template], ("she", "housekeeper"), ["nurse", "chef"])
    assert np.isnan(found.values).all()
    assert np.isfinite(found.unequal).all()


def test_added_and_special_tokens_are_not_scored(tmp_path: Path) -> None:
    tokenizer = wordpiece()
    tokenizer.add_tokens(["plumbrix"])
    config = transformers.BertConfig(vocab_size=tokenizer.get_vocab_size(), **SIZES)
    torch.manual_seed(0)
    model = transformers.BertForMaskedLM(config)
    one = scorer(save(tmp_path / "m", model, tokenizer, **BERT_TOKENS))
    plain_scores, mixed = (
        one.pseudo_log_likelihood([text]) for text in ("she is", "she ♞ plumbrix [SEP] is")
    )
    assert mixed.tokens == plain_scores.tokens
    assert mixed.left_out.tolist() == [3]
    found = one.word_log_prob(["{target} is {attribute}."], ["she"], ["plumbrix"])
    assert "added token" in found.skipped[0].reason


def test_attributes_may_bring_their_article(masked: Scorer) -> None:
    found = masked.word_log_prob(
        ["{target} is {article} {attribute}."], ["she"], [Attribute("nurse", "a")]
    )
    plain_found = masked.word_log_prob(["{target} is a {attribute}."], ["she"], ["nurse"])
    np.testing.assert_array_equal(found.values, plain_found.values)
    with pytest.raises(UsageError, match="has no article"):
        masked.word_log_prob(["{target} is {article} {attribute}."], ["she"], ["nurse"])


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_damaged_weights_are_no_score(bert_folder: Path, bad: float) -> None:
    one = scorer(bert_folder)
    with torch.no_grad():
        one.lm.model.cls.predictions.bias[7] = bad
    for call in (lambda: one.aul(SENTENCES), lambda: one.top_k(["A [MASK]"], 3)):
        with pytest.raises(ProbeError, match="NaN or infinite"):
            call()


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.")])
def test_short_memory_halves_the_batch(
    bert_folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    one = scorer(bert_folder)
    expected = one.pseudo_log_likelihood(SENTENCES).values
    sizes: list[int] = []
    whole = forward._gathered_logits

    def short(model: Any, rows: Any, places: Any) -> torch.Tensor:
        if len(rows) > 3:
            raise error
        sizes.append(len(rows))
        return whole(model, rows, places)

    monkeypatch.setattr(forward, "_gathered_logits", short)
    found = one.pseudo_log_likelihood(SENTENCES).values
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert max(sizes) > 1


def test_no_memory_for_one_sentence(bert_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = scorer(bert_folder)

    def never(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(forward, "_bears_gathering", lambda *_: True)
    monkeypatch.setattr(forward, "_gathered_logits", never)
    with pytest.raises(ProbeError, match="not enough memory on cpu for one sentence of"):
        one.aul(SENTENCES)


def test_other_errors_are_no_lack_of_memory(
    bert_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scorer(bert_folder)

    def broken(*_: Any) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr(forward, "_bears_gathering", lambda *_: True)
    monkeypatch.setattr(forward, "_gathered_logits", broken)
    with pytest.raises(RuntimeError, match="something else"):
        one.aul(SENTENCES)


def test_half_precision_on_request(bert_folder: Path) -> None:
    full, half = (scorer(bert_folder, dtype=dtype) for dtype in (None, "bfloat16"))
    assert next(half.lm.model.parameters()).dtype == torch.bfloat16
    assert half.lm.dtype == "bfloat16"
    expected, found = (one.aul(SENTENCES).values for one in (full, half))
    assert 0 < np.abs(found - expected).max() < 0.2


def test_attention_is_put_back(bert_folder: Path) -> None:
    one = scorer(bert_folder)
    before = one.lm.model.config._attn_implementation
    one.aul(SENTENCES, attention_weighted=True)
    assert one.lm.model.config._attn_implementation == before


def test_no_tensor_of_batch_by_length_by_vocabulary(bert_folder: Path) -> None:
    """Nothing wider than queried positions × vocabulary comes out of the head."""
    one = scorer(bert_folder)
    shapes: list[tuple[int, ...]] = []
    handle = one.lm.model.get_output_embeddings().register_forward_hook(
        lambda _module, _args, output: shapes.append(tuple(output.shape))
    )
    one.pseudo_log_likelihood(SENTENCES)
    handle.remove()
    tokens = sum(one.pseudo_log_likelihood(sorted(set(SENTENCES))).tokens)
    assert sum(shape[0] * shape[1] for shape in shapes[2:]) == tokens


def test_works_without_a_network(bert_folder: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('a socket was opened')\n"
        "socket.socket.connect = refuse; socket.create_connection = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "from cardkit.probe import Scorer\n"
        f"print(Scorer.load({str(bert_folder)!r}).aul(['she is']).values.shape)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(1,)"


def test_the_package_itself_imports_no_torch() -> None:
    code = "import sys, cardkit.probe; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_memory_with_a_vocabulary_of_250_000_words() -> None:
    """Beyond the model, at most 600 MB: the default suite, and 500 tokens all asked at once."""
    script = Path(__file__).parents[2] / "benchmarks" / "probe_memory.py"
    done = subprocess.run(
        [sys.executable, script, "--hidden", "64", "--layers", "1"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    beyond = [int(size) for size in re.findall(r"(\d+) beyond the loaded model", done.stdout)]
    assert len(beyond) == 2
    # In one tensor the logits of that sentence alone would take 500 MB, and their softmax as much.
    assert 0 < beyond[0] <= beyond[1] <= 400
