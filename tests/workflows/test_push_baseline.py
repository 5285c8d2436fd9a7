"""What a push is measured against, where the tags and the branches of the remote tell different stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.workflows.hook.install import install_hook
from tests import builders
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHORT, LONG = (
    {**BODY, "config.json": {"model_type": "llama", "max_position_embeddings": size}} for size in (1024, 2048)
)
"""A context that grows is a minor change; one that shrinks is a major one."""


def released(folder: Path, version: str | None = None) -> Publisher:
    """Publish v1.0.0 with the short context."""
    publisher = Publisher.create(folder)
    publisher.work.commit(model(SHORT, version), "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")
    return publisher


def model(parts: Mapping[str, object], version: str | None = None) -> dict[str, bytes]:
    """Return a release whose configuration is part of what is named."""
    return files(BODY, version) | builders.files({"config.json": parts["config.json"]})


def test_a_tag_that_was_pushed_on_its_own_is_a_baseline(tmp_path: Path) -> None:
    """v1.1.0 went out as a lone tag and extended the context; v1.1.1 must not reduce it."""
    publisher = released(tmp_path)
    publisher.work.commit(model(LONG), "two")
    publisher.work.tag("v1.1.0")
    publisher.push("origin", "v1.1.0")
    publisher.work.commit(model(SHORT), "three")
    publisher.work.tag("v1.1.1")

    said = publisher.refused("origin", "v1.1.1")

    assert "v1.1.1 declares patch, the changes require major" in said
    assert "if it was never pushed, it is no release: git tag -d v1.1.0" in said


def test_a_branch_is_measured_against_a_tag_that_was_pushed_on_its_own(tmp_path: Path) -> None:
    """The version in the card of main has to cover the lone tag v1.1.0 as well."""
    publisher = released(tmp_path, "1.0.0")
    publisher.work.commit(model(LONG, "1.1.0"), "two")
    publisher.work.tag("v1.1.0")
    publisher.push("origin", "v1.1.0")
    publisher.work.commit(model(SHORT, "1.1.1"), "three")

    assert "the changes require major" in publisher.refused("origin", "main")


def test_releases_that_go_out_as_tags_alone_follow_one_another(tmp_path: Path) -> None:
    """Each covers what changed since the one before it and since v1.0.0, so none is in doubt."""
    publisher = released(tmp_path)
    for version, parts in (("v1.1.0", LONG), ("v2.0.0", SHORT), ("v2.1.0", LONG)):
        publisher.work.commit(model(parts), version)
        publisher.work.tag(version)
        publisher.push("origin", version)

    assert "refs/tags/v2.1.0" in publisher.refs()


def test_a_tag_that_was_never_pushed_is_out_of_the_way_once_it_is_deleted(tmp_path: Path) -> None:
    """What the refusal says to type makes v1.0.1 of the repaired model possible."""
    publisher = released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")
    publisher.refused("origin", "v1.0.1")
    publisher.work.commit(model(SHORT) | {"notes.md": b"x"}, "three")
    publisher.work.tag("v1.0.2")

    said = publisher.refused("origin", "v1.0.2")
    publisher.work.git("tag", "-d", "v1.0.1")
    publisher.push("origin", "v1.0.2")

    assert "git tag -d v1.0.1" in said


def test_a_history_that_was_begun_anew_is_measured_against_the_releases_before_it(tmp_path: Path) -> None:
    """A squash leaves v1.0.0 outside of the history, and its consumers where they were."""
    publisher = released(tmp_path)
    publisher.work.git("checkout", "-q", "--orphan", "squashed")
    publisher.work.commit(files(HEADLESS), "squash")
    publisher.work.tag("v1.0.1")

    assert "tensor-removed" in publisher.refused("origin", "v1.0.1")
    publisher.work.git("tag", "-d", "v1.0.1")
    publisher.work.tag("v2.0.0")
    said = publisher.refused("origin", "v2.0.0")

    assert "v2.0.0 declares major" in said
    assert "no version number excuses baseline-unreachable" in said


def test_an_old_commit_may_be_named_after_the_fact(tmp_path: Path) -> None:
    """The releases that came after it are no baseline, and neither are those of a higher version elsewhere."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY), "one")
    first = publisher.work.git("rev-parse", "HEAD").strip()
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")
    publisher.work.git("tag", "v1.5.0", first)

    publisher.push("origin", "v1.5.0")


def test_a_release_that_went_out_alone_covers_the_branch_that_follows(tmp_path: Path) -> None:
    """The tag first, then main with one commit more: nothing changed since v1.1.0, and git does not push it again."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(TUNED), "two")
    publisher.work.tag("v1.1.0")
    publisher.push("origin", "v1.1.0")
    publisher.work.commit({"notes.md": b"x"}, "prose")

    said = publisher.push("origin", "main", "v1.1.0")

    assert "measured against v1.1.0, which no branch of the remote holds" in said
    assert "if it is not out yet: git push origin v1.1.0" in said


def test_a_release_that_is_yet_to_be_pushed_covers_the_branch_as_well(tmp_path: Path) -> None:
    """``git push && git push --tags``: v2.0.0 is large enough for the break that main brings before it."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v2.0.0")
    publisher.work.commit({"notes.md": b"x"}, "prose")

    publisher.push("origin", "main")
    publisher.push("origin", "--tags")

    assert "refs/tags/v2.0.0" in publisher.refs()


