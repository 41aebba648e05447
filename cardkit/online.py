"""The Hub's own answer about a card (``lint --online``): asked for, and merged with cardkit's findings.

``POST {endpoint}/api/validate-yaml`` takes the whole card and needs no token. It answers 200 with
warnings, or 400 with errors. Whatever else happens is a notice: the offline result stands as it is.
"""

import json
import os
import re
from typing import Any, Final, NamedTuple

from cardkit.card import Card
from cardkit.diagnostic import Diagnostic, Finding, Key, Place, Value
from cardkit.engine import Report, diagnose
from cardkit.errors import CardkitError
from cardkit.rules import by_name
from cardkit.selection import Selection
from cardkit.text import Span

ENDPOINT: Final = "https://huggingface.co"
TIMEOUT: Final = 10.0
_MOST: Final = 1_000_000


class NoAnswer(CardkitError):  # noqa: N818 (it is no error of ours)
    """The Hub could not be asked; the message says why."""


class Answer(NamedTuple):
    """What the Hub says: (message, help) for each error and each warning."""

    errors: tuple[tuple[str, str | None], ...]
    warnings: tuple[tuple[str, str | None], ...]


def ask(card: Card, timeout: float = TIMEOUT) -> Answer:
    """Ask the Hub, or the server that HF_ENDPOINT names, about a card.

    Raises:
        NoAnswer: no connection, no answer in time (seconds), or none that makes sense.
    """
    # Only where somebody asked for it: linting never uses the network otherwise.
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    endpoint = os.environ.get("HF_ENDPOINT", ENDPOINT).rstrip("/")
    body = json.dumps({"content": card.text, "repoType": card.kind}).encode("utf-8")
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        if not endpoint.startswith(("http://", "https://")):
            raise NoAnswer(f"HF_ENDPOINT is no address: {endpoint}")
        request = Request(f"{endpoint}/api/validate-yaml", body, headers)
        try:
            with urlopen(request, timeout=timeout) as response:
                status, data = response.status, response.read(_MOST)
        except HTTPError as error:
            status, data = error.code, error.read(_MOST)
            error.close()
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise NoAnswer(
            f"{endpoint} was not asked: {str(reason) or type(error).__name__}"
        ) from error
    if status not in (200, 400):
        raise NoAnswer(f"{endpoint} gave no verdict: HTTP status {status}")
    try:
        answer = json.loads(data)
        return Answer(_messages(answer["errors"]), _messages(answer["warnings"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnswer(f"{endpoint} gave an answer that is no verdict (HTTP {status})") from error


def _messages(items: Any) -> tuple[tuple[str, str | None], ...]:
    return tuple((str(item["message"]), item.get("help")) for item in items)


def merge(report: Report, answer: Answer, selection: Selection) -> Report:
    """Return a report with what the Hub says and cardkit has not told, marked as the Hub's own."""
    card = report.card
    told = {_plain(item.hub_message) for item in report.diagnostics if item.hub_message}
    new: list[Diagnostic] = []
    for code, messages in (("CK911", answer.errors), ("CK912", answer.warnings)):
        rule = by_name()[code]
        for message, help_ in messages:
            if _plain(message) in told:
                continue
            finding = Finding(
                _place(card, message), f"the Hub says: {message}", help_, None, message
            )
            severity = selection.severity(rule, finding)
            if severity is not None:
                new.append(diagnose(card, rule, finding, severity))
    if not new:
        return report
    return report._replace(diagnostics=(*report.diagnostics, *new), reached=None)


def _plain(message: str) -> str:
    """Return a message without the lists of ids in it, which cardkit writes shorter."""
    message = re.sub(r"\[apache-2\.0,.*array\]", "[…]", message)
    return re.sub(r"(official list).*", r"\1", message, flags=re.DOTALL)


_STEPS = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def _place(card: Card, message: str) -> Key | Value | Place:
    """Return the place that a message of the Hub's names: a path in quotes, or line and column."""
    block = card.front_matter
    if block and (match := re.search(r"\((\d+):(\d+)\)\s*\Z", message)):
        line = card.source.position(block.content.start).line + int(match[1]) - 1
        if line <= card.source.position(block.closing.start).line:
            span = card.source.line_span(line)
            start = min(span.start + int(match[2]) - 1, span.end)
            return Place(Span(start, span.end))
    if match := re.match(r'"([^"]+)" ', message):
        path = tuple(int(step[1]) if step[1] else step[2] for step in _STEPS.finditer(match[1]))
        while path and card.yaml.find(path) is None:
            path = path[:-1]
        if path:
            return Value(path)
    start = block.opening.start if block else 0
    return Place(Span(start, start))
