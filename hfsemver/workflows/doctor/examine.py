"""``hfsemver doctor``: look at whatever a path names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.workflows.doctor.clone import examine_clone

if TYPE_CHECKING:
    from hfsemver.workflows.doctor.diagnosis import Diagnosis


def examine(path: str) -> tuple[Diagnosis, ...]:
    """Look at everything, whatever is broken; what cannot even be looked at is broken too."""
    return examine_clone(path)