def test_a_branch_that_goes_out_before_its_tag_is_told_of_it(tmp_path: Path) -> None:
    """The version of main is seen by nobody until v2.0.0 is out too; in the same push there is nothing to tell."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v2.0.0")

    beside = publisher.push("--dry-run", "origin", "main", "v2.0.0")
    before = publisher.push("origin", "main")

    told = "its version is that of v2.0.0, which is not in this push; if it is not out yet: git push origin v2.0.0"
    assert told in before
    assert told not in beside


def test_a_tag_that_would_be_refused_covers_no_branch(tmp_path: Path) -> None:
    """v1.0.1 on the break that main brings makes no release of it."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")
    publisher.work.commit({"notes.md": b"x"}, "prose")

    said = publisher.refused("origin", "main")

    assert "no version is declared, the changes require major" in said


def older(folder: Path, *, in_card: bool) -> Publisher:
    """Publish v0.9.0 and v1.0.0, and go back to the former."""
    publisher = Publisher.create(folder)
    for number in ("0.9.0", "1.0.0"):
        publisher.work.commit(files(BODY, number if in_card else None) | {"notes.md": number.encode()}, number)
        publisher.work.tag(f"v{number}")
    publisher.push("origin", "main", "v0.9.0", "v1.0.0")
    publisher.work.git("reset", "-q", "--hard", "v0.9.0")
    return publisher


def test_a_patch_of_a_release_has_to_keep_what_that_release_promised(tmp_path: Path) -> None:
    """v1.0.1 made from v0.9.0 is a large step from there, and a break for whoever has v1.0.0."""
    publisher = older(tmp_path, in_card=False)
    publisher.work.commit(files(HEADLESS), "a break")
    publisher.work.tag("v1.0.1")

    said = publisher.refused("origin", "v1.0.1")
    publisher.follow(said)

    assert "v1.0.1 declares patch, the changes require major" in said
    assert "v1.0.0 is outside of this history, and whoever has it is offered this version next" in said
    assert "refs/tags/v2.0.0" in publisher.refs()


def test_a_forced_branch_does_not_claim_a_patch_of_what_it_left(tmp_path: Path) -> None:
    """The same by the card of a protected branch that was set back."""
    publisher = older(tmp_path, in_card=True)
    publisher.work.commit(files(HEADLESS, "1.0.1"), "a break")

    assert "v1.0.1 declares patch, the changes require major" in publisher.refused("--force", "origin", "main")
    publisher.work.commit(files(HEADLESS, "2.0.0"), "named")
    publisher.work.git("merge", "-q", "--strategy=ours", "-m", "keep v1.0.0", "v1.0.0")
    publisher.push("origin", "main")


def test_the_next_patch_of_an_older_release_is_measured_against_that_one(tmp_path: Path) -> None:
    """v0.9.1 breaks nothing of 0.9.0, and whoever has v1.0.0 is not offered it."""
    publisher = older(tmp_path, in_card=False)
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("v0.9.1")

    publisher.push("origin", "v0.9.1")


def test_a_release_of_a_side_line_that_was_never_pushed_can_be_taken_out_of_the_way(tmp_path: Path) -> None:
    """The tag of an experiment lies below what is released now, and the refusal says how to go on without it."""
    publisher = Publisher.released(tmp_path)
    publisher.work.git("checkout", "-q", "-b", "side")
    publisher.work.commit(files(HEADLESS), "an experiment")
    publisher.work.tag("v1.0.5")
    publisher.work.git("checkout", "-q", "main")
    publisher.work.commit(files(TUNED), "two")
    publisher.work.tag("v1.1.0")

    said = publisher.refused("origin", "v1.1.0")
    publisher.work.git("tag", "-d", "v1.0.5")
    publisher.push("origin", "v1.1.0")

    assert "no branch of the remote holds v1.0.5; if it was never pushed, it is no release: git tag -d v1.0.5" in said


@pytest.mark.parametrize("version", [None, "1.0.1"], ids=["tags", "card"])
def test_a_new_branch_without_a_history_is_no_first_release(tmp_path: Path, version: str | None) -> None:
    """A protected branch that the remote has not got yet is measured against what was released elsewhere."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY, version and "1.0.0"), "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main:master", "v1.0.0")
    publisher.work.git("checkout", "-q", "--orphan", "anew")
    publisher.work.commit(files(HEADLESS, version), "squash")

    assert "tensor-removed" in publisher.refused("origin", "anew:main")


def test_the_first_tag_is_measured_against_the_card_of_the_protected_branch(tmp_path: Path) -> None:
    """The remote's main says 1.0.0, so v1.0.1 is no first release, neither on its own nor beside main."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.push("origin", "main")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")
    publisher.work.tag("v1.0.1")

    assert "v1.0.1 declares patch, the changes require major" in publisher.refused("origin", "v1.0.1")
    assert "v1.0.1 declares patch, the changes require major" in publisher.refused("origin", "main", "v1.0.1")


