"""Texts of YAML with something changed, as people and tools change it: for differential tests."""

import random
from collections.abc import Callable, Iterator

_CHARACTERS = [
    *"\t:\"'{}[]@`%&*!|>#-?,~=<",
    "---",
    "...",
    "\n---\n",
    "\n...\n",
    ": ",
    " #",
    "- ",
    "{{ x }}",
    "!!str ",
    "!!int ",
    "!!binary ",
    "!!set ",
    "!!omap ",
    "!mine ",
    "!",
    "&a ",
    "*a",
    "<<: ",
    "<<: *a",
    "? ",
    "|\n",
    ">-\n",
    "\r",
    "\r\n",
    "\x00",
    "\x07",
    "\x85",
    "\u2028",
    "\ufeff",
    "\u00a0",
    "\U0001f600",
    "%YAML 1.2\n",
    "%TAG ! x\n",
    "\\",
    '"\\x"',
    "0o17",
    "1_000",
    "2024-01-01",
    "0x1F",
    ".inf",
    "1e400",
    "null",
    "~",
    "yes",
    "[a, b]",
    "{a: b}",
    "a: b",
]


def _place(rng: random.Random, text: str) -> int:
    return rng.randrange(len(text) + 1)


def _drop(rng: random.Random, text: str) -> str:
    at = _place(rng, text)
    return text[:at] + text[at + rng.choice((1, 1, 1, 2, 4)) :]


def _double(rng: random.Random, text: str) -> str:
    at = _place(rng, text)
    return text[: at + 1] + text[at:]


def _swap(rng: random.Random, text: str) -> str:
    at = _place(rng, text)
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def _insert(rng: random.Random, text: str) -> str:
    at = _place(rng, text)
    return text[:at] + rng.choice(_CHARACTERS) + text[at:]


def _in_lines(change: Callable[[random.Random, list[str], int], None]) -> "Mutation":
    def mutate(rng: random.Random, text: str) -> str:
        lines = text.split("\n")
        change(rng, lines, rng.randrange(len(lines)))
        return "\n".join(lines)

    return mutate


def _drop_line(rng: random.Random, lines: list[str], i: int) -> None:
    del lines[i]


def _double_line(rng: random.Random, lines: list[str], i: int) -> None:
    lines.insert(rng.randrange(len(lines) + 1), lines[i])


def _swap_lines(rng: random.Random, lines: list[str], i: int) -> None:
    other = rng.randrange(len(lines))
    lines[i], lines[other] = lines[other], lines[i]


def _join_lines(rng: random.Random, lines: list[str], i: int) -> None:
    if i + 1 < len(lines):
        lines[i : i + 2] = [lines[i] + rng.choice(("", " ")) + lines[i + 1]]


def _indent(rng: random.Random, lines: list[str], i: int) -> None:
    lines[i] = rng.choice((" ", "  ", "    ", "\t")) + lines[i]


def _outdent(rng: random.Random, lines: list[str], i: int) -> None:
    bare = lines[i].lstrip(" ")
    lines[i] = lines[i][rng.choice((1, 2)) :] if bare != lines[i] else " " + bare


def _start_value(rng: random.Random, lines: list[str], i: int) -> None:
    key, colon, value = lines[i].partition(":")
    lines[i] = key + colon + rng.choice((" ", "")) + rng.choice(_CHARACTERS) + value.lstrip()


def _start_line(rng: random.Random, lines: list[str], i: int) -> None:
    lines[i] = rng.choice(_CHARACTERS) + lines[i]


def _end_line(rng: random.Random, lines: list[str], i: int) -> None:
    lines[i] += rng.choice(_CHARACTERS)


Mutation = Callable[[random.Random, str], str]
MUTATIONS: dict[str, Mutation] = {
    "drop": _drop,
    "double": _double,
    "swap": _swap,
    "insert": _insert,
    "drop line": _in_lines(_drop_line),
    "double line": _in_lines(_double_line),
    "swap lines": _in_lines(_swap_lines),
    "join lines": _in_lines(_join_lines),
    "indent": _in_lines(_indent),
    "outdent": _in_lines(_outdent),
    "start value": _in_lines(_start_value),
    "start line": _in_lines(_start_line),
    "end line": _in_lines(_end_line),
}


def mutations(texts: list[str], count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (names of the changes, text), each of a text drawn at random, with one to three changes."""
    rng = random.Random(seed)
    for _ in range(count):
        text = rng.choice(texts)
        names = rng.choices(list(MUTATIONS), k=rng.choice((1, 1, 2, 3)))
        for name in names:
            text = MUTATIONS[name](rng, text)
        yield ", ".join(names), text
