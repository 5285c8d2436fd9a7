"""Options that may stand before or after the name of a command: how much is said, and in which colours."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def verbosity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``-v`` and ``--no-color``; both take effect by themselves and pass nothing on to the command."""
    loud = "Say on standard error what is being done; errors with a traceback."
    plain = "No colours, not even at a terminal (as NO_COLOR does)."
    command = click.option("--no-color", is_flag=True, expose_value=False, callback=_plain, help=plain)(command)
    return click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=_loud, help=loud)(command)


def _loud(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 -- click's signature
    if value:
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, format="%(name)s: %(message)s", force=True)


def _plain(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 -- click's signature
    if value:
        ctx.find_root().color = False
