"""The shape of a rule and the decorator that makes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import wraps
from inspect import getdoc, getmodule
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, TypedDict, TypeVar

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.finding import Finding, Level
from hfsemver.core.promise import Promise
from hfsemver.releases.held import holding
from hfsemver.rules.example import Example, ExampleFiles

if TYPE_CHECKING:
    import re

    from hfsemver.core.bump import Bump
    from hfsemver.core.location import Location
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.state import ReleaseState
    from hfsemver.rules.case import VersionCase

__all__ = [
    "POLICY", "Cost", "Example", "ExampleFiles", "Judged", "Note", "Notes", "Rule", "Stage", "rule", "state_rule", "version_rule",
]  # fmt: skip

POLICY: Final = None
"""The bump of a rule that no version number excuses."""


class Cost(IntEnum):
    """The dearest evidence that a rule cannot do without.

    A rule of ``HEADER`` runs under ``--weights header`` and reads no tensor there; where bytes may be read, the diff proves a
    renaming or a tied copy by them.
    """

    HEADER = 0
    HASH = 1
    PROBE = 2
    HUB = 3
    VALUES = 4

    @property
    def word(self) -> str:
        """The name in listings and in JSON."""
        return self.name.lower()


class Stage(Enum):
    """When a rule runs: on the evidence, after the required bump is known, or after everything else is judged."""

    EVIDENCE = "evidence"
    VERDICT = "verdict"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a rule saw and where; the engine makes a finding of it.

    ``baseline`` and ``current`` are the two sides in a word and part of the fingerprint, so they hold nothing
    that changes from run to run or from one commit to the next. Measured figures go into ``message`` or ``witness``.
    ``members`` are the names that the pointer stands for, where it is a pattern.
    """

    location: Location
    message: str
    baseline: str = ""
    current: str = ""
    witness: str = ""
    members: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two notes of one rule the same, in whichever release and sharding."""
        return (self.location.stable, self.baseline, self.current)


Notes = Iterator[Note]
Judged = TypeVar("Judged")
"""What a rule looks at: a ``ReleaseDiff``, or a ``VersionCase`` once it is known what that requires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Judged]):
    """One rule: what it requires, what it costs, what it says, and how it looks."""

    id: str
    area: str
    bump: Bump | None
    level: Level
    cost: Cost
    promise: Promise
    since: str
    stage: Stage
    summary: str
    why: str
    fix: str
    examples: tuple[Example, ...]
    check: Callable[[Judged], Notes] = field(repr=False)
    text: str = ""
    mirror: str | None = None
    faults: Callable[[ReleaseState], Notes] | None = field(default=None, repr=False)
    """For a rule about one release: all that it sees there, also what the baseline has as well."""

    @property
    def bump_word(self) -> str:
        """``none``, ``patch``, ``minor``, ``major`` or ``policy``."""
        return "policy" if self.bump is None else self.bump.word

    def run(self, judged: Judged) -> Iterator[Finding]:
        """Yield a finding for every note of the rule; lets ``EvidenceMissing`` through after the notes before it."""
        for note in self.check(judged):
            yield Finding(
                rule=self.id,
                level=self.level,
                bump=self.bump,
                message=note.message,
                location=note.location,
                baseline=note.baseline,
                current=note.current,
                witness=note.witness,
                members=note.members,
                why=self.why,
                fix=self.fix,
            )


def rule(
    *,
    bump: Bump | None,
    cost: Cost,
    promise: str,
    since: str,
    examples: tuple[Example, ...],
    level: Level = Level.DENY,
    mirror: str | None = None,
) -> Callable[[Callable[[ReleaseDiff], Notes]], Rule[ReleaseDiff]]:
    """Make a frozen ``Rule`` of a function over what differs; registers nothing.

    The id is the function's name with dashes, the area is its folder, and the texts come from the docstring of
    its module: the first paragraph is the summary, ``Why:`` and ``Fix:`` start the other two.
    ``mirror`` names the rule for the opposite change, or says why there is none.
    """

    def build(check: Callable[[ReleaseDiff], Notes]) -> Rule[ReleaseDiff]:
        return Rule(
            **_named(check),
            bump=bump,
            level=level,
            cost=cost,
            promise=Promise(promise),
            since=since,
            stage=Stage.EVIDENCE,
            examples=examples,
            check=check,
            mirror=mirror,
        )

    return build


