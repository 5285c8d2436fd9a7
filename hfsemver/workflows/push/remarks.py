"""What is to be said about a ruling beside its reason: which release it goes by, and what to do about that one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.workflows.push.ruling import Outcome
from hfsemver.workflows.remotes import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.workflows.push.former import Former
    from hfsemver.workflows.push.ruling import Judged, Push, Ruling
    from hfsemver.workflows.push.views import PushedTags


def remarks(tags: PushedTags, judged: Judged) -> tuple[str, ...]:
    """Say what is special about the tags that a ref is judged by, and how to go on."""
    if judged.ruling.outcome is not Outcome.REFUSED:
        return tuple((_predecessor if judged.ruling.update.is_tag else _still_to_push)(tags.push, judged))
    baseline, claim = judged.tags.baseline, judged.ruling.claim
    if judged.beside and claim is not None:
        told = f"weights changed, and the version is still {claim.declared}"
        return (f"{told}: {judged.ruling.update.name} of the remote holds others under that number",)
    if baseline is None:
        return ()
    tag, fate = baseline.tag, tags.fate(baseline)
    said = []
    if judged.outside and not (claim is not None and claim.lost is not None and claim.lost.tag == str(tag)):
        said.append(f"{tag} is outside of this history, and whoever has it is offered this version next")
    if fate:
        said.append(f"{tag} counts although {fate}: whoever took it before has it")
    elif judged.doubtful or (judged.outside and not tags.is_known_to_be_out(baseline)):
        said.append(f"no branch of the remote holds {tag}; if it was never pushed, it is no release: git tag -d {tag}")
    return tuple(said)


def _predecessor(push: Push, judged: Judged) -> Iterator[str]:
    """Doubt a first release whose number says that there was one before: this clone may have lost its tag."""
    own, report = judged.tags.own, judged.ruling.report
    if own is None or report is None or report.baseline is not None:
        return
    if own.tag.version.patch or (own.tag.version.major and own.tag.version.minor):
        how = f"git fetch --tags {without_credentials(push.remote)}"
        yield f"nothing here tells of a release before it; if there is one, this was not measured against it: {how}"


def _still_to_push(push: Push, judged: Judged) -> Iterator[str]:
    """Name the tags that a branch goes out by and that may not be out: until they are, nobody sees its version."""
    own, baseline = judged.tags.own, judged.tags.baseline
    remote = without_credentials(push.remote)
    if own is not None and own.tag not in {update.tag for update in push.updates}:
        yield f"its version is that of {own.tag}, which is not in this push; if it is not out yet: git push {remote} {own.tag}"
    if baseline is not None and judged.doubtful:
        how = f"if it is not out yet: git push {remote} {baseline.tag}"
        yield f"measured against {baseline.tag}, which no branch of the remote holds; {how}"


def refused_as_taken(push: Push, ruling: Ruling, former: Former) -> Ruling:
    """Refuse a version that is or was another commit's, whatever the policy says: it would have moved."""
    tag, remote = former.tag, without_credentials(push.remote)
    commit = former.commit or former.object
    if former.fate:
        why = f"{tag} was published before, from commit {commit[:12]}, and {former.fate}"
        hint = f"to put it back where it was: git push {remote} {former.object[:12]}:refs/tags/{tag}"
    else:
        why = f"{tag} is published already, from another commit"
        hint = f"to have it here as it is there: git fetch --force {remote} tag {tag}"
        if not former.is_here:
            why = f"{tag} is published already, and what it names there is not here"
    hints = (hint,) if former.is_here or not former.fate else ()
    return replace(
        ruling,
        outcome=Outcome.REFUSED,
        why=f"{why}; a version that moves is no version",
        notes=(*ruling.notes, *hints),
    )
