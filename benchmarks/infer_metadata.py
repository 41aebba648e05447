"""Compare pipeline_tag and library_name inferred from files with what the Hub had (2022).

usage: python benchmarks/infer_metadata.py [hub_infos.jsonl.xz]

For each repository of the shared 2022 cards there is its file list and the part of its config that
the Hub kept. The Hub's own values come from the same files *and* from the card's metadata.
"""

import json
import lzma
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from cardkit.facts.layouts import infer_libraries
from cardkit.facts.transformers_config import infer_task

DEFAULT = Path(__file__).parents[2] / "shared" / "cards" / "hub_infos.jsonl.xz"
# Tasks that the Hub has retired since, and what it calls them now; None: it split into several.
RENAMED = {"conversational": "text-generation", "text2text-generation": None}


def infer(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return (library, task) as cardkit's readers infer them."""
    names = [item["rfilename"] for item in row["siblings"]]
    config = row.get("config") or {}
    kinds = [library for library, _ in infer_libraries(names)]
    library = "sentence-transformers" if "sentence-transformers" in kinds else None
    if library is None and "adapter_transformers" in config:
        library = "adapter-transformers"
    if library is None and config.get("model_type"):
        library = "transformers"
    library = library or next(iter(kinds), None)
    architectures = config.get("architectures") or []
    if library == "sentence-transformers":
        return library, "sentence-similarity"
    task = None
    if len(architectures) == 1:
        task = infer_task(architectures[0], config.get("model_type"))
    return library, task


def main(path: str) -> None:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for field in ("library_name", "pipeline_tag"):
        had = told = right = 0
        other: Counter[tuple[str, str]] = Counter()
        silent: Counter[str] = Counter()
        for row in rows:
            theirs = row.get(field)
            ours = infer(row)[field == "pipeline_tag"]
            if theirs is None:
                continue
            had += 1
            if ours is None:
                silent[theirs] += 1
                continue
            told += 1
            if ours == theirs or ours == RENAMED.get(theirs, theirs):
                right += 1
            else:
                other[theirs, ours] += 1
        print(f"{field}: the Hub had one for {had} of {len(rows)} repositories")
        print(f"  the files tell {told}; the same {right} ({100 * right / told:.1f} %)")
        print("  differ (Hub, files):", *(f"{a} / {b}: {n};" for (a, b), n in other.most_common()))
        print("  the files do not tell:", *(f"{a}: {n};" for a, n in silent.most_common()))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT))