def state_rule(
    *,
    cost: Cost,
    promise: str,
    since: str,
    examples: tuple[Example, ...],
    level: Level = Level.DENY,
    mirror: str = "none: it judges one release",
    reads: re.Pattern[str] | None = None,
) -> Callable[[Callable[[ReleaseState], Notes]], Rule[ReleaseDiff]]:
    """Make a frozen ``Rule`` of a function over one release; no number excuses what it finds.

    Its findings are the faults of the current release that the baseline does not have: an old one was published before, and
    nothing that changed since is to blame for it. Where all files that it ``reads`` are known to be equal there can be none,
    and nothing is opened. Id, area and texts are found as ``rule`` finds them.
    """

    def build(check: Callable[[ReleaseState], Notes]) -> Rule[ReleaseDiff]:
        @wraps(check)
        def new_faults(diff: ReleaseDiff) -> Notes:
            if reads is not None and diff.files.all_equal(reads):
                return
            with holding(*(side.held for side in (diff.baseline, diff.current) if side is not None)):
                # The baseline first, also where nothing will come of it: a file that is malformed there is told by this alone.
                known = frozenset() if diff.baseline_state is None else _identities(check, diff.baseline_state)
                yield from (note for note in check(diff.state) if note.identity not in known)

        return Rule(
            **_named(check),
            bump=POLICY,
            level=level,
            cost=cost,
            promise=Promise(promise),
            since=since,
            stage=Stage.EVIDENCE,
            examples=examples,
            check=new_faults,
            mirror=mirror,
            faults=check,
        )

    return build


def _identities(check: Callable[[ReleaseState], Notes], state: ReleaseState) -> frozenset[tuple[str, str, str]]:
    """Return what is known to be at fault in a release: what comes before a file that is not here, where one is missing."""
    found = set()
    try:
        for note in check(state):
            found.add(note.identity)
    except EvidenceMissing:
        pass
    return frozenset(found)


def version_rule(
    *,
    since: str,
    examples: tuple[Example, ...],
    mirror: str,
    level: Level = Level.DENY,
    stage: Stage = Stage.VERDICT,
) -> Callable[[Callable[[VersionCase], Notes]], Rule[VersionCase]]:
    """Make a frozen ``Rule`` of a function over the declared version; no number excuses what it finds.

    It costs what the evidence before it has cost. Id, area and texts are found as ``rule`` finds them.
    """

    def build(check: Callable[[VersionCase], Notes]) -> Rule[VersionCase]:
        return Rule(
            **_named(check),
            bump=POLICY,
            level=level,
            cost=Cost.HEADER,
            promise=Promise.RELEASE,
            since=since,
            stage=stage,
            examples=examples,
            check=check,
            mirror=mirror,
        )

    return build


class _Names(TypedDict):
    id: str
    area: str
    summary: str
    why: str
    fix: str
    text: str


def _named(check: Callable[[Judged], Notes]) -> _Names:
    text = getdoc(getmodule(check)) or ""
    parts = _paragraphs(text)
    return {
        "id": check.__name__.replace("_", "-"),
        "area": check.__module__.split(".")[-2],
        "summary": parts["summary"],
        "why": parts["why"],
        "fix": parts["fix"],
        "text": text,
    }


def _paragraphs(text: str) -> Mapping[str, str]:
    """Split a rule's docstring into its summary, its why and its fix, each as one line."""
    parts = {"summary": "", "why": "", "fix": ""}
    key = "summary"
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        if colon and head in ("Why", "Fix"):
            key, words = head.lower(), rest
        elif not line.strip() and key == "summary":
            key = "more"
            continue
        else:
            words = line
        if key in parts:
            parts[key] = f"{parts[key]} {words.strip()}".strip()
    return MappingProxyType(parts)
