"""``hfsemver bump``."""

from __future__ import annotations

from typing import Any

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.options import release_options
from hfsemver.cli.progress import progress
from hfsemver.reports.report import Format


@click.command(short_help="Release what is checked out, under the version that it needs.")
@click.argument("repository", default=".")
@release_options
@click.option("--push", "pushes", is_flag=True, help="Push branch, tag and floating branches, all of them or none.")
@click.option("--remote", metavar="NAME", help="Where to push.  [default: what the branch follows, else origin]")
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
