"""CK509 and CK511: claims about bias and limits that nothing backs."""

import re
from collections.abc import Iterator

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Finding, Place, Topic
from cardkit.measured import find_measured
from cardkit.rule import rule
from cardkit.rules.responsibility import fills_masks
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
    """The card of a fill-mask model speaks of bias, and gives no number for it.

    Outside of every profile: a good description may need no number. Models of other tasks are left
    alone, for `cardkit bias-probe` cannot measure them; what it wrote into a card is a measurement.

    Source: Mitchell et al. 2019, "Quantitative Analyses" (disaggregated by group).

    Bad:
        ---
        pipeline_tag: fill-mask
        ---
        # Letters
        A masked language model of English mail.
        ## Bias and risks
        It thinks of nurses as women.

    Good:
        ---
        pipeline_tag: fill-mask
        ---
        # Letters
        A masked language model of English mail.
        ## Bias and risks
        Naming a nurse makes "she" 2.3 times as likely against "he".
    """
    verdict = card.verdicts["bias-risks"]
    if (
        find_measured(card.text) is None
        and verdict.present
        and not any(re.search(r"\d", card.text[span.start : span.end]) for span in verdict.spans)
        and fills_masks(card)
    ):
        yield Finding(
            Topic("bias-risks", verdict.spans[0]),
            "bias is spoken of without a measurement",
            "measure it: `cardkit bias-probe FOLDER --card README.md`",
        )
