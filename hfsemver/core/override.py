"""An entry of a policy that no longer does what its author meant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleOverride:
    """Where the entry stands in the policy (``accept[0]``), what names it there, and what has become of it."""

    pointer: str
    name: str
    problem: str
