"""``hfsemver accept``."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from hfsemver.cli.exits import Exit
from hfsemver.cli.streams import tell


@click.command(
    short_help="Accept one finding, for a reason and a time.", epilog="Learn more: hfsemver explain override-stale"
)
@click.argument("fingerprint")
@click.option("--reason", required=True, metavar="TEXT", help="Why the finding is right; every report shows it.")
@click.option("--until", metavar="YYYY-MM-DD", help="The last day on which it holds; 90 days from today by default.")
@click.option("--folder", default=".", help="The repository, or a folder that has a policy of its own.")
def accept(*, fingerprint: str, reason: str, until: str | None, folder: str) -> int:
    """Write an entry under accept into .hfsemver.yaml; every other line of the file stays as it is.

    FINGERPRINT is what the report prints beside a finding. It is the same at every later commit.
    """
    from hfsemver.workflows.acceptance import accept as write  # here, so that --help pays for no library

    for line in write(folder, fingerprint, reason, until, datetime.now(UTC).date()):
        tell(line)
    return Exit.OK
