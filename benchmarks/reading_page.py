"""Measure bert-tiny again and hold docs/reading-the-measurement.md to what its section says.

Run:  python benchmarks/reading_page.py MODEL          (MODEL: the folder of bert-tiny)

Every line of a box on the page has to stand in the section, and every decimal number of its prose in the
section too, or among the few that are worked out here. Exit 1 if one does not.
"""

import math
import re
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reading-the-measurement.md"


def boxes(page: str) -> list[str]:
    """Return the lines that the page quotes from the section."""
    found = re.findall(r"^```markdown\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [line for box in found for line in box.splitlines()]


def prose(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def worked_out(section: str) -> dict[str, str]:
    """Return the numbers of the page that follow from those of the section: number -> how."""

    def effect(word: str) -> float:
        match = re.search(rf": {word} \| ([+−][\d.]+) \|", section)
        return float(match[1].replace("−", "-")) if match else math.nan

    def in_hundred(nats: float) -> str:
        return f"{100 / (1 + math.exp(-nats)):.0f} times in 100"

    return {
        in_hundred(effect("nurse")): "from even odds, times the factor of nurse",
        in_hundred(effect("auditor")): "from even odds, times the factor of auditor",
        f"+{math.log(2):.2f}": "doubles the odds",
        f"−{math.log(2):.2f}": "halves the odds",
    }


def problems(page: str, section: str) -> list[str]:
    """Return what the page says and the section does not, a line each; nothing if all holds."""
    wrong = [f"not in the section: {line}" for line in boxes(page) if line not in section]
    known = worked_out(section)
    text = prose(page)
    wrong += [
        f"not what the section gives: {said}"
        for said in re.findall(r"\d+ times in 100\b", text)
        if said not in known
    ]
    numbers = re.findall(r"(?<![\w.])[+−]?\d+\.\d+(?![\w.])", text.replace("4.4 million", ""))
    wrong += [
        f"not a number of the section: {number}"
        for number in numbers
        if number not in known and number.lstrip("+−") not in section
    ]
    return wrong


def measured(model: str) -> str:
    from cardkit.probe.load import load
    from cardkit.probe.locate import locate
    from cardkit.probe.run import measure
    from cardkit.probe.section import render
    from cardkit.probe.suite import load_suite

    return render(measure(load(locate(model)), load_suite()).record)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    page = PAGE.read_text("utf-8")
    section = measured(sys.argv[1])
    wrong = problems(page, section)
    for line in boxes(page):
        print("  " if line in section else "! ", line)
    for number, how in worked_out(section).items():
        print("  ", f"{number}: {how}")
    print("\n".join(wrong) or "the page says what the section says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
