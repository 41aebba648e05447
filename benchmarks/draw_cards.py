"""Draw the cards that people label by hand, stratified and with a fixed seed.

Run:  python benchmarks/draw_cards.py SHARED > tests/labels/drawn.jsonl

SHARED is the folder that holds cards/index.jsonl and cards/cards.tar.xz. The output names each card
by file and hash only. Near-duplicates count once (one card a cluster), so that no card of one half
has a twin in the other. Patterns only propose candidates for a stratum; what a card really says is
for the reader to decide. The random stratum is drawn without any pattern, from what is left.
"""

import json
import random
import re
import sys
import tarfile
from pathlib import Path

SEED = 20261123
MAX_BYTES = 30_000
PER_HALF = {"limits": 42, "scope": 22, "foreign": 24, "random": 32}
LIMITS = re.compile(
    r"limitation|\bbias|\brisks?\b|caveat|ethic|stereotyp|harmful|offensive"
    r"|局限|限制|偏见|偏見|风险|風險|制限|バイアス|한계|편향",
    re.IGNORECASE,
)
SCOPE = re.compile(
    r"out[- ]of[- ]scope|misuse|should not be used|not (?:be )?(?:suitable|intended|meant)"
    r"|must not|do not use|prohibit|high[- ]stakes|不得|不适|不適|不应|禁止",
    re.IGNORECASE,
)
CJK = re.compile(
    r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff\u0900-\u0dff]"
)


def stratum(row: dict, text: str) -> list[str]:
    """Return the strata a card may stand for."""
    found = []
    if row["lang"] not in ("en", "und") or len(CJK.findall(text)) > 0.05 * len(text):
        found.append("foreign")
    if SCOPE.search(text):
        found.append("scope")
    if LIMITS.search(text):
        found.append("limits")
    return found


def main(shared: str) -> None:
    cards = Path(shared, "cards")
    rows = [json.loads(line) for line in Path(cards, "index.jsonl").read_text("utf-8").splitlines()]
    with tarfile.open(Path(cards, "cards.tar.xz")) as tar:
        texts = {
            member.name.removeprefix("./"): tar.extractfile(member)
            .read()
            .decode("utf-8", "replace")
            for member in tar
            if member.isfile()
        }
    rng = random.Random(SEED)
    rng.shuffle(rows)
    clusters: set[int] = set()
    pools: dict[str, list[dict]] = {name: [] for name in PER_HALF}
    for row in rows:
        if row["cluster"] in clusters or row["bytes"] > MAX_BYTES:
            continue
        clusters.add(row["cluster"])
        names = stratum(row, texts[row["file"]])
        # A card stands in the rarest stratum it fits; the random one takes from all the rest.
        pools[names[0] if names else "random"].append(row)
    taken: set[str] = set()
    drawn = []
    for name in ("foreign", "scope", "limits", "random"):
        pool = pools[name]
        if name == "random":
            pool = [row for rows_ in pools.values() for row in rows_ if row["file"] not in taken]
            rng.shuffle(pool)
        for i, row in enumerate(pool[: 2 * PER_HALF[name]]):
            taken.add(row["file"])
            half = "work" if i % 2 == 0 else "held"
            drawn.append(
                {"file": row["file"], "sha256": row["sha256"], "half": half, "stratum": name}
            )
    for item in sorted(drawn, key=lambda item: (item["half"], item["file"])):
        print(json.dumps(item))


if __name__ == "__main__":
    main(sys.argv[1])
