"""Repositories: commits, version tags and the place of LFS objects, against what git and git-lfs say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hfsemver.core.errors import RefError, SourceError
from hfsemver.releases.repository import Repository
from tests.gitworld import GitWorld


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A repository with two commits."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"a.txt": b"one"}, "first")
    world.commit({"a.txt": b"two", "sub/b.txt": b"b"}, "second")
    return world


@pytest.fixture
def repository(world: GitWorld) -> Repository:
    """The same, as the package sees it."""
    return Repository.discover(world.root)


def media(world: GitWorld) -> Path:
    """Where git-lfs itself keeps the objects of a repository."""
    lines = dict(line.partition("=")[::2] for line in world.git("lfs", "env").splitlines())
    return Path(lines["LocalMediaDir"])


def test_a_repository_is_found_from_a_folder_below_it(world: GitWorld) -> None:
    """Root and git folder are absolute, wherever one stands."""
    found = Repository.discover(world.root / "sub")
    assert found.root == world.root
    assert found.git_dir == found.common_dir == world.root / ".git"
    assert found.object_format == "sha1"


def test_a_linked_worktree_has_its_own_folder_and_the_common_one(world: GitWorld, tmp_path: Path) -> None:
    """LFS objects and references lie in the common folder."""
    linked = world.worktree(tmp_path / "linked")
    found = Repository.discover(linked.root)
    assert found.root == linked.root
    assert found.git_dir == world.root / ".git" / "worktrees" / "linked"
    assert found.common_dir == world.root / ".git"


def test_a_bare_repository_is_its_own_root(world: GitWorld, tmp_path: Path) -> None:
    """A server has no working tree."""
    bare = world.bare(tmp_path / "bare.git")
    assert world.push("origin", "main").returncode == 0
    found = Repository.discover(bare.root)
    assert found.root == found.git_dir == bare.root
    assert found.resolve("main") == world.head()


def test_no_repository_is_a_reference_error_with_a_hint(tmp_path: Path) -> None:
    """An ordinary folder, a file and a missing folder each say what they are."""
    (tmp_path / "file").touch()
    for path, problem in (
        (tmp_path, "not in a git repository"),
        (tmp_path / "file", "not a folder"),
        (tmp_path / "x", "no folder"),
    ):
        with pytest.raises(RefError, match=problem) as caught:
            Repository.discover(path)
        assert caught.value.hint


def test_a_repository_of_another_user_says_how_to_trust_it(world: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual trap of containers gets the command that leads out of it."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with pytest.raises(RefError, match="belongs to another user") as caught:
        Repository.discover(world.root)
    assert f"safe.directory {world.root}" in caught.value.hint


def test_every_way_of_naming_a_commit_gives_its_full_id(world: GitWorld, repository: Repository) -> None:
    """Branches, short ids, lightweight, annotated and nested tags, and history from a name."""
    head = world.head()
    world.tag("v1.0.0")
    world.tag("v1.1.0", "-a", "-m", "annotated")
    world.git("tag", "-a", "-m", "nested", "v1.2.0", "v1.1.0")
    for name in ("HEAD", "main", head, head[:8], "v1.0.0", "v1.1.0", "v1.2.0", "refs/heads/main", "main@{0}"):
        assert repository.resolve(name) == head
    assert repository.resolve("HEAD~1") == world.git("rev-parse", "HEAD~1")


@pytest.mark.parametrize(
    "name", ["", "--all", "-h", "nothing", "HEAD:a.txt", "HEAD^{tree}", "HEAD~7", "main..main", "a\nb", "0" * 40]
)
def test_what_names_no_commit_is_refused(repository: Repository, name: str) -> None:
    """Files, trees, ranges, unknown names and would-be options are no commits."""
    with pytest.raises(RefError) as caught:
        repository.resolve(name)
    assert caught.value.hint


def test_a_mistyped_tag_suggests_the_one_that_is_there(world: GitWorld, repository: Repository) -> None:
    """The most common mistake ends with the name to type."""
    world.tag("v1.2.0")
    with pytest.raises(RefError) as caught:
        repository.resolve("v1.2")
    assert "did you mean v1.2.0" in caught.value.hint


def test_version_tags_come_with_their_commits_in_order_of_precedence(world: GitWorld, repository: Repository) -> None:
    """Numbers count as numbers, a candidate comes before its release, and tags are peeled to commits."""
    head, first = world.head(), world.git("rev-parse", "HEAD~1")
    for name in ("v1.10.0", "v1.9.0", "v2.0.0-rc.1", "2.0.0", "latest", "v1", "v01.0.0", "release/v3.0.0"):
        world.tag(name)
    world.git("tag", "-a", "-m", "m", "v1.0.0", first)
    world.git("tag", "-a", "-m", "m", "v1.0.1", "v1.0.0")
    world.git("tag", "v7.0.0", "HEAD^{tree}")
    assert [(str(tag), commit) for tag, commit in repository.version_tags()] == [
        ("v1.0.0", first), ("v1.0.1", first), ("v1.9.0", head), ("v1.10.0", head), ("v2.0.0-rc.1", head), ("2.0.0", head),
    ]  # fmt: skip


def test_hostile_tag_names_are_only_names(world: GitWorld, repository: Repository, tmp_path: Path) -> None:
    """Names that a shell or an option parser would obey can exist, and do nothing."""
    head = world.head()
    marker = tmp_path / "marker"
    for name in ("--upload-pack=x", f"v1;touch${{IFS}}{marker}", "$(id)", "`id`", "v1.0.0'|x", "a\u2028b", "\x85"):
        world.git("update-ref", f"refs/tags/{name}", head)
    world.tag("v1.0.0")
    assert [(str(tag), commit) for tag, commit in repository.version_tags()] == [("v1.0.0", head)]
    assert repository.resolve("refs/tags/--upload-pack=x") == head
    assert not marker.exists()


def test_ancestry_is_that_of_the_history(world: GitWorld, repository: Repository) -> None:
    """A commit contains itself; an absent commit is an error and not a no."""
    head, first = world.head(), world.git("rev-parse", "HEAD~1")
    assert repository.is_ancestor(first, head)
    assert repository.is_ancestor(head, head)
    assert not repository.is_ancestor(head, first)
    with pytest.raises(SourceError, match="merge-base"):
        repository.is_ancestor("1" * 40, head)


def test_the_branch_is_known_unless_a_commit_is_checked_out(world: GitWorld, repository: Repository) -> None:
    """A slash belongs to the name; a detached head is on no branch; an unborn branch has its name already."""
    world.git("checkout", "--quiet", "-b", "release/1.x")
    assert repository.branch() == "release/1.x"
    world.git("checkout", "--quiet", "--detach")
    assert repository.branch() is None
    world.git("checkout", "--quiet", "--orphan", "fresh")
    assert repository.branch() == "fresh"


def test_changed_paths_name_each_side_of_a_rename(world: GitWorld, repository: Repository) -> None:
    """A rename breaks whoever asks for the old path, so both paths count; names are not quoted."""
    before = world.head()
    name = 'sub/\u00e9 "quoted"\tname'
    after = world.commit({"sub/b.txt": None, name: b"b", "new": b""})
    assert repository.changed_paths(before, after) == tuple(sorted(("new", "sub/b.txt", name)))
    assert repository.changed_paths(after, after) == ()
    assert repository.changed_paths(None, after) == tuple(sorted(("a.txt", "new", name)))


def test_commits_of_a_span_come_oldest_first_along_first_parents(world: GitWorld, repository: Repository) -> None:
    """What a merge brought in is one step: the states in between were never on the branch."""
    start = world.head()
    world.git("checkout", "--quiet", "-b", "side")
    world.commit({"side.txt": b"1"}, "side one")
    world.commit({"side.txt": b"2"}, "side two")
    world.git("checkout", "--quiet", "main")
    own = world.commit({"own.txt": b"1"}, "own \u2028 subject\n\nbody")
    world.git("merge", "--quiet", "--no-ff", "-m", "merge side", "side")
    commits = repository.commits(f"{start}..main")
    assert [commit.sha for commit in commits] == [own, world.head()]
    assert commits[0].subject == "own \u2028 subject"
    assert commits[0].date == world.git("show", "-s", "--format=%cI", own)
    assert [commit.subject for commit in repository.commits("HEAD")] == [
        "first", "second", "own \u2028 subject", "merge side",
    ]  # fmt: skip
    assert repository.commits("main..main") == ()
    assert repository.commits(f"{start}..") == commits


@pytest.mark.parametrize("span", ["a...b", "nothing..HEAD", "--all", "..--all"])
def test_a_span_that_is_none_is_refused(repository: Repository, span: str) -> None:
    """Both ends have to be commits, and the two dots are the only form."""
    with pytest.raises(RefError):
        repository.commits(span)


@pytest.mark.parametrize("storage", [None, "objects-of-lfs/x", "../beside", "ABSOLUTE", "~/not-expanded"])
def test_the_lfs_store_is_where_git_lfs_says(tmp_path: Path, storage: str | None) -> None:
    """Default, relative and absolute ``lfs.storage``, from the main and from a linked worktree."""
    world = GitWorld.with_lfs(tmp_path / "work")
    if storage:
        world.git("config", "lfs.storage", storage.replace("ABSOLUTE", str(tmp_path / "absolute")))
    linked = world.worktree(tmp_path / "linked")
    for place in (world, linked):
        assert Repository.discover(place.root).lfs_store.media.resolve() == media(place).resolve()


def test_objects_borrowed_from_another_clone_are_found(tmp_path: Path) -> None:
    """A shared clone keeps no objects of its own; git-lfs looks where git does."""
    world = GitWorld.with_lfs(tmp_path / "work")
    world.commit({"model.safetensors": b"weights"})
    world.git("clone", "--quiet", "--shared", "--no-checkout", str(world.root), str(tmp_path / "shared"))
    store = Repository.discover(tmp_path / "shared").lfs_store
    assert [path.resolve() for path in store.borrowed] == [media(world).resolve()]


def test_the_repository_is_read_without_gitpython() -> None:
    """A push without model files must not wait for an import of a tenth of a second."""
    code = "import sys, hfsemver.releases.repository; sys.exit('git' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.timeout(30)
def test_a_list_of_lenders_that_is_no_file_lends_nothing(tmp_path: Path) -> None:
    """A link to an endless device in the place of ``alternates`` is not read."""
    world = GitWorld.create(tmp_path / "world")
    repository = Repository.discover(world.root)
    (repository.common_dir / "objects/info/alternates").symlink_to("/dev/zero")

    assert repository.lfs_store.borrowed == ()
