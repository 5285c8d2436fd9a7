"""A folder of its publisher, and the model on a Hub that it is published to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hfsemver.workflows.upload.request import PushRequest
from hfsemver.workflows.upload.run import run_push
from tests.builders import files
from tests.hub.here import wire
from tests.workflows.pushing import BODY, TUNED

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.workflows.upload.request import Pushed
    from tests.hub.hub import Hub
    from tests.hub.repository import Repository

ID = "acme/model"
TARGET = f"hf://{ID}"
CARD = "---\nlicense: mit\nversion: 1.0.0\n---\nIt answers.\n"


def side(tensors: dict[str, str], **more: object) -> dict[str, bytes]:
    """Return a release as files; the card says 1.0.0, as that of a folder does from which v1.0.0 was made."""
    return files({**tensors, "config.json": {"model_type": "llama"}, "README.md": CARD, **more})


@dataclass(slots=True)
class Uploader:
    """The one who publishes, from ``folder``."""

    hub: Hub
    folder: Path

    @classmethod
    def of(cls, hub: Hub, folder: Path, tensors: dict[str, str] | None = None) -> Uploader:
        """Put v1.0.0 on a Hub, and what comes next into a folder."""
        if not any(identity == ID for _, identity in hub.site.store.repositories):
            hub.create(ID, side(BODY))
            hub.tag(ID, "v1.0.0", message="one")
        made = cls(hub, folder)
        made.write(side(TUNED if tensors is None else tensors))
        return made

    def write(self, files: dict[str, bytes]) -> None:
        for path, data in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def push(self, *, writes: bool = True, **options: Any) -> Pushed:
        """Push in this process, with little patience."""
        request = PushRequest(**{"folder": str(self.folder), "target": TARGET, **options})
        return run_push(request, writes=writes, wire=wire(self.hub))

    @property
    def repository(self) -> Repository:
        return self.hub.repository(ID)

    def content(self, path: str, revision: str = "main") -> bytes:
        """Return a file as git and the store of the Hub have it."""
        repository = self.repository
        return repository.content(repository.file(repository.commit_of(revision), path))

    def names(self) -> dict[str, str]:
        """Return branches and tags with the commits that they name."""
        listed = self.repository.git.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags")
        return {name: self.repository.commit_of(name) for name in listed.split()}

    def log(self) -> list[str]:
        """Return the titles of the commits of the branch, the newest first."""
        return self.repository.git.git("log", "--format=%s", "main").splitlines()

    def insist_on_one_release(self, version: str = "1.1.0") -> None:
        """Insist on one commit more, on all names at it, on the content of the folder, and on a sound repository."""
        names = self.names()
        line = {f"v{version}", f"v{version.split('.', maxsplit=1)[0]}", f"v{version.rpartition('.')[0]}", "main"}
        assert {name for name, commit in names.items() if commit == names["main"]} == line
        assert [title for title in self.log() if title == f"Release {version}"] == [f"Release {version}"]
        assert f"version: {version}".encode() in self.content("README.md")
        for path in ("model.safetensors", "README.md", "CHANGELOG.md"):
            assert self.content(path) == (self.folder / path).read_bytes()
        self.repository.git.git("fsck", "--strict", "--no-dangling")
