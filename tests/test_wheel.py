"""The wheel, installed in an environment of its own outside the checkout, does the work there."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_engine import GOOD

#: An environment in which the checkout is not found by chance.
OUTSIDE = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cardkit's command in a fresh environment, with the dependencies of this one behind it."""
    home = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True)
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return scripts / "cardkit"


def test_the_wheel_holds_the_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("schemas",):
        wanted = {
            f"cardkit/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*.json")
        }
        assert wanted <= names
    assert "cardkit/py.typed" in names
    assert "cardkit/templates/model/card.md.j2" in names
    demo = ("README.md", "config.json", "model.safetensors", "planted.json", "tokenizer.json")
    assert {f"cardkit/demo_model/{name}" for name in demo} <= names
    assert "cardkit/probe/suites/gender-occupation-en.yaml" in names
    assert not any(name.startswith("tests/") for name in names)


def test_the_installed_command_lints_outside_the_checkout(program: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(GOOD.replace("mit", "MIT", 1), "utf-8")
    result = subprocess.run(
        [str(program), "lint", "README.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=OUTSIDE,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert "README.md:2:10  error    CK203 unknown-license" in result.stdout


def test_the_installed_demo_runs_outside_the_checkout(program: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    result = subprocess.run(
        [str(program), "demo", "shown"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=OUTSIDE,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "measurement added" in result.stdout
    assert "<!-- cardkit:bias-probe end sum=" in (tmp_path / "shown" / "README.md").read_text(
        "utf-8"
    )


def test_it_is_the_wheel_that_runs(program: Path, tmp_path: Path) -> None:
    code = "import cardkit, cardkit._data as d; print(cardkit.__file__); print(d.data_path('schemas', 'topics.json'))"
    result = subprocess.run(
        [str(program.parent / "python"), "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=OUTSIDE,
        check=True,
    )
    for line in result.stdout.splitlines():
        assert str(program.parents[1]) in line
        assert str(ROOT) not in line
