"""Create the version tags that a history lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import UsageError
from hfsemver.core.escape import clipped
from hfsemver.publish.git import write_git

if TYPE_CHECKING:
    from hfsemver.core.history import History
    from hfsemver.releases.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTag:
    """An annotated tag that does not exist yet."""

    name: str
    commit: str
    message: str


def plan_tags(history: History, taken: dict[str, str]) -> tuple[PlannedTag, ...]:
    """Return a tag ``vX.Y.Z`` for every commit that should have been released and carries no version tag.

    ``taken`` maps the tags that exist to their commits. Raises ``UsageError`` when one of the names belongs to another
    commit: two counts of the same history would contradict each other, and a tag is never moved.
    """
    plan = []
    for row in history.releases:
        name = f"v{row.version}"
        if row.tags or taken.get(name) == row.commit:
            continue
        if name in taken:
            problem = f"{name} should name {row.commit[:12]}, but it already names {taken[name][:12]}"
            raise UsageError(problem, hint=f"tag what came after it alone: hfsemver log {name}.. --tag")
        reason = ", ".join(rule for rule, _ in row.changes) or ("first release" if row.bump is None else row.assumed)
        message = f"{name}\n\n{row.bump.word if row.bump else 'first release'}: {clipped(reason, 500)}\n"
        plan.append(PlannedTag(name=name, commit=row.commit, message=message))
    return tuple(plan)


def create_tags(repository: Repository, plan: tuple[PlannedTag, ...]) -> None:
    """Create the tags, oldest first. Each is whole or absent, so an interrupted run is finished by running it again."""
    for tag in plan:
        write_git(repository.root, "tag", "--annotate", f"--message={tag.message}", operands=(tag.name, tag.commit))
