"""``hfsemver doctor``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit
from hfsemver.core.escape import printable
from hfsemver.reports.report import Format

if TYPE_CHECKING:
    from hfsemver.workflows.doctor.diagnosis import Diagnosis

MARKS = {"ok": "ok", "note": "note", "broken": "BROKEN"}


@click.command(short_help="Is everything in its place?", epilog="Learn more: hfsemver hook --help")
@click.argument("place", default=".", metavar="[FOLDER | hf://ORG/NAME]")
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", help="How to write it.")
def doctor(*, place: str, form: str) -> int:
    """Look at everything that a judgement stands on; exit with 1 when something is broken.

    In a repository: git, git-lfs, the hook, history, tags and branches, card, changelog, policy, weights, and what was written down
    of pushes. On a Hub, where it only reads: the token, the model, and whether its version tags can be believed.
    """
    from hfsemver.workflows.doctor.diagnosis import Health  # here, so that --help pays for no library
    from hfsemver.workflows.doctor.examine import examine

    found = examine(place)
    broken = any(one.health is Health.BROKEN for one in found)
    emit(_as_json(found) if form == "json" else _as_text(found), Format(form), None)
    return Exit.TOO_SMALL if broken else Exit.OK


def _as_json(found: tuple[Diagnosis, ...]) -> str:
    checks = [{"name": one.name, "health": one.health.value, "text": one.text, "hint": one.hint} for one in found]
    ok = all(one["health"] != "broken" for one in checks)
    return json.dumps({"schema": "hfsemver/doctor/1", "ok": ok, "checks": checks}, indent=2) + "\n"


def _as_text(found: tuple[Diagnosis, ...]) -> str:
    lines = []
    for one in found:
        lines.append(f"{MARKS[one.health.value]:6}  {one.name:10}  {printable(one.text)}")
        if one.hint:
            lines.append(f"{'':20}type: {printable(one.hint)}")
    return "\n".join(lines) + "\n"
