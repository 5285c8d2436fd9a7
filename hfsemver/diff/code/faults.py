"""Code that a release names and does not hold, or that another repository may change at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.diff.code.maps import code_references

if TYPE_CHECKING:
    from hfsemver.diff.code.maps import CodeReference
    from hfsemver.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFaults:
    """References into other repositories without a revision, and those to modules that are not there."""

    unpinned: tuple[CodeReference, ...] = ()
    missing: tuple[CodeReference, ...] = ()


def find_code_faults(release: Release) -> CodeFaults:
    """Look at every reference. Raises what reading the settings does."""
    references = code_references(release)
    return CodeFaults(
        unpinned=tuple(one for one in references if one.repository and not one.pinned),
        missing=tuple(one for one in references if not one.repository and one.path not in release.files),
    )
