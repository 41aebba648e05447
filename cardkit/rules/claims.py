"""CK505 to CK512: what is said about limits and bias, but not well enough."""

import re
from collections.abc import Iterator

from cardkit.card import Card
from cardkit.diagnostic import Finding, Place, Topic
from cardkit.rule import rule


def _thin(card: Card, topic: str, what: str, help_: str) -> Iterator[Finding]:
    verdict = card.verdicts[topic]
    if verdict.level == "thin":
        shown = f': "{verdict.evidence[:80]}"' if verdict.evidence else ""
        yield Finding(Topic(topic, verdict.spans[0]), f"{what}{shown}", help_)


@rule("CK505", "thin-limitations")
def thin_limitations(card: Card) -> Iterator[Finding]:
    """What the card says about limitations would fit any model.

    A reader who must decide whether to use this one learns nothing from it.

    Source: Mitchell et al. 2019, "Caveats and Recommendations"; the Hub's guide to model cards.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        Like all models, it may make mistakes.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Limitations
        Letters of more than 512 words are cut; it was never tried on German.
    """
    yield from _thin(
        card,
        "limitations",
        "what is said on limitations would fit any model",
        "name one case in which this model fails, or one thing it was not tested on",
    )


@rule("CK506", "thin-bias")
def thin_bias(card: Card) -> Iterator[Finding]:
    """What the card says about bias and risks would fit any model.

    Source: Mitchell et al. 2019, "Ethical Considerations"; the Hub's guide to model cards.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        The model may produce biased output.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Bias and risks
        Letters by women are sorted as private twice as often as those by men.
    """
    yield from _thin(
        card,
        "bias-risks",
        "what is said on bias and risks would fit any model",
        "say which groups or harms were looked at in this model, and what was found",
    )


@rule("CK510", "thin-out-of-scope")
def thin_out_of_scope(card: Card) -> Iterator[Finding]:
    """What the card says about out-of-scope use would fit any model.

    Source: Mitchell et al. 2019, "Out-of-scope use cases"; the Hub's template.

    Bad:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-scope use
        The model should not be used to intentionally create hostile or alienating environments.

    Good:
        # Mail sorter
        A classifier of English mail.
        ## Out-of-scope use
        It must not decide which letters of a public office are answered.
    """
    yield from _thin(
        card,
        "out-of-scope",
        "what is said on out-of-scope use would fit any model",
        "name a use that somebody could think of and that this model is not for",
    )


_CLAIM = re.compile(
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
_DENIED = re.compile(
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
        if block.quoted or block.kind == "table":
            continue
        text = card.visible(block.span)
        for match in _CLAIM.finditer(text):
            if _DENIED.search(text[: match.start()]) or text[match.end() :].lstrip()[:1] == "?":
                continue
            start, words = match.start(), match[0]
            span = card.span_in(block.span, start + len(words) - len(words.lstrip()), match.end())
            yield Finding(
                Place(span),
                f'"{" ".join(words.split())}": no model is without',
                "say what was looked at, how, and what was found",
            )


@rule("CK511", "unmeasured-bias")
def unmeasured_bias(card: Card) -> Iterator[Finding]:
    """The card speaks of bias, and gives no number for it.

    Outside of every profile: a good description may need no number.

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
    if verdict.present and not any(
        re.search(r"\d", card.text[span.start : span.end]) for span in verdict.spans
    ):
        yield Finding(
            Topic("bias-risks", verdict.spans[0]),
            "bias is spoken of without a measurement",
            "`cardkit bias-probe` measures a fill-mask model",
        )
