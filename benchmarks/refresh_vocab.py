"""Refresh schemas/vocab from the packages that the Hub's lists come from; or write a file for --vocab.

Run:  npm install --prefix FOLDER @huggingface/tasks @huggingface/languages
      python benchmarks/refresh_vocab.py FOLDER [--licenses repositories-licenses.md]
                                                [--metrics EVALUATE] [--output lists.json]

Tasks, libraries and languages are read from the two packages (node is needed). Licences come from the
table of hub-docs (docs/hub/repositories-licenses.md), metrics from the folders of a checkout of
evaluate (metrics/, comparisons/, measurements/). What is not given stays. Spellings, hints and retired
names are cardkit's own and stay. It prints what came and what went.
"""

import argparse
import json
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

VOCAB = Path(__file__).parents[1] / "schemas" / "vocab"
SCRIPT = """
import { PIPELINE_DATA, MODEL_LIBRARIES_UI_ELEMENTS } from "@huggingface/tasks";
import { LANGUAGES_ISO_639_1, LANGUAGES_ISO_639_3 } from "@huggingface/languages";
const names = (of, key) => Object.fromEntries(Object.entries(of).map(([id, item]) => [id, item[key]]));
console.log(JSON.stringify({
  tasks: names(PIPELINE_DATA, "name"),
  libraries: names(MODEL_LIBRARIES_UI_ELEMENTS, "prettyLabel"),
  languages: names(LANGUAGES_ISO_639_1, "name"),
  more: Object.keys(LANGUAGES_ISO_639_3),
}));
"""
ROW = re.compile(r"^\|\s*([^|]+?)\s*\|\s*`?([a-z0-9][a-z0-9.+-]*)`?\s*\|", re.MULTILINE)


def from_packages(folder: Path) -> dict[str, Any]:
    command = ["node", "--input-type=module", "--eval", SCRIPT]
    printed = subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def from_table(file: Path) -> dict[str, str]:
    rows = ROW.findall(file.read_text("utf-8"))
    return {id_: name for name, id_ in rows if set(id_) - {"-"}}


def from_evaluate(folder: Path) -> list[str]:
    kinds = ("metrics", "comparisons", "measurements")
    return sorted(
        {path.name for kind in kinds for path in (folder / kind).iterdir() if path.is_dir()}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--licenses", type=Path)
    parser.add_argument("--metrics", type=Path)
    parser.add_argument(
        "--output", type=Path, help="write a file for `cardkit lint --vocab` instead"
    )
    parser.add_argument("--as-of", default=date.today().isoformat())
    options = parser.parse_args()
    packages = from_packages(options.folder)
    lists: dict[str, dict[str, str]] = {
        name: packages[name] for name in ("tasks", "libraries", "languages")
    }
    if options.licenses:
        lists["licenses"] = from_table(options.licenses)
    if options.metrics:
        lists["metrics"] = {name: name for name in from_evaluate(options.metrics)}
    written: dict[str, Any] = {}
    for name, ids in lists.items():
        file = VOCAB / f"{name}.json"
        data = json.loads(file.read_text("utf-8"))
        report(name, set(data["ids"]), set(ids))
        # A name that cardkit has chosen, such as a metric's, is kept.
        data["ids"] = {id_: data["ids"].get(id_, label) for id_, label in ids.items()}
        data["as_of"] = options.as_of
        if name == "languages":
            more = [code for code in packages["more"] if code not in ids]
            report("languages, ISO 639-3", set(data["more_ids"].split()), set(more))
            data["more_ids"] = " ".join(more)
        if options.output is None:
            text = json.dumps(data, ensure_ascii=False, indent=1)
            file.write_text(text + "\n", "utf-8")
        every = [*data["ids"], *data.get("more_ids", "").split()]
        written[name] = {"as_of": options.as_of, "ids": every}
    if options.output:
        options.output.write_text(json.dumps(written, ensure_ascii=False) + "\n", "utf-8")


def report(name: str, before: set[str], after: set[str]) -> None:
    came, went = sorted(after - before), sorted(before - after)
    print(
        f"{name}: {len(after)}; new: {', '.join(came) or 'none'}; gone: {', '.join(went) or 'none'}"
    )


if __name__ == "__main__":
    main()
