"""``hfsemver gitdiff``."""

from __future__ import annotations

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.cli.streams import tell
from hfsemver.reports.report import Format


@click.group(short_help="Let git diff, log and show speak of tensors instead of bytes.")
def gitdiff() -> None:
    """Show safetensors files in git by their tensors: which came, went, or hold other values, and by how much."""


@gitdiff.command()
def install() -> int:
    """Set it up in the repository we stand in. Nothing that a commit holds is changed; a pager and colours are git's."""
    from hfsemver.workflows.gitdiff.install import install as set_up  # here, so that --help pays for no library

    for line in set_up("."):
        tell(line)
    return Exit.OK


@gitdiff.command()
def uninstall() -> int:
    """Take it out of the repository we stand in."""
    from hfsemver.workflows.gitdiff.install import uninstall as take_out  # here, so that --help pays for no library

    for line in take_out("."):
        tell(line)
    return Exit.OK


@gitdiff.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def show(*, words: tuple[str, ...]) -> int:
    """Compare the two sides of a file; WORDS are those that git calls the program of a diff driver with."""
    from hfsemver.workflows.gitdiff.show import tensor_diff  # here, so that --help pays for no library

    emit(tensor_diff(words), Format.QUIET, None)
    return Exit.OK


@gitdiff.command()
@click.argument("file")
def text(*, file: str) -> int:
    """Write FILE as text, one line for each tensor."""
    from hfsemver.workflows.gitdiff.show import tensor_text  # here, so that --help pays for no library

    emit(tensor_text(file), Format.QUIET, None)
    return Exit.OK
