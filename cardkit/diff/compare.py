"""Two cards -> what changed in meaning: topics, texts, licence, metrics, claims, findings."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from cardkit.card import Card
from cardkit.core_schema import Timestamp
from cardkit.edit.apply import same
from cardkit.edit.results import Result, read_results
from cardkit.engine import lint
from cardkit.export.cyclonedx import topic_text
from cardkit.topics import TOPICS, topic_label

Kind = Literal["topic", "text", "licence", "metric", "claim", "finding", "metadata"]
Way = Literal["worse", "better", "changed"]
KINDS: Final[tuple[Kind, ...]] = (
    "topic",
    "text",
    "licence",
    "metric",
    "claim",
    "finding",
    "metadata",
)
#: Topics of which no sentence should go unnoticed.
_GUARDED: Final = ("limitations", "bias-risks", "out-of-scope")
_LEVELS: Final = ("absent", "placeholder", "thin", "covered")
#: Metrics of which less is better; of all others more is, where cardkit knows them.
_LESS: Final = frozenset(
    ("wer", "cer", "loss", "perplexity", "ppl", "mse", "mae", "rmse", "ter", "fid", "eer", "mape", "smape", "exact_match_error", "brier_score", "bleurt_error")
)  # fmt: skip
_MORE: Final = frozenset(
    ("accuracy", "acc", "acc_norm", "f1", "precision", "recall", "bleu", "sacrebleu", "rouge", "rouge1", "rouge2", "rougel", "rougelsum", "meteor", "bertscore", "exact_match", "mcc", "matthews_correlation", "roc_auc", "auc", "map", "ndcg", "mrr", "pearson", "pearsonr", "spearman", "spearmanr", "cosine_spearman", "mean_iou", "chrf", "pass@1", "glue", "squad", "r2")
)  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.)\s)|(?<=[。！？])")
_MARKS = re.compile(r"[*_`>#|~\s-]+")


class Change(NamedTuple):
    """One change: what kind, whether for the worse, where, what was and what is."""

    kind: Kind
    way: Way
    #: a topic, a key of the metadata, or what was measured
    target: str
    message: str
    old: Any = None
    new: Any = None


def compare(old: Card, new: Card) -> list[Change]:
    """Return what changed from one version of a card to another; the worst first."""
    found = [
        *_topics(old, new),
        *_texts(old, new),
        *_metadata(old, new),
        *_metrics(old, new),
        *_findings(old, new),
    ]
    order = {"worse": 0, "changed": 1, "better": 2}
    return sorted(found, key=lambda item: (order[item.way], KINDS.index(item.kind)))


def _topics(old: Card, new: Card) -> Iterator[Change]:
    for topic in TOPICS:
        before, after = old.verdicts[topic].level, new.verdicts[topic].level
        if before == after:
            continue
        fell = _LEVELS.index(after) < _LEVELS.index(before)
        message = f"{topic_label(topic)}: {before} before, {after} now"
        yield Change("topic", "worse" if fell else "better", topic, message, before, after)


def _texts(old: Card, new: Card) -> Iterator[Change]:
    """Yield the sentences on limits, bias and misuse that are in one version only."""
    before_all, after_all = _plain(old.text), _plain(new.text)
    told: set[str] = set()
    for topic in _GUARDED:
        label = topic_label(topic)
        for mine, whole, word in (
            (topic_text(old, topic), after_all, "removed"),
            (topic_text(new, topic), before_all, "added"),
        ):
            for sentence in _SENTENCE.split(mine):
                plain = _plain(sentence or "")
                # Moved or reformatted is neither added nor removed.
                if len(plain) < 8 or plain in whole or plain in told or plain.startswith("todo"):
                    continue
                told.add(plain)
                text = " ".join(sentence.split())
                removed = word == "removed"
                yield Change(
                    "text", "worse" if removed else "better", topic, f"{label}: {word}: {text}",
                    text if removed else None, None if removed else text,
                )  # fmt: skip


def _plain(text: str) -> str:
    return _MARKS.sub(" ", text).strip().casefold()


def _metadata(old: Card, new: Card) -> Iterator[Change]:
    for key in dict.fromkeys((*old.metadata, *new.metadata)):
        before, after = old.metadata.get(key), new.metadata.get(key)
        if key == "model-index" or same(before, after):
            continue
        if key in ("license", "license_name", "license_link"):
            way: Way = "worse" if after is None else "better" if before is None else "changed"
            message = f"{key}: {_show(before)} before, {_show(after)} now"
            yield Change("licence", way, key, message, _json(before), _json(after))
        else:
            message = f"{key}: {_show(before)} before, {_show(after)} now"
            yield Change("metadata", "changed", key, message, _json(before), _json(after))


def _metrics(old: Card, new: Card) -> Iterator[Change]:
    before, after = _numbers(old), _numbers(new)
    for key in dict.fromkeys((*before, *after)):
        one, two = before.get(key), after.get(key)
        if one is not None and two is not None and same(one.value, two.value):
            continue
        result = two or one
        assert result is not None
        about = " / ".join(filter(None, (result.dataset_name or result.dataset, result.config, result.split)))  # fmt: skip
        name = f"{result.metric} on {about}"
        if one is None or two is None:
            gone = two is None
            message = f"{name}: {result.value} {'is gone' if gone else 'is new'}"
            way: Way = "worse" if gone else "changed"
        else:
            way = _way(result.metric, one.value, two.value)
            message = f"{name}: {one.value} before, {two.value} now"
        yield Change(
            "metric", way, name, message, one.value if one else None, two.value if two else None
        )


def _numbers(card: Card) -> dict[tuple[Any, ...], Result]:
    return {
        (item.task, item.dataset, item.config, item.split, item.metric, item.metric_name): item
        for item in read_results(card.metadata)
    }


def _way(metric: str, before: Any, after: Any) -> Way:
    """Return which way a metric went; ``changed`` where nobody can tell."""
    name = metric.lower()
    numbers = all(isinstance(item, int | float) for item in (before, after))
    if not numbers or name not in _LESS | _MORE:
        return "changed"
    return "better" if (after > before) == (name in _MORE) else "worse"


def _findings(old: Card, new: Card) -> Iterator[Change]:
    """Yield claims, and what the Hub objects to, that are in one version only."""
    before, after = _objections(old), _objections(new)
    for key, item in after.items():
        if key not in before:
            kind: Kind = "claim" if item.code in ("CK509", "CK511") else "finding"
            word = "new claim" if kind == "claim" else "new"
            yield Change(kind, "worse", item.name, f"{word}: {item.message}", None, item.message)
    for key, item in before.items():
        if key not in after:
            kind = "claim" if item.code in ("CK509", "CK511") else "finding"
            yield Change(
                kind, "better", item.name, f"no longer: {item.message}", item.message, None
            )


def _objections(card: Card) -> dict[tuple[str, str | None, str], Any]:
    return {
        (item.code, item.target, item.message): item
        for item in lint(card).diagnostics
        if item.ground != "advice" or item.code in ("CK509", "CK511")
    }


def _show(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value.text if isinstance(value, Timestamp) else str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _json(value: Any) -> Any:
    if isinstance(value, Timestamp):
        return value.text
    if isinstance(value, list):
        return [_json(item) for item in value]
    return {key: _json(item) for key, item in value.items()} if isinstance(value, dict) else value
