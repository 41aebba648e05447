"""Lets ``python -m cardkit`` do what ``cardkit`` does."""

from cardkit.cli import main

if __name__ == "__main__":
    main(prog_name="cardkit")
