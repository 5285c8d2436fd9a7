"""The entry point: find the command by its name, load only that one, run it inside the error boundary."""

from __future__ import annotations

import gc
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, NoReturn

import click

from hfsemver.cli import commands
from hfsemver.cli.errors import guarded
from hfsemver.cli.verbosity import verbosity_options
from hfsemver.core.about import __version__
from hfsemver.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

POSIX = os.name == "posix"

EPILOG = """\b
Exit codes:
  0  the version is large enough        3    evidence could not be read
  1  it is not                          4    something was skipped under --strict
  2  usage or configuration             70   a fault of hfsemver    130  interrupted
"""


class Commands(click.Group):
    """A group whose commands are the modules of a package: a new file is a new command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is click's
        """Return the names of all commands without loading one."""
        return sorted(info.name for info in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; ``None`` when there is no module of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = getattr(import_module(f"{commands.__name__}.{cmd_name}"), cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` starts with; for an unknown one name the nearest."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            known = self.list_commands(ctx)
            near = get_close_matches(name, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            message = f"no such command: {name!r}; {advice}"
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)


@click.command(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, "-V", "--version", prog_name="hfsemver", message="%(prog)s %(version)s")
@verbosity_options
def cli() -> None:
    """Version numbers that can be believed, for models on the Hugging Face Hub."""


def invoke(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; lets every error through."""
    if not POSIX:
        raise UsageError(
            "hfsemver opens files in ways that only Linux and macOS have", hint="run it there, or in WSL on Windows"
        )
    result = cli.main(list(argv), prog_name="hfsemver", standalone_mode=False)
    return result if isinstance(result, int) else 0


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    # A check makes hundreds of thousands of small frozen values that all live to its end: looking for cycles among them
    # every 700 costs a third of the time on a large model, and finds nothing.
    gc.set_threshold(100_000, 50, 100)
    sys.exit(int(guarded(invoke, sys.argv[1:])))
