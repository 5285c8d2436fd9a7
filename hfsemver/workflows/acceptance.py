"""``hfsemver accept``: one finding is accepted, for a reason and up to a day, in the policy of a repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import ConfigError, RefError, SourceError, UsageError
from hfsemver.core.escape import clipped, printable
from hfsemver.policy.edit import with_acceptance
from hfsemver.policy.load import FINGERPRINT
from hfsemver.policy.policy import FILE_NAME, Acceptance, Policy
from hfsemver.publish.files import write_inside
from hfsemver.releases.disk import read_small
from hfsemver.releases.repository import Repository
from hfsemver.workflows.policies import MAX_SIZE, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS: Final = 90
"""How long an acceptance holds where nobody says until when."""


def accept(folder: str, fingerprint: str, reason: str, until: str | None, today: date) -> Iterator[str]:
    """Write the acceptance into ``.hfsemver.yaml`` of the repository around ``folder``, and tell what it does.

    Every other byte of the file stays. Raises ``UsageError`` for what cannot be accepted, ``ConfigError`` where the policy
    is wrong already, ``SourceError`` where it cannot be read or written; the file is then as it was.
    """
    acceptance = Acceptance(fingerprint=_checked(fingerprint), reason=_one_line(reason), until=_last_day(until, today))
    root = _root(folder)
    path = root / FILE_NAME
    data = read_small(path, MAX_SIZE) or b""
    policy = parse_policy(data, str(path)) if data else Policy()
    known = next((one for one in policy.accepted if one.fingerprint == acceptance.fingerprint), None)
    if known is not None:
        fault = f"{FILE_NAME} accepts {fingerprint} already, until {known.until}: {clipped(known.reason)}"
        raise UsageError(fault, hint=f"change reason and until of that entry in {FILE_NAME}")
    written = _with_entry(data.decode(), acceptance)
    if _read_back(written) != replace(policy, accepted=(*policy.accepted, acceptance)):
        raise SourceError(
            f"{printable(str(path))} is written in a way that no entry can be put into",
            hint=f"write the list accept: in block style, one key a line, then accept {fingerprint} again",
        )
    try:
        write_inside(root, FILE_NAME, written)
    except OSError as error:
        fault = f"{printable(str(path))} cannot be written: {error.strerror}"
        raise SourceError(fault, hint="make the folder writable, or make room") from error
    yield f"Accepted {fingerprint} until {acceptance.until} in {FILE_NAME}: {clipped(acceptance.reason)}"
    yield ""
    yield "It holds from the next release on, because the policy of the baseline decides. To see the verdict with it now:"
    yield f"  hfsemver check --config {FILE_NAME}"


def _with_entry(text: str, acceptance: Acceptance) -> bytes:
    try:
        return with_acceptance(text, acceptance).encode()
    except ValueError:
        return b""


def _read_back(data: bytes) -> Policy | None:
    try:
        return parse_policy(data, FILE_NAME)
    except ConfigError:
        return None


def _root(folder: str) -> Path:
    """Return the root of the repository, or the folder itself where it has a policy or lies in no repository.

    A folder in a repository may be a release of its own, and is judged by the policy beside it.
    """
    path = Path(folder)
    if not path.is_dir():
        raise RefError(f"{folder} is no folder", hint="name the folder of the model with --folder")
    if (path / FILE_NAME).exists():
        return path
    try:
        repository = Repository.discover(path)
    except (SourceError, UsageError):
        return path
    if repository.root == repository.git_dir:
        fault = f"{repository.root} is a bare repository, and has no folder to write into"
        raise UsageError(fault, hint="run this in a clone of it")
    return repository.root


def _checked(fingerprint: str) -> str:
    if not FINGERPRINT.fullmatch(fingerprint):
        fault = f"{clipped(fingerprint, 40)!r} is no fingerprint of a finding"
        raise UsageError(fault, hint="copy the 16 hex digits from the report: hfsemver check --format agent")
    return fingerprint


def _one_line(reason: str) -> str:
    line = " ".join(reason.split())
    if not line or not line.isprintable():
        raise UsageError(
            "--reason takes one line of text", hint='say why it is right, as in --reason "agreed with ..."'
        )
    return line


def _last_day(until: str | None, today: date) -> date:
    if until is None:
        return today + timedelta(days=DAYS)
    try:
        day = date.fromisoformat(until)
    except ValueError:
        fault = f"--until {clipped(until, 40)!r} is no day such as {today + timedelta(days=DAYS)}"
        raise UsageError(fault, hint="write year, month and day") from None
    if day < today:
        raise UsageError(f"--until {day} has passed", hint=f"name {today} or a later day")
    return day
