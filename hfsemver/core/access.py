"""Who may load a repository: the part of a release that no file of it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

NAME: Final = re.compile(r"(?:[A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
"""Names of repositories on a Hub: ``org/name``, and one word for the oldest ones."""
PATH: Final = ".hfsemver/access.json"
"""Where a release keeps who could load it when it was made."""


class Gate(IntEnum):
    """What somebody must do before they get a file: nothing, agree to terms, or be let in by the publisher."""

    OPEN = 0
    AUTO = 1
    MANUAL = 2

    @property
    def word(self) -> str:
        """The name in files."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """What that means, behind "is"."""
        return ("open to everybody", "for those who agree to its terms", "for those whom the publisher approves")[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A repository ``org/name`` on the Hub at an address, the gate in front of its files, and whether it is hidden."""

    hub: str
    repo: str
    gate: Gate = Gate.OPEN
    private: bool = False

    @property
    def words(self) -> str:
        """Who may load it, behind "is"."""
        return "private" if self.private else self.gate.words

    @property
    def is_open(self) -> bool:
        """Whether anybody may load it, so that nothing can have been taken from anyone."""
        return not self.private and self.gate is Gate.OPEN

    def restricts(self, before: Access) -> bool:
        """Whether somebody who could load it ``before`` cannot any more, or not without doing something first."""
        return self.private if self.private is not before.private else self.gate > before.gate
