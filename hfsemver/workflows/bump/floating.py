"""Branches that follow the newest release of a line, ``v1`` and ``v1.2``, for those who load a revision that moves but never breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import UsageError
from hfsemver.core.plan import FloatingBranch
from hfsemver.releases.git_command import ask_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.version import Version
    from hfsemver.releases.repository import Repository


def floating_branches(repository: Repository, version: Version, parent: str) -> tuple[FloatingBranch, ...]:
    """Return the branches that move to a release made on top of ``parent``, each from where it is.

    A candidate moves none, and an older line leaves those of newer releases alone. They only go forward: ``UsageError`` for one
    that would have to go back or aside.
    """
    if not version.is_stable:
        return ()
    released = [tag.version for tag, _ in repository.version_tags() if tag.version.is_stable]
    return tuple(_moved(repository, name, parent) for name in _names(version, released))


def _names(version: Version, released: Iterable[Version]) -> Iterator[str]:
    others = [*released]
    if all(version > one for one in others if one.major == version.major):
        yield f"v{version.major}"
    if all(version > one for one in others if (one.major, one.minor) == (version.major, version.minor)):
        yield f"v{version.major}.{version.minor}"


def _moved(repository: Repository, name: str, parent: str) -> FloatingBranch:
    found = ask_git(repository.root, "rev-parse", "--verify", "--quiet", operands=(f"refs/heads/{name}^{{commit}}",))
    if found.status:
        return FloatingBranch(name=name)
    if not repository.is_ancestor(found.text, parent):
        fault = f"the branch {name} is on {found.text[:12]}, which lies outside of the history of this release"
        raise UsageError(
            fault, hint=f"see what it holds: git log {parent[:12]}..{name}; or leave it alone: --no-floating"
        )
    return FloatingBranch(name=name, old=found.text)
