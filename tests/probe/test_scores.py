"""The scores: against plain code written separately, and the identities any right score obeys."""

from dataclasses import replace

import numpy as np
import probe_plain as plain
import pytest
import torch

from cardkit.probe import association
from cardkit.probe.forward import score
from cardkit.probe.load import MaskedLM
from cardkit.probe.locate import locate as locate_model
from cardkit.probe.rows import Query, Row, RowTable, add_query, add_target
from cardkit.probe.suite import Attribute, Suite, fill, load_suite
from cardkit.probe.words import Problem, Words, encode

SUITE = load_suite()


def small(suite: Suite = SUITE, templates: int = 14, step: int = 4) -> Suite:
    """Fewer attributes, to keep the slow comparison bearable."""
    return replace(
        suite, templates=suite.templates[:templates], attributes=suite.attributes[::step]
    )


def effects_of(masked: MaskedLM, suite: Suite, **options: int) -> np.ndarray:
    table = RowTable()
    grid = association.plan(masked, suite, table)
    return association.effects(association.cell_scores(grid, score(masked, table, **options)))


def test_agrees_with_one_sentence_at_a_time(any_model: MaskedLM) -> None:
    suite = small()
    model, tokenizer = any_model.model, any_model.tokenizer
    measured = effects_of(any_model, suite)
    lengths = set()
    for t, template in enumerate(suite.templates):
        for a, word in enumerate(suite.attributes):
            she, he = (
                plain.association(model, tokenizer, template, target, word.word, word.article)
                for target in ("she", "he")
            )
            assert measured[t, a] == pytest.approx(she - he, abs=1e-4)
            lengths.add(len(tokenizer.tokenize(" " + word.word)))
    assert len(lengths) > 2  # the vocabulary did split words
    assert np.abs(measured).mean() > 0.01  # and the model did have opinions


def test_controls_agree_with_one_sentence_at_a_time(any_model: MaskedLM) -> None:
    table = RowTable()
    grid = association.plan_controls(any_model, SUITE, table)
    measured = association.effects(association.cell_scores(grid, score(any_model, table)))
    assert len(grid.attributes) == 20
    for a, word in enumerate(grid.attributes[:6]):
        for t in (0, 2, 9):
            she, he = (
                plain.association(
                    any_model.model, any_model.tokenizer, grid.templates[t], target, word.word, None
                )
                for target in ("she", "he")
            )
            assert measured[t, a] == pytest.approx(she - he, abs=1e-4)


def test_swapping_the_targets_swaps_the_sign(any_model: MaskedLM) -> None:
    suite = small(step=7)
    swapped = replace(suite, positive=suite.negative, negative=suite.positive)
    np.testing.assert_array_equal(effects_of(any_model, suite), -effects_of(any_model, swapped))


def test_equal_targets_have_no_effect(any_model: MaskedLM) -> None:
    suite = replace(small(step=7), negative="she")
    assert not effects_of(any_model, suite).any()


@pytest.mark.parametrize("batch_tokens", [1, 50, 100_000])
def test_batch_size_changes_nothing(any_model: MaskedLM, batch_tokens: int) -> None:
    suite = small(step=7)
    expected = effects_of(any_model, suite)
    np.testing.assert_allclose(
        effects_of(any_model, suite, batch_tokens=batch_tokens), expected, atol=1e-5
    )


def test_order_and_doubles_change_nothing(any_model: MaskedLM) -> None:
    suite = small(step=7)
    back = replace(suite, templates=suite.templates[::-1], attributes=suite.attributes[::-1] * 2)
    n = len(suite.attributes)
    turned = effects_of(any_model, back)
    np.testing.assert_allclose(turned[::-1, n - 1 :: -1], effects_of(any_model, suite), atol=1e-5)
    np.testing.assert_array_equal(turned[:, :n], turned[:, n:])


