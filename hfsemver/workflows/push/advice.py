"""What to type after a refusal: the version that will do, where to write it, and the push itself."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Origin
from hfsemver.core.escape import printable
from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.core.version import Version
from hfsemver.workflows.push.range import commit_of, descends, tags_on
from hfsemver.workflows.push.ruling import SKIP, Outcome
from hfsemver.workflows.remotes import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.workflows.push.ref_updates import RefUpdate
    from hfsemver.workflows.push.ruling import Push, Ruling


def next_steps(push: Push, rulings: tuple[Ruling, ...]) -> tuple[str, ...]:
    """Return the lines that end a refusal: commands to paste, the way out of a judgement before the push."""
    against = [ruling for ruling in rulings if ruling.outcome is not Outcome.PASSED]
    lines = ["To push it without a judgement (the reason is recorded, `hfsemver doctor` shows it):"]
    lines.append(f"  {SKIP}='say here why' {_push(push, (_again(push, ruling.update) for ruling in rulings))}")
    if all(map(_is_about_version, against)):
        way = _way(push, rulings, against)
        lines.append(f"To release it as {way.version}:")
        lines.extend(f"  {step}" for step in way.steps())
        if way.rest:
            lines.append("Then what is left, which is judged anew beside that release:")
            lines.append(f"  {_push(push, (_again(push, ruling.update) for ruling in way.rest))}")
    elif push.repository.object_format != "sha1":
        lines.extend(_by_hand(push, against))
    elif any(ruling.outcome is Outcome.UNJUDGED for ruling in against):
        lines.append("To have it judged: mend what is named above, and push again.")
    else:
        lines.append("To mend it: change what is named above, and push again.")
    return tuple(lines)


def _by_hand(push: Push, against: list[Ruling]) -> Iterator[str]:
    """Say how to judge without the hook; nothing can be mended that would let it read the repository."""
    from hfsemver.workflows.push.by_hand import comparisons  # here, because hardly any repository needs it

    steps = comparisons(push, (ruling.update for ruling in against))
    if steps:
        yield "To have it judged before that, compare folders, and give the outcome as the reason:"
        yield from (f"  {step}" for step in steps)
    else:
        yield "There is no release before it, so nothing is to be compared: say so as the reason."


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One release that answers the refusals of ``group``: it is made where ``lead`` is, and the others follow it.

    ``passed`` is what may go out as it is, ``rest`` what one release cannot answer: it lies on another line of commits.
    """

    push: Push
    lead: Ruling
    group: list[Ruling]
    passed: list[Ruling]
    rest: list[Ruling]

    @property
    def version(self) -> Version:
        """The smallest version that answers every refusal of the group."""
        return max((self._wanted(ruling) for ruling in self.group), key=lambda version: version.precedence)

    @property
    def commit(self) -> str:
        """What is released, or what the release commit goes on top of."""
        return self.lead.update.local

    @property
    def in_card(self) -> bool:
        """Whether the version stands in the card, so that another one takes another commit."""
        return self.lead.has_card_version

    @property
    def source(self) -> str:
        """What the lead is pushed from: a branch, or whatever is checked out."""
        return _branch(self.lead.update) or ("HEAD" if self.in_card else self.commit[:12])

    def steps(self) -> Iterator[str]:
        """Yield the commands."""
        ready = self._ready()
        if ready is not None:
            yield shlex.join(["git", "tag", "-d", *sorted(str(ruling.update.tag) for ruling in self.group)])
            yield f"git tag -a v{self.version} -m 'Release {self.version}' {ready.update.local[:12]}"
            yield _push(self.push, [*(_again(self.push, ruling.update) for ruling in self.passed), f"v{self.version}"])
            return
        if self.in_card:
            yield from self._checkout()
            yield f"set `version: {self.version}` in README.md"
            yield f"git commit -m 'Release {self.version}' README.md"
        moved = {str(ruling.update.tag) for ruling in self.group if ruling.update.is_tag and not ruling.update.is_new}
        wrong = {ruling.wrong_tag for ruling in self.group if ruling.wrong_tag} - moved
        if wrong:
            yield shlex.join(["git", "tag", "-d", *sorted(wrong)])
        for name in sorted(moved):
            # Deleted here it would be missing when the next release is measured.
            yield printable(shlex.join(["git", "fetch", "--force", without_credentials(self.push.remote), "tag", name]))
        refspecs = [_again(self.push, ruling.update) for ruling in self.passed]
        for ruling in self.group:
            if not ruling.update.is_tag:
                yield from self._follow(ruling)
                refspecs.append(self._refspec(ruling))
        if any(map(_is_tagged, self.group)):
            name = f"v{self.version}"
            if self.in_card or name not in self._names:
                # A new commit is what the tag goes to; without one it is the commit that was refused.
                commit = "" if self.in_card else f" {self.commit[:12]}"
                yield f"git tag -a {name} -m 'Release {self.version}'{commit}"
            refspecs.append(name)
        yield _push(self.push, refspecs)

    @property
    def _names(self) -> set[str]:
        return set(map(str, tags_on(self.push.repository, _peeled(self.push, self.lead))))

    def _wanted(self, ruling: Ruling) -> Version:
        text = ruling.report.verdict.next_version if ruling.report else None
        try:
            return self._free(Version.parse(text or "1.0.0"), ruling)
        except ValueError:
            return Version(major=1, minor=0, patch=0)

    def _free(self, version: Version, ruling: Ruling) -> Version:
        """Step over numbers that are taken: by the baseline itself, or by other commits."""
        step = Bump.PATCH if ruling.report is None else max(ruling.report.verdict.required, Bump.PATCH)
        claim = ruling.claim
        taken: set[str | None] = {*claim.released, claim.baseline} if claim is not None else set()
        if self.in_card:  # a tag on the commit that was refused is not one on the commit that will be released
            taken |= {name.removeprefix("v") for name in self._names} - {
                ruling.update.tag and str(ruling.update.tag.version)
            }
        while str(version) in taken:
            version = version.bumped(step)
        return version

    def _ready(self) -> Ruling | None:
        """Return what this push brings under the wanted version already, where only a tag that stayed behind is refused."""
        if not all(ruling.update.is_tag and ruling.update.is_new for ruling in self.group):
            return None
        declared = str(self.version)
        return next(
            (
                ruling
                for ruling in self.passed
                if _branch(ruling.update)
                and ruling.claim is not None
                and ruling.claim.declared == declared
                and _holds(self.push, ruling, self.lead)
            ),
            None,
        )

    def _checkout(self) -> Iterator[str]:
        """Go to what was refused: a release commit on top of anything else would carry other weights."""
        branch = _branch(self.lead.update)
        if branch is not None:
            if branch != self.push.repository.branch():
                yield shlex.join(["git", "checkout", branch])
        elif commit_of(self.push.repository, "HEAD") != _peeled(self.push, self.lead):
            yield f"git checkout --detach {self.commit[:12]}"

    def _is_there(self, ruling: Ruling) -> bool:
        """Whether a ref is where the release will be already."""
        return not self.in_card and _peeled(self.push, ruling) == _peeled(self.push, self.lead)

    def _follow(self, ruling: Ruling) -> Iterator[str]:
        """Take a branch along to the release; both commands refuse whatever would lose a commit."""
        branch = _branch(ruling.update)
        if branch is None or branch == _branch(self.lead.update) or self._is_there(ruling):
            return
        if branch == self.push.repository.branch() and not self.in_card:
            yield shlex.join(["git", "merge", "--ff-only", self.source])
        else:
            yield shlex.join(["git", "fetch", ".", f"{self.source}:{branch}"])

    def _refspec(self, ruling: Ruling) -> str:
        update = ruling.update
        if _branch(update) is not None or self._is_there(ruling):
            return _again(self.push, update)
        return f"{_force(self.push, update)}{self.source}:{update.remote_ref}"


