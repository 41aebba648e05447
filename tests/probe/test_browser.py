"""Chart and report in a real browser: drawn, nothing outside its box, dark where that is asked for."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe_records import RECORD, VARIANTS, with_results

from cardkit.probe.chart import chart
from cardkit.probe.chart_text import plain
from cardkit.probe.record import Estimate, Record, WordEffect
from cardkit.probe.report import report
from cardkit.probe.suite import load_suite, suite_names
from cardkit.probe.wording import LANGUAGES, texts_for

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser here")
DARK = "--blink-settings=preferredColorScheme=0"

#: What every text of each chart covers, in the chart's own units.
MEASURE = """
const boxes = [...document.querySelectorAll('svg')].map(svg => [...svg.querySelectorAll('text')].map(t => {
  const b = t.getBBox();
  return [t.textContent, b.x, b.y, b.x + b.width, b.y + b.height];
}));
document.body.innerHTML = '';
document.body.dataset.found = JSON.stringify(boxes);
"""
COLOURS = """
const page = getComputedStyle(document.querySelector('.ckb-page')).fill;
const text = getComputedStyle(document.querySelector('.ckb-text')).fill;
document.body.innerHTML = '';
document.body.dataset.found = JSON.stringify([page, text]);
"""


def browse(page: Path, *options: str) -> Any:
    """Open a page of a test's own and return what its script found."""
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--user-data-dir={page.parent / 'profile'}", "--virtual-time-budget=5000", *options,
         "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    match = re.search(r'data-found="([^"]*)"', done.stdout)
    assert match, done.stderr
    return json.loads(html.unescape(match[1]))


def with_script(folder: Path, body: str, script: str) -> Path:
    path = folder / "page.html"
    path.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body>{body}<script>{script}</script></body>',
        "utf-8",
    )
    return path


def charts(records: list[Record], language: str) -> list[str]:
    return [chart(record, texts_for(record, language, safe=plain)) for record in records]


def many_records() -> list[Record]:
    """All kinds of results, the words and targets of every suite, names and numbers that are long."""
    records = list(VARIANTS.values())
    for name in suite_names():
        suite = load_suite(name)
        longest = sorted((a.word for a in suite.attributes), key=len)[-3:]
        words = tuple(WordEffect(word, Estimate(11.2, 10.5, 12.4)) for word in longest)
        info = replace(
            RECORD.suite, id=suite.id, sha256=suite.sha256, title=suite.title, language=suite.language,
            positive=suite.positive, negative=suite.negative, noun=suite.noun, nouns=suite.nouns,
            limits=suite.limits,
        )  # fmt: skip
        record = with_results(toward_positive=words, toward_negative=words[:1])
        model = replace(
            RECORD.model, name="an-organisation-with-a-name/and-a-model-with-one-too-v2.1"
        )
        records.append(replace(record, suite=info, model=model))
    return records


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_leaves_the_chart_or_covers_another(tmp_path: Path, language: str) -> None:
    drawn = charts(many_records(), language)
    found = browse(with_script(tmp_path, "".join(drawn), MEASURE))
    assert len(found) == len(drawn)
    for svg, texts in zip(drawn, found, strict=True):
        size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
        assert size
        across, down = map(float, size.groups())
        assert len(texts) == svg.count("<text")
        for text, left, top, right, bottom in texts:
            assert right - left > 3, f"{text!r} is not drawn"
            assert left >= 6, (text, left)
            assert right <= across - 6, (text, right)
            assert top >= 0, text
            assert bottom <= down, text
        for n, (one, *a) in enumerate(texts):
            for other, *b in texts[n + 1 :]:
                apart = (
                    a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 3 or b[3] <= a[1] + 3
                )
                assert apart, (one, a, other, b)


def test_words_stay_left_of_the_plot(tmp_path: Path) -> None:
    found = browse(with_script(tmp_path, "".join(charts(many_records(), "fr")), MEASURE))
    wanted = {word.word for record in many_records() for word in record.results.toward_positive}
    seen = {text: right for texts in found for text, _, _, right, _ in texts if text in wanted}
    assert len(seen) > 5
    assert all(right <= 157 for right in seen.values())


def test_it_is_dark_where_that_is_asked_for(tmp_path: Path) -> None:
    page = with_script(tmp_path, charts([RECORD], "en")[0], COLOURS)
    light, dark = browse(page), browse(page, DARK)
    assert light == ["rgb(255, 255, 255)", "rgb(31, 35, 40)"]
    assert dark == ["rgb(13, 17, 23)", "rgb(240, 246, 252)"]


@pytest.mark.parametrize("width", [360, 1000])
def test_the_report_fits_a_telephone_and_a_desk(tmp_path: Path, width: int) -> None:
    """The page itself never scrolls sideways; what is too wide scrolls in its own box."""
    pytest.importorskip("nh3")
    page = report(VARIANTS["hostile prompt"]).replace("<details>", "<details open>")
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    script = """
    const frame = document.querySelector('iframe');
    frame.onload = () => {
      const root = frame.contentDocument.documentElement;
      const chart = root.querySelector('svg').getBoundingClientRect();
      const table = root.querySelector('table').getBoundingClientRect();
      const found = [root.scrollWidth, root.clientWidth, chart.width, chart.height, table.right];
      document.body.innerHTML = '';
      document.body.dataset.found = JSON.stringify(found);
    };
    """
    frame = f'<iframe style="width:{width}px;height:800px;border:0"></iframe>'
    body = f"{frame}<script>{script}</script>"
    load = f"document.querySelector('iframe').srcdoc = {json.dumps(page)};".replace("</", "<\\/")
    scroll, client, across, down, right = browse(
        with_script(tmp_path, body, load), "--window-size=1200,900"
    )
    assert client == width
    assert scroll <= width
    assert right <= width
    assert min(width - 40, 480) <= across <= width
    assert down > 0.5 * across


def test_the_policy_of_the_report_lets_no_script_run(tmp_path: Path) -> None:
    pytest.importorskip("nh3")
    text = report(RECORD)
    end = "<script>document.body.dataset.found = '[1]';</script></body>"
    path = tmp_path / "page.html"
    path.write_text(text.replace("</body>", end), "utf-8")
    with pytest.raises(AssertionError):
        browse(path)
    # Without the policy it would run.
    path.write_text(
        re.sub(r'<meta http-equiv="Content[^>]*>', "", path.read_text("utf-8")), "utf-8"
    )
    assert browse(path) == [1]
