"""CK2xx: values that must come from a list. Ids, links and relations are in references.py."""

from collections.abc import Iterator
from typing import Final

from cardkit.card import Card
from cardkit.diagnostic import Finding, Value, format_path
from cardkit.rule import ANY_KIND, OF_DATA, rule
from cardkit.rules.scalars import replace, shown
from cardkit.rules.value_mends import language_fix, retired_task_fix
from cardkit.schema import SchemaError
from cardkit.suggest import Suggestion, suggest, suggest_language
from cardkit.vocab import load_vocab
from cardkit.yaml12 import Path


def _unknown(card: Card, vocabulary: str) -> Iterator[SchemaError]:
    errors = card.schema_errors("x-vocabulary")
    return (error for error in errors if error.schema["x-vocabulary"] == vocabulary)


def _unsure_languages() -> list[str]:
    """Return the ISO 639-2 codes that the Hub's message allows and its published list lacks."""
    codes: str = load_vocab("languages")["unsure"]
    return codes.split()


def _as_of(vocabulary: str) -> str:
    return f"list of {load_vocab(vocabulary)['as_of']}"


def _help(suggestion: Suggestion | None, otherwise: str) -> str:
    if suggestion is None:
        return otherwise
    return f"did you mean `{suggestion.value}`?" if suggestion.value else f"{suggestion.hint}"


_LANGUAGE_MESSAGE: Final = (
    '"{path}" with value "{value}" is not valid. It must be an ISO 639-1, 639-2 or 639-3 code '
    '(two/three letters), or a special value like "code", "multilingual". If you want to use BCP-47 '
    "identifiers, you can specify them in language_bcp47."
)


@rule("CK201", "unknown-language", "hub-error", kinds=OF_DATA, fixable=True)
def unknown_language(card: Card) -> Iterator[Finding]:
    """A language that is no ISO 639-1 or 639-3 code in lower case.

    Names (``english``), regions (``pt-BR``) and country codes (``jp``) are refused; a tag with a
    region belongs into ``language_bcp47``.

    Source: the Hub's validator (observed, enforced since 2026); lists of huggingface.js.

    Bad:
        ---
        language: english
        ---

    Good:
        ---
        language: en
        ---
    """
    for error in _unknown(card, "languages"):
        if error.value in _unsure_languages():
            continue
        suggestion = suggest_language(str(error.value))
        fix = language_fix(card, error, suggestion)
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} is no language code of the Hub ({_as_of('languages')})",
            _help(
                suggestion,
                "use the two-letter code (ISO 639-1), or the three-letter one where there is none",
            ),
            fix,
            _LANGUAGE_MESSAGE.format(path=format_path(error.path), value=error.value),
        )


@rule("CK202", "unknown-task", "hub-warning", kinds=OF_DATA, fixable=True)
def unknown_task(card: Card) -> Iterator[Finding]:
    """A ``pipeline_tag`` that is not in the Hub's list of tasks.

    The model is then in no task filter and has no widget.

    Source: the Hub's validator (observed: a warning); huggingface.js, packages/tasks.

    Bad:
        ---
        license: mit
        pipeline_tag: sentiment-analysis
        ---

    Good:
        ---
        license: mit
        pipeline_tag: text-classification
        ---
    """
    data = load_vocab("tasks")
    for error in _unknown(card, "tasks"):
        retired = data["retired"].get(str(error.value))
        fix = None
        if retired:
            instead = " or ".join(f"`{task}`" for task in retired["instead"])
            help_ = f"retired {retired['since']}; use {instead}" + (
                f" and {retired['also']}" if "also" in retired else ""
            )
            fix = retired_task_fix(card, error, retired)
        else:
            suggestion = suggest("tasks", str(error.value))
            help_ = _help(
                suggestion,
                "see `cardkit rule CK202` for where the list is from; leave the key out if no task fits",
            )
            if suggestion and suggestion.value:
                # An alias such as "ner" is a word for a task; spelling alone is surer.
                spelling = (
                    suggestion.certain
                    and str(error.value).lower().replace("_", "-").replace(" ", "-")
                    == suggestion.value
                )
                fix = replace(card, error.path, suggestion.value, spelling)
        what = "pipeline tag" if error.path[0] == "pipeline_tag" else error.path[0]
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} is no task of the Hub ({_as_of('tasks')})",
            help_,
            fix,
            f'The {what} "{error.value}" is not in the official list',
        )


