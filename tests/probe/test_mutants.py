"""Each mistake of a published probe, put in on purpose, is seen by at least one check."""

import inspect
import types
from pathlib import Path
from typing import NamedTuple

import pytest
from probe_checks import CHECKS, Folders

from cardkit.probe import forward, load, rows, sentences, words


class Mutant(NamedTuple):
    """A line of a module and the mistake that takes its place."""

    mistake: str
    module: types.ModuleType
    right: str
    wrong: str


QUERY = "numbers.append(add_query(table, Row(tuple(ids), words.types), position, token))"
VALUES = "values = logits[line, wanted_tokens] - normaliser[line]"
MUTANTS = [
    Mutant(
        "random weights",
        load,
        'return model, set(info["missing_keys"])',
        'return auto.from_config(config), set(info["missing_keys"])',
    ),
    Mutant(
        "softmax over positions",
        forward,
        VALUES,
        "values = logits[line, wanted_tokens] - torch.logsumexp(logits, dim=0)[wanted_tokens]",
    ),
    Mutant(
        "sum over the whole vocabulary",
        forward,
        VALUES,
        "values = (logits - normaliser[:, None]).sum(dim=-1)[line]",
    ),
    Mutant(
        "probabilities summed instead of logs",
        sentences,
        "scores[list(line)].sum()",
        "np.exp(scores[list(line)]).sum()",
    ),
    Mutant(
        "prior read at the attribute's mask",
        rows,
        QUERY,
        QUERY.replace("position,", "words.attribute[0] if attribute_masked else position,"),
    ),
    Mutant(
        "prior with one mask for a longer attribute",
        rows,
        QUERY,
        "more = words.attribute[1:] if attribute_masked else ();"
        " numbers.append(add_query(table, Row(tuple(t for p, t in enumerate(ids) if p not in more)),"
        " position - sum(p < position for p in more), token))",
    ),
    Mutant(
        "first sub-token only",
        rows,
        "for position in words.target:",
        "for position in words.target[:1]:",
    ),
    Mutant(
        "missing leading space",
        words,
        "        ids=tuple(ids),",
        "        ids=tuple(masked.tokenizer(sentence.text[slice(*sentence.target)],"
        ' add_special_tokens=False)["input_ids"][0] if (place,) == positions["target"] else token'
        " for place, token in enumerate(ids)),",
    ),
    Mutant(
        "independent marginals for a word of several tokens",
        rows,
        "        ids[position] = token",
        "        pass",
    ),
    Mutant(
        "modified instead of unmodified tokens",
        sentences,
        "    return kept",
        "    return tuple([p for p in sorted(s) if p not in k] for s, k in zip(scored, kept))",
    ),
    Mutant(
        "padding with attended masks",
        forward,
        "torch.tensor([row.ids for row in rows], device=masked.device)",
        "torch.tensor([(*row.ids, *[4] * (-len(row.ids) % 8)) for row in rows])",
    ),
]


def put_in(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the module's functions, wherever they were imported, the code with the mistake."""
    source = inspect.getsource(mutant.module)
    assert source.count(mutant.right) == 1, mutant.mistake
    namespace = dict(vars(mutant.module))
    wrong = source.replace(mutant.right, mutant.wrong)
    exec(compile(wrong, mutant.module.__file__ or "", "exec"), namespace)
    changed = 0
    for name, function in vars(mutant.module).items():
        if (
            isinstance(function, types.FunctionType)
            and function.__module__ == mutant.module.__name__
        ):
            code = namespace[name].__code__
            if code != function.__code__:
                monkeypatch.setattr(function, "__code__", code)
                changed += 1
    assert changed == 1, mutant.mistake


def failing(folders: Folders) -> list[str]:
    """Return the names of the checks that fail."""
    found = []
    for check in CHECKS:
        try:
            check(folders)
        except AssertionError:
            found.append(check.__name__)
    return found


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.mistake)
def test_the_mistake_is_seen(
    mutant: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    bert_folder: Path,
    roberta_folder: Path,
    unigram_folder: Path,
    uniform_folder: Path,
    gpt2_folder: Path,
) -> None:
    folders = Folders(bert_folder, roberta_folder, unigram_folder, uniform_folder, gpt2_folder)
    put_in(mutant, monkeypatch)
    seen = failing(folders)
    assert seen, mutant.mistake
    assert len(seen) < len(CHECKS)  # a module that is merely broken would fail them all
    monkeypatch.undo()


def test_without_a_mistake_nothing_fails(
    bert_folder: Path,
    roberta_folder: Path,
    unigram_folder: Path,
    uniform_folder: Path,
    gpt2_folder: Path,
) -> None:
    folders = Folders(bert_folder, roberta_folder, unigram_folder, uniform_folder, gpt2_folder)
    assert len(MUTANTS) == 11
    assert failing(folders) == []
