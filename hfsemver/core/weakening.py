"""One way in which a policy asks for less than another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakening:
    """The key of the policy, and what it says on both sides, in a word each."""

    key: str
    old: str
    new: str
