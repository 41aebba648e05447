"""Measure what linting costs: one small card as a process, and all rules on many cards.

Run:  python benchmarks/lint_speed.py [SHARED]

CPU time (user and system) of whole processes, the smallest of several runs each, taken in turn so
that a noisy machine disturbs all alike. The bound is the process that only imports what linting
stands on. With SHARED (the folder of real cards) also CPU a card over all of them, in one process.
"""

import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

RUNS = 15
CARD = (
    """---
license: mit
language: en
pipeline_tag: text-classification
library_name: transformers
base_model: google-bert/bert-base-cased
tags: [email]
datasets: [imdb]
metrics: [accuracy]
---
# Mail sorter

A classifier of English mail, fine-tuned from BERT base on 12,000 letters.

## Intended uses & limitations

You can use it for sorting your own mail. It may not work well on letters of more than 512 words.

## How to use

```python
from transformers import pipeline
pipeline("text-classification", "me/mail-sorter")("Dear Ms Smith")
```

## Bias, Risks, and Limitations

The model may produce biased results. More information needed

## Training procedure

- learning rate: 2e-5
- epochs: 3

## Evaluation results

| split | accuracy |
|---|---|
| test | 0.93 |

"""
    + "Letters were read by three people, who agreed on most of them.\n\n" * 48
)


def cpu(command: list[str], env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, env=env, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: list[str]) -> None:
    program = Path(sysconfig.get_path("scripts"), "cardkit")
    with tempfile.TemporaryDirectory() as folder:
        card = Path(folder, "README.md")
        card.write_text(CARD, "utf-8")
        blocker = Path(folder, "no_rust")
        blocker.mkdir()
        (blocker / "jsonschema_rs.py").write_text("raise ImportError\n", "utf-8")
        for engine in ("jsonschema_rs", "jsonschema"):
            env = dict(os.environ)
            env.pop("PYTHONDONTWRITEBYTECODE", None)
            if engine == "jsonschema":
                env["PYTHONPATH"] = str(blocker)
            parts = f"click, yaml, markdown_it, {engine}"
            commands = {
                "python -c pass": [sys.executable, "-c", "pass"],
                f"import {parts}": [sys.executable, "-c", f"import {parts}"],
                "cardkit lint (4 kB card)": [str(program), "lint", str(card)],
            }
            best = dict.fromkeys(commands, float("inf"))
            for command in commands.values():
                cpu(command, env)  # the first run writes the byte code
            for _ in range(RUNS):
                for name, command in commands.items():
                    best[name] = min(best[name], cpu(command, env))
            bare, floor, lint = best.values()
            print(f"schema engine: {engine}")
            for name, seconds in best.items():
                print(f"  {name:52} {seconds * 1000:7.1f} ms  {seconds / bare:5.1f} x bare")
            print(f"  cardkit lint / imports alone: {lint / floor:.2f}")
    if arguments:
        many(Path(arguments[0]))


def many(shared: Path) -> None:
    import gc
    import tarfile

    from cardkit.card import Card
    from cardkit.cli import COLLECT_AFTER
    from cardkit.engine import lint
    from cardkit.selection import select
    from cardkit.text import Source

    with tarfile.open(shared / "cards" / "cards.tar.xz") as tar:
        data = [
            file.read() for member in tar if member.isfile() and (file := tar.extractfile(member))
        ]
    gc.set_threshold(COLLECT_AFTER)  # as every command does
    selection = select("accountable", ["ALL"])
    lint(Card(Source(data[0])), selection)
    times = []
    for item in data:
        start = time.process_time()
        lint(Card(Source(item)), selection)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    print(
        f"all rules on {len(data)} cards: mean {sum(times) / len(times):.2f} ms of CPU a card, "
        f"median {times[len(times) // 2]:.2f}, p99 {times[int(len(times) * 0.99)]:.1f}, "
        f"largest {times[-1]:.0f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
