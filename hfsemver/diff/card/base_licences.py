"""Under which licences well-known bases are, and which of their terms go on in what is made of them.

The table is ``base_licences.json``; whoever corrects it needs no code. A base that it does not know has no known licence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.diff.card.licence_order import KnownLicence, licence_table, reach_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseLicences:
    """Patterns of ids with the licence of each, the terms that derived models carry, and those that adapters do, by licence.

    ``trained`` are the terms of data that bind whoever trains with it, whether or not a model is a work derived from it.
    """

    patterns: tuple[tuple[str, KnownLicence], ...]
    carried: frozenset[str]
    adapters: Mapping[str, frozenset[str]]
    trained: frozenset[str]

    def find(self, base: str) -> KnownLicence | None:
        """Return the licence of a base by its id, as ``base_id`` spells it."""
        return next((licence for pattern, licence in self.patterns if fnmatchcase(base, pattern)), None)

    def binding(self, licence: KnownLicence, *, adapter: bool) -> frozenset[str]:
        """Return the terms of a licence that go on in what is made under it: a whole model, or an adapter."""
        return self.adapters.get(licence.id, frozenset()) if adapter else licence.reach & self.carried

    def binding_on_training(self, licence: KnownLicence) -> frozenset[str]:
        """Return the terms of a licence of data that bind whoever trains with it."""
        return licence.reach & self.trained


@cache
def base_licences() -> BaseLicences:
    """Read the table that comes with the package."""
    data = json.loads(resources.files("hfsemver.diff.card").joinpath("base_licences.json").read_text("utf-8"))
    hub = licence_table()
    known = {
        **hub.licences,
        **{
            name: KnownLicence(
                id=name, name=name, terms=frozenset(entry["terms"]), reach=reach_of(entry["terms"], hub.implies)
            )
            for name, entry in data["licences"].items()
        },
    }
    return BaseLicences(
        patterns=tuple((pattern, known[name]) for name, entry in data["bases"].items() for pattern in entry["ids"]),
        carried=frozenset(data["carried"]),
        trained=frozenset(data["trained"]),
        adapters=MappingProxyType({name: frozenset(entry["terms"]) for name, entry in data["adapters"].items()}),
    )
