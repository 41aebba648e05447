"""Regular expressions that are compiled when they are first needed.

Compiling takes longer than linting a small card, and most cards need few of them.
"""

import re
from collections.abc import Callable
from functools import cache, partial


def lazy(expression: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """Return a function that returns the compiled expression."""
    return cache(partial(re.compile, expression, flags))
