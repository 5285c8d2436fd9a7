"""What the publisher claims about a release: its version, where the claim was found, and what is out already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a declared version was found; the first of these wins."""

    FLAG = "--declared"
    TAG = "tag"
    CARD = "README.md"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """The candidate of the declared version, and the files beside prose that are other ones than in it."""

    candidate: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The declared version as it was written (it may be no version at all) and what it is measured against.

    ``baseline`` is the version of the baseline, ``None`` when it has none.
    ``released`` holds the versions that are tagged on other commits.
    ``branch`` is the branch that the release goes to, ``protected`` whether the policy guards it.
    ``draft`` says that keeping the version of the baseline is no claim yet: work on a branch that nobody pins.
    ``promotion`` is what became of the candidate of the declared version, where there was one.
    """

    declared: str | None = None
    origin: Origin = Origin.NOTHING
    baseline: str | None = None
    released: tuple[str, ...] = ()
    branch: str | None = None
    protected: bool = False
    draft: bool = False
    promotion: Promotion | None = None
