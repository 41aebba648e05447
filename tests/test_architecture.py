"""Layers, sizes and imports: kept by tests, not by hope."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cardkit"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: From the bottom to the top; a module may import what stands in a lower group, or in its own.
LAYERS = [
    {"errors", "_data", "_lazy", "text", "core_schema", "files", "beside"},
    {"yaml"},
    {"yaml12", "yaml_write", "sections", "frontmatter", "fences", "topics", "fillers"}
    | {"generators", "cues", "vocab", "classifier"},
    {
        "places",
        "measured",
        "evidence",
        "grades",
        "structures",
        "verdicts",
        "schema",
        "suggest",
        "config",
        "editor_schema",
    },
    {"card", "diagnostic"},
    {"facts", "edits"},
    {"rule"},
    {"rules"},
    {"profiles", "suppress"},
    {"selection"},
    {"engine"},
    {"fix", "edit", "discover", "baseline", "online"},
    {"report"},
    {"cli", "__main__"},
]
RANK = {name: i for i, group in enumerate(LAYERS) for name in group}
#: These use the layers above as any program would.
OUTSIDE = {"probe", "authoring", "hub", "demo_model", "api", "trainer", "export", "diff", ""}


def part(path: Path) -> str:
    """Return the part of the package a module belongs to: its file, or its folder."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py").replace("__init__", "")


def imports(path: Path) -> set[str]:
    """Return the parts of the package that a module imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cardkit"):
            names = node.module.split(".")
            if len(names) > 1:
                found.add(names[1])
            else:
                found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downwards(path: Path) -> None:
    own = part(path)
    if own in OUTSIDE:
        return
    for other in imports(path):
        if other in RANK:
            assert RANK[other] <= RANK[own], f"{own} must not import {other}"
        elif own != "cli":
            assert other not in OUTSIDE - {""}, f"{own} must not import {other}"


def test_every_module_has_its_layer() -> None:
    assert {part(path) for path in MODULES} <= set(RANK) | OUTSIDE


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_most_modules_are_under_250_lines() -> None:
    sizes = [len(path.read_text("utf-8").splitlines()) for path in MODULES]
    assert sum(size < 250 for size in sizes) / len(sizes) > 0.75


HEAVY = [
    "torch",
    "numpy",
    "transformers",
    "huggingface_hub",
    "jinja2",
    "rich",
    "difflib",
    "asyncio",
]


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a call of cardkit has loaded when it ends."""
    script = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('\\nLOADED', *sys.modules, file=sys.stderr))\n"
        "from cardkit.cli import main\n"
        f"main({list(arguments)!r}, prog_name='cardkit')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    return set(result.stderr.split("LOADED", 1)[1].split())


def test_lint_loads_nothing_heavy(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    text = (
        "---\nlicense: mit\ntags: [a]\n---\n# A model\n\n"
        + "It sorts English mail of all kinds.\n\n" * 110
    )
    assert 3_800 < len(text) < 4_300
    card.write_text(text, "utf-8")
    assert loaded("lint", str(card)) & set(HEAVY) == set()


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_help_and_version_load_no_parser(arguments: list[str]) -> None:
    assert (
        loaded(*arguments) & {"yaml", "markdown_it", "jsonschema", "jsonschema_rs", "cardkit.rules"}
        == set()
    )
