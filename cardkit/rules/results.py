"""CK40x: what the Hub takes in ``model-index`` without a word, and loses or shows wrongly."""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._lazy import lazy
from cardkit.card import Card
from cardkit.diagnostic import Finding, Key, Value
from cardkit.rule import rule
from cardkit.schema import is_repo_id
from cardkit.vocab import vocabulary
from cardkit.yaml12 import Path

_INDEX: Final = "model-index"


def _dicts(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(value, list):
        yield from ((i, item) for i, item in enumerate(value) if isinstance(item, dict))


def _results(card: Card) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield (path, result) for each result of the index."""
    for i, entry in _dicts(card.metadata.get(_INDEX)):
        for j, result in _dicts(entry.get("results")):
            yield (_INDEX, i, "results", j), result


def _metrics(card: Card) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, result in _results(card):
        for k, metric in _dicts(result.get("metrics")):
            yield (*path, "metrics", k), metric


@rule("CK403", "several-models")
def several_models(card: Card) -> Iterator[Finding]:
    """``model-index`` names more than one model, and huggingface_hub keeps only one of the names.

    It puts all results under the last name when it loads and saves the card.

    Source: huggingface_hub 2.4.0, ``model_index_to_eval_results``; reproduced.

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results: []
        - name: mail-sorter-large
          results: []
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results: []
        ---
    """
    entries = list(_dicts(card.metadata.get(_INDEX)))
    if len({str(entry.get("name")) for _, entry in entries}) > 1:
        names = ", ".join(f'"{entry.get("name")}"' for _, entry in entries[:4])
        yield Finding(
            Value((_INDEX, 1)),
            f"`model-index` names {len(entries)} models ({names}); huggingface_hub keeps only the last name",
            "put all results under one name, or give each model a repository of its own",
        )


def _merge_key(result: dict[str, Any]) -> tuple[str, ...]:
    """Return what huggingface_hub tells results apart by."""
    task, dataset = result.get("task"), result.get("dataset")
    data = dataset if isinstance(dataset, dict) else {}
    kind = task.get("type") if isinstance(task, dict) else None
    return tuple(
        map(str, (kind, *(data.get(key) for key in ("type", "config", "split", "revision"))))
    )


@rule("CK404", "results-run-together")
def results_run_together(card: Card) -> Iterator[Finding]:
    """Two results differ in nothing but ``args``, the dataset's name or the source.

    huggingface_hub tells results apart by task, dataset type, config, split and revision; what
    differs elsewhere is lost when it loads and saves the card.

    Source: huggingface_hub 2.4.0, ``eval_results_to_model_index``; reproduced.

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail, args: en}
            metrics: [{type: accuracy, value: 0.9}]
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail, args: de}
            metrics: [{type: accuracy, value: 0.8}]
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail, config: en}
            metrics: [{type: accuracy, value: 0.9}]
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail, config: de}
            metrics: [{type: accuracy, value: 0.8}]
        ---
    """
    seen: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
    told: list[tuple[Path, int, str]] = []
    for path, result in _results(card):
        if not isinstance(result.get("dataset"), dict):
            continue
        key = (path[1], *_merge_key(result))
        if key not in seen:
            seen[key] = (int(path[3]), result)
            continue
        number, first = seen[key]
        if first["dataset"] != result["dataset"]:
            differing = [
                name
                for name in ("args", "name")
                if first["dataset"].get(name) != result["dataset"].get(name)
            ]
            if differing:
                told.append((path, number, differing[0]))
    if told:
        path, number, name = told[0]
        more = f"; so do {len(told) - 1} others" if len(told) > 1 else ""
        yield Finding(
            Value((*path, "dataset")),
            f"differs from result {number} in `dataset.{name}` alone{more}; huggingface_hub merges such results",
            "say the difference in `config`, `split` or `revision`",
        )


#: Metrics with bounds that hold by definition -> (least, most), where a share may be in percent.
_SHARE: Final = (0.0, 100.0)
_BOUNDS: Final = {
    **dict.fromkeys(("accuracy", "f1", "precision", "recall", "exact_match", "roc_auc"), _SHARE),
    **dict.fromkeys(("bleu", "sacrebleu", "rouge", "rouge1", "rouge2", "rougel", "rougelsum"), _SHARE),
    **dict.fromkeys(("mean_iou", "meteor", "squad", "squad_v2", "seqeval"), _SHARE),
    **dict.fromkeys(("matthews_correlation", "pearsonr", "spearmanr", "cos_sim_pearson", "cos_sim_spearman"), (-100.0, 100.0)),
    **dict.fromkeys(("wer", "cer", "ter", "mae", "mse", "rmse", "mape"), (0.0, math.inf)),
    "perplexity": (1.0, math.inf),
    "brier_score": (0.0, 2.0),
}  # fmt: skip
_NO_VALUE = lazy(r"\s*(?:n/?a|nan|none|null|tbd|todo|unknown|-+|\?+|x+\.?x*)?\s*\Z", re.IGNORECASE)


@rule("CK405", "impossible-value")
def impossible_value(card: Card) -> Iterator[Finding]:
    """The value of a metric is no number at all, or one that the metric cannot have.

    An accuracy lies between 0 and 1 (or 100 %), a word error rate is never below 0.

    Source: the definitions of the metrics; the Hub takes any value (published types).

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail}
            metrics: [{type: accuracy, value: 912}]
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail}
            metrics: [{type: accuracy, value: 0.912}]
        ---
    """
    for path, metric in _metrics(card):
        if "value" not in metric:
            continue  # the Hub refuses that
        value, at = metric["value"], Value((*path, "value"))
        name = str(metric.get("type", "")).lower()
        if value is None or (isinstance(value, str) and _NO_VALUE().match(value)):
            told = "is empty" if value is None else f'"{value.strip()}" is no value'
            yield Finding(at, f"the value of `{name}` {told}", "leave the metric out")
        elif isinstance(value, float) and math.isnan(value):
            yield Finding(
                at, f"the value of `{name}` is NaN: nothing was measured", "leave the metric out"
            )
        elif isinstance(value, int | float) and not isinstance(value, bool):
            least, most = _BOUNDS.get(name, (-math.inf, math.inf))
            if not least <= value <= most:
                bounds = (
                    f"between {least:g} and {most:g}" if most < math.inf else f"at least {least:g}"
                )
                yield Finding(
                    at, f"{value:g} cannot be a value of `{name}`, which is {bounds}", "correct it"
                )


@rule("CK406", "verified-by-hand")
def verified_by_hand(card: Card) -> Iterator[Finding]:
    """A metric says ``verified: true`` without the token by which the Hub proves it.

    Only the Hub sets the two, together; set by hand, the mark claims a check that nobody made.

    Source: hub-docs, modelcard.md; huggingface_hub, ``EvalResult.verified``.

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail}
            metrics: [{type: accuracy, value: 0.9, verified: true}]
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail}
            metrics: [{type: accuracy, value: 0.9}]
        ---
    """
    paths = [
        path
        for path, metric in _metrics(card)
        if metric.get("verified") is True and not metric.get("verifyToken")
    ]
    if paths:
        more = f" ({len(paths)} metrics)" if len(paths) > 1 else ""
        yield Finding(
            Key((*paths[0], "verified")),
            f"`verified: true` without a `verifyToken`: only the Hub can say so{more}",
            "leave it out",
        )


@rule("CK407", "only-in-results")
def only_in_results(card: Card) -> Iterator[Finding]:
    """Datasets or metrics that only ``model-index`` names, while the card has no such key at all.

    Links to the datasets and the filters of the search come from ``datasets`` and ``metrics`` alone.

    Source: hub-docs, model-cards.md.

    Bad:
        ---
        license: mit
        datasets:
        - imdb
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: imdb, name: IMDb}
            metrics: [{type: accuracy, value: 0.9}]
        ---

    Good:
        ---
        license: mit
        datasets:
        - imdb
        metrics:
        - accuracy
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: imdb, name: IMDb}
            metrics: [{type: accuracy, value: 0.9}]
        ---
    """
    # Results with a source are somebody else's, such as a leaderboard's.
    own = [(path, result) for path, result in _results(card) if "source" not in result]
    if "metrics" not in card.metadata:
        names = [
            str(metric.get("type"))
            for _, result in own
            for _, metric in _dicts(result.get("metrics"))
        ]
        known = [name for name in dict.fromkeys(names) if name in vocabulary("metrics")]
        if known:
            yield Finding(
                Key((_INDEX,)),
                f"`model-index` names metrics ({', '.join(known[:4])}), and there is no `metrics`",
                f"add `metrics: [{', '.join(known[:4])}]`",
            )
    if "datasets" not in card.metadata:
        types = [
            str(result["dataset"].get("type"))
            for _, result in own
            if isinstance(result.get("dataset"), dict)
        ]
        ids = [name for name in dict.fromkeys(types) if "/" in name and is_repo_id(name)]
        if 0 < len(ids) <= 3:  # more are a benchmark
            yield Finding(
                Key((_INDEX,)),
                f"`model-index` names datasets ({', '.join(ids[:4])}), and there is no `datasets`",
                "add `datasets:` with those that the model was trained on",
            )


@rule("CK409", "result-without-dataset")
def result_without_dataset(card: Card) -> Iterator[Finding]:
    """A result does not say on which dataset it was measured.

    The Hub takes it for now; huggingface_hub cannot load such a card, or drops all results.

    Source: huggingface_hub#1361; the Hub's published types ("will switch to required").

    Bad:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            metrics: [{type: accuracy, value: 0.9}]
        ---

    Good:
        ---
        license: mit
        model-index:
        - name: mail-sorter
          results:
          - task: {type: text-classification}
            dataset: {type: mail, name: Mail}
            metrics: [{type: accuracy, value: 0.9}]
        ---
    """
    paths = [
        path for path, result in _results(card) if "dataset" not in result and "task" in result
    ]
    if paths:
        more = f" (nor do {len(paths) - 1} others)" if len(paths) > 1 else ""
        yield Finding(
            Value(paths[0]),
            f"the result names no `dataset`{more}; huggingface_hub cannot load the card",
            "add `dataset:` with `type` and `name`",
        )
