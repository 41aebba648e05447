"""Profiles: which advice runs, and which of it a card must heed to reach the next level."""

from functools import cache
from typing import NamedTuple

from cardkit._data import load_json
from cardkit.errors import UsageError


class Profile(NamedTuple):
    """A level that a card can reach. ``requires`` and ``advises`` hold the names of rules."""

    name: str
    summary: str
    requires: frozenset[str]
    advises: frozenset[str]


@cache
def all_profiles() -> tuple[Profile, ...]:
    """Return the profiles from the lowest to the highest; each includes the one before."""
    data = load_json("schemas", "profiles.json")["profiles"]
    profiles: list[Profile] = []
    name = next(key for key, value in data.items() if value["extends"] is None)
    while name:
        requires = frozenset(data[name]["requires"])
        advises = frozenset(data[name]["advises"])
        if profiles:
            requires |= profiles[-1].requires
            advises |= profiles[-1].advises
        profiles.append(Profile(name, data[name]["summary"], requires, advises - requires))
        name = next((key for key, value in data.items() if value["extends"] == name), "")
    return tuple(profiles)


def find_profile(name: str | None = None) -> Profile:
    """Return a profile by its name, or the default one.

    Raises:
        UsageError: there is no profile of that name.
    """
    wanted = name or load_json("schemas", "profiles.json")["default"]
    for profile in all_profiles():
        if profile.name == wanted:
            return profile
    known = ", ".join(profile.name for profile in all_profiles())
    raise UsageError(f"there is no profile {wanted!r}; the profiles are {known}")
