"""git and git-lfs as everybody has them: clone and push."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from huggingface_hub.hf_api import RepoFile

from tests.gitworld import GitWorld, isolated

if TYPE_CHECKING:
    import subprocess

    from tests.hub.hub import Hub

ID = "acme/model"
WEIGHTS = bytes(range(256)) * 40
pytestmark = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="there is no git-lfs here")


@pytest.fixture
def home(tmp_path: Path, hub: Hub) -> GitWorld:
    """An empty folder whose git may speak HTTP, with git-lfs set up as for a user."""
    environment = {**isolated(tmp_path), "GIT_ALLOW_PROTOCOL": "http", "PATH": os.environ["PATH"]}
    world = GitWorld(tmp_path, environment)
    world.git("lfs", "install", "--skip-repo")
    hub.create(ID, {"model.safetensors": WEIGHTS, "config.json": b"{}\n"})
    return world


def address(hub: Hub, token: str = "", repo: str = ID) -> str:
    """Return the URL of a repository, with a token where there is one."""
    return hub.url.replace("http://", f"http://user:{token}@" if token else "http://") + f"/{repo}"


def clone(home: GitWorld, url: str, name: str = "clone") -> GitWorld:
    """Clone a repository beside the home."""
    home.git("clone", "--quiet", url, name)
    return GitWorld(home.root / name, home.environment)


def said(done: subprocess.CompletedProcess[bytes]) -> tuple[bool, str]:
    return done.returncode == 0, done.stderr.decode(errors="replace")


@pytest.mark.parametrize("suffix", ["", ".git"])
def test_a_clone_holds_the_weights(suffix: str, home: GitWorld, hub: Hub) -> None:
    """Anybody clones what is public, and git-lfs fetches the objects from the other origin."""
    world = clone(home, address(hub) + suffix)

    assert (world.root / "model.safetensors").read_bytes() == WEIGHTS
    assert world.head() == hub.repository(ID).commit_of("main")
    (large,) = [request for request in hub.requests if request.path.startswith("/cdn/")]
    assert (large.authorized, large.sent) == (False, len(WEIGHTS))


def test_a_push_is_read_by_the_client(home: GitWorld, hub: Hub) -> None:
    """Commits, tags and branches arrive, and the objects before them."""
    world = clone(home, address(hub, hub.token))
    new = WEIGHTS[::-1]
    commit = world.commit({"model.safetensors": new, "config.json": None, "README.md": b"# A\n"}, "Release 1.1.0")
    world.tag("v1.1.0", "-a", "-m", "the second")
    done = world.push("origin", "main", "main:release/1.x", "v1.1.0")

    assert said(done)[0], said(done)
    api = HfApi(endpoint=hub.url, token=False)
    refs = api.list_repo_refs(ID)
    assert {one.name: one.target_commit for one in (*refs.branches, *refs.tags)} == {
        "main": commit, "release/1.x": commit, "v1.1.0": commit,
    }  # fmt: skip
    assert Path(api.hf_hub_download(ID, "model.safetensors", revision="v1.1.0")).read_bytes() == new
    (info,) = api.get_paths_info(ID, ["model.safetensors"], revision=commit)
    assert isinstance(info, RepoFile)
    assert info.lfs is not None
    assert info.lfs.sha256 == hashlib.sha256(new).hexdigest()
    assert said(world.push("origin", "--delete", "release/1.x"))[0]
    assert [one.name for one in api.list_repo_refs(ID).branches] == ["main"]


def test_a_push_needs_a_token_of_a_member(home: GitWorld, hub: Hub) -> None:
    """Nobody is asked for one and a stranger is refused; nothing has moved."""
    before = hub.repository(ID).commit_of("main")
    world = clone(home, address(hub))
    world.commit({"x": b"1"})
    for token in ("", hub.account("sam"), "hf_nobody"):
        assert not said(world.push(address(hub, token), "main"))[0]

    assert hub.repository(ID).commit_of("main") == before


def test_a_push_that_comes_too_late_is_refused(home: GitWorld, hub: Hub) -> None:
    """Whoever has not seen the last commit is told by git itself."""
    world = clone(home, address(hub, hub.token))
    tip = hub.commit(ID, {"y": b"2"})
    world.commit({"x": b"1"})
    done = world.push("origin", "main")

    assert not said(done)[0]
    assert "fetch first" in said(done)[1]
    assert hub.repository(ID).commit_of("main") == tip


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("model.safetensors", WEIGHTS[1:], "LFS pointer pointed to a file that does not exist"),
        ("tokenizer.json", bytes(10 * 1024 * 1024 + 1), "larger than 10 MiB"),
    ],
)
def test_what_the_hub_could_not_hand_out_is_not_taken(
    path: str, content: bytes, why: str, home: GitWorld, hub: Hub
) -> None:
    """Without its hook git-lfs uploads nothing, and git itself takes no large files."""
    before = hub.repository(ID).commit_of("main")
    world = clone(home, address(hub, hub.token))
    world.commit({path: content})
    done = world.push("--no-verify", "origin", "main")

    assert not said(done)[0]
    assert why in said(done)[1]
    assert hub.repository(ID).commit_of("main") == before


def test_private_and_gated_repositories_are_cloned_by_those_who_may(home: GitWorld, hub: Hub) -> None:
    """By the same rules as the files over the API."""
    stranger = hub.account("sam")
    hub.settings(ID, private=True)
    assert not said(home.run("clone", "--quiet", address(hub), "a"))[0]
    assert not said(home.run("clone", "--quiet", address(hub, stranger), "b"))[0]
    hub.settings(ID, private=False, gated="auto")
    assert not said(home.run("clone", "--quiet", address(hub, stranger), "c"))[0]
    hub.grant(ID, "sam")

    assert (clone(home, address(hub, stranger)).root / "model.safetensors").read_bytes() == WEIGHTS


def test_a_dataset_and_a_name_of_before_are_cloned(home: GitWorld, hub: Hub) -> None:
    """A type has its own addresses, and git follows where a repository went."""
    hub.create("acme/texts", {"train.csv": b"a\n"}, repo_type="dataset")
    hub.move(ID, "acme/renamed")

    assert (clone(home, address(hub, repo="datasets/acme/texts"), "texts").root / "train.csv").read_bytes() == b"a\n"
    assert (clone(home, address(hub), "renamed").root / "model.safetensors").read_bytes() == WEIGHTS
