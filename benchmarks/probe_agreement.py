"""How far the probe's numbers are from plain code that scores one sentence at a time.

    python benchmarks/probe_agreement.py

Every cell of the suite, on three models with random weights: BERT (WordPiece), RoBERTa (byte-level
BPE) and ALBERT (SentencePiece), whose vocabularies split many occupations. The plain code is
that of the tests (tests/probe/probe_plain.py): it shares nothing with the package.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "probe"))

import probe_plain as plain
from probe_models import build_albert, build_bert, build_roberta

from cardkit.probe import sanity
from cardkit.probe.association import effects
from cardkit.probe.load import load
from cardkit.probe.locate import locate
from cardkit.probe.quiet import quiet
from cardkit.probe.run import measure
from cardkit.probe.suite import load_suite

SUITE = load_suite()


def compare(name: str, build: Callable[[Path], Path]) -> float:
    with tempfile.TemporaryDirectory() as folder, quiet():
        masked = load(locate(str(build(Path(folder) / "model"))))
        found = effects(measure(masked, SUITE).cells)
    expected = np.empty_like(found)
    for t, template in enumerate(SUITE.templates):
        for a, word in enumerate(SUITE.attributes):
            she, he = (
                plain.association(
                    masked.model, masked.tokenizer, template, target, word.word, word.article
                )
                for target in (SUITE.positive, SUITE.negative)
            )
            expected[t, a] = she - he
    distance = float(np.abs(found - expected).max())
    split = sum(len(masked.tokenizer.tokenize(" " + a.word)) > 1 for a in SUITE.attributes)
    print(
        f"{name:<22} {found.size} cells, {split} of {len(SUITE.attributes)} occupations of several"
        f" tokens, mean size {np.abs(found).mean():.2f} nats; furthest apart {distance:.1e} nats",
        flush=True,
    )
    return distance


def main() -> None:
    torch.set_num_threads(1)
    sanity.LEAST = float("-inf")  # random weights cannot read; here only the arithmetic is asked
    distances = [
        compare("BERT, WordPiece", build_bert),
        compare("RoBERTa, BPE", build_roberta),
        compare("ALBERT, SentencePiece", build_albert),
    ]
    sys.exit(max(distances) > 1e-4)


if __name__ == "__main__":
    main()
