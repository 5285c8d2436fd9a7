"""Parts of examples that no rule objects to, for examples of a first release, where every rule about one release speaks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hfsemver.rules.rule import ExampleFiles

CARD: Final = """---
license: mit
library_name: transformers
pipeline_tag: text-generation
---
# A model

It answers questions about trains.

## Intended use

Questions about timetables, in English. Nothing else was tried.

## Training data

Timetables of ten years, written down by hand.

## Evaluation

Nine of ten questions are answered as a clerk would.

## Limitations

It knows no train of this year.
"""
"""The text of a complete model card."""

SOUND: Final[ExampleFiles] = MappingProxyType({"README.md": CARD})
"""A release of which nothing is missing but its weights."""
