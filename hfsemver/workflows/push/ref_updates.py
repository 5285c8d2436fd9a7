"""What git tells a pre-push hook: one line for each ref that is about to be updated on the remote.

https://git-scm.com/docs/githooks#_pre_push
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped, printable
from hfsemver.core.version import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FIELDS = 4
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
ZERO = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RefUpdate:
    """One line: what is pushed (``local``, the id of a commit or a tag object) and what it replaces (``remote``)."""

    local_ref: str
    local: str
    remote_ref: str
    remote: str

    @property
    def is_deletion(self) -> bool:
        """Whether the ref is removed from the remote."""
        return not self.local.strip("0")

    @property
    def is_new(self) -> bool:
        """Whether the remote has no such ref yet."""
        return not self.remote.strip("0")

    @property
    def branch(self) -> str:
        """The name of the branch on the remote; of any other ref its full name, as ``refs/pr/1``."""
        return self.remote_ref.removeprefix(_HEADS)

    @property
    def is_tag(self) -> bool:
        """Whether the ref is a tag on the remote, whatever it was called here."""
        return self.remote_ref.startswith(_TAGS)

    @property
    def tag(self) -> Tag | None:
        """The version that the ref releases; ``None`` for branches, and for tags that are no versions."""
        if not self.is_tag:
            return None
        try:
            return Tag.parse(self.remote_ref.removeprefix(_TAGS))
        except ValueError:
            return None

    @property
    def name(self) -> str:
        """The ref as people call it, harmless to print."""
        return printable(self.remote_ref.removeprefix(_HEADS).removeprefix(_TAGS))

    @property
    def refspec(self) -> str:
        """What to type to push the same once more."""
        if self.local_ref == self.remote_ref:
            return self.remote_ref.removeprefix(_HEADS).removeprefix(_TAGS)
        # Any other words for a commit, such as ``HEAD~1``, would soon mean another one.
        source = self.local_ref if self.local_ref.startswith("refs/") or self.local_ref == "HEAD" else self.local
        return f"{source.removeprefix(_HEADS)}:{self.remote_ref}"


def parse_updates(data: bytes) -> tuple[RefUpdate, ...]:
    """Parse what git writes to the hook's standard input; nothing at all is an empty push.

    Raises ``FormatError`` for any other line: a ref that is not understood must not slip through.
    """
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return tuple(_parse(line, number) for number, line in enumerate(lines, start=1) if line)


def _parse(line: str, number: int) -> RefUpdate:
    # From the right, because the local side is whatever the user typed: HEAD@{1 week ago} holds blanks.
    fields = line.rsplit(" ", _FIELDS - 1)
    if len(fields) == _FIELDS:
        local_ref, local, remote_ref, remote = fields
        if _OID.fullmatch(local) and _OID.fullmatch(remote) and remote_ref.startswith("refs/"):
            return RefUpdate(local_ref=local_ref, local=local, remote_ref=remote_ref, remote=remote)
    fault = f"{clipped(line)!r} is not `<local ref> <id> <remote ref> <id>`"
    raise FormatError(fault, "standard input", f"line {number}", hint="run this from git's pre-push hook")


def updates_of_pre_commit(variables: Mapping[str, str]) -> tuple[RefUpdate, ...]:
    """Return the one ref that the pre-commit framework tells of, by variables; it tells of no deletion and no tag.

    https://pre-commit.com/#pre-commit-during-push. The local id may be a name (``HEAD``) here: on the very first push
    the framework gives none.
    """
    remote_ref = variables.get("PRE_COMMIT_REMOTE_BRANCH", "")
    if not remote_ref.startswith("refs/"):
        return ()
    local_ref = variables.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
    return (
        RefUpdate(
            local_ref=local_ref,
            local=variables.get("PRE_COMMIT_TO_REF") or local_ref,
            remote_ref=remote_ref,
            remote=variables.get("PRE_COMMIT_FROM_REF") or ZERO,
        ),
    )
