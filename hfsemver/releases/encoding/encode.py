"""Texts encoded by two tokenizers, in child processes: what each of them makes of every text."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.releases.encoding.opening import begin, end, kill, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hfsemver.releases.encoding.opening import Child, Encoder, Opening

DEADLINE: Final = 20.0
"""Seconds on the clock for both tokenizers of a pair; the largest real ones load in about two."""
UNLOADED: Final = "it cannot be opened here"
GAVE_UP: Final = "the library gave up"
UNREACHED: Final = "it was not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens in their order and the id of each."""

    ids: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What became of one text; ``problem`` is why it has no tokens, and everything else is empty then.

    ``bare`` are the tokens of the text alone, ``framed`` those with the special tokens that are put around it, ``paired``
    those around it and a second text, with the number of the text that each belongs to (``parts``). ``decoded`` is what the
    bare ones are put together to.
    """

    bare: Tokens = Tokens()
    framed: Tokens = Tokens()
    paired: Tokens = Tokens()
    parts: tuple[int, ...] = ()
    decoded: str = ""
    problem: str = ""


class Session:
    """A tokenizer that is open in a child process, as one of two ``sides`` where another one is open there as well."""

    def __init__(self, child: Child, side: int = 0) -> None:
        self._child = child
        self._side = side
        self._loaded = side > 0
        self._over = ""

    def beside(self, steps: str) -> Session | None:
        """Open a second tokenizer with the same vocabulary in the same process; ``None`` where that cannot be done."""
        if not self._is_open():
            return None
        self._write([None, steps])
        return Session(self._child, self._side + 1) if self._read() == ["opened"] else None

    def encode(self, texts: Sequence[str]) -> tuple[Encoding, ...]:
        """Encode texts in order. After a text at which the library gave up no other one is reached."""
        if self._is_open():
            self._write([self._side, list(texts)])
        return tuple(self._answer() for _ in texts)

    def _is_open(self) -> bool:
        if not self._loaded and not self._over:
            self._loaded = self._read() == ["ready"]
            self._over = "" if self._loaded else UNLOADED
        return not self._over

    def _answer(self) -> Encoding:
        said = None if self._over else self._read()
        if said is None:
            problem = self._over or GAVE_UP
            self._over = self._over or UNREACHED
            return Encoding(problem=problem)
        kind, *rest = said
        if kind != "text":
            return Encoding(problem=str(rest[0]))
        *numbers, decoded = rest
        bare_ids, bare, framed_ids, framed, paired_ids, paired, parts = (tuple(one) for one in numbers)  # type: ignore[arg-type, var-annotated]  # lists of our own child
        return Encoding(
            bare=Tokens(ids=bare_ids, texts=bare),
            framed=Tokens(ids=framed_ids, texts=framed),
            paired=Tokens(ids=paired_ids, texts=paired),
            parts=parts,
            decoded=str(decoded),
        )

    def _read(self) -> list[object] | None:
        line = self._child.stdout.readline() if self._child.stdout else b""
        return json.loads(line) if line.endswith(b"]\n") else None

    def _write(self, what: object) -> None:
        write(self._child, json.dumps(what).encode() + b"\n")


@contextmanager
def sessions(*encoders: Encoder, ahead: Opening | None = None) -> Iterator[tuple[Session, ...]]:
    """Open tokenizers, all at once; they are closed at the end, and killed where they take longer than ``DEADLINE``.

    Those that are being opened ``ahead`` are not opened again, nor is the second of a pair that has the vocabulary of the first.
    """
    children: list[Child] = []
    late = threading.Event()

    def stop() -> None:
        late.set()
        kill(children)

    def opened(encoder: Encoder) -> Session:
        children.append((ahead.take(encoder) if ahead is not None else None) or begin(encoder))
        if late.is_set():
            kill(children)
        return Session(children[-1])

    clock = threading.Timer(DEADLINE, stop)
    clock.start()
    try:
        yield _together(encoders, opened, ahead) or tuple([opened(encoder) for encoder in encoders])
    finally:
        clock.cancel()
        end(children)


def _together(
    encoders: Sequence[Encoder], opened: Callable[[Encoder], Session], ahead: Opening | None
) -> tuple[Session, Session] | None:
    """Open a pair in one process; ``None`` where each needs its own, or has one already."""
    if len(encoders) != 2 or not encoders[1].steps or (ahead is not None and ahead.holds(encoders[1])):  # noqa: PLR2004 -- a pair
        return None
    one = opened(encoders[0])
    other = one.beside(encoders[1].steps)
    # Whatever went wrong there says nothing of either, so that both begin anew.
    return None if other is None else (one, other)
