"""Make a release that was prepared, and send it to where others find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError, UsageError
from hfsemver.publish.release import carry_out, send, try_out
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.bump.signing import signed

if TYPE_CHECKING:
    from hfsemver.core.plan import ReleasePlan
    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.bump.request import Prepared


def make(prepared: Prepared, remote: str | None = None, key: str | None = None) -> tuple[ReleasePlan, str]:
    """Carry out the plan, and return it as it was made and the commit of the release. Raises ``SourceError`` where git refuses.

    With a ``remote`` that is to get it, that is asked first whether it has such a version already: a release that could not go
    out is not made. ``key`` signs it, where that was planned.
    """
    plan, repository = prepared.plan, prepared.repository
    if plan is None:
        raise UsageError("there is nothing to release", hint="see why: hfsemver check")
    if remote is not None:
        try:
            try_out(plan, repository, remote)
        except SourceError as error:
            fault = f"{remote} would not take {plan.tag}, so it was not made: {error.problem}"
            hint = (
                f"see what is there: git ls-remote --tags {remote}; take it in: git pull --tags {remote} {plan.branch}"
            )
            raise SourceError(fault, hint=hint) from error
    plan = signed(plan, key, repository.root.name)
    return plan, carry_out(plan, repository)


def refs_of(prepared: Prepared) -> tuple[str, ...]:
    """Return the names that belong to the release: its branch, its tag, and the branches that follow the newest release."""
    repository = prepared.repository
    tag = f"v{prepared.version}"
    commit = repository.resolve(f"refs/tags/{tag}")
    listed = ask_git(
        repository.root, "for-each-ref", "--format=%(refname)", f"--points-at={commit}", operands=("refs/heads",)
    )
    branch = repository.branch()
    line = tag.partition("-")[0].split(".")
    lines = {line[0], ".".join(line[:2])}
    floating = [name for ref in listed.lines if (name := ref.removeprefix("refs/heads/")) in lines and name != branch]
    return (*([branch] if branch else []), tag, *sorted(floating))


def push(prepared: Prepared, target: str) -> None:
    """Send the release to a remote, all of its names or none. Raises ``SourceError`` where it is not taken."""
    repository, names = prepared.repository, refs_of(prepared)
    try:
        send(repository, target, names)
    except SourceError as error:
        typed = f"git push --atomic {target} {' '.join(names)}"
        raise SourceError(
            f"the release is made here, and {target} did not take it: {error.problem}", hint=f"mend that, then: {typed}"
        ) from error


def upstream(repository: Repository) -> str:
    """Return the remote that the branch follows, else ``origin``."""
    branch = repository.branch()
    asked = ask_git(repository.root, "config", "--get", operands=(f"branch.{branch}.remote",))
    return asked.text if asked.status == 0 and asked.text else "origin"
