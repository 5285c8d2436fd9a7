"""The parts of a model card that a policy may ask for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Section(StrEnum):
    """What a part is about, whatever its heading; the first is any text at all."""

    DESCRIPTION = "description"
    USES = "uses"
    LIMITATIONS = "limitations"
    TRAINING_DATA = "training-data"
    TRAINING = "training"
    EVALUATION = "evaluation"
    ENVIRONMENT = "environment"
    CONTACT = "contact"


SECTIONS: Final = frozenset({Section.DESCRIPTION})
"""What is asked of a card where the policy asks for nothing else: that it says something."""
