"""A change that no rule of this version reads, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Subject(Enum):
    """What consumers would feel of such a change."""

    FORMATS = auto()
    LAYOUT = auto()
    PROCESSOR = auto()
    SETTINGS = auto()
    TERMS = auto()
    TOKENIZATION = auto()


class Gap(Enum):
    """What is missing to judge it: any reader, or certainty, of which ``words`` tell."""

    READER = auto()
    CERTAINTY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """One such change: a file and what became of it, as the beginning of a sentence."""

    subject: Subject
    words: str
    gap: Gap = Gap.CERTAINTY
