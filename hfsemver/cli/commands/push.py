"""``hfsemver push``."""

from __future__ import annotations

from typing import Any

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.options import AUTO, WEIGHTS, release_options
from hfsemver.cli.progress import progress
from hfsemver.reports.report import Format


@click.command(short_help="Judge a folder against a model on a Hub, and publish it there.")
@click.argument("folder")
@click.argument("target", metavar="hf://ORG/NAME[@BRANCH]")
@release_options
@click.option("--delete", metavar="PATTERN", multiple=True, help="Take files away that match, and are not in FOLDER.")
@click.option(
    "--successor-of",
    metavar="ORG/NAME",
    help="Open a pull request on that model which leads from its page to this one.",
)
@click.option("--discuss", is_flag=True, help="Open a discussion on the model with what the changelog says of it.")
@click.option(
    "--weights",
    type=click.Choice(WEIGHTS),
    default=AUTO,
    help="How much of the weights to read; auto is full, but for more than 64 MiB that lie on the Hub.",
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
