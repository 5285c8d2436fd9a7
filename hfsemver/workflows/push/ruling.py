"""What was decided about one ref of a push, and about the push as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from hfsemver.core.rule_id import VERSION_RULES, RuleId

if TYPE_CHECKING:
    from hfsemver.core.claim import Claim
    from hfsemver.core.report import Report
    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.baselines import TagView
    from hfsemver.workflows.push.ref_updates import RefUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push: from which repository, to which remote (its name, or its URL as it was typed), and which refs.

    ``tracked`` is the name under which this repository keeps what it last saw of the remote.
    """

    repository: Repository
    remote: str
    updates: tuple[RefUpdate, ...]
    url: str = ""
    tracked: str = ""


SKIP = "HFSEMVER_SKIP"
"""The variable whose value is the reason why a push goes out unjudged."""


class Outcome(Enum):
    """What becomes of a ref. What could not be judged is refused like what must not go out."""

    PASSED = "passed"
    REFUSED = "refused"
    UNJUDGED = "could not be judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One ref, what becomes of it, and why in one harmless line.

    ``notes`` say what about the ref deserves attention and stands in no report: that it is forced, that it is stale.
    ``has_card_version`` and ``is_after_tag`` tell how this repository declares its versions,
    ``wrong_tag`` which tag would stand in the way of another version.
    """

    update: RefUpdate
    outcome: Outcome
    why: str
    notes: tuple[str, ...] = ()
    report: Report | None = None
    claim: Claim | None = None
    has_card_version: bool = False
    is_after_tag: bool = False
    wrong_tag: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the ref is refused for what another measure cannot add to; a history that lost a release has one more."""
        failing = set(self.report.verdict.failing) if self.report is not None else set()
        return self.outcome is Outcome.REFUSED and failing != {RuleId.BASELINE_UNREACHABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A ruling, and the view of the tags that it was made by.

    ``doubtful`` says that its baseline may not be out, ``outside`` that it is not in the history of the commit,
    ``beside`` that it was measured against what the branch holds under the same number, and not against the baseline.
    """

    ruling: Ruling
    tags: TagView
    doubtful: bool = False
    outside: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PushOutcome:
    """All rulings of a push, in the order in which git named the refs, and what to type next after a refusal."""

    rulings: tuple[Ruling, ...] = ()
    next_steps: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a ref must not go out."""
        return any(ruling.outcome is Outcome.REFUSED for ruling in self.rulings)

    @property
    def unjudged(self) -> bool:
        """Whether a ref could not be judged."""
        return any(ruling.outcome is Outcome.UNJUDGED for ruling in self.rulings)


def stands_against(report: Report, claim: Claim) -> bool:
    """Whether the push is refused: on a branch that nobody pins, only a version that is new and wrong is."""
    if not claim.draft:
        return not report.verdict.ok
    is_new = claim.declared is not None and claim.declared != claim.baseline
    return is_new and bool(VERSION_RULES & set(report.verdict.failing))
