"""What the verbs share: what they are handed, and the options that mean the same everywhere."""

from collections.abc import Callable
from datetime import date
from typing import Final, Protocol, TypeVar

import click

from towns.settings import Settings
from towns.store import Database

_Command = TypeVar("_Command", bound=Callable[..., object])


class Call(Protocol):
    """What the command line hands to its commands."""

    settings: Settings

    def open(self) -> Database:
        """Return the database, built if need be."""
        ...

    def check_as_of(self, as_of: date | None) -> date | None:
        """Return the date unless it lies in the future; otherwise end with exit code 2."""
        ...


AS_OF_HELP: Final = "Only what was published on or before DATE; what is undated is left out."
#: `--as-of`, handed on as a datetime.
as_of_option = click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help=AS_OF_HELP)


def format_option(*formats: str) -> Callable[[_Command], _Command]:
    """Return `--format` with these choices, the first of them the default; handed on as `format_`."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Form of the answer.",
    )
