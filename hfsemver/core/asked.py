"""What a policy asks of a release where the files alone do not settle what matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hfsemver.core.section import SECTIONS, Section
from hfsemver.core.tolerance import TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a score may lose where chance is not known, what a card must have, and whether adapters fit to the weights."""

    tolerance: float = TOLERANCE
    sections: frozenset[Section] = SECTIONS
    adapter_base: bool = False


DEFAULT_ASKED: Final = Asked()
