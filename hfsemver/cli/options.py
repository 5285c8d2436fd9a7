"""Options that several commands share, written once."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from hfsemver.cli.verbosity import verbosity_options
from hfsemver.core.promise import NESTED, Kind
from hfsemver.reports.report import VERDICT_FORMATS, Format

if TYPE_CHECKING:
    from collections.abc import Callable

AUTO = "auto"
PROMISES = [promise.value for promise in NESTED]
KINDS = [AUTO, *(kind.value for kind in Kind)]
WEIGHTS = [AUTO, "header", "sample", "full"]
AGENT_VARIABLES = ("AI_AGENT", "AGENT")
"""What AI harnesses set for the programs they start; ``hf`` reads the same two."""


def resolved(name: str) -> Format:
    """Return the format that ``auto`` means here: ``agent`` for an AI harness, ``human`` for everybody else."""
    if name != AUTO:
        return Format(name)
    return Format.AGENT if any(os.environ.get(variable, "").strip() for variable in AGENT_VARIABLES) else Format.HUMAN


class _Formats(click.Choice[str]):
    """The formats that a command writes; a format for verdicts is refused with the name of the command that has one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in VERDICT_FORMATS and value not in self.choices:
            self.fail(f"{value!r} marks a change as good or bad, and only hfsemver check decides that", param, ctx)
        return super().convert(value, param, ctx)


def untagged(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 -- click's signature
    """Return the version in the name of a tag: people type ``v1.2.0`` and mean 1.2.0."""
    return value if value is None else value.strip().removeprefix("v")


def output_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add ``--format``, ``--json``, ``-q`` and ``--output``; the command gets ``form: Format`` and ``output``.

    The three ways to choose a format exclude one another, as in ``hf``.
    """
    return _output_options(command, [form for form in Format if form not in VERDICT_FORMATS])


def verdict_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the same for a command that reaches a verdict, which can be written for services as well."""
    return _output_options(command, [*Format])


def _output_options(command: Callable[..., int], forms: list[Format]) -> Callable[..., int]:
    @click.option(
        "--format",
        "chosen",
        type=_Formats([AUTO, *(form.value for form in forms)]),
        help="How to write the result.  [default: auto, which is agent under an AI harness, else human]",
    )
    @click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
    @click.option("-q", "--quiet", "as_quiet", is_flag=True, help="Short for --format quiet: rule ids, one a line.")
    @click.option("--output", metavar="FILE", help="Write the result to FILE, whole or not at all.")
    @verbosity_options
    @wraps(command)
    def with_format(*, chosen: str | None, as_json: bool, as_quiet: bool, output: str | None, **options: Any) -> int:
        given = [*([chosen] if chosen else []), *(["json"] if as_json else []), *(["quiet"] if as_quiet else [])]
        if len(given) > 1:
            message = "--format, --json and --quiet exclude one another"
            raise click.UsageError(message, click.get_current_context())
        return command(form=resolved(given[0] if given else AUTO), output=output, **options)

    return with_format


_RELEASE = (
    click.option(
        "--print", "shows", flag_value="version", help="Print the next version and nothing else; write nothing."
    ),
    click.option(
        "--dry-run", "shows", flag_value="plan", help="Show every file and name that would change; write nothing."
    ),
    click.option(
        "--release-as", metavar="X.Y.Z", help="Release it as this version, which may be higher than it has to be."
    ),
    click.option("--pre", metavar="WORD", help="Release a candidate, such as 1.3.0-rc.1 with --pre rc."),
    click.option("--floating/--no-floating", default=True, help="Move the branches vX and vX.Y to the release."),
    click.option(
        "--surface", is_flag=True, help="Describe the release in .hfsemver/surface.json, as later ones then do too."
    ),
    click.option(
        "--sign", metavar="KEY", help="Sign the release: a PEM file with a private key, or sigstore for an identity."
    ),
    click.option("--config", metavar="FILE", envvar="HFSEMVER_CONFIG", help="Use this policy and not the baseline's."),
    click.option(
        "--format", "form", type=click.Choice(["human", "json"]), default="human", help="How to write the result."
    ),
)


def release_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what is asked of a release wherever it is made; ``shows`` says that nothing is to be written, and what to show instead."""
    for option in reversed(_RELEASE):
        command = option(command)
    return command
