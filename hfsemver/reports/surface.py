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
    if seen.access:
        lines.append(f"  {printable(seen.access)}")
    last = (
        "commit it with the release: what comes after can be judged without these weights" if written else _holds(seen)
    )
    return "\n".join((*lines, last)) + "\n"


def _holds(seen: Description) -> str:
    """Say how much of a surface was found true, and no more than that."""
    files = len(seen.surface.files)
    if not seen.ok:
        return "it does not describe this release: hfsemver surface write"
    if seen.here is not None:
        return f"{seen.here} of {count(files, 'file')} are in it, or lie beside it as described; name a release to compare all of them"
    if seen.unread:
        return f"all files have the sizes that it tells, {seen.unread} of {files} were not read: --verify reads them"
    return "it describes the files beside it, byte for byte"


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
        "unread": seen.unread,
        "here": seen.here,
        "access": seen.access,
    }
    return json.dumps(told) + "\n"
