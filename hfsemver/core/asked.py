"""What a policy asks of a release where the files alone do not settle what matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hfsemver.core.section import SECTIONS, Section

TOLERANCE: Final = 0.01
"""Share of the old score by which the new one may be worse, where neither a number of examples nor an error is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a score may lose where chance is not known, what a card must have, and whether adapters fit to the weights."""

    tolerance: float = TOLERANCE
    sections: frozenset[Section] = SECTIONS
    adapter_base: bool = False


DEFAULT_ASKED: Final = Asked()
