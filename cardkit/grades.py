"""Covered or thin: whether what a card says on a topic would help somebody decide."""

import math
import re
from collections.abc import Callable
from typing import Final, Literal

from cardkit._lazy import lazy
from cardkit.classifier import grade_odds
from cardkit.cues import is_generic
from cardkit.evidence import split_sentences
from cardkit.sections import Block, plain_text

Grade = Literal["covered", "thin"]
Strong = Callable[[], bool]

_NUMBER = re.compile(r"\d")
_LINK_ONLY = lazy(
    r"\W*(?:(?:please |for (?:more |further )?(?:details|information|\w+)[,:]? )?(?:see|refer to|visit|check(?: out)?"
    r"|have a look at|read|consult|more (?:details|information) (?:in|at|on|can be found))[^.]{0,60})?"
    r"(?:\[[^\]]*\]\([^)]*\)|https?://\S+)\W*\Z",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\W*(?:none|n/?a|no|nothing|unknown|not (?:applicable|available|known|specified)|see (?:the )?paper"
    r"|same as .{0,40}|无|没有|なし|없음)\W*\Z",
    re.IGNORECASE,
)


#: By topic the classifier's log-odds below which something is thin and above which it is covered;
#: between them the wording decides. Code is not read: it makes no use of a model thin.
_SURE: Final = {
    "limitations": (-0.5, 0.0),
    "bias-risks": (-0.5, 0.0),
    "out-of-scope": (-0.5, 0.0),
    "intended-use": (-1.0, 0.5),
    "how-to-use": (-math.inf, 1.5),
    "training-procedure": (-0.5, 0.5),
    "evaluation-results": (0.0, 2.0),
}
_NEVER: Final = (-math.inf, math.inf)


def grade(topic: str, blocks: list[Block], headed: bool, strong: Strong) -> Grade:
    """Return how much some blocks say on a topic.

    Args:
        topic: the topic they speak of.
        blocks: the sentences or blocks that are the evidence.
        headed: whether a heading of this topic stands above them.
        strong: tells whether one of them holds wording that says much by itself; asked if it matters.
    """
    words = [block for block in blocks if block.kind != "code"]
    text = "\n".join(block.text for block in words)
    if len(words) == len(blocks) and is_pointer(text):
        return "thin"
    judge = _GRADERS.get(topic)
    if judge is None:
        return "covered"
    low, high = _SURE.get(topic, _NEVER)
    much = judge(blocks, text, headed, strong)
    # What the wording says is only asked of the classifier where it could say otherwise.
    if (much and low > -math.inf) or (not much and high < math.inf):
        odds = grade_odds(topic, "\n".join(split_sentences(text.lower())))
        if odds is not None and not low <= odds <= high:
            return "covered" if odds > high else "thin"
    return "covered" if much else "thin"


def is_pointer(text: str) -> bool:
    """Tell a text that only says "none" or where else to look."""
    return bool(_NONE.match(text) or (len(text) < 300 and _LINK_ONLY().match(text)))


_Judge = Callable[[list[Block], str, bool, Strong], bool]


def _specific(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:  # noqa: ARG001
    """Limits, risks and misuse: one sentence that would not fit any model."""
    return any(not is_generic(sentence) for sentence in split_sentences(text.lower()))


def _use(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:  # noqa: ARG001
    return (headed and len(plain_text(text).split()) > 12) or strong()


def _procedure(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:
    long = len(text.split()) > 15 or any(block.kind == "code" for block in blocks)
    return (headed and long) or strong()


def _numbers(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:  # noqa: ARG001
    return any(
        _NUMBER.search(re.sub(r"https?://\S+|\]\([^)]*\)", "", block.text)) or "![" in block.text
        for block in blocks
    )


_NAMED = lazy(r"\]\(|https?://|`|\d|[a-z]\s+(?:[A-Z][\w-]*[A-Z\d]|[A-Z][a-z]+)|[\"“]", re.ASCII)


def _named_data(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:
    return (
        headed
        or any(block.kind != "text" for block in blocks)
        or bool(_NAMED().search(text))
        or strong()
    )


_SHELL = lazy(
    r"\b(?:wget|git clone|git lfs|huggingface-cli download|hf download|eval\.py|pip install)\b"
)
_RUNS = lazy(
    r"from_pretrained|pipeline\(|import |\(\"|\('|generate|predict|encode|docker (?:model )?run|llama-|ollama run|python |curl |=",
    re.IGNORECASE,
)


def _runs(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:  # noqa: ARG001
    """How to use: code that runs the model, or an explanation of some length."""
    code = [block.text for block in blocks if block.kind == "code"]
    if any(
        _RUNS().search(item) and not (_SHELL().search(item) and len(item) < 200) for item in code
    ):
        return True
    return headed and not code and len(re.sub(r"https?://\S+", "", text).split()) > 25


_REFERENCE = lazy(
    r"@\w+\s*\{|\b(?:19|20)\d\d\b.*[.,]|\bdoi\b|author\s*=", re.IGNORECASE | re.DOTALL
)


def _reference(blocks: list[Block], text: str, headed: bool, strong: Strong) -> bool:  # noqa: ARG001
    return any(is_reference(block) for block in blocks)


def is_reference(block: Block) -> bool:
    """Tell whether a block holds the reference to a work: BibTeX, an author and year, a DOI."""
    return _REFERENCE().search(block.text) is not None


_GRADERS: Final[dict[str, _Judge]] = {
    "limitations": _specific,
    "bias-risks": _specific,
    "out-of-scope": _specific,
    "recommendations": _specific,
    "intended-use": _use,
    "training-procedure": _procedure,
    "training-data": _named_data,
    "evaluation-results": _numbers,
    "environmental-impact": _numbers,
    "how-to-use": _runs,
    "citation": _reference,
}
