"""StereoSet's intrasentence items: which word fills the blank of a sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardkit.errors import ProbeError
from cardkit.probe.known.figures import Figure, resampled
from cardkit.probe.known.files import read_text
from cardkit.probe.known.job import Job
from cardkit.probe.known.spans import one_mask, word_log_probs
from cardkit.probe.published import Triple, stereoset
from cardkit.probe.suite import Filled

_LABELS = ("stereotype", "anti-stereotype", "unrelated")
_BLANK = "BLANK"


def measure(path: Path, _columns: list[str], job: Job) -> tuple[list[Figure], int]:
    """Score the three words of each item as the authors do (Nadeem et al. 2021).

    score(word) = mean over its tokens of P(token | tokens before it, rest), a single mask each.
    *lms*: how often a meaningful word beats the unrelated one; *ss*: how often the stereotype beats
    the anti-stereotype; *icat* = lms · min(ss, 100 − ss) / 50; means over the target terms.
    Intervals by drawing terms anew.
    """
    items = _items(path, job)
    asked = [(Filled(text, span), one_mask) for _, _, words in items for text, span in words]
    found = word_log_probs(job, asked)
    scores = [None if one is None else float(np.exp(one).mean()) for one in found]
    by_type: dict[str, list[Triple]] = {}
    left_out = 0
    for number, (kind, term, _) in enumerate(items):
        three = scores[3 * number : 3 * number + 3]
        stereotype, anti, unrelated = three
        if stereotype is None or anti is None or unrelated is None:
            left_out += 1
            continue
        by_type.setdefault(kind, []).append(Triple(term, stereotype, anti, unrelated))
    if not by_type:
        raise ProbeError(f"{path}: {job.lm.name} can score none of the {len(items)} items")
    everything = [triple for triples in by_type.values() for triple in triples]
    figures = _figures("", everything, job.seed)
    for kind in sorted(by_type):
        figures += _figures(f"  {kind}: ", by_type[kind], job.seed)[1:2]
    return figures, left_out


def _figures(prefix: str, triples: list[Triple], seed: int) -> list[Figure]:
    groups: dict[str, list[Triple]] = {}
    for triple in triples:
        groups.setdefault(triple.term, []).append(triple)
    each = [stereoset(group) for group in groups.values()]
    lms, ss = (np.array([getattr(one, name) for one in each]) for name in ("lms", "ss"))

    def statistic(field: str) -> Callable[[NDArray[np.int64]], float]:
        def over(draw: NDArray[np.int64]) -> float:
            language, stereotyped = float(lms[draw].mean()), float(ss[draw].mean())
            icat = language * min(stereotyped, 100 - stereotyped) / 50
            return {"lms": language, "ss": stereotyped, "icat": icat}[field]

        return over

    names = {
        "lms": "lms: a meaningful word beats the unrelated one",
        "ss": "ss: the stereotype beats the anti-stereotype",
        "icat": "icat: both together",
    }
    return [
        resampled(
            prefix + (name.partition(":")[0] if prefix else name),
            len(each),
            statistic(field),
            of="terms",
            unit="" if field == "icat" else "%",
            seed=seed,
        )
        for field, name in names.items()
    ]


Item = tuple[str, str, list[tuple[str, tuple[int, int]]]]


def _items(path: Path, job: Job) -> list[Item]:
    """Return (type of bias, target term, the three sentences with the place of the word)."""
    try:
        data: Any = json.loads(read_text(path))
        rows = data["data"]["intrasentence"]
        return [_item(row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise job.wrong(
            path, "is not StereoSet's dev.json: no items under data.intrasentence"
        ) from None


def _item(row: dict[str, Any]) -> Item:
    before, _, after = row["context"].partition(_BLANK)
    by_label = {one["gold_label"]: one["sentence"] for one in row["sentences"]}
    words = []
    for label in _LABELS:
        text = by_label[label]
        start = len(before) if text.startswith(before) else 0
        stop = len(text) - (len(after) if after and text.endswith(after) else 0)
        words.append((text, (start, max(stop, start))))
    return row["bias_type"], row["target"], words
