"""Which rules are shown for a card, and how severely: profile, configuration, command line."""

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from typing import Any, NamedTuple

from cardkit.config import Config
from cardkit.diagnostic import Finding, Severity, Topic
from cardkit.errors import UsageError
from cardkit.profiles import Profile, find_chain
from cardkit.rule import Rule
from cardkit.rules import all_rules, by_name
from cardkit.suggest import nearest
from cardkit.topics import TOPICS, normalise

#: The rule that speaks only of topics which configuration requires.
_REQUIRED = "CK310"


class Selection(NamedTuple):
    """Which rules are shown.

    ``selected`` names rules chosen by hand, ``extended`` rules added to the profile's: their
    advice fails as well. ``required`` holds topics, ``headings`` titles that an organisation uses.
    """

    profile: Profile
    #: the profiles whose reaching is told, from the lowest
    chain: tuple[Profile, ...]
    selected: frozenset[str] | None = None
    ignored: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = {}
    required: frozenset[str] = frozenset()
    headings: Mapping[str, frozenset[str]] = {}
    per_file: tuple[tuple[str, frozenset[str]], ...] = ()
    folder: str = "."
    fail_on: Severity = Severity.WARNING

    def for_file(self, path: str) -> "Selection":
        """Return the selection with what is ignored in one file."""
        if not self.per_file:
            return self
        relative = os.path.relpath(os.path.abspath(path), os.path.abspath(self.folder))
        name = relative.replace(os.sep, "/")
        ignored = self.ignored
        for pattern, codes in self.per_file:
            if fnmatch(name, pattern) or fnmatch(name.rpartition("/")[2], pattern):
                ignored |= codes
        return self._replace(ignored=ignored)

    def needs(self, rule: Rule) -> bool:
        """Tell whether a rule must run: its findings are shown, or decide on a profile."""
        return (
            rule.ground != "advice"
            or self.severity(rule) is not None
            or bool(self.required)
            or any(rule.name in profile.requires for profile in self.chain)
        )

    def severity(self, rule: Rule, finding: Finding | None = None) -> Severity | None:
        """Return the severity of a rule's finding, or None when it is not to be shown."""
        chosen = self.selected is not None and rule.code in self.selected
        extended = rule.code in self.extended
        if rule.code in self.ignored:
            return None
        if self.selected is not None and not chosen and not extended:
            return None
        topic = finding.at.id if finding and isinstance(finding.at, Topic) else None
        if rule.code == _REQUIRED and topic not in self.required and not chosen:
            return None
        if rule.code in self.severities:
            return self.severities[rule.code]
        if rule.ground == "hub-error":
            return Severity.ERROR
        required = rule.name in self.profile.requires or (
            topic in self.required and rule.name.startswith(("missing-", "placeholder-"))
        )
        if rule.ground == "hub-warning" or chosen or extended or required:
            return Severity.WARNING
        return Severity.INFO if rule.name in self.profile.advises else None


def select(
    profile: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    config: Config | None = None,
    fail_on: str | None = None,
) -> Selection:
    """Return a selection from names as users write them: codes, names, prefixes (``CK5``), ``ALL``.

    What is given here comes before what configuration says; what is to be ignored adds up.

    Raises:
        UsageError: a name fits no rule, topic, severity or profile; the message names the file.
    """
    config = config or Config()
    where = f"{config.path}: " if config.path else ""
    try:
        own = config.get("profiles", {})
        name = profile or config.get("profile")
        chain = find_chain(name, {key: _profile(key, table) for key, table in own.items()})
        chosen = _all_codes(select) or _all_codes(config.get("select", ()))
        return Selection(
            find_in(chain, name),
            chain,
            chosen or None,
            _all_codes(ignore) | _all_codes(config.get("ignore", ())),
            _all_codes(config.get("extend-select", ())),
            _severities(config.get("severity", {})),
            frozenset(_topic(name) for name in config.get("required-topics", ())),
            _headings(config.get("headings", {})),
            tuple(
                (pattern, _all_codes(names))
                for pattern, names in config.get("per-file-ignores", {}).items()
            ),
            config.folder,
            _severity(fail_on or config.get("fail-on", "warning")),
        )
    except UsageError as error:
        raise UsageError(f"{where}{error}") from error


def find_in(chain: tuple[Profile, ...], name: str | None) -> Profile:
    """Return the profile of a name in a chain that holds it; the default one without a name."""
    from cardkit.profiles import default_profile

    wanted = name or default_profile()
    return next(profile for profile in chain if profile.name == wanted)


def _all_codes(names: Iterable[str]) -> frozenset[str]:
    return frozenset(code for name in names for code in _codes(name))


def _codes(name: str) -> list[str]:
    """Return the codes that a selector stands for."""
    wanted = name.strip()
    if wanted.upper() == "ALL":
        return [rule.code for rule in all_rules()]
    if wanted.lower() in by_name():
        return [by_name()[wanted.lower()].code]
    found = [rule.code for rule in all_rules() if wanted and rule.code.startswith(wanted.upper())]
    if not found:
        raise UsageError(f"no rule is called {name!r}; `cardkit rule` lists them all")
    return found


def _severities(table: Mapping[str, str]) -> dict[str, Severity]:
    return {code: _severity(name) for rule, name in table.items() for code in _codes(rule)}


def _severity(name: str) -> Severity:
    try:
        return Severity[name.upper()]
    except KeyError:
        raise UsageError(f"there is no severity {name!r}; they are info, warning, error") from None


def _topic(name: str) -> str:
    if name not in TOPICS:
        close = nearest(name, list(TOPICS), cutoff=0.5)
        hint = f"did you mean {close!r}?" if close else f"the topics are {', '.join(TOPICS)}"
        raise UsageError(f"there is no topic {name!r}; {hint}")
    return name


def _headings(table: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for topic, titles in table.items():
        for title in titles:
            key = normalise(title)
            found[key] = found.get(key, frozenset()) | {_topic(topic)}
    return found


def _profile(name: str, table: Mapping[str, Any]) -> tuple[str, Profile]:
    """Return (name of the profile it extends, a profile of an organisation's own)."""
    unknown = table.keys() - {"extends", "summary", "requires", "advises"}
    if unknown:
        raise UsageError(
            f"profile {name!r}: there is no key {min(unknown)!r};"
            " they are extends, summary, requires, advises"
        )
    for key in ("requires", "advises"):
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UsageError(f"profile {name!r}: {key!r} must be a list of texts")
    names = {
        key: frozenset(
            by_code.name
            for by_code in all_rules()
            if by_code.code in _all_codes(table.get(key, ()))
        )
        for key in ("requires", "advises")
    }
    profile = Profile(name, str(table.get("summary", "")), names["requires"], names["advises"])
    return str(table.get("extends", "documented")), profile
