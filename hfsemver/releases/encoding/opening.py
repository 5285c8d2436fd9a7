"""Tokenizers of somebody else, each opened in a child process of its own.

A tokenizer is data that a compiled library interprets: it may panic, which ends a process, or take all memory. So it never
runs here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Child = subprocess.Popen[bytes]
_CHILD: Final = Path(__file__).with_name("encode_child.py")
# Threads of the library would count against the limits and gain nothing on texts of a line.
_ENVIRONMENT: Final = MappingProxyType({"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A tokenizer to be opened: its bytes, the library that reads them, and what its loader changes in them, by part.

    ``steps`` is the same document with another vocabulary, where the tokenizer beside it in a pair has the same vocabulary and
    the same added tokens: who has opened that one need not open this one.
    """

    data: bytes
    library: str = "tokenizers"
    patch: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
    steps: str = field(default="", compare=False)

    @property
    def available(self) -> bool:
        """Whether the library is installed."""
        return find_spec(self.library) is not None


@dataclass(frozen=True, eq=False, slots=True)
class Opening:
    """Child processes that are opening tokenizers, each for whoever asks for that tokenizer first."""

    children: list[tuple[Encoder, Child]] = field(default_factory=list)

    def holds(self, encoder: Encoder) -> bool:
        """Say whether such a tokenizer is being opened, and nobody has taken it."""
        return any(encoder == own for own, _ in self.children)

    def take(self, encoder: Encoder) -> Child | None:
        """Return the process that opens such a tokenizer, which is the caller's from now on; ``None`` where there is none."""
        for index, (own, child) in enumerate(self.children):
            if encoder == own:
                del self.children[index]
                return child
        return None


@contextmanager
def opening(*encoders: Encoder) -> Iterator[Opening]:
    """Open tokenizers, all at once, while the caller goes on; what nobody has taken is ended at the end."""
    opened = Opening()
    try:
        for encoder in encoders:
            opened.children.append((encoder, begin(encoder)))
        yield opened
    finally:
        end(child for _, child in opened.children)


def begin(encoder: Encoder) -> Child:
    """Start a process and hand the tokenizer over.

    It is not waited for where the system can keep the tokenizer until it is taken.
    """
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
    write(child, head + (encoder.data if file is None else b""))
    return child


def _kept(data: bytes) -> int | None:
    """Return a descriptor of memory that holds the bytes; ``None`` where there is no such thing."""
    if sys.platform != "linux" or not hasattr(os, "memfd_create"):
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


def write(child: Child, data: bytes) -> None:
    """Write to a child; nothing where it has ended, which reading from it says."""
    if child.stdin is None:
        return
    try:
        child.stdin.write(data)
        child.stdin.flush()
    except BrokenPipeError:
        pass


def kill(children: Iterable[Child]) -> None:
    """End children at once."""
    for child in children:
        child.kill()


def end(children: Iterable[Child]) -> None:
    """End children and wait until they are gone."""
    gone = tuple(children)
    kill(gone)
    for child in gone:
        child.communicate()
