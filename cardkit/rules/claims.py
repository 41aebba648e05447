"""CK509 and CK511: claims about bias and limits that nothing backs."""

import re
from collections.abc import Iterator

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Finding, Place, Topic
from cardkit.measured import find_measured
from cardkit.rule import rule
from cardkit.text import Span

_CLAIM = lazy(
    r"""
    \b(?:is|are|be|completely|fully|totally|entirely|100\s?%|an?|and|,)\s+
      (?:(?:completely|fully|totally|entirely|100\s?%)\s+)?
      (?:unbiased|bias-free|free\ (?:of|from)\ (?:all\ |any\ )?bias(?:es)?)
      (?!\s+(?:estimat|sampl|evaluat|comparison|test|sample|measure|metric|data\ split|gradient))
    | \b(?:has|have|with|there\ are|there\ is)\s+no\s+(?:known\s+)?
      (?:bias|biases|limitations?|risks?|weaknesses|restrictions\ on\ use)\b(?!\ (?:term|vector|in\ the))
    | \bsafe\ for\ (?:all|any|every|everyone)\b
    | \bsuitable\ for\ (?:all|any|every)\ (?:use|uses|purposes?|applications?|tasks?|audiences?)\b
    | \b(?:100\s?%|completely|perfectly|absolutely)\ (?:safe|accurate|reliable|fair|correct)\b
    | \bnever\ (?:hallucinates?|fails?|makes?\ (?:a\ )?mistakes?|lies)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: One of these is in every match: most cards need no search.
_HINTS = (
    "bias",
    "limit",
    "risk",
    "weakness",
    "restriction",
    "safe for",
    "suitable for",
    "completely",
    "perfectly",
    "absolutely",
    "never",
    "100",
)
_DENIED = lazy(
    r"\b(?:not|n't|never|cannot|no\s+model|nor|hardly|without|whether|if|unless|aims?|try|tries"
    r"|towards?|should|must|want|wants|more|ensure|to\s+be|guarantee[sd]?|claim(?:s|ed)?)\b[^.!?]{0,40}\Z",
    re.IGNORECASE,
)


@rule("CK509", "absolute-claim")
def absolute_claim(card: Card) -> Iterator[Finding]:
    """The card claims that the model has no bias, no limits or no risk.

    No model is without; the claim keeps readers from looking.

    Source: Mitchell et al. 2019; the Hub's guide to model cards ("Bias, Risks, and Limitations").

    Bad:
        # Mail sorter
        A classifier of English mail. The model is unbiased and safe for all uses.

    Good:
        # Mail sorter
        A classifier of English mail. It was not found to treat letters by women and by men
        differently, within 2 points, on 1,200 letters.
    """
    for block in card.prose:
        lower = block.text.lower()
        if block.quoted or block.kind == "table" or not any(hint in lower for hint in _HINTS):
            continue
        text = card.visible(block.span)
        for match in _CLAIM().finditer(text):
            if _DENIED().search(text[: match.start()]) or text[match.end() :].lstrip()[:1] == "?":
                continue
            start, words = match.start(), match[0]
            at = block.span.start + start + len(words) - len(words.lstrip())
            span = Span(at, block.span.start + match.end())
            yield Finding(
                Place(span),
                f'"{" ".join(words.split())}": no model is without',
                "say what was looked at, how, and what was found",
            )


@rule("CK511", "unmeasured-bias")
def unmeasured_bias(card: Card) -> Iterator[Finding]:
    """The card speaks of bias, and gives no number for it.

    Outside of every profile: a good description may need no number. What `cardkit bias-probe` wrote
    into the card is a measurement; where the model fills masks, the fix names that command.

    Source: Mitchell et al. 2019, "Quantitative Analyses" (disaggregated by group).

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        Letters by women are often sorted as private.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        Letters by women are sorted as private in 12 % of the cases, those by men in 6 %.
    """
    verdict = card.verdicts["bias-risks"]
    if (
        find_measured(card.text) is None
        and verdict.present
        and not any(re.search(r"\d", card.text[span.start : span.end]) for span in verdict.spans)
    ):
        yield Finding(
            Topic("bias-risks", verdict.spans[0]),
            "bias is spoken of without a measurement",
            "measure it: `cardkit bias-probe FOLDER --card README.md`"
            if _fills_masks(card)
            else "compare the groups that it is about, and give the numbers",
        )


def _fills_masks(card: Card) -> bool:
    """Tell whether the bias probe can measure the model, by its metadata or the files beside it."""
    task = card.metadata.get("pipeline_tag")
    if task is None and card.model_folder is not None:
        from cardkit.facts import read_configs

        fact = read_configs(card.model_folder).by_name.get("pipeline_tag")
        task = fact.value if fact else None
    return task == "fill-mask"
