"""The command as the tests call it."""

from click.testing import CliRunner, Result

from cardkit.cli import main


def cardkit(*arguments: object) -> Result:
    """Run ``cardkit bias-probe`` in this process."""
    return CliRunner().invoke(main, ["bias-probe", *map(str, arguments)])
