"""A clone that has old weights as pointers only: they are read from the Hub, by range, for the hook and for a check."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.releases.hub.address import model_at
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.hook.install import install_hook
from tests.gitworld import GitWorld, isolated
from tests.hub.faults import ALWAYS, Status
from tests.workflows.pushing import BODY, HEADLESS, TUNED, files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub

ID = "acme/model"
pytestmark = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="there is no git-lfs here")


@pytest.fixture
def clone(here: Hub, tmp_path: Path) -> GitWorld:
    """A clone without weights of a model whose v1.0.0 is out, with the hook and as its publisher has it."""
    here.create(ID, {**files(BODY, "1.0.0"), ".hfsemver.yaml": f"hub_repo: {ID}\n".encode()})
    here.tag(ID, "v1.0.0", message="one")
    environment = {
        **isolated(tmp_path),
        **here.environment(tmp_path),
        "GIT_ALLOW_PROTOCOL": "http",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "PATH": os.environ["PATH"],
    }
    home = GitWorld(tmp_path, environment)
    home.git("lfs", "install", "--skip-repo")
    home.git("clone", "--quiet", here.url.replace("http://", f"http://user:{here.token}@") + f"/{ID}", "clone")
    world = GitWorld(tmp_path / "clone", environment)
    assert (world.root / "model.safetensors").read_bytes().startswith(b"version https://git-lfs")
    install_hook(str(world.root))
    here.requests.clear()
    return world


def pushed(world: GitWorld) -> tuple[bool, str]:
    done = world.push("origin", "main")
    return done.returncode == 0, done.stderr.decode()


def test_the_hook_refuses_a_break_of_weights_that_are_not_here(clone: GitWorld, here: Hub) -> None:
    """Read from the remote that is pushed to, at the commit that is there; nothing is uploaded, and no file comes whole."""
    clone.commit(files(HEADLESS, "1.0.1"), "a break")
    went, said = pushed(clone)

    assert not went
    assert "tensor-removed" in said
    assert "not evaluated" not in said
    reads = [request for request in here.requests if "/resolve/" in request.path]
    assert reads
    assert here.repository(ID).commit_of("main") == clone.git("rev-parse", "origin/main")


def test_the_hook_lets_out_what_is_large_enough(clone: GitWorld, here: Hub) -> None:
    """An update of the weights under a minor version; its size was measured, not guessed."""
    clone.commit(files(TUNED, "1.1.0"), "trained further")
    went, said = pushed(clone)
    assert went, said
    assert here.repository(ID).commit_of("main") == clone.head()


@pytest.mark.parametrize("closed", [False, True])
def test_a_hub_that_cannot_be_read_is_a_matter_of_policy(clone: GitWorld, here: Hub, closed: bool) -> None:  # noqa: FBT001 -- a case
    """Open by default, and said; closed where the release before says so."""
    here.commit(ID, {".hfsemver.yaml": f"hub_repo: {ID}\nfail_closed: {str(closed).lower()}\n".encode()})
    here.tag(ID, "v1.0.0", message="one")
    clone.git("pull", "--quiet")
    clone.git("fetch", "--quiet", "--tags", "--force")
    clone.commit(files(TUNED, "1.1.0"), "trained further")
    here.faults.add("*", "/api/*", Status(503), times=ALWAYS)
    went, said = pushed(clone)

    assert went is not closed, said
    assert ("could not be read from the Hub" in said) is True
    assert ("fail_closed: true" in said) is closed


def test_a_check_reads_them_where_the_policy_names_the_model(clone: GitWorld, here: Hub) -> None:
    """And asks nobody where it does not; the working tree holds the new weights, as always."""
    clone.write(files(HEADLESS, "1.0.1"))
    report = run_check(CheckRequest(current=str(clone.root)))
    assert "tensor-removed" in {finding.rule for finding in report.findings}
    here.requests.clear()
    report = run_check(CheckRequest(current=str(clone.root), baseline=f"{clone.root}@v1.0.0", config=_other(clone)))
    assert "tensor-removed" in {skip.rule for skip in report.skips}
    assert not here.requests


def _other(clone: GitWorld) -> str:
    path = clone.root.parent / "policy.yaml"
    path.write_text("promise: derived\n")
    return str(path)


def test_content_that_the_hub_has_no_more_is_said(clone: GitWorld, here: Hub) -> None:
    """What is not the content of the pointer is nobody's evidence."""
    here.delete(ID)
    here.create(ID, files(TUNED, "1.0.0"))
    here.tag(ID, "v1.0.0")
    clone.write(files(HEADLESS, "1.0.1"))
    report = run_check(CheckRequest(current=str(clone.root)))
    assert any("has no such content of model.safetensors" in note for note in report.notes)
    assert "tensor-removed" in {skip.rule for skip in report.skips}
    path = clone.root.parent / "policy.yaml"
    path.write_text(f"hub_repo: {ID}\nfail_closed: true\n")
    with pytest.raises(SourceError, match="only pointers here"):
        run_check(CheckRequest(current=str(clone.root), config=str(path)))


@pytest.mark.parametrize(
    ("url", "endpoint", "model"),
    [
        ("https://huggingface.co/acme/model", "https://huggingface.co", "acme/model"),
        ("https://huggingface.co/acme/model.git", "https://huggingface.co", "acme/model"),
        ("https://user:hf_x@huggingface.co/acme/model/", "https://huggingface.co", "acme/model"),
        ("git@hf.co:acme/model", "https://huggingface.co", "acme/model"),
        ("git@hf.co:acme/model.git", "https://huggingface.co", "acme/model"),
        ("ssh://git@hf.co/acme/model.git", "https://huggingface.co", "acme/model"),
        ("git@hf.co:acme/model", "http://127.0.0.1:80", None),
        ("https://huggingface.co/datasets/acme/data", "https://huggingface.co", None),
        ("https://huggingface.co/gpt2", "https://huggingface.co", None),
        ("https://huggingface.co.evil.example/acme/model", "https://huggingface.co", None),
        ("https://github.com/acme/model", "https://huggingface.co", None),
        ("http://huggingface.co/acme/model", "https://huggingface.co", None),
        ("http://127.0.0.1:8080/acme/model", "http://127.0.0.1:8080", "acme/model"),
        ("http://127.0.0.1:8081/acme/model", "http://127.0.0.1:8080", None),
        ("https://here.example/hub/acme/model", "https://here.example/hub", "acme/model"),
        ("https://here.example/acme/model", "https://here.example/hub", None),
        ("/srv/models/acme/model", "https://huggingface.co", None),
        ("../model", "https://huggingface.co", None),
        ("http://[/x", "https://huggingface.co", None),
        ("", "https://huggingface.co", None),
    ],
)
def test_a_remote_is_a_model_only_at_the_address_of_its_hub(url: str, endpoint: str, model: str | None) -> None:
    """Whoever owns another machine is asked nothing, and gets no token."""
    assert model_at(url, endpoint) == model
