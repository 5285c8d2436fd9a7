"""``hfsemver push`` from end to end: finish what an earlier run began, or judge, show or publish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.publish.hub.discussions import discuss
from hfsemver.publish.hub.journal import Journal
from hfsemver.publish.hub.release import carry_out, resumed
from hfsemver.publish.hub.successor import announce
from hfsemver.publish.hub.writer import HubWriter
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.wire import Wire
from hfsemver.workflows.bump.signing import signed
from hfsemver.workflows.upload.prepare import Upload
from hfsemver.workflows.upload.request import Pushed

if TYPE_CHECKING:
    from hfsemver.core.progress import Progress
    from hfsemver.workflows.upload.request import PushRequest


def run_push(
    request: PushRequest, progress: Progress | None = None, *, writes: bool = True, wire: Wire | None = None
) -> Pushed:
    """Publish a folder, or only say what would be published where nothing ``writes``. Raises ``HfSemverError``."""
    upload = Upload.of(request, Wire.from_environment() if wire is None else wire)
    model = find_model(upload.wire, upload.target)
    target = f"hf://{model.id}"
    writer = HubWriter(wire=upload.wire, repo_id=model.id, branch=upload.target.revision, patience=upload.wire.patience)
    journal = Journal(upload.folder)
    done = _finished(target, request, writer, journal) if writes else None
    if done is not None:
        return _announced(done, request, writer)
    proposal = upload.proposed(progress)
    # The commit of a run that was killed may have arrived meanwhile: then this is what was judged, and it is no new release.
    done = _finished(target, request, writer, journal) if writes else None
    if done is not None:
        return _announced(done, request, writer)
    plan, version = proposal.plan, proposal.version
    if proposal.refused is None and plan is None:
        done = Pushed(target=target, version=version, commit=model.commit, names=(f"v{version}",))
        return _announced(done, request, writer) if writes else done
    if plan is None or not writes:
        return Pushed(target=target, version=version, plan=plan, refused=proposal.refused)
    plan = signed(plan, request.sign, model.id)
    commit = carry_out(plan, writer, journal)
    names = (writer.branch, str(plan.tag), *(one.name for one in plan.floating))
    done = Pushed(target=target, version=version, plan=plan, commit=commit, names=names)
    return _announced(done, request, writer)


def _finished(target: str, request: PushRequest, writer: HubWriter, journal: Journal) -> Pushed | None:
    """Finish what an earlier run began, ``None`` where there is nothing, or nothing of it is to be seen on the Hub."""
    for left in journal.unfinished(writer.wire.endpoint, writer.repo_id, writer.branch):
        commit = resumed(left, writer, journal, floating=request.floating)
        if commit is not None:
            names = (writer.branch, left.tag, *(left.floating if request.floating else ()))
            version = left.tag.removeprefix("v")
            return Pushed(target=target, version=version, commit=commit, names=names, finished=True)
    return None


def _announced(done: Pushed, request: PushRequest, writer: HubWriter) -> Pushed:
    """Speak about the release, and lead those who load the model before this one here, once there is one to lead to."""
    if request.discuss and done.commit is not None:
        done = replace(done, discussed=discuss(writer, done.version, done.commit))
    if request.successor_of is None:
        return done
    former = request.successor_of.removeprefix("hf://")
    return replace(done, announced=announce(writer, former, f"v{done.version}"))
