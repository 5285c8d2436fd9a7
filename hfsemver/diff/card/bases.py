"""Whether a release says of another base that it was made from it: in its card, or in the config of an adapter."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.card.base_ids import base_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.release import Release

CARD = "README.md"
ADAPTER = "adapter_config.json"

# The relations that the Hub knows, and what people write for them.
_RELATIONS = MappingProxyType(
    {
        "adapters": "adapter",
        "lora": "adapter",
        "fine-tune": "finetune",
        "fine-tuned": "finetune",
        "finetuned": "finetune",
        "merged": "merge",
        "quantization": "quantized",
        "quantize": "quantized",
        "quantised": "quantized",
    }
)
_BRANCHES = frozenset({"main", "master", "head"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseChange:
    """One change of what a release says about its base; the sides as they were written."""

    location: Location
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a release says: the ids in its card, the relation, and where its adapter config finds the base."""

    written: tuple[str, ...]
    ids: frozenset[str]
    relation: str
    adapter: str
    adapter_id: str | None
    revision: str


def compare_bases(baseline: Release | None, current: Release) -> tuple[BaseChange, ...]:
    """Compare what both releases say about their base; one change of base is one change, however many files name it.

    To say it for the first time is no change: nobody relied on another answer, and the weights are judged by
    themselves. To stop saying it is one, unless another file still does: whoever looks for the base, for its licence or
    for its advisories finds nothing.
    """
    if baseline is None:
        return ()
    return tuple(_changes(read_statement(baseline), read_statement(current)))


def _changes(old: Statement, new: Statement) -> Iterator[BaseChange]:
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


def _adapter_moved(old: Statement, new: Statement) -> bool:
    """Whether the adapter is loaded onto another base than before.

    A local path names a base on the author's machine only. Between two of them nothing is known to have changed, and an
    id in place of one tells what the base was all along; a path in place of an id leaves everybody else without the
    base. An adapter config that is gone is another rule's matter.
    """
    return old.adapter_id is not None and bool(new.adapter) and old.adapter_id != new.adapter_id


def _shown(statement: Statement) -> str:
    return ", ".join(sorted(statement.written)) or "-"


def read_statement(release: Release) -> Statement:
    """Return what the card and the adapter config of a release say. Raises what reading them does."""
    card = release.card
    written = card.texts("base_model") if card else ()
    relation = ((card.text("base_model_relation") if card else None) or "").casefold()
    adapter = release.adapter_config or {}
    name, revision = adapter.get("base_model_name_or_path"), adapter.get("revision")
    pinned = isinstance(revision, str) and revision.casefold() not in _BRANCHES
    return Statement(
        written=written,
        ids=frozenset(found for found in map(base_id, written) if found),
        relation=_RELATIONS.get(relation, relation),
        adapter=name if isinstance(name, str) else "",
        adapter_id=base_id(name) if isinstance(name, str) else None,
        revision=revision if pinned and isinstance(revision, str) else "",
    )
