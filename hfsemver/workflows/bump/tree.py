"""The working tree that a release is made in: it has to be what the commit holds, but for what an interrupted release left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import UsageError
from hfsemver.core.escape import clipped, printable
from hfsemver.core.version import Version
from hfsemver.diff.files.files import ANY_SIZE, compare_files
from hfsemver.publish.release import finish, restore
from hfsemver.releases.disk import read_small
from hfsemver.releases.git import GitSource
from hfsemver.releases.git_command import ask_git, read_git
from hfsemver.releases.local import LocalSource
from hfsemver.releases.release import Release
from hfsemver.workflows.bump.contents import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.releases.repository import Repository

_SHOWN = 3


def settle(repository: Repository, head: str, *, writes: bool) -> None:
    """Insist that the working tree is that of ``head``, and bring it there where a release was interrupted on the way.

    Raises ``UsageError``, whose hint says what to type first; so it does for an interrupted release where nothing is to be written.
    """
    changed = _changed(repository, head)
    if not changed:
        return
    parent = ask_git(repository.root, "rev-parse", "--verify", "--quiet", operands=(f"{head}^",))
    if parent.status == 0 and _is_release(repository, head):
        is_begun = not _changed(repository, parent.text)
        if is_begun or _is_half_done(repository, parent.text, head, changed):
            if not writes:
                fault = "the last release was interrupted before its files were in the working tree"
                raise UsageError(fault, hint="finish it: hfsemver bump")
            if is_begun:
                finish(repository, parent.text, head)
            else:
                restore(repository, head)
            return
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    fault = f"the working tree is not what the last commit holds: {', '.join(map(printable, changed[:_SHOWN]))}{more}"
    raise UsageError(fault, hint="commit what belongs to the release: git commit --all; or put it aside: git stash")


def insist_free(repository: Repository, head: str, paths: Iterable[str]) -> None:
    """Insist that no file lies where the release writes one that git does not know. Raises ``UsageError``."""
    known = GitSource(repository=repository, commit=head)
    tracked = {info.path for info in known.files()}
    for path in paths:
        if path not in tracked and (repository.root / path).exists():
            fault = f"{clipped(path, 120)} lies in the working tree, and is in no commit"
            raise UsageError(fault, hint="commit it first, or move it away")


def insist_first(repository: Repository, head: str, tag: str) -> None:
    """Insist that no other run has released ``head`` meanwhile, which the tags tell before the branch does. Raises ``UsageError``."""
    asked = ask_git(repository.root, "rev-parse", "--verify", "--quiet", operands=(f"refs/tags/{tag}^{{commit}}^",))
    if asked.status == 0 and asked.text == head:
        fault = f"{tag} was released on top of this commit already"
        raise UsageError(fault, hint=f"see it: git show {tag}; take it in: git merge --ff-only {tag}")


def _changed(repository: Repository, commit: str) -> tuple[str, ...]:
    """Return the paths in index or working tree that are other ones than in a commit; bytes are read where only they can tell."""
    told = read_git(repository.root, "diff-index", "-z", "--name-only", operands=(commit,)).text
    names = frozenset(filter(None, told.split("\0")))
    certain = _staged(repository, commit)
    # git tells a file that was touched as changed: whether it is another one, its content says.
    there, here = GitSource(repository=repository, commit=commit), LocalSource(repository.root, only=names)
    files = compare_files(Release(there), Release(here))
    same = {path for path in names - certain if path in files.kept and files.same(path, limit=ANY_SIZE) is True}
    return tuple(sorted(certain | (names - same)))


def _is_half_done(repository: Repository, parent: str, head: str, changed: tuple[str, ...]) -> bool:
    """Whether nothing would be lost by going on: each file is the old one, or as much of the new one as there was room for."""
    names = {commit: _staged(repository, commit) for commit in (parent, head)}
    if names[parent] & names[head] or not names[parent] | set(changed) <= _between(repository, parent, head):
        return False
    old, new = (Release(GitSource(repository=repository, commit=commit)) for commit in (parent, head))
    for path in changed:
        here = read_small(repository.root / path, LIMIT)
        if here is not None and here != old.read(path, LIMIT) and not (new.read(path, LIMIT) or b"").startswith(here):
            return False
    return True


def _staged(repository: Repository, commit: str) -> frozenset[str]:
    told = read_git(repository.root, "diff-index", "-z", "--name-only", "--cached", operands=(commit,)).text
    return frozenset(filter(None, told.split("\0")))


def _between(repository: Repository, parent: str, head: str) -> frozenset[str]:
    told = read_git(
        repository.root, "diff-tree", "-r", "-z", "--name-only", "--no-renames", operands=(parent, head)
    ).text
    return frozenset(filter(None, told.split("\0")))


def _is_release(repository: Repository, commit: str) -> bool:
    """Whether a commit is a release, or was to be one whose tag there was no room or no time for."""
    tags = repository.version_tags()
    if any(sha == commit for _, sha in tags):
        return True
    told = read_git(repository.root, "rev-list", "--max-count=1", "--format=%s", operands=(commit,)).lines
    version = Version.of(told[-1].removeprefix("Release ")) if told and told[-1].startswith("Release ") else None
    return version is not None and all(tag.version != version for tag, _ in tags)
