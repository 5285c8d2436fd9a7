"""Commands in the user's place: what somebody would type in a folder, run there as it would be run for them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.releases.git_process import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Seconds, for commands on one disk.
_TIMEOUT = 60


def run_command(folder: Path, *argv: str, variables: Mapping[str, str]) -> tuple[int, str]:
    """Run a command in ``folder`` and return its status and all that it said, standard output first.

    ``variables`` come on top of those that git runs with. Raises ``SourceError`` when it cannot be run or does not end.
    """
    try:
        done = subprocess.run(
            argv,
            cwd=folder,
            env={**environment(), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = f"{argv[0]} could not be run: {error}"
        raise SourceError(problem, hint="install git 2.31 or newer and put it on the PATH") from error
    return done.returncode, done.stdout + done.stderr
