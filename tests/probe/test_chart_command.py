"""``cardkit bias-probe --card`` and ``--html``: chart, language and report, from end to end."""

import os
import re
import sys
from pathlib import Path

import pytest
from probe_command import Later, cardkit

from cardkit.card import Card
from cardkit.discover import read
from cardkit.engine import lint
from cardkit.probe import run
from cardkit.probe.markers import find_block, find_record
from cardkit.probe.report import report
from cardkit.probe.section import block_language
from cardkit.probe.wording import LANGUAGES, words

SVG = "bias-probe-gender-occupation-en.svg"


def name_in(language: str) -> str:
    return SVG if language == "en" else SVG.replace(".svg", f".{language}.svg")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def write_card(folder: Path, language: str) -> Path:
    path = folder / "README.md"
    path.write_text(
        f"---\nlicense: mit\nlanguage: [nl, {language}]\n---\n\n# Model\n\nWords.\n", "utf-8"
    )
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_section_heading_and_chart_are_in_the_language_of_the_card(
    bert_folder: Path, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = write_card(tmp_path, language)
    first = cardkit(bert_folder, "--card", card)
    assert first.exit_code == 0, first.output
    name = name_in(language)
    assert f"{tmp_path / name}: the chart was written." in first.stdout
    text = card.read_text("utf-8")
    block = find_block(text)
    assert block is not None
    assert block_language(text[block.start : block.end]) == language
    assert f"\n## {words(language)['heading']}\n" in text
    assert f"]({name})" in text
    assert f'lang="{language}"' in (tmp_path / name).read_text("utf-8")
    # Fresh, whatever the language; and another run on another day changes no byte of any file.
    check = cardkit(bert_folder, "--check", card)
    assert (check.exit_code, check.stdout) == (0, f"{card}: the measurement is fresh\n")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}

    monkeypatch.setattr(run.datetime, "date", Later)
    again = cardkit(bert_folder, "--card", card)
    assert "unchanged" in again.stdout
    assert "the chart was" not in again.stdout
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}


def test_another_language_changes_the_words_and_not_the_record(
    bert_folder: Path, tmp_path: Path
) -> None:
    card = write_card(tmp_path, "de")
    cardkit(bert_folder, "--card", card)
    german = card.read_text("utf-8")
    # The card was translated: the section is still what its record says, until the next run.
    card.write_text(german.replace("[nl, de]", "[nl, fr]"), "utf-8")
    assert cardkit(bert_folder, "--check", card).exit_code == 0
    again = cardkit(bert_folder, "--card", card)
    assert again.exit_code == 0
    assert f"{tmp_path / name_in('de')}: this card no longer names it." in again.stdout
    french = card.read_text("utf-8")
    assert "**Mesuré" in french
    records = (card.split("```json")[1].split("</details>")[0] for card in (french, german))
    assert len(set(records)) == 1
    assert "\n## Verzerrungen und Risiken\n" in french  # the heading is the author's by now


