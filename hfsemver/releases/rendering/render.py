"""Chat templates rendered in a child process: what each of two sides makes of every conversation.

A template is a program by somebody else. It runs in a sandbox, in a process that has no files, bounded memory and
bounded time, and never here. https://jinja.palletsprojects.com/en/stable/sandbox/#security-considerations
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.releases.rendering.conversations import CONVERSATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEADLINE: Final = 5.0
"""Seconds on the clock for all templates of a release; the child's own limits on processor time are below it."""
_MOST_TEXT: Final = 8 << 20
_CHILD: Final = Path(__file__).with_name("render_child.py")


class Kind(StrEnum):
    """How rendering ended: with text, with an exception, at a limit, or not at all."""

    TEXT = "text"
    ERROR = "error"
    LIMIT = "limit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The rendered text, the message of the exception, the limit that was hit, or why nothing is known."""

    kind: Kind
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A template and the special tokens that it may name."""

    template: str
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renders:
    """Outcomes of one pair of templates in the order of ``CONVERSATIONS``; empty when their syntax trees are equal."""

    old: tuple[Outcome, ...] = ()
    new: tuple[Outcome, ...] = ()


def render_pairs(pairs: Sequence[tuple[Source, Source]]) -> tuple[Renders, ...]:
    """Render both sides of every pair; one child process for all of them, none for no pair."""
    if not pairs:
        return ()
    if sum(len(side.template) for pair in pairs for side in pair) > _MOST_TEXT:
        lost = (Outcome(kind=Kind.UNKNOWN, text="more template text than is rendered at a time"),) * len(CONVERSATIONS)
        return (Renders(old=lost, new=lost),) * len(pairs)
    task = {
        "pairs": [[old.template, dict(old.tokens), new.template, dict(new.tokens)] for old, new in pairs],
        "conversations": [dict(conversation.variables) for conversation in CONVERSATIONS],
    }
    lines, end = _run(json.dumps(task))
    return _understood(lines, end, len(pairs))


def _run(task: str) -> tuple[list[list[object]], Outcome]:
    """Return what the child said and what became of the step it was at, should it have been cut off there."""
    # Isolated: nothing from the working directory or the environment is imported, which may be the repository itself.
    command = (sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD))
    late = False
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_CHILD.parent
    ) as child:
        try:
            said, _ = child.communicate(task.encode(), timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            late = True
            child.kill()
            said, _ = child.communicate()
    lines = [json.loads(line) for line in said.splitlines() if line.endswith(b"]")]
    if late:
        return lines, Outcome(kind=Kind.UNKNOWN, text=f"rendering took more than {DEADLINE:g} s")
    # Out of processor time it is killed by a signal; out of memory it ends by an exception or a fault.
    stopped = child.returncode in (-signal.SIGKILL, -signal.SIGXCPU)
    return lines, Outcome(kind=Kind.LIMIT, text="time" if stopped else "memory")


def _understood(lines: list[list[object]], end: Outcome, count: int) -> tuple[Renders, ...]:
    """Turn the child's lines into outcomes.

    A step that began and did not end takes ``end``, steps after it are unknown.
    """
    found: dict[tuple[int, int, int], Outcome] = {}
    same: set[int] = set()
    begun: tuple[int, int, int] | None = None
    for word, *rest in lines:
        if word == "tree":
            begun = None
            if rest[1]:
                same.add(int(str(rest[0])))
        elif word != "end":
            place = (int(str(rest[0])), int(str(rest[1])), int(str(rest[2])))
            begun = place if word == "start" else None
            if word != "start":
                found[place] = Outcome(kind=Kind(str(word)), text=str(rest[3]))
    if begun:
        found[begun] = end
    return tuple(Renders() if pair in same else _pair(found, pair) for pair in range(count))


def _pair(found: Mapping[tuple[int, int, int], Outcome], pair: int) -> Renders:
    return Renders(old=_side(found, pair, 0), new=_side(found, pair, 1))


def _side(found: Mapping[tuple[int, int, int], Outcome], pair: int, side: int) -> tuple[Outcome, ...]:
    """Fill in what a whole template has in common: it does not compile, or was stopped and not started again."""
    compiled = found.get((pair, side, -1), Outcome(kind=Kind.UNKNOWN, text="it was not reached"))
    rest = compiled
    outcomes = []
    for index in range(len(CONVERSATIONS)):
        outcome = found.get((pair, side, index))
        if outcome is not None and outcome.kind in (Kind.LIMIT, Kind.UNKNOWN):
            rest = outcome
        outcomes.append(outcome or rest)
    return tuple(outcomes)
