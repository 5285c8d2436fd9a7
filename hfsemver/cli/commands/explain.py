"""``hfsemver explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.options import output_options

if TYPE_CHECKING:
    from hfsemver.reports.report import Format


@click.command(short_help="Explain one rule.", epilog="All rules: hfsemver rules")
@click.argument("rule_id", metavar="RULE")
@output_options
def explain(*, rule_id: str, form: Format, output: str | None) -> int:
    """Explain RULE: what it notices, who breaks, what to do, and how it looks."""
    # Loaded here, so that --help pays for no library.
    from hfsemver.reports.rule_page import render_rule
    from hfsemver.workflows.explanation import rule_named

    emit(render_rule(rule_named(rule_id), form), form, output)
    return Exit.OK
