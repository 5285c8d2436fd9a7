"""Which tensors came, went, moved or changed their kind. Headers only, unless a new name has to be proved by its bytes.

Raw changes are gathered first; then each transition claims what it explains (``transitions.py``), and what is left is
plainly added, removed, reshaped or recast. So one edit is reported once, and no rule has to suppress anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.core.tensor import PACKED_DTYPES, TensorInfo
from hfsemver.releases.checkpoints import are_comparable, parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.releases.release import Release
    from hfsemver.releases.weights import WeightSet

ELSEWHERE = "none of the shards that it names is in this repository, so their tensors are unknown"
OTHER_BASELINE = "compare with a release whose index is sound: --baseline REF"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorPair:
    """One tensor on both sides, under one name or under two."""

    old: TensorInfo
    new: TensorInfo

    @property
    def name(self) -> str:
        """The name in the current release."""
        return self.new.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A weight file whose tensors or values could not be compared; ``differs`` when its bytes are known to have changed.

    ``here`` says that its own values can be looked at all the same, only not set against others.
    """

    file: str
    reason: str
    differs: bool
    here: bool = False


def require_read(unread: tuple[Unread, ...]) -> None:
    """Raise ``EvidenceMissing`` for the first of them, if there is one, so that silence about it is no answer."""
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        raise EvidenceMissing(f"{unread[0].file}{more}", unread[0].reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resharding:
    """A set whose tensors lie in other files than before."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTensors:
    """Every tensor of one set that both sides have, before any transition has claimed one.

    ``common`` holds each tensor that kept its name, or only spells it in another way. A tensor known from an index alone has the dtype ``""``.
    """

    name: str
    old_name: str = ""
    added: tuple[TensorInfo, ...] = ()
    removed: tuple[TensorInfo, ...] = ()
    common: tuple[TensorPair, ...] = ()
    unread: tuple[Unread, ...] = ()
    reshardings: tuple[Resharding, ...] = ()
    elsewhere: bool = False

    @property
    def respelled(self) -> tuple[TensorPair, ...]:
        """The tensors that are one and the same under another spelling of their name."""
        return tuple(pair for pair in self.common if pair.old.name != pair.new.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What one transition explains: its cause in the words of a rule id, and the tensors of one set that it claims."""

    cause: str
    weight_set: str
    tensors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorDiff:
    """Changes of tensors, each in one place.

    ``renamed`` were proved by their bytes or by a consistent new prefix; ``respelled`` follow a renaming that the transformers
    library itself makes; ``heads`` are output projections that appeared or vanished beside the embeddings they may be tied to.
    ``elsewhere`` names the sets of which this repository keeps the index alone.
    ``unmeasured`` are files with tensors whose headers were read and whose values cannot be set against each other.
    ``compared`` holds every pair of one shape, renamed ones included: those whose values can be set against each other.
    """

    added: tuple[TensorInfo, ...] = ()
    removed: tuple[TensorInfo, ...] = ()
    renamed: tuple[TensorPair, ...] = ()
    respelled: tuple[TensorPair, ...] = ()
    reshaped: tuple[TensorPair, ...] = ()
    recast: tuple[TensorPair, ...] = ()
    packed: tuple[TensorPair, ...] = ()
    heads: tuple[HeadChange, ...] = ()
    compared: tuple[TensorPair, ...] = ()
    claimed: tuple[Claimed, ...] = ()
    unread: tuple[Unread, ...] = ()
    unmeasured: tuple[Unread, ...] = ()
    reshardings: tuple[Resharding, ...] = ()
    elsewhere: frozenset[str] = frozenset()

    def require_headers(self) -> None:
        """Raise ``EvidenceMissing`` when some headers could not be read, so that a silent rule cannot pass for a clean one."""
        require_read(self.unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadChange:
    """An output projection stored on one side only; ``equal`` says whether it equals the embeddings it stands beside.

    ``equal`` is ``None`` when its bytes were not to be read. ``tied`` says that both configs tie the two.
    """

    head: TensorInfo
    embeddings: str
    appeared: bool
    equal: bool | None
    tied: bool

    @property
    def is_unread(self) -> bool:
        """Whether only the bytes could tell if a loader that ties the two would notice."""
        return self.tied and self.equal is None


def is_repacked(pair: TensorPair) -> bool:
    """Whether the new dtype needs kernels that the old one did not: packed, scaled or integer instead of float."""
    return pair.new.dtype in PACKED_DTYPES and pair.old.dtype not in PACKED_DTYPES


def gather(reading: WeightReading, formats: FormatsDiff) -> tuple[RawTensors, ...]:
    """Set the tensors of matching weight sets side by side, one result a set: names are unique inside a set only."""
    old_sets, new_sets = reading.baseline.weights.sets, reading.current.weights.sets
    elsewhere = frozenset(name for name, new in new_sets.items() if _lies_elsewhere(new, old_sets))
    for old_set in old_sets.values():
        if old_set.name not in elsewhere:
            _require_sound_index(reading.baseline, old_set)
    renamed = {new.name: old.name for old, new in formats.renamed}
    resliced = {name for old, new in formats.kept if not are_comparable(old, new) for name in parts(new)}
    found: list[RawTensors] = []
    for name, new in new_sets.items():
        old = old_sets.get(renamed.get(name, name))
        if name in elsewhere:
            unread = Unread(file=new.index_file or name, reason=ELSEWHERE, differs=False)
            found.append(RawTensors(name=name, unread=(unread,), elsewhere=True))
        elif old is not None and name not in resliced:
            found.append(_gather_set(reading, old, new))
    return tuple(found)


def _gather_set(reading: WeightReading, old: WeightSet, new: WeightSet) -> RawTensors:
    kept = {*old.files, *old.refused} & {*new.files, *new.refused}
    same = {file for file in kept if _same(reading, old, new, file)}
    unread = _unread(reading, old, new, same)
    before, after = _known(old, new, same), _known(new, old, same)
    # With a header missing and no index to give the names, absence from what was read proves nothing.
    names_known = not unread or (_names_complete(old) and _names_complete(new))
    return RawTensors(
        name=new.name,
        old_name=old.name,
        added=tuple(after[name] for name in after if name not in before) if names_known else (),
        removed=tuple(before[name] for name in before if name not in after) if names_known else (),
        common=tuple(TensorPair(old=before[name], new=after[name]) for name in after if name in before),
        unread=unread,
        reshardings=(Resharding(name=new.name, old=old.files, new=new.files),) if old.files != new.files else (),
    )


def _same(reading: WeightReading, old: WeightSet, new: WeightSet, file: str) -> bool | None:
    """Whether a file is equal on both sides; one that cannot be read is compared as a whole."""
    whole = file in old.refused or file in new.refused
    return reading.same_whole(file, file) if whole else reading.same(file, file)


def _names_complete(weight_set: WeightSet) -> bool:
    return not weight_set.missing or weight_set.weight_map is not None


def _known(weight_set: WeightSet, other: WeightSet, same: set[str]) -> dict[str, TensorInfo]:
    """Tensors by name: from headers, from the header of an equal file on the other side, and by name alone from the index."""
    known = dict(weight_set.tensors)
    borrowed = {file for file in weight_set.missing if file in same and file not in other.missing}
    if borrowed:
        known.update((t.name, t) for t in other.tensors.values() if t.file in borrowed)
    # A name that an index gives for a shard which lacks it is a fault of that release, and no removal on top of it.
    for name, file in (weight_set.weight_map or {}).items():
        if name not in known:
            known[name] = TensorInfo(name=name, dtype="", shape=(), file=file)
    return known if len(known) == len(weight_set.tensors) else dict(sorted(known.items()))


def _lies_elsewhere(new: WeightSet, old_sets: Mapping[str, WeightSet]) -> bool:
    """Whether the repository keeps the weights in another place: an index now, and not one weight file before."""
    return new.is_elsewhere and not any(old.files for old in old_sets.values() if not old.is_pickle)


def _require_sound_index(baseline: Release, weight_set: WeightSet) -> None:
    """Refuse a baseline whose index names tensors that it does not hold: what it released cannot be told."""
    if weight_set.index_file is None:
        return
    for name, file in (weight_set.weight_map or {}).items():
        if file not in baseline.files:
            raise FormatError(
                f"{file} does not exist", weight_set.index_file, "weight_map", repr(name), hint=OTHER_BASELINE
            )
        if name not in weight_set.tensors and file not in weight_set.missing:
            raise FormatError(
                f"{file} does not hold it", weight_set.index_file, "weight_map", repr(name), hint=OTHER_BASELINE
            )


def _unread(reading: WeightReading, old: WeightSet, new: WeightSet, same: set[str]) -> tuple[Unread, ...]:
    """Shards without their bytes, but for those that are equal on both sides."""
    if old.name != new.name and old.refused and _are_renamed(reading, old, new):
        return ()
    found = []
    for weight_set, other, side in ((old, new, "baseline"), (new, old, "current")):
        for file in weight_set.missing:
            if weight_set is old and file in old.refused and file in new.refused:
                continue  # once is enough
            if file not in same:
                # Another name or another digest: either way the file that consumers get is not the one of before.
                differs = file not in other.files or _same(reading, old, new, file) is False
                refused = weight_set.refused.get(file)
                reason = (
                    f"only its LFS pointer is here in the {side} release, so its tensors are unknown"
                    if refused is None
                    else f"its tensors in the {side} release are unknown: {refused}"
                )
                here = weight_set is old and file in new.files and file not in new.missing
                found.append(Unread(file=file, reason=reason, differs=differs, here=here))
    return tuple(sorted(found, key=lambda unread: (unread.file, unread.reason)))


def _are_renamed(reading: WeightReading, old: WeightSet, new: WeightSet) -> bool:
    """Whether the files of two sets are the same, one by one, under other names."""
    return len(old.files) == len(new.files) and all(map(reading.same_whole, old.files, new.files))
