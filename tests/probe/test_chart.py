"""The chart: drawn from the record, to scale, whole XML whatever the words, ours on disk."""

import re
import sys
import types
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe_records import NO_INTERVALS, RECORD, VARIANTS, with_results

from cardkit.errors import InputError
from cardkit.probe import png
from cardkit.probe.chart import MARK, alternative, chart, chart_name
from cardkit.probe.chart_files import check_charts, stale_charts, write_charts
from cardkit.probe.chart_text import plain, width, wrap
from cardkit.probe.numbers import odds
from cardkit.probe.record import Estimate, Record, TemplateEffect, WordEffect
from cardkit.probe.wording import LANGUAGES, texts_for

SVG = "{http://www.w3.org/2000/svg}"
NAME = "bias-probe-gender-occupation-en"


def draw(record: Record, language: str = "en") -> str:
    return chart(record, texts_for(record, language, safe=plain))


def parse(text: str) -> ET.Element:
    return ET.fromstring(text.encode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_it_is_whole_and_says_what_it_is(name: str, language: str) -> None:
    text = draw(VARIANTS[name], language)
    root = parse(text)
    assert root.get("role") == "img"
    assert root.get("lang") == language
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text
    assert root[1].text == alternative(
        VARIANTS[name], texts_for(VARIANTS[name], language, safe=plain)
    )
    assert "<script" not in text
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"url\(|@import|@font-face|href|\son\w+=", text)
    assert text == draw(VARIANTS[name], language)
    assert text.endswith("</svg>\n")


def circles(root: ET.Element, kind: str) -> list[float]:
    return [float(c.get("cx", "")) for c in root.iter(f"{SVG}circle") if c.get("class") == kind]


def axis(root: ET.Element) -> tuple[float, float]:
    """Place of 0, and units a nat, from the ticks and their labels."""
    ticks = {}
    for text in root.iter(f"{SVG}text"):
        label = (text.text or "").replace("−", "-")
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", label):
            ticks[float(label)] = float(text.get("x", ""))
    (low, left), (high, right) = min(ticks.items()), max(ticks.items())
    return ticks[0.0], (right - left) / (high - low)


def test_everything_is_to_scale() -> None:
    root = parse(draw(RECORD))
    zero, unit = axis(root)
    drawn = sorted(
        (x - zero) / unit
        for kind in ("ckb-pos", "ckb-neg", "ckb-none")
        for x in circles(root, kind)
    )
    results = RECORD.results
    wanted = [
        results.mean.value,
        *(test.mean.value for test in results.tests if test.group != "all"),
    ]
    wanted += [word.effect.value for word in (*results.toward_positive, *results.toward_negative)]
    # One more is in the key.
    drawn.remove(min(drawn, key=lambda one: abs(one - (26 - zero) / unit)))
    assert drawn == pytest.approx(sorted(wanted), abs=0.01)
    dots = [(x - zero) / unit for x in circles(root, "ckb-dot")][:-1]
    assert dots == pytest.approx([one.effect.value for one in results.by_template], abs=0.01)
    band = next(r for r in root.iter(f"{SVG}rect") if r.get("class") == "ckb-band")
    assert float(band.get("width", "")) / unit == pytest.approx(2 * 0.07, abs=0.01)
    assert float(band.get("x", "")) == pytest.approx(zero - 0.07 * unit, abs=0.1)
    whiskers = [p.get("d", "") for p in root.iter(f"{SVG}path") if "v8" in p.get("d", "")]
    low, high = (float(x) for x in re.findall(r"M([\d.]+),[\d.]+H([\d.]+)", whiskers[0])[0])
    assert [(low - zero) / unit, (high - zero) / unit] == pytest.approx([-0.55, 0.31], abs=0.01)


def test_what_covers_zero_is_hollow_and_sides_have_their_colours() -> None:
    root = parse(draw(RECORD))
    zero, unit = axis(root)
    hollow = [round((x - zero) / unit, 1) for x in circles(root, "ckb-none")]
    assert hollow == [-0.1, 0.1]
    assert all(x > zero for x in circles(root, "ckb-pos")[:-1])
    assert all(x < zero for x in circles(root, "ckb-neg"))
    assert not circles(parse(draw(NO_INTERVALS)), "ckb-neg")  # without an interval nothing is shown


