"""The documentation: pages made from the code are fresh, commands in the README print what it says."""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cardkit.cli import COMMANDS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def make() -> object:
    spec = importlib.util.spec_from_file_location("make", ROOT / "docs" / "make.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["rules.md", "profiles.md"])
def test_pages_are_what_the_code_says(name: str) -> None:
    page = make().PAGES[name]()  # type: ignore[attr-defined]
    assert (ROOT / "docs" / name).read_text("utf-8") == page, "run: python docs/make.py"


def console_blocks() -> list[tuple[str, str]]:
    pages = README + (ROOT / "docs" / "topics.md").read_text("utf-8")
    blocks = re.findall(r"<!-- runs as a test -->\n```console\n\$ (.+)\n([\s\S]*?)```", pages)
    assert blocks
    return blocks


def test_the_page_on_topics_names_the_languages_of_the_data() -> None:
    names = {
        "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French",
        "hi": "Hindi", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
        "pt": "Portuguese", "ru": "Russian", "zh": "Chinese", "tr": "Turkish", "fa": "Persian",
    }  # fmt: skip
    topics = json.loads((ROOT / "schemas" / "topics.json").read_text("utf-8"))["topics"]
    page = (ROOT / "docs" / "topics.md").read_text("utf-8")
    assert {language for data in topics.values() for language in data["exact"]} == set(names)
    assert all(name in page for name in names.values())


@pytest.mark.parametrize(("command", "output"), console_blocks())
def test_readme_shows_real_output(command: str, output: str) -> None:
    words = shlex.split(command)
    assert words[0] == "cardkit"
    if words[1] == "bias-probe":
        pytest.importorskip("torch")
    result = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )
    printed = result.stdout.decode("utf-8").replace("\r\n", "\n")
    # A block may show the beginning; what it shows must be what is printed.
    assert printed.startswith(output)


def test_readme_names_every_command() -> None:
    for name in COMMANDS:
        assert f"cardkit {name}" in README, name


def test_local_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        prose = re.sub(
            r"^(`{3,}).*?^\1", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
            if "…" not in link:
                assert (page.parent / link).exists(), (page.name, link)


def test_benchmarks_named_in_the_documentation_exist() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for name in re.findall(
            r"python (benchmarks/\w+\.py|docs/\w+\.py)", page.read_text("utf-8")
        ):
            assert (ROOT / name).exists(), (page.name, name)


def test_torch_is_pinned_for_development() -> None:
    assert "torch==2.13.0\n" in (ROOT / "constraints.txt").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[<>=]", item)[0] for item in project["dependencies"]}
    assert named == {"click", "huggingface_hub", "jinja2", "jsonschema", "markdown-it-py", "pyyaml"}


def test_nothing_names_the_place_it_was_made_in() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    for name in listed.split():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".yaml", ".json", ".txt") and path.exists():
            text = path.read_text("utf-8", "replace")
            for word in ("/" + "work/", "py" + "pi.org", "download.py" + "torch"):
                assert word not in text, (name, word)


def test_the_shared_folder_is_only_for_tests_and_benchmarks() -> None:
    for path in Path(ROOT / "cardkit").rglob("*.py"):
        assert "shared/" not in path.read_text("utf-8"), path
