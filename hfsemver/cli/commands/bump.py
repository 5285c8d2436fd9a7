"""``hfsemver bump``."""

from __future__ import annotations

from typing import Any

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.progress import progress
from hfsemver.reports.report import Format


@click.command(short_help="Release what is checked out, under the version that it needs.")
@click.argument("repository", default=".")
@click.option("--print", "shows", flag_value="version", help="Print the next version and nothing else; write nothing.")
@click.option(
    "--dry-run", "shows", flag_value="plan", help="Show every file and name that would change; write nothing."
)
@click.option(
    "--release-as", metavar="X.Y.Z", help="Release it as this version, which may be higher than it has to be."
)
@click.option("--pre", metavar="WORD", help="Release a candidate, such as 1.3.0-rc.1 with --pre rc.")
@click.option("--push", "pushes", is_flag=True, help="Push branch, tag and floating branches, all of them or none.")
@click.option("--remote", metavar="NAME", help="Where to push.  [default: what the branch follows, else origin]")
@click.option("--floating/--no-floating", default=True, help="Move the branches vX and vX.Y to the release.")
@click.option(
    "--surface", is_flag=True, help="Describe the release in .hfsemver/surface.json, as later ones then do too."
)
@click.option("--config", metavar="FILE", envvar="HFSEMVER_CONFIG", help="Use this policy and not the baseline's.")
@click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", help="How to write the result."
)
def bump(*, shows: str | None, pushes: bool, remote: str | None, form: str, **options: Any) -> int:
    """Release REPOSITORY, a working tree whose commit is the release, under the version that its changes require.

    Writes the version into the card and an entry into the changelog, commits both, tags the commit vX.Y.Z, and moves the
    branches vX and vX.Y to it: all of that or nothing.
    """
    # Loaded here, so that --help pays for no library.
    from hfsemver.workflows.bump.request import BumpRequest
    from hfsemver.workflows.bump.run import run_bump

    chosen = Format(form)
    with progress(chosen) as seen:
        code, text = run_bump(BumpRequest(**options), shows, remote, chosen, pushes=pushes, progress=seen)
    emit(text, chosen, None)
    return Exit.OK if code else Exit.TOO_SMALL
