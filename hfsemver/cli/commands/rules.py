"""``hfsemver rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.options import output_options

if TYPE_CHECKING:
    from hfsemver.reports.report import Format


@click.command(short_help="List all rules.", epilog="Learn more: hfsemver explain RULE")
@output_options
def rules(*, form: Format, output: str | None) -> int:
    """List all rules: what each asks of the version, how hard it is meant, and what it looks at."""
    # Loaded here, so that --help pays for no library.
    from hfsemver.reports.catalogue import render_rules
    from hfsemver.rules.catalogue import catalogue

    emit(render_rules(catalogue(), form), form, output)
    return Exit.OK
