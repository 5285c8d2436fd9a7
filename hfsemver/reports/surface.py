"""A surface in the words of a report: what it describes, and whether that is so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.reports.figures import size
from hfsemver.reports.lines import count

if TYPE_CHECKING:
    from hfsemver.core.surface import Description

SCHEMA: Final = "hfsemver/surface-report/1"
_SHOWN: Final = 10


def surface_as_text(seen: Description, *, written: bool) -> str:
    """Return what a person wants to know of a surface; names come from strangers and are escaped."""
    surface = seen.surface
    tensors = sum(len(held) for held in surface.tensors.values())
    sums = max((len(one.sums) for held in surface.tensors.values() for one in held.values()), default=0)
    lines = [
        f"{printable(seen.ref)}: {size(seen.size)}",
        f"  {count(len(surface.files), 'file')}, {count(tensors, 'tensor')} in {count(len(surface.tensors), 'weight file')}",
        f"  {count(sums, 'sum')} a tensor, {count(len(surface.templates), 'chat template')}",
    ]
    for words, names in (("other than described", seen.stale), ("described falsely", seen.forged)):
        lines += [f"  {words}: {printable(name)}" for name in names[:_SHOWN]]
        if len(names) > _SHOWN:
            lines.append(f"  {words}: {len(names) - _SHOWN} more")
    if written:
        last = "commit it with the release: what comes after can be judged without these weights"
    elif seen.ok:
        last = "it describes the files beside it, as far as was looked"
    else:
        last = "it does not describe this release: hfsemver surface write"
    return "\n".join((*lines, last)) + "\n"


def surface_as_json(seen: Description) -> str:
    """Return the same for programs."""
    surface = seen.surface
    told = {
        "schema": SCHEMA,
        "ok": seen.ok,
        "ref": seen.ref,
        "bytes": seen.size,
        "files": len(surface.files),
        "tensors": sum(len(held) for held in surface.tensors.values()),
        "stale": list(seen.stale),
        "forged": list(seen.forged),
    }
    return json.dumps(told) + "\n"
