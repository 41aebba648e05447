"""The section as a page of its own: chart inside, nothing that could run, nothing from elsewhere."""

import html
import re

from cardkit.export.html import clean, page
from cardkit.probe.chart import chart, chart_name
from cardkit.probe.chart_text import plain
from cardkit.probe.record import Record
from cardkit.probe.section import render
from cardkit.probe.suite import Suite
from cardkit.probe.wording import texts_for


def report(record: Record, language: str = "en", suite: Suite | None = None) -> str:
    """Return a measurement as a whole page of HTML, the same bytes every time.

    Raises:
        UsageError: the extra ``export`` is not installed.
    """
    texts = texts_for(record, language, suite, plain)
    title = texts.say("report", model=texts.safe(record.model.name))
    body = clean(render(record, texts_for(record, language, suite)))
    image = re.compile(
        rf'<p><img src="{re.escape(chart_name(record.suite.id, language))}"[^>]*></p>'
    )
    figure = f"<figure>\n{chart(record, texts)}</figure>"
    # The section's own image comes first; what the chart says stands in it as well.
    body = image.sub(lambda _: figure, body, count=1)
    return page(f"<h1>{html.escape(title)}</h1>\n{body}", title, language)
