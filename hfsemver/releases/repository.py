"""A git repository as far as releases are concerned: commits, tags that are versions, and where LFS objects lie.

Everything here is one or two calls of ``git``, because a push waits for it.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.escape import clipped, printable
from hfsemver.core.version import Tag
from hfsemver.releases.disk import read_small
from hfsemver.releases.git_command import ask_git, read_git
from hfsemver.releases.lfs import LfsStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.releases.git_process import Answer

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_COMMIT_FORMAT = "--format=%H%x00%cI%x00%s"
_COMMIT_FIELDS = 3
_ALTERNATES = 1 << 20
_TAG_FORMAT = "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
_LOCATE = ("--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format", "--show-toplevel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit; ``date`` is the committer's, in ISO 8601 with its offset, ``subject`` is untrusted text."""

    sha: str
    date: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository on disk.

    ``root`` is the top of the working tree (the repository itself when it is bare), ``git_dir`` belongs to this
    working tree, ``common_dir`` to all linked ones. ``object_format`` is ``sha1`` or ``sha256``.
    """

    root: Path
    git_dir: Path
    common_dir: Path
    object_format: str

    @classmethod
    def discover(cls, path: Path) -> Repository:
        """Find the repository that holds the folder ``path``. Raises ``RefError`` when there is none."""
        if not path.is_dir():
            fault = f"{path} is not a folder" if path.exists() else f"there is no folder {path}"
            raise RefError(fault, hint="name a folder that lies in a git repository")
        answer = ask_git(path, "rev-parse", *_LOCATE)
        lines = answer.text.split("\n")
        if len(lines) < len(_LOCATE) - 2:
            raise _no_repository(path, answer)
        git_dir, common_dir, object_format, *top = lines
        if len(top) > 1 or not Path(git_dir).is_dir():
            fault = f"the path of the repository at {path} holds a line break"
            raise SourceError(fault, hint="move the repository to a folder with an ordinary name")
        # There is no top in a bare repository and inside of .git.
        root = top[0] if top and not answer.status else git_dir
        return cls(root=Path(root), git_dir=Path(git_dir), common_dir=Path(common_dir), object_format=object_format)

    def resolve(self, revision: str) -> str:
        """Return the full id of the commit that ``revision`` names; annotated tags are followed to their commit.

        Raises ``RefError``, with the names that come closest.
        """
        if not revision or revision.startswith(("-", "^")) or _CONTROL.search(revision):
            fault = f"{clipped(revision)!r} cannot be a git revision"
            raise RefError(fault, hint="name a tag, a branch or a commit, for example v1.2.0 or HEAD~1")
        answer = ask_git(self.root, "rev-parse", "--verify", "--quiet", operands=(f"{revision}^{{commit}}",))
        if answer.status:
            fault = f"{clipped(revision)} names no commit of the repository {self.root}"
            raise RefError(fault, hint=self._suggestion(revision))
        return answer.text

    def subtree(self, commit: str, folder: str) -> str:
        """Return the object id of ``folder`` as it is in ``commit``. Raises ``RefError`` when it is not there."""
        # The slash at the end insists on a folder.
        path = f"{folder}/" if folder else ""
        answer = ask_git(self.root, "rev-parse", "--verify", "--quiet", operands=(f"{commit}:{path}",))
        if answer.status:
            fault = f"there is no folder {printable(folder)} in commit {commit[:12]}"
            raise RefError(fault, hint=f"see what is there: git ls-tree --name-only {commit[:12]}")
        return answer.text

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch is on, ``None`` where there is no such branch."""
        name = f"refs/heads/{branch}^{{commit}}"
        found = ask_git(self.root, "rev-parse", "--verify", "--quiet", operands=(name,))
        return found.text if found.status == 0 else None

    def version_tags(self) -> tuple[tuple[Tag, str], ...]:
        """Return the tags that are versions with the commits they name, the lowest version first."""
        found: list[tuple[Tag, str]] = []
        for line in read_git(self.root, "for-each-ref", _TAG_FORMAT, operands=("refs/tags",)).lines:
            name, kind, oid, inner_kind, inner_oid = line.split("\0")
            try:
                tag = Tag.parse(name.removeprefix("refs/tags/"))
            except ValueError:
                continue
            if kind == "tag" and inner_kind == "tag":
                found.append((tag, self.resolve(name)))
            elif "commit" in {kind, inner_kind}:
                found.append((tag, inner_oid or oid))
        return tuple(sorted(found, key=lambda item: (item[0].version.precedence, str(item[0]))))

    def ignored(self) -> frozenset[str]:
        """Return what git ignores in the working tree; a wholly ignored folder stands for all it holds."""
        options = ("-z", "--others", "--ignored", "--exclude-standard", "--directory")
        answer = ask_git(self.root, "ls-files", *options)
        # A bare repository has no working tree to leave anything out of.
        return frozenset(name.rstrip("/") for name in answer.text.split("\0") if name and not answer.status)

    def left_out(self, folder: Path) -> tuple[str, ...]:
        """Return the files below ``folder`` that a sparse checkout leaves out, relative to the top, sorted."""
        sparse = ask_git(self.root, "config", "--type=bool", "--get", operands=("core.sparseCheckout",))
        if sparse.text != "true":
            return ()
        # Asked in the folder, since that is what limits the answer to it.
        answer = ask_git(folder, "ls-files", "-t", "-z", "--full-name")
        names = (name.removeprefix("S ") for name in answer.text.split("\0") if name.startswith("S "))
        return tuple(sorted(name for name in names if not os.path.lexists(self.root / name)))

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether the history of commit ``descendant`` contains ``ancestor``; a commit contains itself."""
        answer = ask_git(self.root, "merge-base", "--is-ancestor", operands=(ancestor, descendant))
        if answer.status > 1:
            raise SourceError(f"git merge-base: {answer.complaint}", hint=_MISSING_HISTORY)
        return answer.status == 0

    def roots(self, commits: Iterable[str]) -> frozenset[str]:
        """Return the commits without a parent that the histories of ``commits`` begin with; histories in common share one."""
        asked = "".join(f"{commit}\n" for commit in commits).encode()
        return frozenset(read_git(self.root, "rev-list", "--max-parents=0", "--stdin", stdin=asked).lines)

    def branch(self) -> str | None:
        """Return the branch that is checked out, ``None`` when a commit is checked out instead."""
        answer = ask_git(self.root, "symbolic-ref", "--quiet", operands=("HEAD",))
        return None if answer.status else answer.text.removeprefix("refs/heads/")

    def changed_paths(self, old: str | None, new: str) -> tuple[str, ...]:
        """Return every path that differs between two commits, renames as two paths; all of ``new`` without ``old``."""
        if old is None:
            answer = read_git(self.root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", operands=(new,))
        else:
            answer = read_git(self.root, "diff-tree", "-r", "-z", "--name-only", "--no-renames", operands=(old, new))
        return tuple(sorted(name for name in answer.text.split("\0") if name))

    def commits(self, span: str) -> tuple[Commit, ...]:
        """Return the commits of ``REV`` or ``OLD..NEW``, oldest first.

        Only first parents are followed: these are the states that people who pull the branch have seen, one after
        the other, and each can be judged against the one before it. What was merged counts as one step.
        """
        old, dots, new = span.partition("..")
        if dots and new.startswith("."):
            raise RefError(f"{clipped(span)} is a symmetric difference", hint="write OLD..NEW with two dots")
        tip = self.resolve((new or "HEAD") if dots else span)
        limits = (f"^{self.resolve(old or 'HEAD')}",) if dots else ()
        options = ("--first-parent", "--reverse", "--encoding=UTF-8", _COMMIT_FORMAT)
        answer = read_git(self.root, "rev-list", *options, operands=(tip, *limits))
        fields = (line.split("\0") for line in answer.lines)
        return tuple(
            Commit(sha=line[0], date=line[1], subject=line[2]) for line in fields if len(line) == _COMMIT_FIELDS
        )

    @property
    def is_shallow(self) -> bool:
        """Whether the history was cut off when the repository was cloned."""
        return (self.common_dir / "shallow").exists()

    @property
    def lfs_store(self) -> LfsStore:
        """The LFS objects of this repository, wherever ``lfs.storage`` puts them, and those it borrows from others."""
        answer = ask_git(self.root, "config", "--get", operands=("lfs.storage",))
        # As git-lfs has it: relative to the common directory, without any expansion.
        media = self.common_dir / ((answer.text if answer.status == 0 else "") or "lfs") / "objects"
        return LfsStore(media=media, borrowed=_borrowed(self.common_dir / "objects"))

    def _suggestion(self, revision: str) -> str:
        import difflib  # here, because a push that names what exists does not wait for it

        answer = ask_git(self.root, "for-each-ref", "--format=%(refname)", operands=("refs/tags", "refs/heads"))
        names = [name.split("/", 2)[2] for name in answer.lines if name.count("/") >= 2]  # noqa: PLR2004 -- refs/KIND/NAME
        close = difflib.get_close_matches(revision, names[:5000], n=3)
        hints = [f"did you mean {' or '.join(printable(name) for name in close)}?"] if close else []
        hints += [_MISSING_HISTORY] if self.is_shallow else []
        return " ".join(hints) or "see what there is: git tag --list; tags of the remote come with: git fetch --tags"


_MISSING_HISTORY = "this clone has no full history: git fetch --unshallow --tags"


def _borrowed(objects: Path) -> tuple[Path, ...]:
    """Return the LFS folders of the repositories that this one takes objects from (``git clone --shared``)."""
    try:
        data = read_small(objects / "info" / "alternates", _ALTERNATES)
    except SourceError:
        return ()
    lines = [os.fsdecode(line) for line in (data or b"").split(b"\n")]
    return tuple((objects / line).parent / "lfs" / "objects" for line in lines if line and not line.startswith("#"))


def _no_repository(path: Path, answer: Answer) -> RefError:
    if "dubious ownership" in answer.complaint:
        place = printable(shlex.quote(str(path.resolve())))
        fault = f"git refuses to read the repository at {path}, because it belongs to another user"
        return RefError(fault, hint=f"if you trust it: git config --global --add safe.directory {place}")
    fault = f"{path} is not in a git repository ({answer.complaint})"
    return RefError(fault, hint="go to the folder of the release, or name it without a revision")
