"""``hfsemver init``."""

from __future__ import annotations

import click

from hfsemver.cli.exits import Exit
from hfsemver.cli.streams import tell


@click.command(
    short_help="Set a repository up: a policy, the hook, a workflow.", epilog="Learn more: hfsemver doctor --help"
)
@click.argument("folder", default=".")
@click.option("--workflow", is_flag=True, help="Also write a workflow that judges pushes and pull requests.")
def init(*, folder: str, workflow: bool) -> int:
    """Write .hfsemver.yaml with every key commented out, and install the pre-push hook; nothing is overwritten."""
    # Loaded here, so that --help pays for no library.
    from hfsemver.policy.policy import FILE_NAME
    from hfsemver.workflows.initialise import WORKFLOW, initialise

    for line in initialise(folder, (FILE_NAME, WORKFLOW) if workflow else (FILE_NAME,)):
        tell(line)
    return Exit.OK
