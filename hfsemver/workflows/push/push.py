"""``hfsemver hook run``: judge the refs that a push is about to publish, before a byte of them is on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.errors import FormatError, RefError, SourceError
from hfsemver.workflows.push.range import (
    all_neutral,
    commit_of,
    descends,
    forced,
    holds,
    newest_published,
    published_tips,
    pushed_tag,
    tags_on,
    tracked_name,
)
from hfsemver.workflows.push.ruling import Outcome, Push, PushOutcome, Ruling

if TYPE_CHECKING:
    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.push.ref_updates import RefUpdate


def run_push(push: Push) -> PushOutcome:
    """Judge every ref of a push. Raises ``ConfigError`` when the policy is wrong; other faults become rulings."""
    push = replace(push, tracked=tracked_name(push))
    waiting: list[RefUpdate] = []
    rulings: dict[RefUpdate, Ruling] = {}
    for update in push.updates:
        try:
            ruling = _at_once(push, update)
        except (FormatError, RefError, SourceError) as error:
            ruling = Ruling(update=update, outcome=Outcome.UNJUDGED, why=str(error), notes=(error.hint,))
        if ruling is None:
            waiting.append(update)
        else:
            rulings[update] = ruling
    if waiting:
        # Loaded here, so that a push without model files does not wait for the rules.
        from hfsemver.workflows.push.judgement import Bench

        bench = Bench(push)
        rulings |= {update: bench.rule_on(update) for update in waiting}
    outcome = PushOutcome(rulings=tuple(rulings[update] for update in push.updates))
    if not (outcome.refused or outcome.unjudged):
        outcome = replace(outcome, rulings=_recorded(push, outcome.rulings))
    if not (outcome.refused or outcome.unjudged):
        return outcome
    from hfsemver.workflows.push.advice import next_steps  # as above

    return replace(outcome, next_steps=next_steps(push, outcome.rulings))


def _recorded(push: Push, rulings: tuple[Ruling, ...]) -> tuple[Ruling, ...]:
    """Write down the releases whose deletion is let out; refuse to let out what cannot be written down."""
    deleted = {ruling.update for ruling in rulings if ruling.update.is_deletion and ruling.update.tag}
    if not deleted:
        return rulings
    from hfsemver.workflows.push.former import retire  # here, because hardly any push deletes a release

    try:
        retire(push)
    except SourceError as error:
        why, notes = str(error), (error.hint,)
        return tuple(
            Ruling(update=one.update, outcome=Outcome.REFUSED, why=why, notes=notes) if one.update in deleted else one
            for one in rulings
        )
    return rulings


def _at_once(push: Push, update: RefUpdate) -> Ruling | None:
    """Decide what needs no release to be opened; ``None`` for everything else."""
    if update.is_deletion:
        return _passed(update, _loss(update))
    if update.is_tag:
        return _tag_at_once(push, update)
    repository, new = push.repository, update.local
    since, notes = (None, ()) if update.is_new else _since(repository, update)
    if update.is_new and not _may_be_protected(push, update, new):
        since = newest_published(repository, push.tracked, new)
    if since is None or not all_neutral(repository.changed_paths(since, new)) or (notes and _drops(push, update)):
        return None
    if since == new:
        return _passed(update, "nothing new")
    if pushed_tag(push.updates, repository, new) or tags_on(repository, new):
        return None
    return _passed(update, "no file of the model is among the changes", *notes)


def _drops(push: Push, update: RefUpdate) -> bool:
    """Whether a forced branch loses a release, which matters also where no file changed."""
    from hfsemver.workflows.push.views import PushedTags  # here, because few pushes are forced

    return PushedTags(push).dropped(update, update.local) is not None


def _since(repository: Repository, update: RefUpdate) -> tuple[str | None, tuple[str, ...]]:
    """Return what the remote has of a branch, when it is here, and what there is to say about leaving it."""
    follows = descends(repository, update.remote, update.local)
    return (None, ()) if follows is None else (update.remote, () if follows else (forced(update),))


def _tag_at_once(push: Push, update: RefUpdate) -> Ruling | None:
    if update.tag is None:
        return _passed(update, "the tag is no version, so there is nothing to judge")
    if not update.is_new and commit_of(push.repository, update.remote) == push.repository.resolve(update.local):
        return _passed(update, "the tag keeps its commit")
    return None


def _may_be_protected(push: Push, update: RefUpdate, new: str) -> bool:
    """Whether the policy guards a new branch, or may do so: where any that may hold is a file, it has to be read."""
    from hfsemver.policy.policy import FILE_NAME, Policy  # here, because few pushes make a branch
    from hfsemver.workflows.push.views import PushedTags  # as above

    if Policy().protects(update.branch):
        return True
    tips = (tip.commit for tip in published_tips(push.repository, push.tracked, new))
    # Where the judgement would take it from: the release that is measured against, else what the remote has, else this.
    return holds(push.repository, {new, *tips, *PushedTags(push).commits}, FILE_NAME)


def _passed(update: RefUpdate, why: str, *notes: str) -> Ruling:
    return Ruling(update=update, outcome=Outcome.PASSED, why=why, notes=notes)


def _loss(update: RefUpdate) -> str:
    if update.tag is None:
        return "deleted"
    return f"deletes a release: whoever pins {update.tag} cannot load it any more, and its number stays taken"
