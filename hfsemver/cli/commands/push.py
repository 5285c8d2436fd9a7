"""``hfsemver push``."""

from __future__ import annotations

from typing import Any

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.progress import progress
from hfsemver.reports.report import Format


@click.command(short_help="Judge a folder against a model on a Hub, and publish it there.")
@click.argument("folder")
@click.argument("target", metavar="hf://ORG/NAME[@BRANCH]")
@click.option("--print", "shows", flag_value="version", help="Print the next version and nothing else; write nothing.")
@click.option(
    "--dry-run", "shows", flag_value="plan", help="Show every file and name that would change; write nothing."
)
@click.option(
    "--release-as", metavar="X.Y.Z", help="Release it as this version, which may be higher than it has to be."
)
@click.option("--pre", metavar="WORD", help="Release a candidate, such as 1.3.0-rc.1 with --pre rc.")
@click.option("--delete", metavar="PATTERN", multiple=True, help="Take files away that match, and are not in FOLDER.")
@click.option(
    "--successor-of",
    metavar="ORG/NAME",
    help="Open a pull request on that model which leads from its page to this one.",
)
@click.option("--floating/--no-floating", default=True, help="Move the branches vX and vX.Y to the release.")
@click.option(
    "--surface", is_flag=True, help="Describe the release in .hfsemver/surface.json, as later ones then do too."
)
@click.option(
    "--weights",
    type=click.Choice(["auto", "full", "sample", "header"]),
    default="auto",
    help="How much of the weights to read; auto is full, but for more than 64 MiB that lie on the Hub.",
)
@click.option("--config", metavar="FILE", envvar="HFSEMVER_CONFIG", help="Use this policy and not the baseline's.")
@click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", help="How to write the result."
)
def push(*, shows: str | None, form: str, **options: Any) -> int:
    """Upload FOLDER as the next release of a model, if its version is large enough for what changes there.

    Files of the model that are not in FOLDER stay. One commit on top of the one that was judged, then the tag vX.Y.Z and the
    branches vX and vX.Y. Whatever interrupts it, the same command makes the release whole.
    """
    # Loaded here, so that --help pays for no library.
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined] # exported, but not by __all__

    from hfsemver.workflows.upload.request import PushRequest
    from hfsemver.workflows.upload.run import run_push
    from hfsemver.workflows.upload.said import said

    chosen = Format(form)
    with progress(chosen) as seen:
        if seen is None:
            # The bars of the client that uploads: where ours would disturb, so do they.
            disable_progress_bars()
        done = run_push(PushRequest(**options), seen, writes=shows is None)
    emit(said(done, shows, chosen), chosen, None)
    return Exit.OK if done.refused is None else Exit.TOO_SMALL
