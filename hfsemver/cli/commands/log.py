"""``hfsemver log``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.options import output_options
from hfsemver.cli.streams import say

if TYPE_CHECKING:
    from hfsemver.reports.report import Format


@click.command(short_help="The version that every commit should have had.", epilog="Learn more: hfsemver explain RULE")
@click.argument("span", metavar="[REV..REV]", default="HEAD")
@click.option("--repository", metavar="DIR", default=".", help="The repository to read.  [default: this one]")
@click.option("--tag", is_flag=True, help="After a preview, create the version tags that are missing.")
@click.option("--yes", is_flag=True, help="Create them without asking.")
@output_options
def log(*, span: str, repository: str, tag: bool, yes: bool, form: Format, output: str | None) -> int:
    """Measure each commit against the one before it, and say what it should have been called, and why.

    A bump with a ~ is an assumption, and the row says why: weights changed, and their values are not here.
    """
    # Loaded here, so that --help pays for no library.
    from hfsemver.reports.history import render_history
    from hfsemver.workflows.log import make_tags, preview_tags, run_log

    history = run_log(repository, span)
    emit(render_history(history, form), form, output)
    plan = preview_tags(repository, history) if tag else ()
    for planned in plan:
        say(f"would tag {planned.commit[:12]} as {planned.name}")
    if plan and (yes or click.confirm(f"Create {len(plan)} tags?", err=True, abort=True)):
        make_tags(repository, plan)
        say(f"Created {len(plan)} tags. Publish them with: git push origin --tags")
    return Exit.OK
