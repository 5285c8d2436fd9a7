"""A publisher who signs, and what a check says of a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.reports.report import Format
from hfsemver.workflows.bump.request import BumpRequest
from hfsemver.workflows.bump.run import run_bump
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.signatures import trust_of
from tests.workflows.pushing import BODY, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report
    from tests.signing import Key


def signed_publisher(folder: Path, key: Key) -> Publisher:
    """Make a repository whose v1.0.0 was signed and pushed, with the hook in it."""
    made = Publisher.create(folder)
    made.work.commit(files(BODY), "one")
    bump(made, sign=key.private)
    return made


def bump(publisher: Publisher, **options: str) -> str:
    """Release and push, insist that nothing stands against it, and return what was said."""
    request = BumpRequest(repository=str(publisher.work.root), **options)  # type: ignore[arg-type] # texts alone
    ok, said = run_bump(request, None, "origin", Format.HUMAN, pushes=True)
    assert ok, said
    return said


def check(ref: str, key: Key | None = None) -> Report:
    """Check a release, with a key or without one."""
    trust = None if key is None else trust_of(key.public, None, None, None)
    return run_check(CheckRequest(current=ref, trust=trust))


def said(report: Report) -> list[str]:
    """Return what stands against the signature."""
    return [finding.message for finding in report.findings if finding.rule == "signature-mismatch"]


def signers(report: Report) -> list[str]:
    """Return who signed."""
    return [note for note in report.notes if note.startswith("signed by")]
