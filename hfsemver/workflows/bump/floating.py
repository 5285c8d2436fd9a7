"""Branches that follow the newest release of a line, ``v1`` and ``v1.2``, for those who load a revision that moves but never breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hfsemver.core.errors import UsageError
from hfsemver.core.plan import FloatingBranch
from hfsemver.workflows.baselines import History

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.version import Version


class Home(History, Protocol):
    """Where releases are kept, in git or on a Hub."""

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch is on, ``None`` where there is no such branch."""
        ...


def floating_branches(home: Home, version: Version, parent: str) -> tuple[FloatingBranch, ...]:
    """Return the branches that move to a release made on top of ``parent``, each from where it is.

    A candidate moves none, and an older line leaves those of newer releases alone. They only go forward: ``UsageError`` for one
    that would have to go back or aside.
    """
    if not version.is_stable:
        return ()
    released = [tag.version for tag, _ in home.version_tags() if tag.version.is_stable]
    return tuple(_moved(home, name, parent) for name in _names(version, released))


def _names(version: Version, released: Iterable[Version]) -> Iterator[str]:
    others = [*released]
    if all(version > one for one in others if one.major == version.major):
        yield f"v{version.major}"
    if all(version > one for one in others if (one.major, one.minor) == (version.major, version.minor)):
        yield f"v{version.major}.{version.minor}"


def _moved(home: Home, name: str, parent: str) -> FloatingBranch:
    tip = home.tip(name)
    if tip is not None and not home.is_ancestor(tip, parent):
        fault = f"the branch {name} is on {tip[:12]}, which lies outside of the history of this release"
        raise UsageError(
            fault, hint=f"see what it holds: git log {parent[:12]}..{name}; or leave it alone: --no-floating"
        )
    return FloatingBranch(name=name, old=tip)