def test_a_model_blind_to_its_context_has_no_effect(unigram_folder) -> None:
    from cardkit.probe.load import load

    masked = load(locate_model(str(unigram_folder)))
    table = RowTable()
    grid = association.plan(masked, SUITE, table)
    cells = association.cell_scores(grid, score(masked, table))
    assert np.ptp(cells[0]) < 1e-5  # log P(she) is the same everywhere …
    assert abs(cells[0, 0, 0] - cells[1, 0, 0]) > 0.01  # … and is not that of "he"
    assert np.abs(association.effects(cells)).max() < 1e-5


def words_of(masked: MaskedLM, template: str, target: str, attribute: str) -> Words:
    words = encode(masked, [fill(template, target, Attribute(attribute, "a"))])[0]
    assert isinstance(words, Words)
    return words


def test_a_word_of_several_tokens_follows_the_chain_rule(bert: MaskedLM) -> None:
    words = words_of(bert, "The {attribute} said {target} could start.", "housekeeper", "nurse")
    assert len(words.target) > 2
    table = RowTable()
    numbers = add_target(table, words, bert.mask_id, attribute_masked=False)
    rows = list(table.rows)
    for step, place in enumerate(words.target):
        ids = rows[step].ids
        assert ids[place] == bert.mask_id
        assert all(ids[p] == words.ids[p] for p in words.target[:step])  # earlier ones are read
        assert all(ids[p] == bert.mask_id for p in words.target[step:])  # later ones are hidden
    log_probability = score(bert, table)[list(numbers)].sum()
    expected = plain.log_prob(bert.model, bert.mask_id, list(words.ids), list(words.target), [])
    assert log_probability == pytest.approx(expected, abs=1e-4)


def test_chain_rule_sums_to_one_over_all_pairs_of_tokens(bert: MaskedLM) -> None:
    words = words_of(bert, "The {attribute} said {target} could start.", "she is", "nurse")
    assert len(words.target) == 2
    first, second = words.target
    masked_ids = list(words.ids)
    masked_ids[first] = masked_ids[second] = bert.mask_id
    table = RowTable()
    head = [
        add_query(table, Row(tuple(masked_ids)), first, token) for token in range(bert.vocabulary)
    ]
    tails = {}
    for token in (7, 50, 123):
        masked_ids[first] = token
        tails[token] = [
            add_query(table, Row(tuple(masked_ids)), second, other)
            for other in range(bert.vocabulary)
        ]
    scores = score(bert, table)
    assert np.exp(scores[head]).sum() == pytest.approx(1, abs=1e-5)
    for token, tail in tails.items():
        joint = np.exp(scores[head[token]] + scores[tail]).sum()
        assert joint == pytest.approx(np.exp(scores[head[token]]), rel=1e-5)


@pytest.mark.parametrize(
    "template", ["{target} is a {attribute}.", "The {attribute} said {target} could start."]
)
def test_the_prior_has_a_mask_per_token_and_is_read_at_the_target(
    bert: MaskedLM, template: str
) -> None:
    words = words_of(bert, template, "she", "housekeeper")
    assert len(words.attribute) > 1
    table = RowTable()
    add_target(table, words, bert.mask_id, attribute_masked=True)
    (row,), (query,) = table.rows, table.queries
    masks = [place for place, token in enumerate(row.ids) if token == bert.mask_id]
    assert masks == sorted([*words.target, *words.attribute])
    assert query == Query(0, words.target[0], words.ids[words.target[0]])
    assert len(row.ids) == len(words.ids)


def test_rows_are_shared(bert: MaskedLM) -> None:
    suite = replace(
        small(templates=3), attributes=(Attribute("nurse", "a"), Attribute("chef", "a"))
    )
    table = RowTable()
    association.plan(bert, suite, table)
    # "she" and "he" are one token each: they ask about the same rows.
    lengths = {len(bert.tokenizer.tokenize(word)) for word in ("nurse", "chef")}
    assert len(table.rows) == 3 * 2 + 3 * len(lengths)
    assert len(table.queries) == 2 * len(table.rows)


