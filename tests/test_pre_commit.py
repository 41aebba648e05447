"""The real pre-commit, against a repository made here, with the hooks of this checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_engine import GOOD

CONFIG = """\
repos:
- repo: {repo}
  rev: {rev}
  hooks:
  - id: {hook}
"""


def run(
    *command: str, cwd: Path, env: dict[str, str], check: bool = True
) -> "subprocess.CompletedProcess[str]":
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if check:
        assert result.returncode == 0, result.stdout + result.stderr
    return result


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    keep = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("GIT_", "PRE_COMMIT"))
    }
    names = {
        f"GIT_{who}_{what}": "test@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return keep | names | {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> tuple[Path, str]:
    """This working tree as a repository of its own, and its commit."""
    copy = tmp_path_factory.mktemp("hooks")
    listed = run(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT, env=env
    ).stdout
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("tests/", "docs/", "benchmarks/")) and (ROOT / name).exists():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    run("git", "init", "-q", cwd=copy, env=env)
    run("git", "add", "-A", cwd=copy, env=env)
    run("git", "commit", "-qm", "hooks", cwd=copy, env=env)
    return copy, run("git", "rev-parse", "HEAD", cwd=copy, env=env).stdout.strip()


@pytest.fixture
def project(tmp_path: Path, env: dict[str, str]) -> Path:
    run("git", "init", "-q", cwd=tmp_path, env=env)
    (tmp_path / "README.md").write_text("# A project\n\nNot a model.\n", "utf-8")
    (tmp_path / "CHANGES.md").write_text("# Changes\n", "utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "README.md").write_text(
        GOOD.replace("license: mit", "license: MIT"), "utf-8"
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("hook", ["cardkit-lint", "cardkit-fix"])
def test_hooks(hook: str, hooks: tuple[Path, str], project: Path, env: dict[str, str]) -> None:
    repo, rev = hooks
    (project / ".pre-commit-config.yaml").write_text(
        CONFIG.format(repo=repo, rev=rev, hook=hook), "utf-8"
    )
    run("git", "add", "-A", cwd=project, env=env)
    pre_commit = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    first = run(*pre_commit, cwd=project, env=env, check=False)
    if "InstallationError" in first.stdout or "Could not find a version" in first.stdout:
        pytest.skip("pre-commit could not install the hook's dependencies")
    assert first.returncode == 1, first.stdout + first.stderr
    if hook == "cardkit-lint":
        assert "model/README.md:2:10  error    CK203 unknown-license" in first.stdout
    else:
        assert "files were modified by this hook" in first.stdout
        assert (project / "model" / "README.md").read_text("utf-8") == GOOD
    # The project's own README is not accused.
    assert "\nREADME.md:" not in first.stdout
    (project / "model" / "README.md").write_text(GOOD, "utf-8")
    run("git", "add", "-A", cwd=project, env=env)
    second = run(*pre_commit, cwd=project, env=env, check=False)
    assert second.returncode == 0, second.stdout + second.stderr
