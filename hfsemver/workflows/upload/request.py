"""What is asked of an upload, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.workflows.bump.request import Asked

if TYPE_CHECKING:
    from hfsemver.core.plan import ReleasePlan
    from hfsemver.core.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest(Asked):
    """The options of ``hfsemver push``, as typed. ``delete`` are patterns of files that are to go from the Hub.

    ``successor_of`` is a model that goes on as this one; ``discuss`` opens a discussion about the release.
    """

    folder: str
    target: str
    delete: tuple[str, ...] = ()
    successor_of: str | None = None
    discuss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """How an upload ended: ``commit`` is the release, where one was made, finished, or there already.

    ``finished`` says that it was begun by an earlier run; then the folder was not looked at again. ``announced`` says what became
    of the model that it is the successor of, ``discussed`` where it is spoken about.
    """

    target: str
    version: str
    plan: ReleasePlan | None = None
    refused: Report | None = None
    commit: str | None = None
    names: tuple[str, ...] = ()
    finished: bool = False
    announced: str = ""
    discussed: str = ""
