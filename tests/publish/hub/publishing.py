"""A model on a Hub, one step of a release at a time: what each asks for, and what has come of it."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import HfSemverError
from hfsemver.core.plan import FloatingBranch, PlannedFile, ReleasePlan
from hfsemver.core.report import Report, Side
from hfsemver.core.verdict import Verdict
from hfsemver.core.version import Tag
from hfsemver.publish.hub.successor import announce
from hfsemver.publish.hub.writer import HubWriter
from hfsemver.releases.hub.wire import Wire
from tests.hub.failing import DEADLINE, patience_for, posts

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID, OLD = "acme/model", "acme/old"
MARK = "Hfsemver-Release: v1.1.0 0123456789abcdef"
VERSION = Tag.parse("v1.1.0")
# What each step sends that changes something.
PATHS = {
    "commit": f"/api/models/{ID}/commit/main",
    "tag": f"/api/models/{ID}/tag/*",
    "branch": f"/api/models/{ID}/branch/*",
    "moved branch": f"/{ID}/git-receive-pack",
    "pull request": f"/api/models/{OLD}/commit/main",
}


REPORT = Report(baseline=None, current=Side(ref="."), verdict=Verdict(required=Bump.NONE))


@dataclass(slots=True)
class Publishing:
    """The one who publishes, with some patience; ``first`` is the commit that is there."""

    hub: Hub
    writer: HubWriter
    first: str

    @classmethod
    def to(cls, hub: Hub, kind: str) -> Publishing:
        """Make a model, its former one, and a branch that is a commit behind."""
        first = hub.create(ID, {"a.txt": b"1"})
        hub.branch(ID, "v2", first)
        hub.create(OLD, {"README.md": b"---\nlicense: mit\n---\n"})
        wire = Wire(endpoint=hub.url, token=hub.token, patience=patience_for(kind))
        made = cls(hub, HubWriter(wire=wire, repo_id=ID, patience=wire.patience), first)
        hub.commit(ID, {"a.txt": b"2"})
        made.first = made.tip("main")
        hub.requests.clear()
        return made

    def tip(self, name: str) -> str:
        """Return the commit of a branch or a tag, empty without one."""
        told = self.hub.repository(ID).git.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{name}")
        return told.strip()

    def do(self, step: str) -> None:
        """Take one step."""
        if step == "commit":
            plan = ReleasePlan(
                tag=VERSION,
                branch="main",
                parent=self.first,
                files=(PlannedFile(path="a.txt", before=b"2", content=b"3"),),
                message="Release 1.1.0\n",
                tag_message="v1.1.0\n",
                report=REPORT,
            )
            self.writer.commit(plan, MARK)
        elif step == "tag":
            self.writer.tag(VERSION, self.first, "v1.1.0\n")
        elif step == "pull request":
            announce(self.writer, OLD, "v1.1.0")
        else:
            self.writer.follow(FloatingBranch(name="v2" if step == "moved branch" else "v1"), self.first)

    def refused(self, step: str) -> HfSemverError | None:
        """Take a step, and return why it could not be taken if so: in one line, in time, with what to do."""
        start = time.monotonic()
        try:
            self.do(step)
        except HfSemverError as error:
            said = error
        else:
            return None
        assert time.monotonic() - start < DEADLINE
        assert said.hint
        assert "\n" not in said.problem
        assert len(said.problem) < 500
        return said

    def insist_on_one(self, step: str) -> None:
        """Insist that the step is done, and was done once."""
        git = self.hub.repository(ID).git
        if step == "commit":
            told = git.git("log", "--format=%s", f"{self.first}..main").splitlines()
            assert told == ["Release 1.1.0"]
        elif step == "tag":
            assert git.git("rev-parse", "v1.1.0^{commit}").strip() == self.first
            assert git.git("tag", "--list").split() == ["v1.1.0"]
        elif step == "pull request":
            (request,) = self.hub.repository(OLD).discussions.values()
            assert request.title == f"The next version of this model is {ID}"
        else:
            assert self.tip("v2" if step == "moved branch" else "v1") == self.first

    def insist_on_reading_back(self, step: str) -> None:
        """Insist that nothing was sent twice without a look at what the first time had done."""
        sent = list(posts(self.hub, PATHS[step]))
        for first, second in itertools.pairwise(sent):
            between = self.hub.requests[first + 1 : second]
            assert any(one.method == "GET" and one.path.startswith("/api/") for one in between), [*map(str, between)]
