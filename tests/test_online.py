"""--online: against a real server on loopback that answers as the Hub is known to."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli_lint import cardkit, text

CARD = "---\nlicense: mit\nlanguage: en\nmodel-index:\n- name: m\n  results: []\n---\n# A model\n"
DOCS = "https://huggingface.co/docs/hub/model-cards#model-card-metadata"


class Hub(BaseHTTPRequestHandler):
    """Answers what ``answer`` says, and keeps what it was asked."""

    answer: Any = (200, {"errors": [], "warnings": []})
    asked: list[dict[str, Any]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        Hub.asked.append({"path": self.path, "token": self.headers["Authorization"], **body})
        status, content = Hub.answer
        if status == 0:
            time.sleep(12)
            return
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Hub.asked = []
    Hub.answer = (200, {"errors": [], "warnings": []})
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def run(folder: Path, hub: str, card: str = CARD, *options: str) -> Any:
    (folder / "README.md").write_text(card, "utf-8")
    arguments = ("lint", "--profile", "hub", "--output-format", "json", *options, "README.md")
    return cardkit(*arguments, cwd=folder, HF_ENDPOINT=hub)


def test_the_hub_is_asked_only_when_the_user_says_so(tmp_path: Path, hub: str) -> None:
    assert run(tmp_path, hub).returncode == 0
    assert Hub.asked == []
    assert run(tmp_path, hub, CARD, "--online").returncode == 0
    expected = {
        "path": "/api/validate-yaml",
        "token": None,
        "content": CARD,
        "repoType": "model",
    }
    assert Hub.asked == [expected]


def test_what_only_the_hub_finds_is_marked_as_its_own(tmp_path: Path, hub: str) -> None:
    Hub.answer = (
        400,
        {
            "errors": [{"message": '"model-index[0].name" is too short', "help": DOCS}],
            "warnings": [{"message": "something new"}],
        },
    )
    result = run(tmp_path, hub, CARD, "--online")
    found = json.loads(result.stdout)
    assert result.returncode == 1
    assert [(item["code"], item["line"], item["severity"]) for item in found] == [
        ("CK911", 5, "error"),
        ("CK912", 1, "warning"),
    ]
    assert found[0]["message"] == 'the Hub says: "model-index[0].name" is too short'
    assert found[0]["hub_message"] == '"model-index[0].name" is too short'
    assert found[0]["help"] == DOCS


def test_what_both_find_is_told_once(tmp_path: Path, hub: str) -> None:
    allowed = "[apache-2.0, mit, openrail, unknown, other, array]"
    Hub.answer = (
        400,
        {"errors": [{"message": f'"license" must be one of {allowed}'}], "warnings": []},
    )
    card = CARD.replace("license: mit", "license: Acme")
    found = json.loads(run(tmp_path, hub, card, "--online").stdout)
    assert [item["code"] for item in found] == ["CK203"]


def test_a_yaml_error_has_the_line_that_the_hub_names(tmp_path: Path, hub: str) -> None:
    message = "Invalid YAML in README.md: something new (2:3)"
    Hub.answer = (400, {"errors": [{"message": message}], "warnings": []})
    found = json.loads(run(tmp_path, hub, CARD, "--online").stdout)
    assert [(item["code"], item["line"], item["column"]) for item in found] == [("CK911", 3, 3)]


@pytest.mark.parametrize(
    ("answer", "notice"),
    [
        ((503, b"busy"), "HTTP status 503"),
        ((429, {"error": "slow down"}), "HTTP status 429"),
        ((200, b"<html>"), "no verdict"),
        ((400, {"error": "what?"}), "no verdict"),
        ((200, ["odd"]), "no verdict"),
    ],
)
def test_no_verdict_is_a_notice_and_changes_nothing(
    tmp_path: Path, hub: str, answer: Any, notice: str
) -> None:
    Hub.answer = answer
    offline, online = run(tmp_path, hub), run(tmp_path, hub, CARD, "--online")
    assert notice in text(online.stderr)
    assert "the offline result stands" in text(online.stderr)
    assert (online.stdout, online.returncode) == (offline.stdout, offline.returncode)


def test_nobody_there(tmp_path: Path) -> None:
    result = run(tmp_path, "http://127.0.0.1:9", CARD, "--online")
    assert result.returncode == 0
    assert "was not asked" in text(result.stderr)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    result = run(tmp_path, "file:///etc", CARD, "--online")
    assert result.returncode == 0
    assert "is no address" in text(result.stderr)


@pytest.mark.slow
def test_a_server_that_never_answers(tmp_path: Path, hub: str) -> None:
    Hub.answer = (0, None)
    start = time.monotonic()
    result = run(tmp_path, hub, CARD, "--online")
    assert time.monotonic() - start < 20
    assert result.returncode == 0
    assert "timed out" in text(result.stderr)
