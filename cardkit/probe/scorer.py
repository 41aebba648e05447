"""The scores of published methods, each over a batch of sentences, on one loaded model.

All log-probabilities are natural logarithms (nats), computed in float32 unless another precision
was asked for, and added up in float64. Special tokens, tokens added to the vocabulary later and
unknown words are never scored. Rows are deduplicated and run in batches of one exact length, so
that nothing is padded and a score does not depend on its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cardkit.errors import UsageError
from cardkit.probe.attention import received
from cardkit.probe.causal import CausalLM, load_causal
from cardkit.probe.fill import Candidate, candidates
from cardkit.probe.forward import BATCH_TOKENS, score
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate
from cardkit.probe.record import Skipped
from cardkit.probe.rows import RowTable, add_target
from cardkit.probe.sentences import (
    Floats,
    Ints,
    Sentence,
    add_causal,
    add_masked,
    add_shared,
    add_unmasked,
    sums,
    tokenize,
)
from cardkit.probe.suite import Attribute, Filled, check_templates, fill
from cardkit.probe.words import Problem, encode

BATCH_TOKENS_GPU = 65_536

PLL = "pseudo-log-likelihood"
PAIRS = "pseudo-log-likelihood of the unmodified tokens"
AUL = "all unmasked likelihood"
AULA = "all unmasked likelihood with attention weights"
CAUSAL = "causal log-likelihood"
WORD = "log-probability of a masked word"
BIAS = "log-probability bias"


class SentenceScores(NamedTuple):
    """One score per sentence: arrays of shape (sentences,).

    ``tokens`` counts the tokens scored, ``left_out`` those of the text that were not (unknown,
    special or added ones). ``measure`` names what was computed; different measures do not compare.
    """

    values: Floats
    tokens: Ints
    left_out: Ints
    measure: str


class PairScores(NamedTuple):
    """Scores of the two sentences of each pair, in nats: arrays of shape (pairs,).

    ``tokens`` counts the tokens scored in the first sentence of each pair.
    """

    first: Floats
    second: Floats
    tokens: Ints
    measure: str


class WordScores(NamedTuple):
    """Log-probabilities of words in nats, shape templates × targets × attributes.

    ``values`` is NaN where a cell cannot be scored; ``skipped`` says why, once per word or
    template. ``tokens`` has the same shape and counts the tokens of the target: where two targets
    differ in it, their difference mixes length with preference. 0 where there is no score.
    """

    values: Floats
    tokens: Ints
    skipped: tuple[Skipped, ...]
    measure: str


class BiasScores(NamedTuple):
    """Effects in nats, shape templates × attributes.

    ``values`` holds the cells whose two targets have equally many tokens, ``unequal`` the others;
    each is NaN where the other has its number, and both where a cell cannot be scored, for which
    ``skipped`` gives the reasons.
    """

    values: Floats
    unequal: Floats
    skipped: tuple[Skipped, ...]
    measure: str


@dataclass(frozen=True, slots=True)
class Scorer:
    """A loaded model and the scores that it can give; made by ``Scorer.load``."""

    lm: MaskedLM | CausalLM
    batch_tokens: int = BATCH_TOKENS

    @classmethod
    def load(
        cls,
        model: str,
        *,
        causal: bool = False,
        device: str | None = None,
        dtype: str | None = None,
        batch_tokens: int | None = None,
    ) -> "Scorer":
        """Load a model from a folder or by its name on the Hub; code from the model is never run.

        Args:
            model: folder or name.
            causal: load a causal head instead of a masked one; its scores are another measure.
            device: "cpu", "cuda", "cuda:1" …; by default a GPU if there is one.
            dtype: "float32" (default) or "bfloat16". On a GPU float32 is computed without TF32.
            batch_tokens: tokens in one forward pass; 2,048 by default, 65,536 on a GPU.

        Raises:
            InputError: no such folder.
            ProbeError: it cannot be loaded, or a weight is missing from its checkpoint.
            UsageError: a device or dtype that is not there, or a batch size below 1.
        """
        if batch_tokens is not None and batch_tokens < 1:
            raise UsageError(f"batch_tokens has to be at least 1, not {batch_tokens}")
        located = locate(model)
        place = device or _default_device()
        loader = load_causal if causal else load
        lm: MaskedLM | CausalLM = loader(located, device=place, dtype=dtype or "float32")
        default = BATCH_TOKENS if place.startswith("cpu") else BATCH_TOKENS_GPU
        return cls(lm, batch_tokens or default)

    def top_k(self, texts: Sequence[str], k: int) -> list[tuple[Candidate, ...]]:
        """Return the k likeliest tokens for the one mask of each text, the likeliest first.

        P(w | text) is the softmax over the whole vocabulary at the mask's position. "[MASK]"
        stands for the tokenizer's own mask token, which may be written as well.

        Raises:
            UsageError: a text without exactly one mask or too long, or k below 1.
        """
        if k < 1:
            raise UsageError(f"k has to be at least 1, not {k}")
        lm = self._masked("top_k")
        return candidates(lm, texts, k, what="text", batch_tokens=self.batch_tokens)

    def word_log_prob(
        self,
        templates: Sequence[str],
        targets: Sequence[str],
        attributes: Sequence[str | Attribute],
        mask_attribute: bool = False,
    ) -> WordScores:
        """Return log P(target | rest of the sentence) for every template, target and attribute.

        A word of tokens w₁ … w_k is scored by the chain rule from left to right, its later tokens
        masked (Kauf & Ivanova 2023)::

            log P(word) = Σ_j log P(w_j | w₁ … w_{j−1}, rest)                           [nats]

        With ``mask_attribute`` the attribute is replaced by as many masks as it has tokens: the
        prior of Kurita et al. 2019, read at the target's own masks.

        Args:
            templates: sentences with {target} and {attribute} once each, perhaps {article}.
            targets: words for {target}.
            attributes: words for {attribute}; an ``Attribute`` can bring its article.
            mask_attribute: hide the attribute.

        Raises:
            UsageError: nothing to fill in, or a template without its slots.
        """
        lm = self._masked("word_log_prob")
        words = _attributes(templates, targets, attributes)
        cells = [
            fill(template, target, word)
            for template in templates
            for target in targets
            for word in words
        ]
        values, tokens, skipped = self._words(lm, cells, mask_attribute)
        shape = (len(templates), len(targets), len(words))
        return WordScores(values.reshape(shape), tokens.reshape(shape), skipped, WORD)

    def log_probability_bias(
        self,
        templates: Sequence[str],
        targets: tuple[str, str],
        attributes: Sequence[str | Attribute],
    ) -> BiasScores:
        """Return the log-probability bias of every cell (Kurita et al. 2019).

        ::

            association(w) = log P(w | attribute) − log P(w | attribute masked)
            bias           = association(targets[0]) − association(targets[1])          [nats]

        exp(bias) is the factor by which naming the attribute changes the odds of the first target
        against the second. Arguments and errors as ``word_log_prob``; exactly two targets.
        """
        if len(targets) != 2 or isinstance(targets, str):
            raise UsageError("log_probability_bias compares exactly two targets")
        given = self.word_log_prob(templates, targets, attributes)
        prior = self.word_log_prob(templates, targets, attributes, mask_attribute=True)
        association = given.values - prior.values
        bias = association[:, 0] - association[:, 1]
        same = given.tokens[:, 0] == given.tokens[:, 1]
        values, unequal = np.where(same, bias, np.nan), np.where(same, np.nan, bias)
        return BiasScores(values, unequal, given.skipped, BIAS)

    def pseudo_log_likelihood(self, sentences: Sequence[str]) -> SentenceScores:
        """Return the pseudo-log-likelihood of each sentence (Salazar et al. 2020).

        PLL(s) = Σ_i log P(w_i | s without w_i), one token masked at a time [nats].

        Raises:
            UsageError: a sentence without a token to score, or too long.
        """
        lm = self._masked("pseudo_log_likelihood")
        parts, table = tokenize(lm, sentences), RowTable()
        numbers = [add_masked(table, part, part.scored, lm.mask_id) for part in parts]
        return _scored(parts, sums(self._run(table), numbers), PLL)

    def pair_scores(self, pairs: Sequence[tuple[str, str]]) -> PairScores:
        """Score the two sentences of each pair by what they share (Nangia et al. 2020).

        score(s) = Σ_{u ∈ U} log P(u | s without u), U the tokens that both sentences have, one
        masked at a time [nats]. On a causal model, whose tokens see only what stands before them,
        the log-likelihood of each whole sentence takes its place, and ``measure`` says so.

        Raises:
            UsageError: as ``pseudo_log_likelihood``, or two sentences that share no token.
        """
        if isinstance(self.lm, CausalLM):
            whole = self.log_likelihood([text for pair in pairs for text in pair])
            return PairScores(whole.values[0::2], whole.values[1::2], whole.tokens[0::2], CAUSAL)
        parts, table = tokenize(self.lm, [text for pair in pairs for text in pair]), RowTable()
        numbers: list[list[int]] = []
        for pair, first, second in zip(pairs, parts[0::2], parts[1::2], strict=True):
            asked = add_shared(table, (first, second), self.lm.mask_id)
            if asked is None:
                raise UsageError(f'"{pair[0]}" and "{pair[1]}" share no token')
            numbers += asked
        values = sums(self._run(table), numbers)
        tokens = np.array([len(line) for line in numbers[0::2]], dtype=np.int64)
        return PairScores(values[0::2], values[1::2], tokens, PAIRS)

    def aul(self, sentences: Sequence[str], attention_weighted: bool = False) -> SentenceScores:
        """Return the all unmasked likelihood of each sentence (Kaneko & Bollegala 2022).

        AUL(s) = (1/n) Σ_i log P(w_i | s), nothing masked, one forward pass [nats per token].
        AULA(s) = (1/n) Σ_i α_i log P(w_i | s), with α_i the attention that token i receives, the
        mean over layers, heads and attending tokens (special ones included), not renormalised.

        Raises:
            UsageError: as ``pseudo_log_likelihood``.
            ProbeError: the model gives no attentions.
        """
        lm = self._masked("aul")
        parts, table = tokenize(lm, sentences), RowTable()
        numbers = [add_unmasked(table, part) for part in parts]
        scores = self._run(table)
        if not attention_weighted:
            values = np.array([scores[line].mean() for line in numbers], dtype=np.float64)
            return _scored(parts, values, AUL)
        weights = received(lm, [part.row for part in parts])
        weighted = [
            (scores[line] * attention[list(part.scored)]).mean()
            for line, part, attention in zip(numbers, parts, weights, strict=True)
        ]
        return _scored(parts, np.array(weighted, dtype=np.float64), AULA)

    def log_likelihood(self, sentences: Sequence[str]) -> SentenceScores:
        """Return the log-likelihood of each sentence, on a causal model only.

        log P(s) = Σ_i log P(w_i | start, w₁ … w_{i−1}) [nats], with the tokenizer's token for the
        beginning (or else for the end) of a text as start.

        Raises:
            UsageError: the model is masked, or as ``pseudo_log_likelihood``.
        """
        lm = self.lm
        if not isinstance(lm, CausalLM):
            raise UsageError("log_likelihood needs a causal model: Scorer.load(…, causal=True)")
        parts, table = tokenize(lm, sentences), RowTable()
        numbers = [add_causal(table, part, lm.start_id) for part in parts]
        return _scored(parts, sums(self._run(table), numbers), CAUSAL)

    def _masked(self, method: str) -> MaskedLM:
        if isinstance(self.lm, MaskedLM):
            return self.lm
        raise UsageError(
            f"{method} needs a masked language model; a causal one has log_likelihood and"
            " pair_scores, which are another measure"
        )

    def _run(self, table: RowTable) -> Floats:
        return score(self.lm, table, batch_tokens=self.batch_tokens)

    def _words(
        self, lm: MaskedLM, cells: Sequence[Filled], hidden: bool
    ) -> tuple[Floats, Ints, tuple[Skipped, ...]]:
        table, skipped = RowTable(), dict[Skipped, None]()
        numbers: list[tuple[int, ...]] = []
        for cell, words in zip(cells, encode(lm, cells), strict=True):
            if isinstance(words, Problem):
                span = getattr(cell, words.part, (0, len(cell.text)))
                skipped[Skipped(words.part, cell.text[slice(*span)], words.reason)] = None
                numbers.append(())
            else:
                numbers.append(add_target(table, words, lm.mask_id, attribute_masked=hidden))
        scores = self._run(table)
        values = sums(scores, numbers)
        tokens = np.array([len(line) for line in numbers], dtype=np.int64)
        values[tokens == 0] = np.nan
        return values, tokens, tuple(skipped)


def _attributes(
    templates: Sequence[str], targets: Sequence[str], attributes: Sequence[str | Attribute]
) -> list[Attribute]:
    given = {"templates": templates, "targets": targets, "attributes": attributes}
    for name, values in given.items():
        if isinstance(values, str):
            raise UsageError(f"{name} is one text; a list is needed")
        if not values:
            raise UsageError(f"{name} is empty; there is nothing to fill in")
    words = [Attribute(word) if isinstance(word, str) else word for word in attributes]
    check_templates(templates, words, "templates", "word_log_prob")
    return words


def _scored(parts: Sequence[Sentence], values: Floats, measure: str) -> SentenceScores:
    tokens = np.array([len(part.scored) for part in parts], dtype=np.int64)
    left_out = np.array([part.left_out for part in parts], dtype=np.int64)
    return SentenceScores(values, tokens, left_out, measure)


def _default_device() -> str:
    from cardkit.probe.load import require_extra

    require_extra()
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
