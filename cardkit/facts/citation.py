"""CITATION.cff: how the work wants to be cited. Source: Citation File Format 1.2.0."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cardkit._data import load_json
from cardkit.facts.folder import Fact, Folder

FILE: Final = "CITATION.cff"


def read(folder: Folder) -> Iterator[Fact]:
    """Yield a BibTeX entry, and the licence that the file names."""
    text = folder.text(FILE, 200_000)
    if text is None:
        return
    import yaml

    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        folder.problems.append(f"{FILE} is not valid YAML ({type(error).__name__})")
        return
    if not isinstance(data, dict):
        return
    cited = data.get("preferred-citation")
    cited = cited if isinstance(cited, dict) else data
    if isinstance(cited.get("title"), str):
        yield Fact("citation", bibtex(cited), FILE, "title")
    license_ = data.get("license")
    known = load_json("schemas", "vocab", "licenses.json")["ids"]
    if isinstance(license_, str) and license_.lower() in known:
        yield Fact("license", license_.lower(), FILE, "license")


def bibtex(data: dict[str, Any]) -> str:
    """Return a BibTeX entry of what a CITATION.cff says; what it does not say is left out."""
    people = data.get("authors")
    authors = []
    for person in people if isinstance(people, list) else []:
        if isinstance(person, dict):
            family = " ".join(
                str(person[key]) for key in ("name-particle", "family-names") if person.get(key)
            )
            given = person.get("given-names")
            name = (
                f"{family}, {given}" if family and given else family or given or person.get("name")
            )
            if name:
                authors.append(_clean(name))
    date = re.match(r"\d{4}", str(data.get("year") or data.get("date-released") or ""))
    container = data.get("journal") or data.get("collection-title")
    fields = {
        "title": data.get("title"),
        "author": " and ".join(authors),
        "year": date[0] if date else None,
        "journal": container,
        "version": data.get("version"),
        "doi": data.get("doi"),
        "url": data.get("url") or data.get("repository-code"),
    }
    first = re.sub(r"\W", "", authors[0].partition(",")[0]).lower() if authors else "model"
    kind = "article" if data.get("type") == "article" else "misc"
    lines = [f"  {key} = {{{_clean(value)}}}," for key, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{first or 'model'}{fields['year'] or ''},", *lines, "}"])


def _clean(value: Any) -> str:
    """Return one line without braces of its own."""
    return " ".join(str(value).replace("{", "").replace("}", "").split())
