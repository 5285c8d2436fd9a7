"""What git makes of files on their way into a commit and out of it, and a signature of a release that is to hold on both sides."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import UsageError
from hfsemver.core.escape import printable
from hfsemver.releases.git import GitSource
from hfsemver.releases.git_command import read_git
from hfsemver.releases.signing.contents import first_other

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.plan import ReleasePlan
    from hfsemver.releases.repository import Repository

_TEXT, _ENDS, _IDENT, _ENCODING, _FILTER = "text", "eol", "ident", "working-tree-encoding", "filter"
_NO: Final = frozenset({"unspecified", "unset"})
_FIELDS: Final = 3


def insist_signed(plan: ReleasePlan, commit: str, repository: Repository) -> None:
    """Insist that a commit holds what its signature lists, and that whoever checks it out gets that.

    Attributes of paths change line ends, ids and encodings; https://git-scm.com/docs/gitattributes. Raises ``UsageError`` for the
    first file that they change, and what git does where it cannot be asked.
    """
    if plan.signature is None:
        return
    covers, source = plan.signature.covers, GitSource(repository=repository, commit=commit)
    changed = first_other(source, (file.path for file in plan.files), covers)
    if changed is not None:
        fault = (
            f"git commits {printable(changed)} with other line ends than it has, so a signature of it would not hold"
        )
        raise UsageError(fault, hint="commit it with those that .gitattributes asks for: git add --renormalize .")
    for path in _converted(repository, sorted(covers)):
        out = read_git(repository.root, "cat-file", "--filters", operands=(f"{commit}:{path}",)).output
        if hashlib.sha256(out).hexdigest() != covers[path]:
            fault = f"git checks {printable(path)} out as another file than the commit holds, so a signature of it would not hold"
            raise UsageError(fault, hint=f"take {_ENDS}, {_IDENT} or {_ENCODING} of it out of .gitattributes")


def _converted(repository: Repository, paths: list[str]) -> Iterator[str]:
    """Yield the paths that git may write into a working tree with other bytes; those of git-lfs are known by their digests."""
    asked = (_TEXT, _ENDS, _IDENT, _ENCODING, _FILTER)
    stdin = "".join(f"{path}\0" for path in paths).encode()
    told = read_git(repository.root, "check-attr", "-z", "--stdin", *asked, stdin=stdin).output.decode().split("\0")
    values = {(told[at], told[at + 1]): told[at + 2] for at in range(0, len(told) - _FIELDS + 1, _FIELDS)}
    for path in paths:
        is_crlf = values[path, _ENDS] == "crlf" and values[path, _TEXT] != "unset"
        others = {values[path, _IDENT], values[path, _ENCODING]} - _NO
        if values[path, _FILTER] in _NO and (is_crlf or others):
            yield path
