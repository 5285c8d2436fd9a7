"""``hfsemver demo``."""

from __future__ import annotations

import click

from hfsemver.cli.exits import Exit
from hfsemver.cli.streams import tell


@click.command(
    short_help="See the hook refuse a push that breaks consumers.", epilog="Learn more: hfsemver init --help"
)
@click.argument("folder", required=False)
def demo(*, folder: str | None) -> int:
    """Make a small model repository, release it, and push a change that breaks its consumers.

    Everything is real and local: git, the hook, the weights. FOLDER must be empty or absent; without it a temporary
    folder is made. It stays, so that you can try the way out.
    """
    # Loaded here, so that --help pays for no library.
    from hfsemver.workflows.demo.demo import run_demo

    marks = {"comment": "\n# ", "command": "$ ", "next": "  ", "answer": ""}
    for said in run_demo(folder):
        tell(marks[said.kind] + said.text)
    return Exit.OK
