"""The same from Python, for scripts that train or publish: functions are commands, with the same options.

>>> import hfsemver
>>> hfsemver.push("out", "hf://org/name")  # doctest: +SKIP
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import HfSemverError, UsageError
from hfsemver.core.finding import Finding, Level, Skip
from hfsemver.core.report import Report
from hfsemver.core.verdict import Verdict
from hfsemver.reports.answer import answer
from hfsemver.reports.report import Format
from hfsemver.reports.report import render as render_as
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from hfsemver.workflows.signatures import trust_of
from hfsemver.workflows.upload.request import Pushed, PushRequest
from hfsemver.workflows.upload.run import run_push

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Bump",
    "Finding",
    "HfSemverError",
    "Level",
    "Pushed",
    "ReleaseRefused",
    "Report",
    "Skip",
    "Verdict",
    "check",
    "compare",
    "push",
    "render",
]

_Place = str | os.PathLike[str]


class ReleaseRefused(HfSemverError):
    """Something stands against the release that no version excuses, or not the one that was asked for: ``report`` says what."""

    def __init__(self, report: Report) -> None:
        told = ", ".join(dict.fromkeys(report.verdict.failing))
        super().__init__(f"{answer(report)} ({told})" if told else answer(report), hint=_hint(report))
        self.report = report


def _hint(report: Report) -> str:
    baseline = f" --baseline {report.baseline.ref}" if report.baseline is not None else ""
    return f"see why: hfsemver check {report.current.ref}{baseline}"


def check(  # noqa: PLR0913 -- each is an option of the command, and all but one go by their names
    current: _Place = ".",
    *,
    baseline: _Place | None = None,
    declared: str | None = None,
    promise: str | None = None,
    kind: str | None = None,
    weights: str = "auto",
    config: _Place | None = None,
    verify: _Place | None = None,
    signer_identity: str | None = None,
    signer_issuer: str | None = None,
) -> Report:
    """Judge a release, as ``hfsemver check`` does; ``report.verdict.ok`` says whether its version is large enough.

    With ``verify``, a public key or ``sigstore`` for an identity of an issuer, also whether it is signed by that.

    Both sides are named as on the command line: a folder, ``DIR@REV``, ``hf://org/name@rev``. Raises ``HfSemverError`` where
    one cannot be read.
    """
    request = CheckRequest(
        current=os.fspath(current),
        baseline=None if baseline is None else os.fspath(baseline),
        declared=declared,
        promise=promise,
        kind=kind,
        weights=weights,
        config=None if config is None else os.fspath(config),
        trust=trust_of(None if verify is None else os.fspath(verify), signer_identity, signer_issuer, None),
    )
    return run_check(request)


def compare(a: _Place, b: _Place, *, weights: str = "auto") -> Report:
    """Compare ``b`` with ``a``, as ``hfsemver diff`` does; ``report.changes`` lists what differs, and nothing is judged.

    Raises ``HfSemverError`` where one cannot be read.
    """
    return run_diff(os.fspath(a), os.fspath(b), weights)


def render(report: Report, form: str = "human") -> str:
    """Return a report as text: ``human``, ``markdown``, ``json``, ``sarif`` or any other word that ``--format`` takes.

    Raises ``UsageError`` for another one, and for a form that only a judgement has.
    """
    try:
        return render_as(report, Format(form))
    except ValueError as error:
        known = ", ".join(Format)
        raise UsageError(f"a report cannot be written as {form!r}", hint=f"write it as one of {known}") from error


def push(  # noqa: PLR0913 -- each is an option of the command, and all but two go by their names
    folder: _Place,
    target: str,
    *,
    release_as: str | None = None,
    pre: str | None = None,
    delete: str | Iterable[str] = (),
    successor_of: str | None = None,
    discuss: bool = False,
    floating: bool = True,
    surface: bool = False,
    weights: str = "auto",
    config: _Place | None = None,
    sign: _Place | None = None,
    dry_run: bool = False,
) -> Pushed:
    """Publish a folder as the next release of ``hf://org/name``, as ``hfsemver push`` does, and return what became of it.

    Nothing is written with ``dry_run``. Raises ``ReleaseRefused`` where the release may not be, and ``HfSemverError`` where
    something cannot be read or written; after that the same call goes on where this one stopped.
    """
    request = PushRequest(
        folder=os.fspath(folder),
        target=target,
        release_as=release_as,
        pre=pre,
        # A text is a sequence of texts, too, and one of them may be the pattern for everything.
        delete=(delete,) if isinstance(delete, str) else tuple(delete),
        successor_of=successor_of,
        discuss=discuss,
        floating=floating,
        surface=surface,
        weights=weights,
        config=None if config is None else os.fspath(config),
        sign=None if sign is None else os.fspath(sign),
    )
    done = run_push(request, writes=not dry_run)
    if done.refused is not None:
        raise ReleaseRefused(done.refused)
    return done
