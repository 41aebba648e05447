"""Peak memory of a measurement with a vocabulary of 250,002 words.

    python benchmarks/probe_memory.py                            the shape of XLM-R base, random weights
    python benchmarks/probe_memory.py --hidden 128 --layers 2    quick

In a process of its own: the model is loaded, the default suite measured, and the all unmasked
likelihood of a sentence of 500 tokens computed, for which all positions are projected to the vocabulary. Peak
is the largest resident size (VmHWM, elsewhere than on Linux ru_maxrss). Printed are the peak beyond what the process held once the
model was loaded and all its weights had been read, and the peak beyond the weights alone, which
counts Python, torch and transformers as well.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import cardkit

TOKENIZER = Path(cardkit.__file__).parent / "demo_model"
VOCABULARY = 250_002


def build(folder: Path, hidden: int, layers: int) -> None:
    """An XLM-R with random weights; the words of the demo model are its first ones."""
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaForMaskedLM

    from cardkit.probe.quiet import quiet

    config = XLMRobertaConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=max(1, hidden // 64),
        intermediate_size=4 * hidden,
        max_position_embeddings=514,
        type_vocab_size=1,
    )
    with quiet():
        XLMRobertaForMaskedLM(config).save_pretrained(folder)
        AutoTokenizer.from_pretrained(TOKENIZER).save_pretrained(folder)


def peak() -> float:
    """Return the largest resident size so far, in MB."""
    # ru_maxrss begins with the size of the process that started this one; VmHWM does not.
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def measured(folder: str) -> None:
    from cardkit.probe import Scorer, sanity
    from cardkit.probe.quiet import quiet
    from cardkit.probe.run import measure
    from cardkit.probe.suite import load_suite
    from cardkit.probe.threads import limit_threads

    limit_threads()
    sanity.LEAST = float("-inf")  # random weights cannot read; here only memory is asked
    with quiet():
        scorer = Scorer.load(folder, device="cpu")
        weights = list(scorer.lm.model.parameters())
        size = sum(one.numel() * one.element_size() for one in weights) / 1e6
        for one in weights:
            one.sum()  # so that the file is in memory before, and not counted as the probe's
        loaded = peak()
        measure(scorer.lm, load_suite())
        suite = peak()
        words = scorer.lm.tokenizer("she", add_special_tokens=False)["input_ids"]
        scorer.aul([" ".join(["she"] * (500 // len(words)))])
    print(f"  weights {size:.0f} MB; the process with the model loaded {loaded:.0f} MB")
    for name, most in (("default suite", suite), ("and a sentence of 500 tokens", peak())):
        print(
            f"  {name:<28} peak {most:.0f} MB: {most - loaded:.0f} beyond the loaded model,"
            f" {most - size:.0f} beyond its weights"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--step", choices=["build", "measure"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "build":
        build(Path(options.folder), options.hidden, options.layers)
        return
    if options.step == "measure":
        measured(options.folder)
        return
    print(
        f"vocabulary {VOCABULARY:,}, hidden size {options.hidden}, {options.layers} layers",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as name:
        # Where ru_maxrss is all there is, the building, which takes much memory, must not count.
        for step in ("build", "measure"):
            shape = ["--hidden", str(options.hidden), "--layers", str(options.layers)]
            command = [sys.executable, __file__, *shape, "--step", step, "--folder", name]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