@rule("CK203", "unknown-license", "hub-error", kinds=ANY_KIND, fixable=True)
def unknown_license(card: Card) -> Iterator[Finding]:
    """A licence that is no id of the Hub's list.

    Ids are exact and in lower case. For a licence that is not in the list, write ``other`` with
    ``license_name`` and ``license_link``.

    Source: the Hub's validator (observed); hub-docs, repositories-licenses.md.

    Bad:
        ---
        license: Apache 2.0
        ---

    Good:
        ---
        license: apache-2.0
        ---
    """
    for error in _unknown(card, "licenses"):
        suggestion = suggest("licenses", str(error.value))
        fix = (
            replace(card, error.path, suggestion.value, suggestion.certain)
            if suggestion and suggestion.value
            else None
        )
        listed = len(error.path) > 1
        yield Finding(
            Value(error.path),
            f"{shown(error.value)} is not a licence id of the Hub ({_as_of('licenses')})",
            _help(
                suggestion,
                "for a licence that is not in the list: `license: other` with `license_name` and `license_link`",
            ),
            fix,
            '"license" does not match any of the allowed types'
            if listed
            else '"license" must be one of [apache-2.0, mit, …, unknown, other, array]',
        )


@rule("CK208", "unknown-library", fixable=True)
def unknown_library(card: Card) -> Iterator[Finding]:
    """A ``library_name`` that is a near miss of a library the Hub knows.

    The Hub takes any text here, but only known names bring code snippets and download counts.

    Source: huggingface.js, packages/tasks, model-libraries.ts.

    Bad:
        ---
        license: mit
        library_name: Transformers
        ---

    Good:
        ---
        license: mit
        library_name: transformers
        ---
    """
    name = card.metadata.get("library_name")
    data = load_vocab("libraries")
    if not isinstance(name, str) or name in data["ids"]:
        return
    suggestion = suggest("libraries", name)
    if suggestion and (suggestion.certain or suggestion.hint):
        fix = suggestion.value and replace(card, ("library_name",), suggestion.value, True)
        yield Finding(
            Value(("library_name",)),
            f"the Hub does not know a library {shown(name)} ({_as_of('libraries')})",
            _help(suggestion, ""),
            fix or None,
        )


@rule("CK213", "unlisted-language", kinds=OF_DATA)
def unlisted_language(card: Card) -> Iterator[Finding]:
    """A code of ISO 639-2 that the Hub's list of languages lacks: it may be refused.

    These are the bibliographic codes (``ger``, ``fre``) and those of groups (``ber``, ``sla``). The
    Hub's message speaks of ISO 639-2, its published list has none of them.

    Source: the Hub's message for languages (observed); lists of huggingface.js.

    Bad:
        ---
        license: mit
        language: ger
        ---

    Good:
        ---
        license: mit
        language: de
        ---
    """
    for error in _unknown(card, "languages"):
        if error.value in _unsure_languages():
            suggestion = suggest_language(str(error.value))
            yield Finding(
                Value(error.path),
                f"{shown(error.value)} is in ISO 639-2, but not in the Hub's list ({_as_of('languages')}); it may be refused",
                _help(suggestion, "drop the code and name the languages themselves"),
            )


@rule("CK211", "suspicious-language", kinds=OF_DATA)
def suspicious_language(card: Card) -> Iterator[Finding]:
    """A language code that exists, but is hardly ever what was meant.

    ``kr`` is Kanuri (Korean is ``ko``), ``se`` is Northern Sami (Swedish is ``sv``).

    Source: ISO 639; the Hub accepts these codes.

    Bad:
        ---
        license: mit
        language: kr
        ---

    Good:
        ---
        license: mit
        language: ko
        ---
    """
    languages = card.metadata.get("language")
    listed = languages if isinstance(languages, list) else [languages]
    if len(listed) > 3:
        return  # a list of many languages means what it says
    suspicious = load_vocab("languages")["suspicious"]
    for i, code in enumerate(listed):
        if isinstance(code, str) and code in suspicious:
            name, meant, what = suspicious[code]
            if (meant and meant in listed) or name.split()[-1] in card.text:
                continue
            path: Path = ("language", i) if isinstance(languages, list) else ("language",)
            yield Finding(
                Value(path),
                f'"{code}" is the code of {name}',
                f"{what} is `{meant}`" if meant else f"{what} is no language: put it into `tags`",
            )
