"""Who is told how far reading has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told of bytes that are going to be read and of bytes that were, by any thread; never answers.

    More may be announced while reading goes on, and what was announced need not come: its bytes may not be here.
    """

    def expect(self, octets: int) -> None:
        """Take note that so many bytes more are going to be read."""

    def read(self, octets: int) -> None:
        """Take note that so many bytes more were read."""
