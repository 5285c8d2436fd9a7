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
class MovedTag:
    """A release tag, and the commits that it named when it was out (``old``) and names now (``new``).

    ``old`` is ``None`` where it cannot be told whether that was another commit. ``fate`` is a clause about what became of the
    tag where it was out, and empty while it is. ``doubt`` says why it cannot even be told whether it was out.
    """

    tag: str
    old: str | None
    new: str
    fate: str = ""
    doubt: str = ""

    @property
    def version(self) -> str:
        """The version that the tag releases."""
        return self.tag.removeprefix("v")


@dataclass(frozen=True, slots=True, kw_only=True)
class LostRelease:
    """A release whose commit lies outside of the history of what is judged.

    ``branch`` is the branch that loses it, ``None`` where the history has nothing in common with that of any release.
    ``doubt`` says why it cannot be told after all: what is not here may hold the release.
    """

    tag: str
    commit: str
    branch: str | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSignature:
    """What stands against the signature of a release, as the end of a sentence that begins with the name of its file.

    ``signer`` is whose signature was asked for, empty where nobody asked. ``doubt`` says why it cannot be told after all.
    """

    fault: str = ""
    signer: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The declared version as it was written (it may be no version at all) and what it is measured against.

    ``baseline`` is the version of the baseline, ``None`` when it has none.
    ``released`` holds the versions that are tagged on other commits.
    ``branch`` is the branch that the release goes to, ``protected`` whether the policy guards it.
    ``draft`` says that keeping the version of the baseline is no claim yet: work on a branch that nobody pins.
    ``promotion`` is what became of the candidate of the declared version, where there was one.
    ``moved`` is the tag of the declared version where it was out on another commit, and ``lost`` the newest release that
    the history does not hold and should. ``signature`` is what stands against the one that the release carries, or should.
    """

    declared: str | None = None
    origin: Origin = Origin.NOTHING
    baseline: str | None = None
    released: tuple[str, ...] = ()
    branch: str | None = None
    protected: bool = False
    draft: bool = False
    promotion: Promotion | None = None
    moved: MovedTag | None = None
    lost: LostRelease | None = None
    signature: BrokenSignature | None = None

    @property
    def taken(self) -> tuple[str, ...]:
        """The versions of other commits, without the one whose tag moved: that is a fault of its own."""
        return tuple(
            one for one in self.released if self.moved is None or self.moved.doubt or one != self.moved.version
        )
