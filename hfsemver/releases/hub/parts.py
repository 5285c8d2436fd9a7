"""Parts of the files on a Hub: asked for by range, taken up where they broke off, and never another file's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.releases.hub.wire import LATER, TooSlow, Transient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.hub.wire import Wire

_PROGRESS: Final = 1 << 10
_BEFORE: Final = 1 << 20
"""So many bytes before those that were asked for are read and dropped, from a Hub that gives no parts."""
_PARTIAL: Final = 206


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a file of ``size`` bytes lies.

    ``etag`` is the name of the content that the listing gave, for an answer that names it. ``signed`` are the headers that go
    with an address which anybody may read who has it, and which is told no token; ``None`` at one of the Hub's own.
    """

    url: str
    size: int
    etag: str | None = None
    signed: Mapping[str, str] | None = None


def read_part(wire: Wire, address: Address, start: int, stop: int) -> bytes:
    """Return the bytes ``start`` to ``stop`` of a file; a body that breaks off is taken up where it ended.

    Raises ``SourceError`` for another content, ``HubRefusal`` for a no.
    """
    data = bytearray()

    def attempt() -> None:
        begin = start + len(data)
        if begin >= stop:
            return
        wanted = {**(address.signed or {}), "Range": f"bytes={begin}-{stop - 1}", "Accept-Encoding": "identity"}
        with wire.answer("GET", address.url, headers=wanted, known=address.signed is None) as answer:
            _require_same(answer, address)
            skip = _skipped(answer, address, begin)
            for part in _cut_out(wire, answer, skip, stop - begin):
                data.extend(part)
        if len(data) < stop - start:
            fault = f"{clipped(address.url, 200)}: the body ended {stop - start - len(data)} bytes early"
            raise Transient(SourceError(fault, hint=LATER))

    while True:
        before = len(data)
        try:
            wire.persist(attempt)
        except TooSlow:
            raise
        except SourceError:
            # As long as each round of tries brings something, it goes on: a bad line is no broken one.
            if len(data) < before + _PROGRESS:
                raise
        else:
            return bytes(data)


def _cut_out(wire: Wire, answer: Any, skip: int, most: int) -> Iterator[bytes]:
    """Yield at most so many bytes of a body, from ``skip`` on; read to its end it leaves a connection for the next request."""
    whole = answer.headers.get("Content-Length") == str(skip + most)
    for piece in wire.pieces(answer):
        part = piece[skip : skip + most]
        skip, most = max(0, skip - len(piece)), most - len(part)
        yield part
        if not most and not whole:
            return


def _skipped(answer: Any, address: Address, begin: int) -> int:
    """Return how many bytes of the body lie before those that were asked for."""
    if answer.status_code == _PARTIAL:
        told = answer.headers.get("Content-Range", "")
        if not told.startswith(f"bytes {begin}-") or told.rpartition("/")[2] not in {str(address.size), "*"}:
            got = clipped(told, 60) or "others"
            fault = f"{clipped(address.url, 200)}: asked for the bytes from {begin} of {address.size}, and got {got}"
            raise Transient(SourceError(fault, hint=LATER))
        return 0
    if begin > _BEFORE:
        fault = f"{clipped(address.url, 200)}: the Hub does not answer with a part of a file"
        raise SourceError(fault, hint="download the release first: hf download")
    return begin


def _require_same(answer: Any, address: Address) -> None:
    # The first answer is the Hub's own; what a store behind it calls the content is not told anywhere.
    headers = (*answer.history, answer)[0].headers
    told = (headers.get("X-Linked-Etag") or headers.get("ETag") or "").removeprefix("W/").strip('"')
    if address.etag is not None and told and told != address.etag:
        fault = f"{clipped(address.url, 200)}: is another file than the listing of its commit says"
        raise Transient(SourceError(fault, hint=LATER))