def test_the_first_tag_may_name_what_the_protected_branch_holds(tmp_path: Path) -> None:
    """Tags where cards alone told the version so far: v1.0.0 afterwards, v1.1.0 before main moves on."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.push("origin", "main")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "v1.0.0")
    publisher.work.commit(files(TUNED, "1.1.0"), "two")
    publisher.work.tag("v1.1.0")
    publisher.push("origin", "v1.1.0")
    publisher.push("origin", "main")

    assert {"refs/tags/v1.0.0", "refs/tags/v1.1.0"} <= publisher.refs().keys()


def test_a_draft_is_no_measure_of_itself(tmp_path: Path) -> None:
    """A break that was let out on a draft branch is measured against main when it goes to a protected one."""
    publisher = Publisher.create(tmp_path)
    policy = {".hfsemver.yaml": "protected_branches: [main, 'release/*']\n"}
    publisher.work.commit(files(BODY, "1.0.0", **policy), "one")
    publisher.push("origin", "main")
    publisher.work.commit(files(HEADLESS, "1.0.0", **policy), "two")
    publisher.push("origin", "HEAD:refs/heads/dev")

    assert "the changes require major" in publisher.refused("origin", "HEAD:refs/heads/release/1.x")
    publisher.push("origin", "main~1:refs/heads/release/1.x")


@pytest.mark.parametrize("fault", ["link", "pointer", "text"])
def test_the_policy_of_a_draft_that_cannot_be_read_is_no_obstacle_to_a_first_tag(tmp_path: Path, fault: str) -> None:
    """A link, a pointer to what is not here, or no YAML: main decides, as if the draft had no policy."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.push("origin", "main")
    path = publisher.work.root / ".hfsemver.yaml"
    if fault == "link":
        path.symlink_to("README.md")
    else:
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'1' * 64}\nsize 100\n"
        path.write_text(pointer if fault == "pointer" else "a: [")
    publisher.work.commit({"notes.md": b"x"}, "a draft")
    publisher.push("--no-verify", "origin", "HEAD:refs/heads/draft")
    path.unlink()
    publisher.work.commit(files(HEADLESS, "2.0.0"), "two")
    publisher.work.tag("v2.0.0")

    publisher.push("origin", "v2.0.0")

    assert "refs/tags/v2.0.0" in publisher.refs()


@pytest.mark.parametrize("setting", ["url", "pushurl"])
def test_a_remote_that_is_named_by_its_url_is_the_same_remote(tmp_path: Path, setting: str) -> None:
    """A tag that was refused and stayed behind hides nothing, whichever way the remote is named."""
    publisher = Publisher.released(tmp_path)
    url = str(publisher.remote.root)
    if setting == "pushurl":
        publisher.work.git("config", "remote.origin.url", "https://example.org/org/model")
        publisher.work.git("config", "remote.origin.pushurl", url)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")
    publisher.refused(url, "v1.0.1")
    publisher.work.commit({"notes.md": b"x"}, "three")
    publisher.work.tag("v1.0.2")

    assert "v1.0.2 declares patch, the changes require major" in publisher.refused(url, "v1.0.2")


def test_a_clone_without_tags_cannot_tell_what_a_first_release_is(tmp_path: Path) -> None:
    """``git clone --no-tags`` knows of no v1.0.0; what the refusal says to type brings it."""
    publisher = Publisher.released(tmp_path)
    clone = GitWorld(tmp_path / "clone", publisher.work.environment)
    publisher.work.git("clone", "-q", "--no-tags", str(publisher.remote.root), str(clone.root))
    clone.git("lfs", "install", "--local")
    clone.git("lfs", "pull")
    install_hook(str(clone.root))
    other = Publisher(clone, publisher.remote)
    clone.commit(files(HEADLESS), "two")
    clone.tag("v1.0.1")

    said = other.refused("origin", "v1.0.1")
    for command in "git config --unset remote.origin.tagOpt", "git fetch --tags origin":
        assert command in said
        clone.git(*command.split()[1:])

    assert "v1.0.1 declares patch, the changes require major" in other.refused("origin", "v1.0.1")


@pytest.mark.parametrize(("name", "times"), [("v1.0.1", 1), ("v1.2.0", 1), ("v2.0.0", 0), ("v0.1.0", 0)])
def test_a_first_release_with_the_number_of_a_later_one_is_doubted(tmp_path: Path, name: str, times: int) -> None:
    """It goes out, since a repository may begin with any number, and the publisher hears what that rests on."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY), "one")
    publisher.work.tag(name)

    said = publisher.push("origin", "main", name)

    assert said.count("nothing here tells of a release before it") == times
