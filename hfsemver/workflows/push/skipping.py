"""Pushing without a judgement: for a reason, and on record."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError, UsageError
from hfsemver.publish.files import append_lines
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.push.ruling import SKIP
from hfsemver.workflows.records import skip_log
from hfsemver.workflows.remotes import without_credentials

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.push.ruling import Push

_SWITCHES = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f"})


def skip_reason(text: str) -> str:
    """Return the reason that the variable gives. Raises ``UsageError`` for a bare switch."""
    reason = text.strip()
    if reason.lower() in _SWITCHES:
        fault = f"{SKIP}={reason} gives no reason, so nothing is skipped and the push is refused"
        hint = f"say why, it is recorded: {SKIP}='judged by hand' git push; or have it judged: unset {SKIP}"
        raise UsageError(fault, hint=hint)
    return reason


def record_skip(push: Push, reason: str) -> Path:
    """Write down who pushed what unjudged, and why; return the file. Raises ``SourceError`` when that fails."""
    path = skip_log(push.repository)
    entry = {
        "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "user": _user(push.repository),
        "remote": without_credentials(push.remote),
        "refs": [{"ref": u.remote_ref, "old": u.remote, "new": u.local} for u in push.updates],
        "reason": reason,
    }
    try:
        append_lines(path, json.dumps(entry))
    except OSError as error:
        fault = f"{path}: the reason for not judging could not be recorded: {error.strerror}"
        raise SourceError(
            fault, hint=f"make room, or make that file writable, or have the push judged: unset {SKIP}"
        ) from error
    return path


def _user(repository: Repository) -> str:
    name, email = (_setting(repository, key) for key in ("user.name", "user.email"))
    if name or email:
        return f"{name} <{email}>".strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _setting(repository: Repository, key: str) -> str:
    answer = ask_git(repository.root, "config", "--get", operands=(key,))
    return "" if answer.status else answer.text
