"""``hfsemver surface``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.reports.report import Format

if TYPE_CHECKING:
    from hfsemver.core.surface import Description

_FORM = click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", help="How to write the result."
)


@click.group(short_help="Describe a release, so that the next one can be judged without its weights.")
def surface() -> None:
    """Write or show .hfsemver/surface.json: digests, hashes and sketches that stand for the files of a release.

    Commit it with the release. Whoever has only the pointers of its weights can then judge what came after it.
    """


@surface.command()
@click.argument("folder", default=".")
@_FORM
def write(*, folder: str, form: str) -> int:
    """Describe FOLDER, the working tree of a release, and write the surface into it.

    Where its policy has a hub_repo, the Hub is asked who may load that model, and .hfsemver/access.json is written too.
    """
    from hfsemver.workflows.surface import write_into  # here, so that --help pays for no library

    _tell(write_into(folder), form, written=True)
    return Exit.OK


@surface.command()
@click.argument("ref", default=".")
@click.option("--verify", is_flag=True, help="Read all files, and compare them with what the surface says.")
@_FORM
def show(*, ref: str, verify: bool, form: str) -> int:
    """Show the surface of REF, a release or a surface.json; exit with 1 when it describes other files."""
    from hfsemver.workflows.surface import look_at  # here, so that --help pays for no library

    seen = look_at(ref, verify=verify)
    _tell(seen, form, written=False)
    return Exit.OK if seen.ok else Exit.TOO_SMALL


def _tell(seen: Description, form: str, *, written: bool) -> None:
    from hfsemver.reports.surface import surface_as_json, surface_as_text

    emit(surface_as_json(seen) if form == "json" else surface_as_text(seen, written=written), Format(form), None)