def test_byte_level_words_carry_their_space(roberta_folder) -> None:
    from cardkit.probe.load import load

    masked = load(locate_model(str(roberta_folder)))
    tokenizer = masked.tokenizer
    middle = words_of(masked, "The {attribute} said {target} could start.", "she", "nurse")
    start = words_of(masked, "{target} is a {attribute}.", "she", "nurse")

    def text(words: Words, places: tuple[int, ...]) -> str:
        return tokenizer.decode([words.ids[place] for place in places])

    assert text(middle, middle.target) == " she"
    assert text(middle, middle.attribute) == " nurse"
    assert text(start, start.target) == "She"


def test_rows_are_written_without_padding(any_model: MaskedLM) -> None:
    table = RowTable()
    association.plan(any_model, small(step=7), table)
    pad = any_model.tokenizer.pad_token_id
    assert not any(pad in row.ids for row in table.rows)


def test_only_queried_positions_reach_the_vocabulary(bert: MaskedLM) -> None:
    shapes = []
    handle = bert.model.get_output_embeddings().register_forward_hook(
        lambda _module, _args, output: shapes.append(tuple(output.shape))
    )
    try:
        table = RowTable()
        association.plan(bert, small(step=7), table)
        shapes.clear()
        score(bert, table)
    finally:
        handle.remove()
    full, tried, *batches = shapes
    assert full[:2] != (1, 3)  # the trial compares with full logits of one row, doubled …
    assert tried[:2] == (1, 3)  # … and then nothing but queried positions is projected
    assert sum(shape[0] * shape[1] for shape in batches) == len(table.rows)


def test_segment_ids_are_passed_on(bert: MaskedLM) -> None:
    ids = words_of(bert, "{target} is a {attribute}.", "she", "nurse").ids
    table = RowTable()
    plain_query = add_query(table, Row(ids), 1, 7)
    other_query = add_query(table, Row(ids, (1,) * len(ids)), 1, 7)
    scores = score(bert, table)
    inputs = torch.tensor([ids])
    with torch.no_grad():
        logits = bert.model(input_ids=inputs, token_type_ids=torch.ones_like(inputs)).logits
    expected = torch.log_softmax(logits[0, 1].double(), -1)[7].item()
    assert scores[other_query] == pytest.approx(expected, abs=1e-5)
    assert abs(scores[plain_query] - expected) > 1e-3


@pytest.mark.parametrize(
    ("target", "attribute", "part"),
    [("♞", "nurse", "target"), ("she", "♞", "attribute"), ("she", "[MASK]", "attribute")],
)
def test_words_outside_the_vocabulary_are_named(
    bert: MaskedLM, target: str, attribute: str, part: str
) -> None:
    sentence = fill("{target} is a {attribute}.", target, Attribute(attribute))
    problem = encode(bert, [sentence])[0]
    assert isinstance(problem, Problem)
    assert problem.part == part


def test_a_sentence_with_an_unknown_word_is_named(bert: MaskedLM) -> None:
    problem = encode(bert, [fill("{target} ♞ a {attribute}.", "she", Attribute("nurse"))])[0]
    assert isinstance(problem, Problem)
    assert problem.part == "template"


def test_a_sentence_longer_than_the_model_reads_is_named(bert: MaskedLM) -> None:
    sentence = fill("{target} is " + "very " * 600 + "{attribute}.", "she", Attribute("nurse"))
    problem = encode(bert, [sentence])[0]
    assert isinstance(problem, Problem)
    assert "longer than the model reads" in problem.reason


def test_targets_of_unequal_length_are_counted(bert: MaskedLM) -> None:
    suite = replace(small(step=7), negative="housekeeper")
    assert association.plan(bert, suite, RowTable()).unequal == len(suite.templates)
    assert association.plan(bert, small(step=7), RowTable()).unequal == 0
