"""The git repository of a folder: its commit, its remote, its id on the Hub. Git is not run."""

import os
import re
from collections.abc import Iterator
from typing import Final

from cardkit.facts.folder import Fact, Folder
from cardkit.schema import is_repo_id

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REMOTE = re.compile(
    r'^\s*\[remote "origin"\]\s*$(?:\n(?!\s*\[).*)*?\n\s*url\s*=\s*(\S+)', re.MULTILINE
)
_HUB = re.compile(r"(?:https://|ssh://git@|git@)(?:hf\.co|huggingface\.co)[/:](.+?)(?:\.git)?/?\Z")
_PASSWORD = re.compile(r"(?<=://)[^/@]+@")
_MAX: Final = 1 << 20


def read(folder: Folder) -> Iterator[Fact]:
    """Yield commit, remote (never with a password in it), and the model's id on the Hub."""
    git = _git_folder(folder.root)
    if git is None:
        return
    if commit := _commit(git):
        yield Fact("commit", commit, ".git/HEAD", "HEAD")
    if match := _REMOTE.search(_text(os.path.join(git, "config"))):
        url = _PASSWORD.sub("", match[1])
        if "://" not in url and not url.startswith("git@"):
            return  # a path on somebody's disk
        yield Fact("remote", url, ".git/config", "origin")
        hub = _HUB.match(url)
        if hub and "/" in hub[1] and is_repo_id(hub[1]):
            yield Fact("repo-id", hub[1], ".git/config", "origin")


def _git_folder(root: str) -> str | None:
    """Return the folder of git's files; a worktree has its configuration elsewhere: not followed."""
    path = os.path.join(root, ".git")
    return path if os.path.isdir(path) else None


def _commit(git: str) -> str | None:
    head = _text(os.path.join(git, "HEAD")).strip()
    if not head.startswith("ref: "):
        return head if _COMMIT.match(head) else None
    ref = head.removeprefix("ref: ")
    if not re.fullmatch(r"refs/[\w./-]+", ref) or ".." in ref:
        return None
    loose = _text(os.path.join(git, *ref.split("/"))).strip()
    if _COMMIT.match(loose):
        return loose
    for line in _text(os.path.join(git, "packed-refs")).splitlines():
        commit, _, name = line.partition(" ")
        if name == ref and _COMMIT.match(commit):
            return commit
    return None


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_MAX)
    except OSError:
        return ""
