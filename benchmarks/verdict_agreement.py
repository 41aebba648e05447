"""Compare cardkit's verdict on real cards with a small checker over js-yaml and Joi.

Run:  npm install --no-package-lock --prefix tests/js
      python benchmarks/verdict_agreement.py SHARED

Compared are the verdict (ok, warning, error), the fields that are wrong, and the Hub's own words. The
checker (tests/js/verdict.cjs) knows nothing of cardkit but its lists of ids.
"""

import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cardkit.text import Source
from tests.hub_verdict import disagreement, write_lists
from tests.reference import ask, node_folder


def main(shared: str) -> None:
    if node_folder() is None:
        sys.exit("node, or the packages of tests/js/package.json, are not there: see the docstring")
    with tarfile.open(Path(shared, "cards", "cards.tar.xz")) as tar:
        cards = {
            member.name: file.read()
            for member in tar
            if member.isfile() and (file := tar.extractfile(member))
        }
    with tempfile.TemporaryDirectory() as folder:
        lists = write_lists(Path(folder))
        answers = ask("verdict.cjs", [Source(data).text for data in cards.values()], lists)
    found = {}
    for (name, data), answer in zip(cards.items(), answers, strict=True):
        if kind := disagreement(data, answer):
            found[name] = kind
    statuses = Counter(answer["status"] for answer in answers)
    print(f"{len(cards)} cards: " + ", ".join(f"{n} {s}" for s, n in sorted(statuses.items())))
    words = sum(kind == "other words" for kind in found.values())
    print(f"same verdict and fields: {1 - (len(found) - words) / len(cards):.4%}")
    print(f"the same words too: {1 - len(found) / len(cards):.4%}")
    for name, kind in found.items():
        print(f"  {kind}: {name}")


if __name__ == "__main__":
    main(sys.argv[1])
