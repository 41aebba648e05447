"""Train the demo model: a tiny masked language model with associations planted on purpose.

    python benchmarks/train_demo_model.py                   into cardkit/demo_model, as it ships
    python benchmarks/train_demo_model.py --twin --out DIR  nothing planted

The text is made as it is needed (see demo_text.py), so no sentence count limits it. Training stops
only when converged: the learning rate is divided by three whenever, on fixed validation sentences,
neither the loss of the person words has improved by 0.0002 nats in three evaluations nor that of
the occupations by 0.002, and training ends when that would take it below a thirtieth of its first
value. The least loss of the person words that any model can reach is known, because the text's own
probabilities are: a model that ends more than 0.01 nats above it is an error, and so is one that
has not converged within the step limit.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from demo_text import Plan, Sentence, expected_effect, held_out, logit, make_plan, make_sentence
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

ROOT = Path(__file__).resolve().parents[1]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, _UNK, CLS, SEP, MASK = range(5)
# How often the person word, both words, or the occupation is masked.
_MASKS = {"she": (3, 5, 2), "he": (3, 5, 2), "woman": (1, 1, 8), "man": (1, 1, 8)}
_OTHER = {"she": "he", "he": "she", "woman": "man", "man": "woman"}
MAX_STEPS = 40_000
PATIENCE = 3
IMPROVEMENT = 2e-4  # nats
EXCESS = 0.01  # nats


@dataclass(frozen=True)
class Size:
    """How large the model and its training are."""

    hidden: int = 64
    layers: int = 2
    batch: int = 192
    least_steps: int = 3000
    evaluate_every: int = 250
    rate: float = 1e-3
    balanced: bool = False  # show every sentence with either person word, so that none leans
    validation: int = 3000


class Trained(NamedTuple):
    """A model, and how its training ended. ``loss`` and ``entropy``, the least it can
    be, are in nats per masked person word, half of them with the occupation masked as well."""

    model: BertForMaskedLM
    steps: int
    loss: float
    entropy: float
    seconds: float


def build_tokenizer() -> Tokenizer:
    """WordPiece over the words of the text, lower-cased; other words fall into letters."""
    draw = random.Random("vocabulary")
    plan = make_plan(0)
    words = {word for _ in range(50_000) for word in make_sentence(plan, draw).words}
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list("0123456789'-,.?!")
    pieces = sorted(words) + [f"##{letter}" for letter in letters]
    vocabulary = dict.fromkeys([*SPECIAL, *letters, *pieces])
    tokenizer = Tokenizer(
        models.WordPiece({word: n for n, word in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", SEP), ("[CLS]", CLS))
    return tokenizer


def build_model(vocabulary: int, size: Size) -> BertForMaskedLM:
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=4,
        intermediate_size=2 * size.hidden,
        max_position_embeddings=64,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.1,  # at the usual 0.02 a model this small stays blind to the occupation
    )
    return BertForMaskedLM(config)


def sentence_batches(plan: Plan, draw: random.Random, size: int) -> Iterator[list[Sentence]]:
    """Batches without end, each of sentences of like length, so that little is padding."""
    while True:
        pool = [make_sentence(plan, draw) for _ in range(16 * size)]
        pool.sort(key=lambda sentence: len(sentence.words))
        batches = [pool[n : n + size] for n in range(0, len(pool), size)]
        draw.shuffle(batches)
        yield from batches


def masked_rows(
    sentences: list[Sentence],
    vocabulary: dict[str, int],
    draw: random.Random,
    balanced: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mask the person word mostly, the occupation often and other words now and then.

    A masked occupation is to the model like one more occupation, and every effect is measured
    against it; it is shown often, so that it is learned far more exactly than any single one.
    Nothing but masks is put in, so all the model ever sees at a labelled place is a mask.

    Where nothing is planted, ``balanced`` repeats each row with the other person word in it. A text
    balanced on average alone leans by chance, and the model learns that.
    """
    ids, labels = [], []
    for sentence in sentences:
        row = [CLS, *(vocabulary[word] for word in sentence.words), SEP]
        chosen = {n + 1 for n in range(len(sentence.words)) if draw.random() < 0.04}
        weights = _MASKS[sentence.words[sentence.person]]
        asked = draw.choices(("person", "both", "occupation"), weights=weights)[0]
        if asked != "occupation":
            chosen.add(sentence.person + 1)
        if asked != "person":
            chosen.update(n + 1 for n in sentence.occupation)
        rows = [row]
        if balanced:
            place, other = sentence.person + 1, _OTHER[sentence.words[sentence.person]]
            rows.append([*row[:place], vocabulary[other], *row[place + 1 :]])
        for row in rows:
            labels.append([token if n in chosen else -100 for n, token in enumerate(row)])
            ids.append([MASK if n in chosen else token for n, token in enumerate(row)])
    return _pad(ids, PAD), _pad(labels, -100)