def test_both_directions_and_the_odds_are_named() -> None:
    texts = [text.text for text in parse(draw(RECORD)).iter(f"{SVG}text")]
    assert "← he" in texts
    assert "she →" in texts
    assert odds(2.6) in texts
    assert "noise floor ±0.07: difference of control words" in " ".join(filter(None, texts))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_alternative_text_has_no_brackets_and_tells_the_main_result(name: str) -> None:
    record = VARIANTS[name]
    text = alternative(record, texts_for(record))
    assert not re.search(r"[\[\]\n]", text)
    assert f"Mean lean {'+' if record.results.mean.value > 0 else ''}" in text.replace("−", "")


words = st.text(min_size=1, max_size=60)
numbers = st.floats(min_value=-40, max_value=40, allow_nan=False)


@given(
    word=words,
    value=numbers,
    spread=st.floats(min_value=0, max_value=20),
    language=st.sampled_from(LANGUAGES),
)
def test_any_word_and_any_number_fit(word: str, value: float, spread: float, language: str) -> None:
    estimate = Estimate(value, value - spread, value + spread)
    record = with_results(
        mean=estimate,
        toward_positive=(WordEffect(word, estimate),),
        by_template=(TemplateEffect(word, estimate),),
    )
    record = replace(record, model=replace(record.model, name=word))
    root = parse(draw(record, language))
    across, down = (float(root.get(key, "")) for key in ("width", "height"))
    for item in root.iter():
        for key, most in (("x", across), ("cx", across), ("y", down), ("cy", down)):
            assert 0 <= float(item.get(key, "0")) <= most


