"""``hfsemver schema``."""

from __future__ import annotations

import json

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.reports.report import Format


@click.command(short_help="Print the JSON Schema of a document.")
@click.argument("document", type=click.Choice(["report", "rules", "log", "config"]))
@click.option("--output", metavar="FILE", help="Write the schema to FILE, whole or not at all.")
def schema(*, document: str, output: str | None) -> int:
    """Print the JSON Schema (2020-12) of a document.

    The report, the list of rules, the log, or the policy file .hfsemver.yaml.
    """
    # Loaded here, so that --help pays for no library.
    from hfsemver.workflows.schemas import schema_of

    emit(f"{json.dumps(schema_of(document), indent=2)}\n", Format.JSON, output)
    return Exit.OK
