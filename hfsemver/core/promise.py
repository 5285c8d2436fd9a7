"""What a publisher promises to keep stable, and what kind of repository it is promised for."""

from __future__ import annotations

from enum import StrEnum


class Promise(StrEnum):
    """What kind of promise a rule guards. The first four are nested, each holds all before it; the others stand alone.

    LOAD: it still loads and serves. INTERFACE: and prompts, ids, labels, stops and preprocessing stay.
    DERIVED: and adapters, deltas, quantisations and embedding stores stay valid. BEHAVIOUR: and so do the outputs.
    """

    LOAD = "load"
    INTERFACE = "interface"
    DERIVED = "derived"
    BEHAVIOUR = "behaviour"
    LEGAL = "legal"
    PROVENANCE = "provenance"
    CARD = "card"
    RELEASE = "release"

    def covers(self, other: Promise) -> bool:
        """Whether a publisher who makes this promise also makes ``other``; those that stand alone are always made."""
        return other not in NESTED or NESTED.index(other) <= NESTED.index(self)


NESTED = (Promise.LOAD, Promise.INTERFACE, Promise.DERIVED, Promise.BEHAVIOUR)
"""The promises to choose one of, from the smallest to the largest."""


class Kind(StrEnum):
    """What a repository holds, which decides about the rules that differ between such repositories."""

    GENERATIVE = "generative"
    EMBEDDING = "embedding"
    CLASSIFIER = "classifier"
    ADAPTER = "adapter"
    QUANTIZED = "quantized"
    PIPELINE = "pipeline"
