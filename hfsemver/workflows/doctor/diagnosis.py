"""What is said of one thing that the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from hfsemver.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hfsemver.core.errors import HfSemverError

SHOWN = 5
"""How many things of a kind are named."""


class Health(Enum):
    """How a thing is: in order, worth knowing, or broken."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at, how it is, and what to type where that is not as it should be."""

    name: str
    health: Health
    text: str
    hint: str = ""


def ok(name: str, text: str) -> Diagnosis:
    """Return that a thing is in order."""
    return Diagnosis(name=name, health=Health.OK, text=text)


def note(name: str, text: str, hint: str = "") -> Diagnosis:
    """Return what is worth knowing."""
    return Diagnosis(name=name, health=Health.NOTE, text=text, hint=hint)


def broken(name: str, text: str, hint: str) -> Diagnosis:
    """Return what is broken, and what to type."""
    return Diagnosis(name=name, health=Health.BROKEN, text=text, hint=hint)


def told(name: str, error: HfSemverError) -> Iterator[Diagnosis]:
    """Yield what an error says of the thing that could not be looked at: each problem of a policy is one of its own."""
    if isinstance(error, ConfigError):
        for problem in error.problems:
            yield broken("policy", f"{error.where}: {problem}", error.hint)
    else:
        yield broken(name, str(error), error.hint)


def listed(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def counted(count: int, noun: str) -> str:
    """Return how many there are of a thing.

    >>> counted(1, "release"), counted(2, "release")
    ('1 release', '2 releases')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
