"""``hfsemver hook``."""

from __future__ import annotations

import click

from hfsemver.cli.exits import Exit
from hfsemver.cli.streams import tell


@click.group(
    short_help="Judge every push before it leaves: the pre-push hook of git.", epilog="Learn more: hfsemver init --help"
)
def hook() -> None:
    """Install, run and remove the pre-push hook of the repository we stand in."""


@hook.command()
def install() -> int:
    """Write the hook. A hook that is there already is kept and runs after the judgement; git-lfs runs last."""
    from hfsemver.workflows.hook.install import install_hook  # here, so that --help pays for no library

    for line in install_hook("."):
        tell(line)
    return Exit.OK


@hook.command()
def uninstall() -> int:
    """Remove the hook and put back what was there before it."""
    from hfsemver.workflows.hook.install import uninstall_hook  # here, so that --help pays for no library

    for line in uninstall_hook("."):
        tell(line)
    return Exit.OK


@hook.command()
@click.option(
    "--hook", "file", metavar="FILE", help="The hook that calls: go on with what was there before it, and git-lfs."
)
@click.argument("remote", default="")
@click.argument("url", default="")
def run(*, file: str | None, remote: str, url: str) -> int:
    """Judge what git is about to push to REMOTE at URL; the refs come from standard input, as git writes them there.

    HFSEMVER_SKIP='a reason' lets a push through unjudged, on record.
    """
    from hfsemver.cli.push import judge_push  # here, so that --help pays for no library

    return judge_push(file, remote, url)
