"""Card templates: Jinja in its sandbox, undefined names refused, steps counted."""

import os
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, Final

from cardkit._data import data_path
from cardkit.errors import TemplateError

#: Lines of template code that rendering may run, and characters it may give.
MAX_STEPS: Final = 200_000
MAX_TEXT: Final = 2_000_000
#: Filters of Jinja that only rearrange what is there. Others can be made to fill the memory.
_FILTERS: Final = frozenset(
    ("batch", "capitalize", "default", "d", "dictsort", "escape", "e", "first", "float", "groupby", "int", "items", "join", "last", "length", "count", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "sort", "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount")
)  # fmt: skip
#: Methods of texts that make them much longer than they were.
_WIDENING: Final = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "replace"))  # fmt: skip


class _TooMuch(Exception):  # noqa: N818 (never leaves this module)
    """A template ran too long."""


def render(template: str, context: dict[str, Any], folders: Iterable[str] = ()) -> str:
    """Return a rendered template.

    It is looked for in ``folders`` first (an organisation's own), then among cardkit's. Templates
    are untrusted input: they run in Jinja's sandbox with a limit of steps, and a name that nobody
    defines is an error.

    Raises:
        TemplateError: with the template and the line.
    """
    import jinja2

    places = [*folders, data_path("templates")]
    environment = _environment(places)
    try:
        with_limit = _limited(lambda: environment.get_template(template).render(context))
    except jinja2.TemplateNotFound as error:
        raise TemplateError(
            f"there is no template {error.name!r} in {', '.join(places)}"
        ) from error
    except jinja2.TemplateSyntaxError as error:
        name = os.path.basename(error.filename or template)
        raise TemplateError(f"{name}, line {error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise TemplateError(f"{_line_of(error) or template}: {error.message or error}") from error
    except _TooMuch as error:
        raise TemplateError(
            f"{_line_of(error) or template}: the template loops too long"
        ) from error
    except RecursionError as error:
        raise TemplateError(f"{template}: the template includes itself") from error
    except Exception as error:
        # What an expression of a template raises: a wrong type, a missing key, a division by zero.
        raise TemplateError(f"{_line_of(error) or template}: {error}") from error
    return with_limit


def _environment(places: list[str]) -> Any:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Jinja's sandbox, without the ways to make long texts out of short ones."""

        intercepted_binops = frozenset(("*", "**"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Multiply numbers only, and raise none to a power."""
            for side in (left, right):
                if not isinstance(side, int | float) or operator == "**" or abs(side) > 1e12:
                    raise jinja2.exceptions.SecurityError(f"{operator!r} is for small numbers here")
            return super().call_binop(context, operator, left, right)

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            """Refuse what the sandbox refuses, and methods that lengthen texts."""
            if isinstance(obj, str | bytes) and attr in _WIDENING:
                return False
            return bool(super().is_safe_attribute(obj, attr, value))

    environment = Sandbox(
        loader=jinja2.FileSystemLoader(places),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    for name in set(environment.filters) - _FILTERS:
        del environment.filters[name]
    return environment


def _limited(run: Callable[[], str]) -> str:
    """Run a template; stop it after so many lines of its own code."""
    steps = 0

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        del frame, argument
        if event == "line":
            steps += 1
            if steps > MAX_STEPS:
                raise _TooMuch
        return local

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        return local if _is_template(frame.f_code.co_filename) else None

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        text = run()
    finally:
        sys.settrace(before)
    if len(text) > MAX_TEXT:
        raise _TooMuch
    return text


def _is_template(name: str) -> bool:
    return name.endswith((".j2", ".jinja", ".md")) or name == "<template>"


def _line_of(error: BaseException) -> str | None:
    """Return file and line of the innermost template in a traceback."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if _is_template(name):
            found = f"{os.path.basename(name)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
