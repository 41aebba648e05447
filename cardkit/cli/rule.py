"""``cardkit rule``: the list of rules, or one rule explained."""

import click

from cardkit.errors import UsageError
from cardkit.profiles import all_profiles
from cardkit.rule import Rule, read_doc
from cardkit.rules import all_rules, by_name
from cardkit.suggest import nearest


@click.command(
    "rule",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cardkit rule                    all rules
  cardkit rule CK203              one rule, by its code
  cardkit rule unknown-license    or by its name
""",
)
@click.argument("name", required=False, metavar="[CODE-or-NAME]")
def command(name: str | None) -> None:
    """List the rules, or explain one: what it checks, why, a bad and a good example."""
    if name is None:
        for rule in all_rules():
            summary = read_doc(rule).summary
            click.echo(
                f"{rule.code}  {rule.name:28}{rule.ground:13}{lowest_profile(rule):13}{summary}"
            )
        return
    found = by_name().get(name.upper()) or by_name().get(name.lower())
    if found is None:
        close = nearest(name.lower(), list(by_name()), cutoff=0.6)
        hint = f"did you mean {close!r}?" if close else "`cardkit rule` lists them all"
        raise UsageError(f"no rule is called {name!r}; {hint}")
    click.echo(explain(found))


def lowest_profile(rule: Rule) -> str:
    """Return the lowest profile in which a rule fails a card."""
    if rule.ground != "advice":
        return all_profiles()[0].name
    return next((p.name for p in all_profiles() if rule.name in p.requires), "-")


def explain(rule: Rule) -> str:
    """Return the documentation of one rule."""
    doc = read_doc(rule)
    grounds = {
        "hub-error": "the Hub refuses it",
        "hub-warning": "the Hub warns of it",
        "advice": "advice of cardkit's",
    }
    profile = lowest_profile(rule)
    lines = [
        f"{rule.code} {rule.name}",
        "",
        doc.summary,
        "",
        *([doc.why, ""] if doc.why else []),
        f"Ground:   {grounds[rule.ground]}",
        f"Profile:  {'none; name the rule with --select' if profile == '-' else profile}",
        f"Fix:      {'some of its findings, with --fix' if rule.fixable else 'by hand'}",
        f"Source:   {doc.source}",
    ]
    for title, examples in (("Bad", doc.bad), ("Good", doc.good)):
        for example in examples:
            lines += ["", f"{title}:", *(f"    {line}".rstrip() for line in example.splitlines())]
    return "\n".join(lines)