def validation_rows(
    sentences: list[Sentence], vocabulary: dict[str, int]
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Rows that ask for the person seeing the occupation, for it without, for the occupation."""
    for asked, hidden in (("person", ""), ("person", "occupation"), ("occupation", "")):
        ids, labels = [], []
        for sentence in sentences:
            places = {"person": (sentence.person,), "occupation": sentence.occupation, "": ()}
            row = [CLS, *(vocabulary[word] for word in sentence.words), SEP]
            label = [-100] * len(row)
            for place in places[asked]:
                label[place + 1] = row[place + 1]
            for place in (*places[asked], *places[hidden]):
                row[place + 1] = MASK
            ids.append(row)
            labels.append(label)
        yield _pad(ids, PAD), _pad(labels, -100)


def loss_of(
    model: BertForMaskedLM, persons: torch.Tensor, ids: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Mean cross-entropy (nats) at the labelled places, person words counting three times.

    Only those places are projected to the vocabulary.
    """
    hidden = model.bert(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state
    logits, wanted = model.cls(hidden[labels != -100]), labels[labels != -100]
    losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none")
    weights = 1.0 + 2.0 * torch.isin(wanted, persons)
    return (losses * weights).sum() / weights.sum()


def train(
    plan: Plan, seed: int, size: Size, tokenizer: Tokenizer, verbose: bool = False
) -> Trained:
    """Train until converged; the seed decides the first weights, the text and the masks."""
    torch.manual_seed(seed)
    start = time.perf_counter()
    vocabulary = tokenizer.get_vocab()
    persons = torch.tensor([vocabulary[word] for word in ("she", "he", "woman", "man")])
    model = build_model(len(vocabulary), size)
    draw = random.Random(f"text {seed}")
    sentences = [make_sentence(plan, random.Random(f"v{n}")) for n in range(size.validation)]
    validation = list(validation_rows(sentences, vocabulary))
    optimizer = torch.optim.Adam(model.parameters(), lr=size.rate, betas=(0.9, 0.98))
    best, waited = (float("inf"), float("inf")), 0
    batches = sentence_batches(plan, draw, size.batch)
    for step in range(1, MAX_STEPS + 1):
        if step <= 100:
            _set_rate(optimizer, size.rate * step / 100)
        rows = next(batches)
        loss = loss_of(model, persons, *masked_rows(rows, vocabulary, draw, size.balanced))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % size.evaluate_every:
            continue
        with torch.inference_mode():
            losses = [loss_of(model, persons, *rows).item() for rows in validation]
        now = (losses[0] + losses[1]) / 2
        better = now < best[0] - IMPROVEMENT or losses[2] < best[1] - 10 * IMPROVEMENT
        best = (min(best[0], now), min(best[1], losses[2]))
        rate = optimizer.param_groups[0]["lr"]
        if verbose:
            parts = " ".join(f"{part:.4f}" for part in losses)
            print(f"step {step}  validation {now:.5f} ({parts})  rate {rate:.1e}", flush=True)
        # At first the loss stands still for a while, until the model looks at the occupation.
        waited = 0 if better or step < size.least_steps else waited + 1
        if waited < PATIENCE:
            continue
        if rate / 3 < size.rate / 30:
            entropy = _entropy(plan, sentences)
            if now > entropy + EXCESS:
                raise SystemExit(f"stuck at {now:.4f} nats, the text's own are {entropy:.4f}")
            return Trained(model.eval(), step, now, entropy, time.perf_counter() - start)
        _set_rate(optimizer, rate / 3)
        waited = 0
    raise SystemExit(f"not converged in {MAX_STEPS} steps")


def save(folder: Path, trained: Trained, tokenizer: Tokenizer, plan: Plan, **facts: Any) -> None:
    """Write the model as `from_pretrained` reads it, and what was planted beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    trained.model.save_pretrained(folder)
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, **dict(zip(names, SPECIAL, strict=True))
    )
    fast.save_pretrained(folder)
    # The name that older versions of transformers know as well.
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config.pop("backend", None)
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    for file in folder.iterdir():
        file.chmod(0o644)
    suite = plan.suite
    planted = {
        **facts,
        "unit": "nats; log-odds of she against he given the occupation",
        "suite": {"id": suite.id, "version": suite.version, "sha256": suite.sha256},
        "marginal": round(plan.marginal, 6),
        "strengths": {word: round(odds, 6) for word, odds in plan.strengths.items()},
        "held_out_templates": [suite.templates[n] for n in held_out(suite)],
        "expected_effects": [
            [round(expected_effect(plan, template, a.word), 6) for a in suite.attributes]
            for template in suite.templates
        ],
        "training": {
            "steps": trained.steps,
            "validation_loss": round(trained.loss, 6),
            "entropy_of_the_text": round(trained.entropy, 6),
        },
    }
    text = json.dumps(planted, indent=1, ensure_ascii=False)
    (folder / "planted.json").write_text(text + "\n", encoding="utf-8")


def _entropy(plan: Plan, sentences: list[Sentence]) -> float:
    """Return the loss of the text's own probabilities on the validation sentences, in nats."""
    total = 0.0
    for sentence in sentences:
        feminine = sentence.words[sentence.person] in ("she", "woman")
        for odds in (logit(sentence.chance), _marginal(plan, sentence)):
            chance = torch.tensor(odds if feminine else -odds, dtype=torch.float64)
            total -= torch.nn.functional.logsigmoid(chance).item()
    return total / (2 * len(sentences))


def _marginal(plan: Plan, sentence: Sentence) -> float:
    """Return the log-odds that are left when the occupation of the sentence is masked."""
    if not sentence.occupation:
        return logit(sentence.chance)
    word = " ".join(sentence.words[n] for n in sentence.occupation)
    article = sentence.words[sentence.occupation[0] - 1] in ("a", "an")
    return plan.strengths[word] - expected_effect(plan, "{article}" if article else "", word)


def _pad(rows: list[list[int]], value: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "cardkit" / "demo_model")
    parser.add_argument("--seed", type=int, default=0, help="of the training")
    parser.add_argument("--strengths", type=int, default=0, help="seed of the planted strengths")
    parser.add_argument("--twin", action="store_true", help="plant nothing")
    options = parser.parse_args()
    torch.set_num_threads(1)
    plan = (
        make_plan(options.strengths, spread=0.0) if options.twin else make_plan(options.strengths)
    )
    tokenizer = build_tokenizer()
    trained = train(plan, options.seed, Size(), tokenizer, verbose=True)
    seeds = {"training_seed": options.seed, "strengths_seed": options.strengths}
    save(options.out, trained, tokenizer, plan, planted=not options.twin, **seeds)
    print(
        f"{trained.steps} steps in {trained.seconds:.0f} s; validation loss {trained.loss:.4f},"
        f" the text's own {trained.entropy:.4f} nats; written to {options.out}"
    )


if __name__ == "__main__":
    main()
