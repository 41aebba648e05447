"""The command as the tests call it."""

from datetime import date

from click.testing import CliRunner, Result

from cardkit.cli import main


class Later(date):
    """A date whose today is far off."""

    @classmethod
    def today(cls) -> "Later":
        return cls(2099, 1, 1)


def cardkit(*arguments: object) -> Result:
    """Run ``cardkit bias-probe`` in this process."""
    return CliRunner().invoke(main, ["bias-probe", *map(str, arguments)])


def refused(result: Result, *words: str) -> None:
    """Exit code 2 and one line on standard error that says what is wrong."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("cardkit: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr
