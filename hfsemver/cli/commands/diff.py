"""``hfsemver diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.options import WEIGHTS, output_options
from hfsemver.cli.progress import progress

if TYPE_CHECKING:
    from hfsemver.reports.report import Format


@click.command(short_help="Show every change between two releases, no policy.")
@click.argument("a")
@click.argument("b")
@click.option("--weights", type=click.Choice(WEIGHTS), default="auto", help="How deep to read weights.")
@output_options
def diff(*, a: str, b: str, weights: str, form: Format, output: str | None) -> int:
    """Show every change from release A to release B, and layer by layer how far the weights moved.

    It judges nothing, so it exits with 0 whatever it finds.
    """
    # Loaded here, so that --help pays for no library.
    from hfsemver.reports.report import render
    from hfsemver.workflows.difference import run_diff

    with progress(form) as seen:
        report = run_diff(a, b, weights, seen)
    emit(render(report, form), form, output)
    return Exit.OK
