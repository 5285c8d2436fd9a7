"""``hfsemver doctor``: look at whatever is named, a clone or a model on a Hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import ConfigError, RefError
from hfsemver.releases.hub.wire import Wire
from hfsemver.releases.ref import HubRef, parse_ref
from hfsemver.workflows.doctor.clone import examine_clone
from hfsemver.workflows.doctor.diagnosis import broken
from hfsemver.workflows.doctor.hub import examine_model

if TYPE_CHECKING:
    from hfsemver.workflows.doctor.diagnosis import Diagnosis

_HUB = "hf://"


def examine(place: str) -> tuple[Diagnosis, ...]:
    """Look at everything, whatever is broken; what cannot even be looked at is broken too.

    ``hf://org/name`` and ``org/name@revision`` are models, and a folder that is there is a folder. Raises ``RefError`` for an address
    that is none.
    """
    ref = _model(place)
    if ref is None:
        return examine_clone(place)
    try:
        wire = Wire.from_environment()
    except ConfigError as error:
        return (broken("hub", str(error), error.hint),)
    return examine_model(ref, wire)


def _model(place: str) -> HubRef | None:
    if place.startswith(_HUB):
        ref = parse_ref(place)
    elif Path(place).is_dir():
        return None
    else:
        try:
            ref = parse_ref(place)
        except RefError:
            return None
    return ref if isinstance(ref, HubRef) else None