@given(text=words, room=st.floats(min_value=30, max_value=400), most=st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_silently(text: str, room: float, most: int) -> None:
    text = plain(text)
    lines = wrap(text, room, 14, most)
    assert 1 <= len(lines) <= most
    assert all(width(line, 14) <= room or len(line) <= 2 for line in lines)
    if not lines[-1].endswith("…"):
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_line_of_chinese_does_not_begin_with_a_stop() -> None:
    assert wrap("性别与职业，英语", 5 * 14, 14) == ["性别与职", "业，英语"]


def test_the_colours_can_be_read() -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for text, 3 to 1 for what is drawn, light and dark."""
    style = re.search("<style>(.*)</style>", draw(RECORD))
    assert style
    light, _, dark = style[1].partition("@media (prefers-color-scheme:dark){")
    for part in (light, light + dark):
        rules: dict[str, dict[str, str]] = {}
        for selector, body in re.findall(r"\.(ckb-[\w-]+)\{([^}]*)\}", part):
            rules.setdefault(selector, {}).update(re.findall(r"([\w-]+):(#\w+|[\w.]+)", body))
        page = rules["ckb-page"]["fill"]
        band = rules["ckb-band"]["fill"]
        for name in ("ckb-text", "ckb-soft", "ckb-pos-word", "ckb-neg-word"):
            assert contrast(rules[name]["fill"], page) >= 4.5, name
        for name in ("ckb-pos", "ckb-neg", "ckb-none", "ckb-axis"):
            assert contrast(rules[name]["stroke"], page) >= 3, name
            assert contrast(rules[name]["stroke"], band) >= 3, name


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def no_resvg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)


def test_without_the_renderer_the_svg_is_written_alone(tmp_path: Path, no_resvg: None) -> None:
    card = str(tmp_path / "README.md")
    told = write_charts(card, RECORD, "en")
    assert told == [
        f"{tmp_path}/{NAME}.svg: the chart was written.",
        "No PNG of it: resvg-py, which draws it, is not installed.",
    ]
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.svg"]
    assert (tmp_path / f"{NAME}.svg").read_text("utf-8") == draw(RECORD)
    assert not write_charts(card, RECORD, "en")


def test_both_are_written_and_a_second_time_neither(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    card = str(tmp_path / "README.md")
    told = write_charts(card, RECORD, "en")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip(f"no fonts here: {told}")
    picture = (tmp_path / f"{NAME}.png").read_bytes()
    image = pytest.importorskip("PIL.Image").open(tmp_path / f"{NAME}.png")
    image.load()
    root = parse(draw(RECORD))
    assert image.size == tuple(2 * int(root.get(key, "")) for key in ("width", "height"))
    assert len(set(image.convert("RGB").getcolors(100_000))) > 10
    assert png.drawn_from(picture, draw(RECORD))
    assert not png.drawn_from(picture, draw(RECORD, "de"))
    assert not write_charts(card, RECORD, "en")
    assert write_charts(card, with_results(mean=Estimate(0.5)), "en")
    assert (tmp_path / f"{NAME}.png").read_bytes() != picture


def fonts(*files: str) -> types.SimpleNamespace:
    """resvg-py as it is where only these fonts are installed."""
    real = pytest.importorskip("resvg_py")

    def svg_to_bytes(**options: object) -> bytes:
        return bytes(real.svg_to_bytes(skip_system_fonts=True, font_files=list(files), **options))

    return types.SimpleNamespace(svg_to_bytes=svg_to_bytes)


def test_where_there_is_no_font_there_is_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", fonts())
    told = write_charts(str(tmp_path / "README.md"), RECORD, "en")
    assert told[1:] == ["No PNG of it: no font here has letters."]
    assert [path.suffix for path in tmp_path.iterdir()] == [".svg"]


def test_a_font_without_the_characters_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    latin = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not latin.exists():
        pytest.skip("a font that has no Chinese is not where it is looked for")
    monkeypatch.setitem(sys.modules, "resvg_py", fonts(str(latin)))
    assert isinstance(png.draw(draw(RECORD)), bytes)
    missing = png.draw(draw(RECORD, "zh"))
    assert isinstance(missing, str)
    assert re.fullmatch("no font here has “[\u3000-\uffff]”", missing)


def test_an_old_picture_that_cannot_be_drawn_again_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("resvg_py")
    card = str(tmp_path / "README.md")
    if len(write_charts(card, RECORD, "en")) < 2 or not (tmp_path / f"{NAME}.png").exists():
        pytest.skip("no fonts here")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    told = write_charts(card, with_results(mean=Estimate(0.5)), "en")
    assert f"{tmp_path}/{NAME}.png: shows an earlier chart; delete it." in told


@pytest.mark.parametrize("suffix", ["svg", "png"])
@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"mine", b"\x89PNG\r\n\x1a\n\0\0"]
)
def test_somebody_elses_file_is_not_overwritten(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"{NAME}.{suffix}"
    path.write_bytes(content)
    card = str(tmp_path / "README.md")
    for act in (
        lambda: check_charts(card, RECORD.suite.id),
        lambda: write_charts(card, RECORD, "en"),
    ):
        with pytest.raises(InputError, match=r"is there already and is not cardkit's"):
            act()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [(path.name, content)]


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.svg").mkdir()
    with pytest.raises(InputError, match="directory"):
        check_charts(str(tmp_path / "README.md"), RECORD.suite.id)


def test_an_edited_chart_is_stale(tmp_path: Path) -> None:
    card, path = str(tmp_path / "README.md"), tmp_path / f"{NAME}.svg"
    assert not stale_charts(card, RECORD, "en")
    write_charts(card, RECORD, "en")
    assert not stale_charts(card, RECORD, "en")
    path.write_text(path.read_text("utf-8").replace("÷ 1.13", "÷ 1.03"), "utf-8")
    assert stale_charts(card, RECORD, "en") == [f"{NAME}.svg does not show what the record says"]
    write_charts(card, RECORD, "en")
    assert path.read_text("utf-8") == draw(RECORD)


def test_the_mark_and_the_name() -> None:
    assert MARK in draw(RECORD)[:1000]
    assert chart_name("x-y") == "bias-probe-x-y.svg"
    assert chart_name("x-y", "zh") == "bias-probe-x-y.zh.svg"
