"""Card templates: Jinja in its sandbox, undefined names refused."""

import os
from collections.abc import Iterable
from typing import Any

from cardkit._data import data_path
from cardkit.errors import TemplateError


def render(template: str, context: dict[str, Any], folders: Iterable[str] = ()) -> str:
    """Return a rendered template.

    It is looked for in ``folders`` first (an organisation's own), then among cardkit's. Templates
    are untrusted input: they run in Jinja's sandbox, and a name that nobody defines is an error.

    Raises:
        TemplateError: with the template and the line.
    """
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    places = [*folders, data_path("templates")]
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(places),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    try:
        return environment.get_template(template).render(context)
    except jinja2.TemplateNotFound as error:
        raise TemplateError(
            f"there is no template {error.name!r} in {', '.join(places)}"
        ) from error
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(
            f"{error.filename or template}, line {error.lineno}: {error.message}"
        ) from error
    except jinja2.TemplateError as error:
        place = _line_of(error) or template
        raise TemplateError(f"{place}: {error.message or error}") from error


def _line_of(error: BaseException) -> str | None:
    """Return file and line of the innermost template in a traceback."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith((".j2", ".jinja", ".md")):
            found = f"{os.path.basename(name)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