def _way(push: Push, rulings: tuple[Ruling, ...], against: list[Ruling]) -> _Way:
    """Choose what is released: of branches the one that holds most of the others, of tags alone the first."""
    heads = [ruling for ruling in against if not ruling.update.is_tag]
    checked_out = push.repository.branch()

    def weight(lead: Ruling) -> tuple[int, bool]:
        return len(_answered(push, lead, against)), _branch(lead.update) == checked_out

    def descendants(lead: Ruling) -> int:
        return sum(_holds(push, ruling, lead) for ruling in against)

    lead = max(heads, key=weight) if heads else max(against, key=descendants)
    group = _answered(push, lead, against)
    return _Way(
        push=push,
        lead=lead,
        group=group,
        passed=[ruling for ruling in rulings if ruling not in against],
        rest=[ruling for ruling in against if ruling not in group],
    )


def _answered(push: Push, lead: Ruling, against: list[Ruling]) -> list[Ruling]:
    """Return the refusals that a release of ``lead`` answers: what it holds, and of tags alone what is the same commit."""
    found = [ruling for ruling in against if _holds(push, lead, ruling)]
    return [ruling for ruling in found if _holds(push, ruling, lead)] if lead.update.is_tag else found


def _holds(push: Push, one: Ruling, other: Ruling) -> bool:
    """Whether the history of the first holds the second."""
    return one is other or bool(descends(push.repository, _peeled(push, other), _peeled(push, one)))


def _peeled(push: Push, ruling: Ruling) -> str:
    return commit_of(push.repository, ruling.update.local) or ruling.update.local


def _is_about_version(ruling: Ruling) -> bool:
    return ruling.report is not None and not set(ruling.report.verdict.failing) - VERSION_RULES


def _is_tagged(ruling: Ruling) -> bool:
    """Whether the repository makes its releases by tags, and this ref is where one is due."""
    claim = ruling.claim
    return claim is not None and (
        claim.origin is Origin.TAG or (not claim.draft and (claim.origin is Origin.NOTHING or ruling.is_after_tag))
    )


def _branch(update: RefUpdate) -> str | None:
    """Return the branch here that is pushed, ``None`` for a commit, a tag, and whatever is checked out."""
    heads = "refs/heads/"
    return update.local_ref.removeprefix(heads) if update.local_ref.startswith(heads) else None


def _again(push: Push, update: RefUpdate) -> str:
    return f":{update.remote_ref}" if update.is_deletion else f"{_force(push, update)}{update.refspec}"


def _force(push: Push, update: RefUpdate) -> str:
    """Return the sign without which git refuses to take something from the remote, which here was asked for."""
    if update.is_new:
        return ""
    return "+" if update.is_tag or descends(push.repository, update.remote, update.local) is False else ""


def _push(push: Push, refspecs: Iterable[str]) -> str:
    return printable(shlex.join(["git", "push", without_credentials(push.remote), *dict.fromkeys(refspecs)]))
