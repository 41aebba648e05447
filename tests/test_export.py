"""``cardkit export``: valid by the official schemas, and the texts are the card's own."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from cardkit.card import Card
from cardkit.errors import UsageError
from cardkit.export.cyclonedx import VERSIONS, to_cyclonedx, topic_text
from cardkit.text import Source
from tests import strategies
from tests.test_cli_lint import cardkit, text

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
CARD = """\
---
license: mit
pipeline_tag: text-classification
datasets: [acme/mail]
base_model: acme/base
model-index:
- name: mail
  results:
  - task: {type: text-classification}
    dataset: {type: acme/mail, name: Mail, split: test}
    metrics: [{type: f1, value: 0.5}]
---
# Mail sorter

It sorts English support mail into twelve queues; it was trained from scratch.

## Intended uses

Support teams that route mail; a person still reads what is routed.

## Limitations

Mail over 512 tokens is cut, and German mail is sorted at random.

## Bias and risks

Mail by non-native speakers goes to the wrong queue 4 points more often (n=800).
"""


@pytest.fixture(scope="session")
def validators() -> dict[str, Any]:
    """Validators of the official schemas that cyclonedx-python-lib ships."""
    pytest.importorskip("cyclonedx")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return {
        "1.6": JsonStrictValidator(SchemaVersion.V1_6),
        "1.7": JsonStrictValidator(SchemaVersion.V1_7),
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_card_says_is_where_the_standard_wants_it(validators: Any, version: str) -> None:
    written = to_cyclonedx(Card.from_text(CARD), version=version)
    assert validators[version].validate_str(written) is None
    (model,) = json.loads(written)["components"]
    assert model["name"] == "mail"
    assert model["licenses"] == [{"license": {"id": "MIT"}}]
    assert model["pedigree"]["ancestors"][0]["name"] == "acme/base"
    parts = model["modelCard"]
    assert parts["modelParameters"]["datasets"] == [{"type": "dataset", "name": "acme/mail"}]
    assert parts["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "f1", "value": "0.5", "slice": "Mail / test"}
    ]
    considerations = parts["considerations"]
    assert "German mail is sorted at random" in considerations["technicalLimitations"][0]
    assert "non-native speakers" in considerations["ethicalConsiderations"][0]["name"]
    assert "Support teams" in considerations["useCases"][0]
    assert to_cyclonedx(Card.from_text(CARD), version=version) == written


def test_what_the_bias_probe_measured_is_among_the_metrics(validators: Any) -> None:
    from cardkit.probe.section import render
    from tests.probe.probe_records import RECORD

    block = render(RECORD) + "\n"
    written = to_cyclonedx(Card.from_text(CARD + "\n" + block))
    assert validators["1.6"].validate_str(written) is None
    parts = json.loads(written)["components"][0]["modelCard"]["quantitativeAnalysis"]
    (mean,) = [
        item for item in parts["performanceMetrics"] if item["type"].startswith("mean assoc")
    ]
    assert mean["value"] == str(RECORD.results.mean.value)
    assert mean["confidenceInterval"]["lowerBound"] == str(RECORD.results.mean.low)
    assert RECORD.suite.id in mean["slice"]
    damaged = to_cyclonedx(Card.from_text(CARD + "\n" + block.replace("```json", "```")))
    assert "mean assoc" not in damaged


def test_another_version() -> None:
    with pytest.raises(UsageError, match=r"1\.6, 1\.7"):
        to_cyclonedx(Card.from_text(CARD), version="1.4")


@settings(max_examples=60, deadline=None)
@given(card=strategies.cards)
def test_any_card_is_valid(validators: Any, card: str) -> None:
    for version, validator in validators.items():
        assert validator.validate_str(to_cyclonedx(Card.from_text(card), version=version)) is None


def test_real_cards_that_cover_limitations(validators: Any, real_cards: dict[str, bytes]) -> None:
    """All of them: python benchmarks/export_cards.py. Here a part, to save time."""
    seen = 0
    for data in list(real_cards.values())[::12]:
        card = Card(Source(data))
        if card.source.problem or card.verdicts["limitations"].level != "covered":
            continue
        seen += 1
        for version, validator in validators.items():
            written = to_cyclonedx(card, version=version)
            error = validator.validate_str(written)
            assert error is None, error
        told = json.loads(written)["components"][0]["modelCard"]["considerations"]
        for part in told["technicalLimitations"][0].split("\n\n"):
            assert part in COMMENT.sub("", card.text)
        assert told["technicalLimitations"][0] == topic_text(card, "limitations")
    assert seen > 30


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


ATTACKS = """
<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="https://x"></iframe>
[a](javascript:alert(1)) <a href="JaVaScRiPt:alert(1)">b</a> <svg onload=alert(1)>
<style>body{display:none}</style><form action="https://x"><input></form><base href="//x">
<meta http-equiv="refresh" content="0;url=https://x"> <div style="position:fixed">x</div>
"""


def test_html_that_cannot_run_anything() -> None:
    pytest.importorskip("nh3")
    from cardkit.export.html import to_html

    card = Card.from_text("---\nlicense: <script>x</script>\nlanguage: no\n---\n# A <b>&\n" + ATTACKS + "\n| a |\n|---|\n| 1 |\n")  # fmt: skip
    page = to_html(card)
    parser = _Tags()
    parser.feed(page.split("<body>")[1])
    tags = {tag for tag, _ in parser.found}
    assert tags.isdisjoint({"script", "iframe", "style", "form", "input", "base", "meta", "svg"})
    for _, attributes in parser.found:
        assert not [key for key in attributes if key.startswith("on") or key == "style"]
        for key in ("href", "src"):
            assert not (attributes.get(key) or "").lower().startswith("javascript")
    assert {"table", "h1", "td"} <= tags
    assert '<html lang="no">' in page
    assert "&lt;script&gt;" in page


def test_html_without_the_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from cardkit.export.html import to_html

    monkeypatch.setitem(sys.modules, "nh3", None)
    with pytest.raises(UsageError, match="needs the extra `export`"):
        to_html(Card.from_text("# T\n"))


def test_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD, "utf-8")
    result = cardkit("export", str(path), "--format", "cyclonedx", "--spec-version", "1.7")
    assert json.loads(text(result.stdout))["specVersion"] == "1.7"
    output = tmp_path / "bom.json"
    assert cardkit("export", str(tmp_path), "--format", "cyclonedx", "--output", str(output)).returncode == 0  # fmt: skip
    assert json.loads(output.read_text("utf-8"))["bomFormat"] == "CycloneDX"
    assert cardkit("export", str(tmp_path / "gone"), "--format", "html").returncode == 2
