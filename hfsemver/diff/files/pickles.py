"""Pickles that a release brings in, or whose safe twin it gives up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.location import unsharded
from hfsemver.releases.pickles import may_hold_pickle
from hfsemver.releases.weight_formats import safe_twins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.releases.pickles import PickleFile
    from hfsemver.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class PickleGroup:
    """Pickles that belong together: the shards of one set, or what one training run left in one folder."""

    name: str
    files: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklesDiff:
    """``introduced`` is new against the baseline; ``unknown`` are files that may have been pickles before, or not."""

    introduced: tuple[PickleGroup, ...] = ()
    unknown: tuple[str, ...] = ()

    def require_complete(self) -> None:
        """Raise ``EvidenceMissing`` when it is not known of some pickle whether it is new."""
        if self.unknown:
            raise EvidenceMissing(self.unknown[0], "only its LFS pointer is here in the baseline: was it a pickle?")


def compare_pickles(baseline: Release | None, current: Release, formats: FormatsDiff) -> PicklesDiff:
    """Compare the pickles of two releases; a first release is judged by itself.

    A set that is sharded in another way, or took another name, is not new. In a first release weights that also come as
    safetensors are no news: loaders take those.
    """
    pickles = tuple(current.pickles.values())
    # Most releases hold none.
    if not pickles:
        return PicklesDiff()
    now = _Sets(current)
    if baseline is None:
        fresh = [p for p in pickles if p.is_training_state or not now.has_twin(now.name(p.path))]
        return PicklesDiff(introduced=_grouped(fresh, "comes without safetensors", now))
    before = _Sets(baseline)
    had = {before.name(path) for path in baseline.pickles}
    former = {new.name: old.name for old, new in formats.renamed}
    fresh, bereft, unknown = [], [], []
    for pickle in pickles:
        name = now.name(pickle.path)
        old_name = former.get(name, name)
        if old_name in had:
            if before.has_twin(old_name) and not now.has_twin(name):
                bereft.append(pickle)
        elif pickle.seen and _was_hidden(baseline, pickle.path):
            unknown.append(pickle.path)
        else:
            fresh.append(pickle)
    introduced = (*_grouped(fresh, "is new", now), *_grouped(bereft, "lost its safetensors twin", now))
    return PicklesDiff(introduced=introduced, unknown=tuple(unknown))


class _Sets:
    """The weight sets of one release, by the files in them."""

    def __init__(self, release: Release) -> None:
        self.formats = release.weight_formats
        self.names = {path: item.name for item in self.formats.values() for path in item.files}

    def name(self, path: str) -> str:
        """Return the name of the set that a file belongs to, so that another sharding is no other pickle."""
        return self.names.get(path) or unsharded(path)

    def has_twin(self, name: str) -> bool:
        """Whether the weights of a pickle also come as safetensors: under its name, or the one of transformers."""
        return any(twin in self.formats for twin in safe_twins(name))


def _was_hidden(baseline: Release, path: str) -> bool:
    info = baseline.files.get(path)
    return info is not None and not info.readable and may_hold_pickle(path)


def _grouped(pickles: Iterable[PickleFile], reason: str, sets: _Sets) -> tuple[PickleGroup, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for pickle in pickles:
        if pickle.is_training_state:
            key = (pickle.path.rpartition("/")[0], "is left over from training")
        else:
            key = (sets.name(pickle.path), reason)
        groups.setdefault(key, []).append(pickle.path)
    return tuple(
        PickleGroup(name=name, files=tuple(sorted(files)), reason=why) for (name, why), files in sorted(groups.items())
    )
