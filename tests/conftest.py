"""Fixtures: real cards where they lie beside the checkout, and short ways to lint a text."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardkit.card import Card
from cardkit.engine import Report, lint
from cardkit.selection import select

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real cards and facts; it is not part of the project, so tests skip without it."""
    if not (SHARED / "cards" / "index.jsonl").exists():
        pytest.skip("no shared cards beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def real_cards(shared: Path) -> dict[str, bytes]:
    """All real cards: file name -> bytes."""
    with tarfile.open(shared / "cards" / "cards.tar.xz") as tar:
        return {
            member.name.removeprefix("./"): file.read()
            for member in tar
            if member.isfile() and (file := tar.extractfile(member))
        }


@pytest.fixture(scope="session")
def mistakes(shared: Path) -> list[dict[str, Any]]:
    """Mistakes that people made, with their right form."""
    rows: list[dict[str, Any]] = json.loads((shared / "hub" / "mistakes.json").read_text("utf-8"))
    return rows


@pytest.fixture
def lint_text() -> Callable[..., Report]:
    """Lint a text; keyword arguments choose the rules as on the command line."""

    def run(text: str, **selection: Any) -> Report:
        return lint(Card.from_text(text), select(**selection) if selection else None)

    return run
