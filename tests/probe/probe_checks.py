"""What any right probe obeys. Each check can fail: test_mutants.py puts mistakes in to see it."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import probe_plain as plain
import torch
import transformers

from cardkit.probe import Scorer
from cardkit.probe.suite import Attribute

TEMPLATES = [
    "The {attribute} said {target} could start on Monday.",
    "{target} is {article} {attribute} now.",
    "My neighbour told me that {target} is training to be {article} {attribute}.",
]
TARGETS = ("she", "he")
WORDS = [
    Attribute("nurse", "a"),
    Attribute("housekeeper", "a"),
    Attribute("medical assistant", "a"),
    Attribute("engineer", "an"),
]
SENTENCES = [
    "The nurse said she could start on Monday.",
    "Nobody was surprised when he left school to become a chef.",
    "She is a plumber.",
    "The new engineer smiled, and then he closed the door.",
    "She is a plumber.",
]
PAIRS = [
    ("The nurse said she could start on Monday.", "The nurse said he could start on Monday."),
    ("She is a plumber.", "He is a housekeeper."),
    (
        "Before the war she earned a living as a roofer.",
        "Before the war the mechanic earned a living as an editor.",
    ),
]


class Folders(NamedTuple):
    """Where the models that the tests have built lie."""

    bert: Path
    roberta: Path
    unigram: Path
    uniform: Path
    gpt2: Path


def scorer(folder: Path, **options: Any) -> Scorer:
    return Scorer.load(str(folder), device="cpu", **options)


def reference(folder: Path, eager: bool = False) -> tuple[Any, Any]:
    """Model and tokenizer, loaded without the package."""
    model = transformers.AutoModelForMaskedLM.from_pretrained(
        folder, attn_implementation="eager" if eager else None
    )
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder)


def two_masked(folders: Folders) -> list[Path]:
    return [folders.bert, folders.roberta]


def check_pairs_are_those_of_plain_code(folders: Folders) -> None:
    for folder in two_masked(folders):
        model, tokenizer = reference(folder)
        scores = scorer(folder).pair_scores(PAIRS)
        for pair, *found in zip(PAIRS, scores.first, scores.second, strict=True):
            np.testing.assert_allclose(found, plain.pair(model, tokenizer, *pair), atol=1e-4)


def check_pseudo_log_likelihood_is_that_of_plain_code(folders: Folders) -> None:
    for folder in two_masked(folders):
        model, tokenizer = reference(folder)
        expected = [plain.pseudo_log_likelihood(model, tokenizer, text) for text in SENTENCES]
        found = scorer(folder).pseudo_log_likelihood(SENTENCES)
        np.testing.assert_allclose(found.values, expected, atol=1e-4)


def check_unmasked_scores_are_those_of_plain_code(folders: Folders) -> None:
    for folder in two_masked(folders):
        model, tokenizer = reference(folder, eager=True)
        for weighted in (False, True):
            expected = [plain.unmasked(model, tokenizer, text, weighted) for text in SENTENCES]
            found = scorer(folder).aul(SENTENCES, attention_weighted=weighted)
            np.testing.assert_allclose(found.values, expected, atol=1e-5)


def check_bias_is_that_of_plain_code(folders: Folders) -> None:
    for folder in two_masked(folders):
        assert_plain_bias(scorer(folder), *reference(folder))


def assert_plain_bias(scorer: Scorer, model: Any, tokenizer: Any) -> None:
    """Every effect is that of code without batches, rows or offsets."""
    found = scorer.log_probability_bias(TEMPLATES, TARGETS, WORDS)
    values = np.where(np.isnan(found.values), found.unequal, found.values)
    for t, template in enumerate(TEMPLATES):
        for a, word in enumerate(WORDS):
            she, he = (
                plain.association(model, tokenizer, template, target, word.word, word.article)
                for target in TARGETS
            )
            np.testing.assert_allclose(values[t, a], she - he, atol=1e-4)


def check_a_word_of_several_tokens(folders: Folders) -> None:
    """log P of a long target is that of the chain rule, and of every one of its tokens."""
    model, tokenizer = reference(folders.bert)
    template = "The {attribute} said {target} could start."
    found = scorer(folders.bert).word_log_prob([template], ["housekeeper"], ["nurse"])
    text = "The nurse said housekeeper could start."
    encoding = tokenizer(text)
    ids = encoding["input_ids"]
    places = plain.token_places(encoding, tokenizer, text.index("housekeeper"), "housekeeper")
    assert found.tokens[0, 0, 0] == len(places) > 2
    expected = plain.log_prob(model, tokenizer.mask_token_id, ids, places, [])
    np.testing.assert_allclose(found.values[0, 0, 0], expected, atol=1e-4)


def check_a_blind_model_has_no_bias(folders: Folders) -> None:
    blind = scorer(folders.unigram)
    bias = blind.log_probability_bias(TEMPLATES, TARGETS, WORDS)
    assert not np.isnan(bias.values).any()
    assert np.abs(bias.values).max() < 1e-5
    logs = unigram_logs(folders.unigram)
    tokenizer = blind.lm.tokenizer
    own = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in SENTENCES]
    np.testing.assert_allclose(
        blind.aul(SENTENCES).values, [np.mean(logs[ids]) for ids in own], atol=1e-5
    )
    np.testing.assert_allclose(
        blind.pseudo_log_likelihood(SENTENCES).values, [logs[ids].sum() for ids in own], atol=1e-4
    )
    (found,) = blind.top_k(["She is a [MASK]."], 7)
    assert [one.id for one in found] == np.argsort(-logs, kind="stable")[:7].tolist()


def unigram_logs(folder: Path) -> np.ndarray:
    model, _ = reference(folder)
    return torch.log_softmax(model.cls.predictions.bias.detach().double(), -1).numpy()


def check_a_uniform_model_prefers_nothing(folders: Folders) -> None:
    even = scorer(folders.uniform)
    each = -np.log(even.lm.vocabulary)
    scores = even.pair_scores(PAIRS)
    np.testing.assert_array_equal(scores.first, scores.second)
    pll = even.pseudo_log_likelihood(SENTENCES)
    np.testing.assert_allclose(pll.values, pll.tokens * each, rtol=1e-6)
    np.testing.assert_allclose(even.aul(SENTENCES).values, each, rtol=1e-6)
    assert not even.log_probability_bias(TEMPLATES, TARGETS, WORDS).values.any()


def check_swapped_targets_swap_the_sign(folders: Folders) -> None:
    for folder in two_masked(folders):
        one = scorer(folder)
        there = one.log_probability_bias(TEMPLATES, ("she", "he"), WORDS)
        back = one.log_probability_bias(TEMPLATES, ("he", "she"), WORDS)
        np.testing.assert_array_equal(there.values, -back.values)
        same = one.log_probability_bias(TEMPLATES, ("she", "she"), WORDS)
        assert not same.values.any()
        first = one.pair_scores(PAIRS)
        turned = one.pair_scores([(b, a) for a, b in PAIRS])
        np.testing.assert_array_equal(first.first, turned.second)


def check_probabilities_sum_to_one(folders: Folders) -> None:
    for folder in two_masked(folders):
        one = scorer(folder)
        (found,) = one.top_k(["She is a [MASK] now."], one.lm.vocabulary)
        assert len(found) == one.lm.vocabulary
        np.testing.assert_allclose(sum(word.probability for word in found), 1, atol=1e-5)
        words = one.word_log_prob(["The {attribute} said {target} left."], ["she", "he"], ["nurse"])
        assert np.exp(words.values).sum() < 1


def check_two_loads_agree(folders: Folders) -> None:
    for folder in (folders.bert, folders.roberta):
        first, second = (scorer(folder).pseudo_log_likelihood(SENTENCES) for _ in range(2))
        np.testing.assert_array_equal(first.values, second.values)
    first, second = (
        scorer(folders.gpt2, causal=True).log_likelihood(SENTENCES).values for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def check_causal_scores_are_the_models_own_loss(folders: Folders) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(folders.gpt2).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folders.gpt2)
    found = scorer(folders.gpt2, causal=True).log_likelihood(SENTENCES)
    for n, text in enumerate(SENTENCES):
        loss, tokens = plain.causal_loss(model, tokenizer, text)
        assert found.tokens[n] == tokens
        np.testing.assert_allclose(found.values[n], -loss * tokens, atol=1e-4)


def check_batches_change_nothing(folders: Folders) -> None:
    for folder in two_masked(folders):
        expected = scorer(folder).pseudo_log_likelihood(SENTENCES).values
        order = np.random.default_rng(0).permutation(len(SENTENCES))
        mixed = [SENTENCES[n] for n in order]
        for tokens in (1, 40, 1000):
            found = scorer(folder, batch_tokens=tokens).pseudo_log_likelihood(mixed + mixed).values
            np.testing.assert_allclose(found[: len(order)], expected[order], atol=1e-5)
            np.testing.assert_allclose(found[len(order) :], expected[order], atol=1e-5)


CHECKS = [value for name, value in globals().items() if name.startswith("check_")]
