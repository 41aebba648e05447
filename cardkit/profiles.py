"""Profiles: which advice runs, and which of it a card must heed to reach the next level."""

from collections.abc import Mapping
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


def default_profile() -> str:
    """Return the name of the profile that holds when none is chosen."""
    return str(load_json("schemas", "profiles.json")["default"])


def find_chain(
    name: str | None = None, own: Mapping[str, tuple[str, Profile]] | None = None
) -> tuple[Profile, ...]:
    """Return the profiles that lead to one, from the lowest, and those above it that ship.

    Args:
        name: the profile; None for the default one.
        own: profiles of an organisation, each with the name of the one it extends.

    Raises:
        UsageError: there is no profile of that name, or the organisation's extend each other.
    """
    own = own or {}
    wanted = name or default_profile()
    if wanted not in own:
        if wanted not in (profile.name for profile in all_profiles()):
            known = ", ".join([*(profile.name for profile in all_profiles()), *own])
            raise UsageError(f"there is no profile {wanted!r}; the profiles are {known}")
        return all_profiles()
    above: list[Profile] = []
    while wanted in own:
        parent, profile = own[wanted]
        if profile in above:
            raise UsageError(f"profile {wanted!r} extends itself")
        above.insert(0, profile)
        wanted = parent
    chain = list(all_profiles())
    names = [profile.name for profile in chain]
    if wanted not in names:
        raise UsageError(f"profile {above[0].name!r} extends {wanted!r}, which does not exist")
    chain = chain[: names.index(wanted) + 1]
    for profile in above:
        requires = profile.requires | chain[-1].requires
        advises = (profile.advises | chain[-1].advises) - requires
        chain.append(profile._replace(requires=requires, advises=advises))
    return tuple(chain)
