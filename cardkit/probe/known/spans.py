"""Scores of a word that stands somewhere in a sentence of a benchmark."""

from collections.abc import Callable, Sequence
from functools import partial

from cardkit.probe.known.figures import Floats
from cardkit.probe.known.job import Job
from cardkit.probe.rows import Row, RowTable, add_query, add_target
from cardkit.probe.suite import Filled
from cardkit.probe.words import Problem, Words, encode

Add = Callable[[RowTable, Words, int], Sequence[int]]

#: log P(w_j | w₁ … w_{j−1}, rest), the later tokens masked; the attribute, if any, is read.
given: Add = partial(add_target, attribute_masked=False)
#: The same with the attribute hidden by as many masks as it has tokens.
prior: Add = partial(add_target, attribute_masked=True)


def one_mask(table: RowTable, words: Words, mask_id: int) -> list[int]:
    """Ask for each token of the target after those before it, with nothing where later ones stand.

    So do StereoSet's authors: a single mask at a time.
    """
    stop = words.target[-1] + 1
    numbers = []
    for place in words.target:
        ids = (*words.ids[:place], mask_id, *words.ids[stop:])
        types = None if words.types is None else words.types[: place + 1] + words.types[stop:]
        numbers.append(add_query(table, Row(ids, types), place, words.ids[place]))
    return numbers


def word_log_probs(job: Job, asked: Sequence[tuple[Filled, Add]]) -> list[Floats | None]:
    """Return the log-probabilities of each target's tokens, in nats.

    None where it has no score: a word that the tokenizer does not keep apart, an unknown word
    anywhere in the sentence, a sentence longer than the model reads.
    """
    table, numbers = RowTable(), list[list[int] | None]()
    for words, (_, add) in zip(encode(job.lm, [one for one, _ in asked]), asked, strict=True):
        if isinstance(words, Problem):
            numbers.append(None)
        else:
            numbers.append(list(add(table, words, job.lm.mask_id)))
    found = job.score(table)
    return [None if line is None else found[line] for line in numbers]
