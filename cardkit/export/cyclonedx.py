"""A card as a CycloneDX document with one machine-learning model and its modelCard (1.6 and 1.7).

The texts are the card's own: what the verdict on a topic rests on, word for word.
"""

import hashlib
import json
import re
import uuid
from typing import Any, Final

from cardkit._data import load_json
from cardkit.card import Card
from cardkit.edit.results import read_results
from cardkit.errors import InputError, UsageError

VERSIONS: Final = ("1.6", "1.7")
#: Ids of the Hub that are SPDX ids when their case is put right.
_SPDX: Final = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "gpl-3.0": "GPL-3.0-only",
    "gpl-2.0": "GPL-2.0-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "agpl-3.0": "AGPL-3.0-only",
    "mpl-2.0": "MPL-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "cc0-1.0": "CC0-1.0",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "cc-by-nc-nd-4.0": "CC-BY-NC-ND-4.0",
    "cc-by-nd-4.0": "CC-BY-ND-4.0",
    "unlicense": "Unlicense",
    "isc": "ISC",
    "wtfpl": "WTFPL",
    "zlib": "Zlib",
}


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def to_cyclonedx(card: Card, *, version: str = "1.6", name: str | None = None) -> str:
    """Return a CycloneDX document as JSON; the same card gives the same text.

    Args:
        card: a model card.
        version: of the specification, 1.6 or 1.7.
        name: the model's name; that of its ``model-index`` or its title by default.

    Raises:
        UsageError: another version.
    """
    if version not in VERSIONS:
        raise UsageError(f"CycloneDX {version} has no export; there are {', '.join(VERSIONS)}")
    component: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": name or _name(card),
    }
    if description := topic_text(card, "model-description"):
        component["description"] = description
    if licenses := _licenses(card):
        component["licenses"] = licenses
    tags = [item for item in _texts(card.metadata.get("tags")) if item.strip()]
    if tags:
        component["tags"] = list(dict.fromkeys(tags))
    component["modelCard"] = _model_card(card)
    if pedigree := _texts(card.metadata.get("base_model")):
        ancestors = [{"type": "machine-learning-model", "name": base} for base in pedigree]
        component["pedigree"] = {"ancestors": ancestors}
    digest = hashlib.sha256(card.source.data).hexdigest()
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {
            "component": {"type": "file", "name": "README.md", "hashes": [{"alg": "SHA-256", "content": digest}]}
        },
        "components": [component],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def topic_text(card: Card, topic: str) -> str:
    """Return what a card says about a topic, word for word; nothing if it says nothing.

    That is the section that names the topic, up to a part on something else, or else the places
    that speak of it.
    """
    verdict = card.verdicts.get(topic)
    if verdict is None or not verdict.present:
        return ""
    if verdict.heading is not None:
        section = verdict.heading
        others = (
            child.heading.start
            for child in section.children
            if topic not in (card.topics_of(child.title) or {topic})
        )
        end = min(others, default=section.end)
        return _clean(_COMMENT.sub("", card.text[section.heading.end : end])).strip()
    parts: list[str] = []
    for span in sorted(set(verdict.spans)):
        text = _COMMENT.sub("", card.text[span.start : span.end]).strip()
        if text and not any(text in other for other in parts):
            parts.append(text)
    return _clean("\n\n".join(parts))


def _model_card(card: Card) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    task = card.metadata.get("pipeline_tag")
    if isinstance(task, str) and task:
        parameters["task"] = task
    datasets = _texts(card.metadata.get("datasets"))
    if datasets:
        parameters["datasets"] = [{"type": "dataset", "name": item} for item in datasets]
    metrics = []
    for result in read_results(card.metadata):
        about = (result.dataset_name or result.dataset, result.config, result.split)
        metrics.append(
            {
                "type": result.metric,
                "value": _clean(str(result.value)),
                "slice": _clean(" / ".join(filter(None, about))),
            }
        )
    metrics += _probed(card)
    considerations: dict[str, Any] = {}
    for topic, key in (("intended-use", "useCases"), ("limitations", "technicalLimitations")):
        if text := topic_text(card, topic):
            considerations[key] = [text]
    # What it must not be used for limits it as well; the standard has no better place.
    if text := topic_text(card, "out-of-scope"):
        considerations.setdefault("technicalLimitations", [])
        if text not in considerations["technicalLimitations"]:
            considerations["technicalLimitations"].append(text)
    if text := topic_text(card, "bias-risks"):
        risk = {"name": text}
        if advice := topic_text(card, "recommendations"):
            risk["mitigationStrategy"] = advice
        considerations["ethicalConsiderations"] = [risk]
    if text := topic_text(card, "environmental-impact"):
        properties = [{"name": "cardkit:environmental-impact", "value": text}]
        considerations["environmentalConsiderations"] = {"properties": properties}
    found: dict[str, Any] = {}
    if parameters:
        found["modelParameters"] = parameters
    if metrics:
        found["quantitativeAnalysis"] = {"performanceMetrics": metrics}
    if considerations:
        found["considerations"] = considerations
    return found


def _probed(card: Card) -> list[dict[str, Any]]:
    """Return what the bias probe measured, from the record in the card's own block."""
    from cardkit.probe.markers import find_record

    try:
        record = find_record(card.text)
    except InputError:  # damaged by hand: `cardkit bias-probe` says what is wrong
        return []
    if record is None:
        return []
    suite, results = record.suite, record.results
    about = f"{suite.id} {suite.version} ({suite.language}), {suite.axis}: {suite.positive} − {suite.negative}"
    figures = (
        ("mean association, nats", results.mean),
        ("mean size of association, nats", results.mean_size),
        ("noise floor, nats", results.noise_floor),
        ("rank correlation with reference", results.rank_correlation),
    )
    found = []
    for kind, estimate in figures:
        if estimate is None:
            continue
        metric: dict[str, Any] = {
            "type": kind,
            "value": str(estimate.value),
            "slice": _clean(about),
        }
        if estimate.low is not None and estimate.high is not None:
            bounds = {"lowerBound": str(estimate.low), "upperBound": str(estimate.high)}
            metric["confidenceInterval"] = bounds
        found.append(metric)
    return found


def _licenses(card: Card) -> list[dict[str, Any]]:
    known = load_json("schemas", "vocab", "licenses.json")["ids"]
    found: list[dict[str, Any]] = []
    for id_ in _texts(card.metadata.get("license")):
        if id_ in _SPDX:
            found.append({"license": {"id": _SPDX[id_]}})
        elif id_ == "other":
            name = card.metadata.get("license_name")
            found.append({"license": {"name": name if isinstance(name, str) and name else "other"}})
        else:
            found.append({"license": {"name": str(known.get(id_, id_))}})
    return found


def _name(card: Card) -> str:
    index = card.metadata.get("model-index")
    first = index[0] if isinstance(index, list) and index else None
    name = first.get("name") if isinstance(first, dict) else None
    if isinstance(name, str) and name.strip():
        return name
    for section in card.sections.walk():
        if section.level and section.title.strip():
            return _clean(section.title)
    return "model"


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [_clean(item) for item in items if isinstance(item, str) and item]


def _clean(text: str) -> str:
    """Return a text that JSON can carry to any reader: no lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")
