"""What was asked for, and what came of it before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.workflows.depth import AUTO

if TYPE_CHECKING:
    from hfsemver.core.plan import ReleasePlan
    from hfsemver.core.report import Report
    from hfsemver.releases.repository import Repository

CARD = "README.md"
CHANGELOG = "CHANGELOG.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a release, wherever it is made."""

    release_as: str | None = None
    pre: str | None = None
    config: str | None = None
    floating: bool = True
    surface: bool = False
    weights: str = AUTO
    sign: str | None = None
    """The key that signs it, or ``sigstore``; ``None`` where nothing is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BumpRequest(Asked):
    """The options of ``hfsemver bump``, as typed."""

    repository: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A release as it would be made. ``version`` is the next version, or the one that the commit has already.

    Without a ``plan`` there is nothing to release, or a report stands against it: then it is ``refused``.
    """

    version: str
    plan: ReleasePlan | None = None
    refused: Report | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(Proposal):
    """The release of a working tree."""

    repository: Repository
