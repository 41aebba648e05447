"""What can go wrong when the job itself cannot be done.

Whatever is wrong *inside* a readable card is a finding, never an exception. These are for the
rest, and each ends a command with exit code 2 and its message, never with a traceback::

    CardkitError
    ├── InputError          a path that is missing, unreadable, too large or no card
    │   └── ChangedOnDisk   the file is no longer what was read
    ├── EditError           metadata that cannot be edited without a guess
    ├── UsageError          an option or a data file of the user's that makes no sense
    ├── TemplateError       a card template that cannot be rendered
    └── ProbeError          a model that cannot be loaded or must not be measured
"""


class CardkitError(Exception):
    """The job could not be done; the message says what, where and what to do."""

    exit_code = 2


class InputError(CardkitError):
    """A path is missing, unreadable, too large, or holds no card."""


class ChangedOnDisk(InputError):  # noqa: N818 (reads better than ChangedOnDiskError)
    """The file was changed by someone else after it was read; nothing was written."""


class EditError(CardkitError):
    """The metadata cannot be read, or not be edited without changing something else."""


class UsageError(CardkitError):
    """An option, a rule name or a data file given by the user makes no sense."""


class TemplateError(CardkitError):
    """A card template is broken or uses a name that nobody defines."""


class ProbeError(CardkitError):
    """The model could not be loaded, or measuring it would give meaningless numbers."""
