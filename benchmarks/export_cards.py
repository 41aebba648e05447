"""Export all real cards that cover limitations; validate them, and compare the texts.

usage: python benchmarks/export_cards.py [cards.tar.xz] [--show N]
"""

import argparse
import json
import random
import re
import tarfile
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from cardkit.card import Card
from cardkit.export.cyclonedx import to_cyclonedx
from cardkit.text import Source

DEFAULT = Path(__file__).parents[2] / "shared" / "cards" / "cards.tar.xz"
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
VALIDATORS = {
    "1.6": JsonStrictValidator(SchemaVersion.V1_6),
    "1.7": JsonStrictValidator(SchemaVersion.V1_7),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path", nargs="?", default=str(DEFAULT))
    parser.add_argument("--show", type=int, default=0, help="print so many texts, drawn at random")
    options = parser.parse_args()
    covered = invalid = other = 0
    texts: list[tuple[str, str]] = []
    with tarfile.open(options.path) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            card = Card(Source(file.read(), member.name))
            if card.source.problem or card.verdicts["limitations"].level != "covered":
                continue
            covered += 1
            for version, validator in VALIDATORS.items():
                written = to_cyclonedx(card, version=version)
                invalid += validator.validate_str(written) is not None
            told = json.loads(written)["components"][0]["modelCard"]["considerations"]
            text = told["technicalLimitations"][0]
            texts.append((member.name, text))
            shown = COMMENT.sub("", card.text)
            other += not all(part in shown for part in text.split("\n\n"))
    print(f"{covered} cards cover limitations; invalid by the schema of 1.6 or 1.7: {invalid};")
    print(f"  with a text that the card does not have: {other}")
    for name, text in random.Random(0).sample(texts, min(options.show, len(texts))):
        print(f"\n--- {name}\n{text[:400]}")


if __name__ == "__main__":
    main()
