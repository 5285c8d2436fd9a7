"""Texts encoded by two tokenizers, each in a child process of its own.

A tokenizer is data by somebody else that a compiled library interprets: it may panic, which ends a process, or take all
memory. So it never runs here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DEADLINE: Final = 20.0
"""Seconds on the clock for both tokenizers of a pair; the largest real ones load in about two."""
UNLOADED: Final = "it cannot be opened here"
GAVE_UP: Final = "the library gave up"
UNREACHED: Final = "it was not reached"
_CHILD: Final = Path(__file__).with_name("encode_child.py")
# Threads of the library would count against the limits and gain nothing on texts of a line.
_ENVIRONMENT: Final = MappingProxyType({"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A tokenizer to be opened: its bytes, the library that reads them, and what its loader changes in them, by part."""

    data: bytes
    library: str = "tokenizers"
    patch: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def available(self) -> bool:
        """Whether the library is installed."""
        return find_spec(self.library) is not None


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
    """A tokenizer that is open in a child process."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._loaded = False
        self._over = ""

    def encode(self, texts: Sequence[str]) -> tuple[Encoding, ...]:
        """Encode texts in order. After a text at which the library gave up no other one is reached."""
        if not self._loaded and not self._over:
            self._loaded = self._read() == ["ready"]
            self._over = "" if self._loaded else UNLOADED
        if not self._over:
            self._write(json.dumps(list(texts)).encode() + b"\n")
        return tuple(self._answer() for _ in texts)

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

    def _write(self, data: bytes) -> None:
        _write(self._child, data)


@dataclass(eq=False, slots=True)
class Opening:
    """Tokenizers that child processes are opening, for whoever asks ``sessions`` for the same ones first."""

    encoders: tuple[Encoder, ...]
    children: tuple[subprocess.Popen[bytes], ...]
    taken: bool = False

    def take(self, encoders: tuple[Encoder, ...]) -> bool:
        """Say whether these are the tokenizers, and nobody had them before."""
        mine = not self.taken and encoders == self.encoders
        self.taken = self.taken or mine
        return mine


@contextmanager
def opening(*encoders: Encoder) -> Iterator[Opening]:
    """Open tokenizers, all at once, while the caller goes on; they are closed at the end."""
    children: list[subprocess.Popen[bytes]] = []
    try:
        children += map(_begin, encoders)
        yield Opening(encoders, tuple(children))
    finally:
        _kill(children)
        for child in children:
            child.communicate()


def _begin(encoder: Encoder) -> subprocess.Popen[bytes]:
    """Start a process and hand the tokenizer over, without waiting until it takes it where the system can keep it meanwhile."""
    file = _kept(encoder.data)
    # Isolated: nothing from the working directory or the environment is imported, which may be the repository itself.
    command = (sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD))
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_CHILD.parent,
            env=dict(_ENVIRONMENT),
            pass_fds=() if file is None else (file,),
        )
    finally:
        if file is not None:
            os.close(file)
    head = json.dumps([encoder.library, file, len(encoder.data), {**encoder.patch}], default=dict).encode() + b"\n"
    _write(child, head + (encoder.data if file is None else b""))
    return child


def _kept(data: bytes) -> int | None:
    """Return a descriptor of memory that holds the bytes; ``None`` where there is no such thing."""
    if sys.platform != "linux":
        return None
    try:
        file = os.memfd_create("tokenizer")
    except OSError:
        return None  # a kernel, or a container, without it
    try:
        left = memoryview(data)
        while left:
            left = left[os.pwrite(file, left, len(data) - len(left)) :]
    except OSError:
        os.close(file)
        return None  # no room, and the pipe needs none
    return file


def _write(child: subprocess.Popen[bytes], data: bytes) -> None:
    if child.stdin is None:
        return
    try:
        child.stdin.write(data)
        child.stdin.flush()
    except BrokenPipeError:
        pass  # it ended, and reading from it says so


def _kill(children: Iterable[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.kill()


@contextmanager
def sessions(*encoders: Encoder, ahead: Opening | None = None) -> Iterator[tuple[Session, ...]]:
    """Open tokenizers, all at once; they are closed at the end, and killed where they take longer than ``DEADLINE``.

    Those that are being opened ``ahead`` are not opened again.
    """
    with nullcontext(ahead) if ahead is not None and ahead.take(encoders) else opening(*encoders) as opened:
        clock = threading.Timer(DEADLINE, _kill, (opened.children,))
        clock.start()
        try:
            yield tuple(map(Session, opened.children))
        finally:
            clock.cancel()
