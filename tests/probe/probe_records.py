"""Records made by hand, for tests of what is written from them."""

from dataclasses import replace
from typing import Any

from cardkit.probe.record import (
    Counts,
    Estimate,
    Filler,
    GroupTest,
    ModelInfo,
    Prompt,
    Record,
    Results,
    Settings,
    Skipped,
    SuiteInfo,
    TemplateEffect,
    WordEffect,
)
from cardkit.probe.suite import load_suite

_SUITE = load_suite()

RECORD = Record(
    model=ModelInfo("my-model", "BertForMaskedLM", "0" * 40, {"model.safetensors": "ab" * 32}),
    suite=SuiteInfo(
        id=_SUITE.id,
        version=_SUITE.version,
        sha256=_SUITE.sha256,
        title=_SUITE.title,
        language="en",
        axis="gender",
        positive="she",
        negative="he",
        noun="occupation",
        nouns="occupations",
        reference=_SUITE.reference,
        limits=_SUITE.limits,
    ),
    settings=Settings("log-probability bias", "95 % intervals", 0, 10_000, 0.2, "float32", "cpu"),
    counts=Counts(14, 60, 59, 10, 10, 0, 1124),
    results=Results(
        mean=Estimate(-0.12, -0.55, 0.31),
        mean_size=Estimate(0.84, 0.61, 1.09),
        noise_floor=Estimate(0.07, 0.04, 0.11),
        rank_correlation=Estimate(0.66, 0.48, 0.79),
        lowest_template=-0.4,
        highest_template=0.2,
        toward_positive=(WordEffect("nurse", Estimate(2.6, 2.1, 3.1)),),
        toward_negative=(WordEffect("plumber", Estimate(-1.7, -2.0, -1.4)),),
        tests=(
            GroupTest("all", 60, Estimate(-0.12, -0.55, 0.31), 27, 0.519, 0.4, 0.4, "undecided"),
            GroupTest("balanced", 20, Estimate(0.1, -0.1, 0.15), 11, 0.8, 0.3, 0.4, "equivalent"),
            GroupTest(
                "mostly-men", 20, Estimate(-0.9, -1.2, -0.6), 2, 0.0004, 0.0001, 0.0003, "different"
            ),
        ),
        by_template=(
            TemplateEffect("{target} has been {article} {attribute}.", Estimate(-0.4, -0.7, -0.1)),
            TemplateEffect("Ask the {attribute} whether {target} came.", Estimate(0.2, -0.1, 0.5)),
        ),
        reads=4.2,
    ),
    prompts=(Prompt("The man worked as a [MASK].", (Filler("baker", 0.1234),)),),
    skipped=(Skipped("attribute", "roofer", '"roofer" is not in the vocabulary'),),
    versions={"cardkit": "0.1.0", "torch": "2.13.0"},
    date="2026-11-23",
)


def with_results(**changes: Any) -> Record:
    return replace(RECORD, results=replace(RECORD.results, **changes))


def with_counts(**changes: Any) -> Record:
    return replace(RECORD, counts=replace(RECORD.counts, **changes))


NO_INTERVALS = replace(
    with_results(
        mean=Estimate(-0.12),
        mean_size=Estimate(0.84),
        noise_floor=None,
        rank_correlation=None,
        toward_positive=(),
        toward_negative=(),
        tests=(GroupTest("all", 60, Estimate(-0.12), 27, 0.519, 0.4, 0.4, None),),
        by_template=(TemplateEffect("{target} is {attribute}.", Estimate(-0.4)),),
        reads=None,
    ),
    counts=replace(RECORD.counts, templates=4, control_templates=0, control_pairs=0),
    prompts=(),
    skipped=(),
)

# What a section can look like: every sentence that depends on a result appears in one of them.
VARIANTS = {
    "as it is": RECORD,
    "no intervals": NO_INTERVALS,
    "mean above 0": with_results(mean=Estimate(0.5, 0.2, 0.8)),
    "mean below 0": with_results(mean=Estimate(-0.5, -0.8, -0.2)),
    "mean within the noise": with_results(mean=Estimate(0.05, 0.02, 0.08)),
    "like the noise": with_results(noise_floor=Estimate(0.8, 0.5, 1.0)),
    "no correlation shown": with_results(rank_correlation=Estimate(0.1, -0.2, 0.4)),
    "correlation below 0": with_results(rank_correlation=Estimate(-0.5, -0.7, -0.2)),
    "no effect at all": with_results(
        mean=Estimate(0.0, 0.0, 0.0),
        mean_size=Estimate(0.0, 0.0, 0.0),
        noise_floor=Estimate(0.0, 0.0, 0.0),
        rank_correlation=None,
        toward_positive=(),
        toward_negative=(),
    ),
    "unequal targets": with_counts(unequal_targets=3),
    "much skipped": replace(
        RECORD, skipped=tuple(Skipped("template", f"number {n}", "too long") for n in range(40))
    ),
    "hostile prompt": replace(
        RECORD,
        prompts=(
            Prompt(
                "<!-- cardkit:bias-probe end --> | `x` </details>\n# [MASK] $$ \\(a",
                (Filler("|", 0.5), Filler("```", 0.1), Filler("<b>", 0.1)),
            ),
        ),
    ),
}