def test_a_dry_run_is_in_the_language_and_writes_nothing(bert_folder: Path, tmp_path: Path) -> None:
    card = write_card(tmp_path, "es")
    html = tmp_path / "report.html"
    result = cardkit(bert_folder, "--card", card, "--html", html, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith(" language=es -->")
    assert os.listdir(tmp_path) == ["README.md"]


def test_without_a_card_there_is_no_chart(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cardkit(bert_folder).exit_code == 0
    assert not os.listdir(tmp_path)


def test_the_chart_lies_beside_a_card_named_without_a_folder(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_card(tmp_path, "en")
    monkeypatch.chdir(tmp_path)
    result = cardkit(bert_folder, "--card", "README.md")
    assert f"\n{SVG}: the chart was written.\n" in result.stdout
    assert SVG in os.listdir(tmp_path)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_somebody_elses_chart_stops_it_before_the_measuring(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    card = write_card(tmp_path, "en")
    before = card.read_bytes()
    other = (tmp_path / SVG).with_suffix(f".{suffix}")
    other.write_bytes(b"mine")
    monkeypatch.setattr(run, "measure", lambda *_, **__: pytest.fail("measured"))
    result = cardkit(bert_folder, "--card", card)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"cardkit: {other}: is there already and is not cardkit's")
    assert (card.read_bytes(), other.read_bytes()) == (before, b"mine")


def test_an_edited_chart_is_stale_and_written_anew(bert_folder: Path, tmp_path: Path) -> None:
    card = write_card(tmp_path, "en")
    cardkit(bert_folder, "--card", card)
    good = (tmp_path / SVG).read_bytes()
    (tmp_path / SVG).write_bytes(good.replace(b"nats", b"gnat"))
    result = cardkit(bert_folder, "--check", card)
    assert result.exit_code == 1
    assert result.stdout == f"{card}: stale: {SVG} does not show what the record says\n"
    assert "the chart was written" in cardkit(bert_folder, "--card", card).stdout
    assert (tmp_path / SVG).read_bytes() == good


def test_the_chart_of_the_suite_before_is_told_of(bert_folder: Path, tmp_path: Path) -> None:
    card = write_card(tmp_path, "en")
    cardkit(bert_folder, "--card", card)
    source = Path(__file__).parents[2] / "cardkit/probe/suites/gender-occupation-en.yaml"
    suite = tmp_path / "mine.yaml"
    suite.write_text(
        source.read_text("utf-8").replace("id: gender-occupation-en", "id: mine"), "utf-8"
    )
    result = cardkit(bert_folder, "--suite", suite, "--card", card)
    assert result.exit_code == 0, result.output
    assert f"{tmp_path / SVG}: this card no longer names it." in result.stdout
    assert (tmp_path / "bias-probe-mine.svg").exists()
    assert (tmp_path / SVG).exists()


def test_in_a_model_folder_the_linter_is_content(demo_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    card = write_card(tmp_path, "en")
    assert cardkit(demo_folder, "--card", card).exit_code == 0
    codes = {item.code for item in lint(Card(read(str(card)))).diagnostics}
    assert not codes & {"CK601", "CK602", "CK703"}


def test_the_report_is_one_page_that_needs_nothing(demo_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("nh3")
    html, card = tmp_path / "report.html", write_card(tmp_path, "de")
    result = cardkit(demo_folder, "--card", card, "--html", html)
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith(f"{html}: the report was written.\n")
    page = html.read_text("utf-8")
    assert '<html lang="de">' in page
    assert page.count("<svg") == 1
    assert (tmp_path / name_in("de")).read_text("utf-8") in page
    assert not re.search(r"<(script|img|link|iframe|object)\b", page)
    assert not re.search(r"\b(src|href)=", page)
    assert re.findall(r"https?://[^\"\s]*", page) == ["http://www.w3.org/2000/svg"]
    assert "default-src 'none'; img-src 'none'" in page
    assert 'align="right">' in page
    assert page.count("<details>") == 3
    record = find_record(card.read_text("utf-8"))
    assert record is not None
    assert report(record, "de") == page
    for part in ("Wie man es liest", "cardkit-bias-probe"):
        assert part in page


def test_a_report_needs_no_card(demo_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("nh3")
    assert cardkit(demo_folder, "--html", tmp_path / "r.html").exit_code == 0
    assert '<html lang="en">' in (tmp_path / "r.html").read_text("utf-8")
    assert os.listdir(tmp_path) == ["r.html"]


def test_without_the_extra_the_report_is_refused_at_once(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nh3", None)
    monkeypatch.setattr(run, "measure", lambda *_, **__: pytest.fail("measured"))
    result = cardkit(bert_folder, "--html", tmp_path / "r.html")
    assert result.exit_code == 2
    assert (
        result.stderr == "cardkit: HTML needs the extra `export` (pip install 'cardkit[export]')\n"
    )


@pytest.mark.parametrize("option", ["--card", "--output"])
def test_the_report_must_not_be_the_card(bert_folder: Path, tmp_path: Path, option: str) -> None:
    card = write_card(tmp_path, "en")
    before = card.read_bytes()
    same = os.path.join(tmp_path, ".", "README.md")
    result = cardkit(bert_folder, option, card, "--html", same)
    assert result.exit_code == 2
    assert "have to be different files" in result.stderr
    assert card.read_bytes() == before


def test_a_report_that_cannot_be_written(bert_folder: Path, tmp_path: Path) -> None:
    result = cardkit(bert_folder, "--html", tmp_path / "no" / "r.html")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_stay_text_in_the_report(language: str) -> None:
    pytest.importorskip("nh3")
    from dataclasses import replace

    from probe_records import RECORD, VARIANTS

    evil = '"><script>alert(1)</script><svg onload=alert(1)>'
    record = replace(VARIANTS["hostile prompt"], model=replace(RECORD.model, name=evil))
    page = report(record, language)
    assert "<script" not in page
    assert page.count("<svg") == 1
    assert not re.search(r"<[^>]*\son\w+=", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_verifying_does_not_depend_on_the_language(
    bert_folder: Path, tmp_path: Path, language: str
) -> None:
    card, output = write_card(tmp_path, language), tmp_path / "results.json"
    assert cardkit(bert_folder, "--card", card, "--output", output).exit_code == 0
    assert cardkit(bert_folder, "--verify", output).exit_code == 0


def test_the_terminal_needs_eighty_columns(
    bert_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = "A sentence that is long enough to be broken where it ends, or [MASK] before."
    shown = cardkit(bert_folder, "--prompt", prompt).stdout
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "noise floor" in shown


def test_two_cards_of_one_model_in_two_languages(bert_folder: Path, tmp_path: Path) -> None:
    english = write_card(tmp_path, "en")
    german = tmp_path / "README.de.md"
    german.write_text(english.read_text("utf-8").replace("[nl, en]", "de"), "utf-8")
    for card in (english, german):
        assert cardkit(bert_folder, "--card", card).exit_code == 0
    for card in (english, german):
        assert cardkit(bert_folder, "--check", card).exit_code == 0
    assert {path.name for path in tmp_path.glob("*.svg")} == {SVG, name_in("de")}


def test_a_suite_of_ones_own_with_its_own_german(bert_folder: Path, tmp_path: Path) -> None:
    """Fresh when its file is named; without it that is all that is said."""
    source = Path(__file__).parents[2] / "cardkit/probe/suites/gender-occupation-en.yaml"
    suite = tmp_path / "mine.yaml"
    text = source.read_text("utf-8").replace("id: gender-occupation-en", "id: mine")
    suite.write_text(text.replace("Geschlecht nach Beruf", "Mein Titel"), "utf-8")
    card = write_card(tmp_path, "de")
    assert cardkit(bert_folder, "--suite", suite, "--card", card).exit_code == 0
    assert "Mein Titel" in card.read_text("utf-8")
    check = cardkit(bert_folder, "--check", card, "--suite", suite)
    assert (check.exit_code, check.stdout) == (0, f"{card}: the measurement is fresh\n")
    alone = cardkit(bert_folder, "--check", card)
    assert alone.exit_code == 1
    assert alone.stdout.count("\n") == 1
    assert "suite mine does not ship with cardkit" in alone.stdout


def test_broken_metadata_has_no_language(bert_folder: Path, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\nlanguage: [de\n---\n\n# Model\n\nWords.\n", "utf-8")
    assert cardkit(bert_folder, "--card", card).exit_code == 0
    assert "**Measured" in card.read_text("utf-8")
