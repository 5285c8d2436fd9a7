"""What git shows for a weight file: the diff of its tensors, and for the log one line for each tensor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, HfSemverError
from hfsemver.core.escape import printable
from hfsemver.diff.weights.reading import WeightSide
from hfsemver.releases.one_file import open_one
from hfsemver.releases.release import Release
from hfsemver.reports.text import render_changes
from hfsemver.workflows.difference import difference_of
from hfsemver.workflows.gitdiff.sides import NAME, Sides, lfs_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hfsemver.core.tensor import TensorInfo

_DIGITS: Final = 16


def tensor_diff(words: Sequence[str]) -> str:
    """Return what changed in a file, of which git says in ``words`` where its sides lie.

    What cannot be compared is said in the place of a diff: an error would end the whole of ``git diff``.
    """
    sides = Sides.of(words)
    if sides is None:
        return f"* Unmerged path {printable(words[0])}\n"
    path, renamed = printable(sides.path), printable(sides.renamed)
    head = f"diff --hfsemver a/{path} b/{renamed}\nindex {printable(sides.index)}\n"
    for sign, there, other in (("+", sides.new, sides.old), ("-", sides.old, sides.new)):
        if str(other) == os.devnull:
            # There is nothing to compare with.
            return head + "".join(f"{sign}{line}\n" for line in tensor_text(str(there)).splitlines())
    try:
        baseline, current = sides.releases()
        return head + render_changes(difference_of(baseline, current))
    except HfSemverError as error:
        return f"{head}cannot be compared: {error}\n  {error.hint}\n"


def tensor_text(place: str) -> str:
    """Return a weight file as text, so that two of them can be compared line by line: the tensors by name.

    Each with its dtype, its shape and half of a 128-bit BLAKE2b fingerprint over dtype, shape and bytes. What cannot be read
    is said in its place, for the same reason as above.
    """
    try:
        release = Release(open_one(NAME, Path(place), lfs_store()))
        return "".join(f"{line}\n" for line in _lines(release))
    except HfSemverError as error:
        return f"cannot be read: {printable(str(error.problem))}\n"


def _lines(release: Release) -> Iterator[str]:
    weights = release.weights
    for weight_set in weights.sets.values():
        yield from (f"{printable(reason)}" for reason in weight_set.refused.values())
        yield from (f"only its LFS pointer is here: {release.files[file].digest}" for file in weight_set.pointers)
        tensors = sorted(weight_set.tensors.values(), key=_by_name)
        for tensor, found in zip(tensors, WeightSide(release).fingerprints(tensors), strict=True):
            told = found.problem if isinstance(found, EvidenceMissing) else found.hex()[:_DIGITS]
            yield f"{printable(tensor.name)} {tensor} {printable(told)}"


def _by_name(tensor: TensorInfo) -> str:
    return tensor.name
