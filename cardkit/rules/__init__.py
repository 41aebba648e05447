"""The rules, one family a file. To add one: write it in its family's file, nothing else."""

from functools import cache

from cardkit.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the codes."""
    # Imported here: listing commands or reading a card must not cost the import of every rule.
    from cardkit.rules import (
        agreement,
        beside,
        claims,
        evaluation,
        files,
        forms,
        generated,
        headings,
        keys,
        leftovers,
        links,
        measurements,
        names,
        references,
        responsibility,
        results,
        sections,
        shapes,
        tool,
        values,
        yaml_syntax,
    )

    families = [files, yaml_syntax, keys, shapes, values, references, sections, headings, generated]
    families += [forms, names, results, beside, evaluation, agreement]
    families += [responsibility, claims, measurements, links, leftovers, tool]
    found = [
        item for family in families for item in vars(family).values() if isinstance(item, Rule)
    ]
    return tuple(sorted(found, key=lambda rule: rule.code))


@cache
def by_name() -> dict[str, Rule]:
    """Return every rule under its code and under its name."""
    return {key: rule for rule in all_rules() for key in (rule.code, rule.name)}
