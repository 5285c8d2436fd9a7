"""Whether a release says of another base that it was made from it: in its card, or in the config of an adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ADAPTER, CARD, read_ancestry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.card.ancestry import Ancestry
    from hfsemver.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseChange:
    """One change of what a release says about its base; the sides as they were written."""

    location: Location
    old: str
    new: str


def compare_bases(baseline: Release | None, current: Release) -> tuple[BaseChange, ...]:
    """Compare what both releases say about their base; one change of base is one change, however many files name it.

    To say it for the first time is no change: nobody relied on another answer, and the weights are judged by
    themselves. To stop saying it is one, unless another file still does: whoever looks for the base, for its licence or
    for its advisories finds nothing.
    """
    if baseline is None:
        return ()
    return tuple(_changes(read_ancestry(baseline), read_ancestry(current)))


def _changes(old: Ancestry, new: Ancestry) -> Iterator[BaseChange]:
    moved = _adapter_moved(old, new)
    if moved:
        location = Location(file=ADAPTER, pointer="base_model_name_or_path")
        yield BaseChange(location=location, old=old.adapter, new=new.adapter or "-")
    elif old.adapter_id and old.revision and new.revision and old.revision != new.revision:
        # From no pin to a pin, or back, the base stays the one it was.
        yield BaseChange(location=Location(file=ADAPTER, pointer="revision"), old=old.revision, new=new.revision)
    claimed = moved and (new.ids - {new.adapter_id}) == (old.ids - {old.adapter_id})
    if old.ids and old.ids != new.ids and not claimed and (new.ids or new.adapter_id not in old.ids):
        location = Location(file=CARD, pointer="base_model")
        yield BaseChange(location=location, old=_shown(old), new=_shown(new))
    elif old.relation and new.relation and old.relation != new.relation and not claimed:
        location = Location(file=CARD, pointer="base_model_relation")
        yield BaseChange(location=location, old=old.relation, new=new.relation)


def _adapter_moved(old: Ancestry, new: Ancestry) -> bool:
    """Whether the adapter is loaded onto another base than before.

    A local path names a base on the author's machine only. Between two of them nothing is known to have changed, and an
    id in place of one tells what the base was all along; a path in place of an id leaves everybody else without the
    base. An adapter config that is gone is another rule's matter.
    """
    return old.adapter_id is not None and bool(new.adapter) and old.adapter_id != new.adapter_id


def _shown(ancestry: Ancestry) -> str:
    return ", ".join(sorted(ancestry.written)) or "-"
