"""What the files of a model on a Hub say of its releases: card, policy, changelog, and who could load the newest one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.version import Version
from hfsemver.policy.policy import FILE_NAME
from hfsemver.releases.lfs import MAX_POINTER, parse_pointer
from hfsemver.workflows.doctor.described import described
from hfsemver.workflows.doctor.diagnosis import broken, counted, listed, note, ok
from hfsemver.workflows.doctor.gone import Told, changelog_versions, gone
from hfsemver.workflows.doctor.line import titled
from hfsemver.workflows.policies import policy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.workflows.doctor.diagnosis import Diagnosis
    from hfsemver.workflows.doctor.hub_names import OnHubNow

_WEIGHTS: Final = (".safetensors", ".bin", ".gguf", ".pt", ".pth", ".onnx")
_LOOKED_AT: Final = 1


def card(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield whether the card can be read, and what it says of the version."""
    found = now.release.card
    declared = None if found is None else found.text("version")
    if found is None:
        yield note("card", "there is no card with front matter", "write one: README.md")
    elif declared and now.newest:
        as_it = (
            "as the newest tag does" if declared == str(now.newest[0].version) else f"the newest tag is {now.newest[0]}"
        )
        yield ok("card", f"README.md of {now.revision} says {declared}, {as_it}")


def policy(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield whether the policy is valid, and whether it is about this model."""
    found = policy_of(now.release)
    yield ok("policy", f"{FILE_NAME} is valid" if found else f"no {FILE_NAME}, the defaults hold")
    if found and found.hub_repo and found.hub_repo.casefold() != now.model.id.casefold():
        text = f"{FILE_NAME} says that the releases are published as {found.hub_repo}, and this is {now.model.id}"
        yield note("policy", text, f"set `hub_repo: {now.model.id}` in {FILE_NAME}")


def releases(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield the releases that the changelog, the card or a commit tells of and that have no tag."""
    told = Told(
        made={version: commits[0] for version, commits in now.made.items()},
        titled=titled(now.lines),
        changelog=changelog_versions(now.release),
        declared=_declared(now),
    )
    yield from gone(told, [tag for tag, _ in now.tags], now.remedy)


def _declared(now: OnHubNow) -> dict[Version, str]:
    version = Version.of(now.model.card.text("version"))
    return {} if version is None else {version: now.model.commit}


def access(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield whether who could load the newest release when it was made still can."""
    before = None if now.newest_release is None else now.newest_release.access
    if before is None or now.newest is None:
        return
    tag = now.newest[0]
    if now.model.access.restricts(before):
        text = f"{now.model.id} was {before.words} when {tag} was made, and is {now.model.access.words} now"
        yield note("access", text, f"see whom that keeps out: hfsemver check hf://{now.model.id}")
    else:
        yield ok("access", f"whoever could load {tag} when it was made still can")


def surface(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield whether the newest release still is what it described itself as."""
    if now.newest is not None and now.newest_release is not None:
        yield from described(now.newest_release, now.newest[0])


def objects(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield whether the weights are weights: a Hub takes the text of a pointer for a file like any other."""
    files = now.release.files.values()
    weights = [info for info in files if info.path.endswith(_WEIGHTS)]
    small = [info for info in weights if info.size < MAX_POINTER]
    pointers = [info.path for info in small[:_LOOKED_AT] if parse_pointer(now.release.source.read(info.path))]
    if pointers:
        # The others were not read: weights of a few numbers are as small.
        text = f"{listed(pointers)}: the text of a pointer of git-lfs, and no weights"
        if len(small) > _LOOKED_AT:
            text += f"; {_LOOKED_AT} of the {len(small)} files that are as small was looked into"
        yield broken("weights", text, "git lfs pull where they are, then upload them again")
    elif weights:
        size = sum(info.size for info in weights)
        yield ok(
            "weights", f"{counted(len(weights), 'file')} of {now.revision} ({size} bytes), each listed with its digest"
        )
