"""Write the pages that come from the code: docs/rules.md from the rules' docstrings.

Run:  python docs/make.py          (tests fail when the pages are not what this writes)
"""

from pathlib import Path

from cardkit.cli.rule import lowest_profile
from cardkit.profiles import all_profiles
from cardkit.rule import Rule, read_doc
from cardkit.rules import all_rules

DOCS = Path(__file__).parent


def rules_page() -> str:
    """Return the page of all rules."""
    lines = [
        "# Rules",
        "",
        "Made by `python docs/make.py` from the rules themselves; `cardkit rule NAME` shows the same.",
        "The profile is the lowest one in which a finding fails the card.",
        "",
        "| rule | ground | profile | fix | what it finds |",
        "|---|---|---|---|---|",
    ]
    for rule in all_rules():
        link = f"[{rule.code} {rule.name}](#{rule.code.lower()}-{rule.name})"
        fix = "some" if rule.fixable else ""
        lines.append(
            f"| {link} | {rule.ground} | {lowest_profile(rule)} | {fix} | {read_doc(rule).summary} |"
        )
    for rule in all_rules():
        lines += ["", *section(rule)]
    return "\n".join(lines) + "\n"


def section(rule: Rule) -> list[str]:
    """Return the lines that explain one rule."""
    doc = read_doc(rule)
    lines = [f"## {rule.code} {rule.name}", "", doc.summary]
    if doc.why:
        lines += ["", doc.why]
    lines += ["", f"*Source: {doc.source}*"]
    for title, examples in (("Bad", doc.bad), ("Good", doc.good)):
        for example in examples:
            lines += ["", f"{title}:", "", "````markdown", example.rstrip(), "````"]
    return lines


def profiles_page() -> str:
    """Return the page of the profiles and what each requires."""
    lines = ["# Profiles", "", "Made by `python docs/make.py` from `schemas/profiles.json`."]
    known: frozenset[str] = frozenset()
    for profile in all_profiles():
        new = sorted(profile.requires - known)
        lines += [
            "",
            f"## {profile.name}",
            "",
            f"{profile.summary[0].upper()}{profile.summary[1:]}.",
            "",
        ]
        lines.append(
            "Requires, "
            + (
                "besides what the Hub refuses or warns of:"
                if not known
                else "besides the profile before it:"
            )
        )
        lines += ["", *(f"- {name}" for name in new)]
        lines += (
            ["", "Only says: " + ", ".join(sorted(profile.advises)) + "."]
            if profile.advises
            else []
        )
        known = profile.requires
    return "\n".join(lines) + "\n"


PAGES = {"rules.md": rules_page, "profiles.md": profiles_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")
