"""What went over the wire, request by request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Request:
    """One request, from its arrival on; ``sent`` counts the bytes of the body that were handed to the network.

    ``path`` is as it was sent, percent signs included, ``client`` the port that it came from, and ``status`` is 0 until an answer
    begins.
    """

    method: str
    path: str
    query: str
    host: str
    range: str
    authorized: bool
    client: int
    status: int = 0
    sent: int = 0

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {self.path}{query} {self.range} -> {self.status}, {self.sent} B".replace("  ", " ")
