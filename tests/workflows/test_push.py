"""Real pushes, through real git and real git-lfs, to a bare remote: what goes out, what does not, and what is said."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.finding import Finding, Level
from hfsemver.core.location import Location
from hfsemver.workflows.remotes import without_credentials
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_first_release_goes_out_whole(tmp_path: Path) -> None:
    """Branch, tag and weights all arrive, and a fresh clone has every byte."""
    publisher = Publisher.released(tmp_path, "1.0.0")

    clone = GitWorld(tmp_path / "clone", publisher.work.environment)
    filters = ("-c", "filter.lfs.smudge=git-lfs smudge -- %f", "-c", "filter.lfs.required=true")
    publisher.work.git(*filters, "clone", "--quiet", str(publisher.remote.root), str(clone.root))

    assert set(publisher.refs()) == {"refs/heads/main", "refs/tags/v1.0.0"}
    assert len(publisher.uploads()) == 1
    for name, content in files(BODY, "1.0.0").items():
        assert (clone.root / name).read_bytes() == content


def test_a_break_under_a_small_version_is_refused_and_nothing_is_uploaded(tmp_path: Path) -> None:
    """A tensor is gone and the card says 1.0.1: no ref moves, no object arrives, and 2.0.0 is named."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    said = publisher.refused("origin", "main")

    assert "tensor-removed" in said
    assert "release 2.0.0" in said


def test_what_the_refusal_says_to_type_is_all_it_takes(tmp_path: Path) -> None:
    """The last lines, pasted into a shell after the card was edited as they say, publish the release."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")
    publisher.work.tag("v1.0.1")

    said = publisher.refused("origin", "main", "v1.0.1")
    lines = said.partition("To release it as 2.0.0:\n")[2].splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith("  git ")]
    publisher.work.write(files(HEADLESS, "2.0.0"))
    for command in commands:
        publisher.work.git(*command[1:])

    assert "  set `version: 2.0.0` in README.md" in lines
    assert [command[1] for command in commands] == ["commit", "tag", "tag", "push"]
    assert set(publisher.refs()) == {"refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v2.0.0"}
    assert len(publisher.uploads()) == 2


def test_where_tags_alone_declare_the_version_the_way_out_is_a_tag(tmp_path: Path) -> None:
    """Without a version in the card the advice is two commands, and they publish."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(TUNED), "two")

    said = publisher.refused("origin", "main")
    lines = said.partition("To release it as 1.1.0:\n")[2].splitlines()
    for line in lines[:2]:
        publisher.work.git(*shlex.split(line)[1:])

    assert "no new version was declared" in said
    assert lines[1].strip() == "git push origin main v1.1.0"
    assert "refs/tags/v1.1.0" in publisher.refs()


def test_a_break_under_a_large_version_goes_out(tmp_path: Path) -> None:
    """2.0.0 covers a removed tensor."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "2.0.0"), "two")

    said = publisher.push("origin", "main")

    assert "hfsemver: main: v2.0.0 declares major" in said
    assert len(publisher.uploads()) == 2


def test_a_version_tag_is_judged_by_its_own_name(tmp_path: Path) -> None:
    """The annotated tag v1.0.1 on a break is refused although the branch it is on is not pushed."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1", "-a", "-m", "small")

    said = publisher.refused("origin", "v1.0.1")

    assert "v1.0.1 declares patch, the changes require major" in said
    assert "git tag -d v1.0.1" in said


@pytest.mark.parametrize("name", ["v2.0.0", "2.0.0", "v2.0.0-rc.1"])
def test_a_version_tag_that_is_large_enough_goes_out(tmp_path: Path, name: str) -> None:
    """With and without the v, and as a candidate; a lightweight tag here."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag(name)

    publisher.push("origin", name)

    assert f"refs/tags/{name}" in publisher.refs()
    assert len(publisher.uploads()) == 2


def test_a_candidate_of_too_small_a_release_is_refused(tmp_path: Path) -> None:
    """1.1.0-rc.1 of a break announces a number that will not do."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.1.0-rc.1")

    assert "the changes require major" in publisher.refused("origin", "v1.1.0-rc.1")


def test_a_tag_that_exists_only_in_the_push_declares_the_version(tmp_path: Path) -> None:
    """``git push origin main HEAD:refs/tags/v2.0.0`` makes no tag here, and both refs are judged as 2.0.0."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")

    said = publisher.push("origin", "main", "HEAD:refs/tags/v2.0.0")

    assert said.count("v2.0.0 declares major") == 2
    assert "refs/tags/v2.0.0" in publisher.refs()


def test_a_published_version_does_not_move(tmp_path: Path) -> None:
    """Forcing v1.0.0 onto another commit is refused, whatever changed."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit({"notes.md": b"x"}, "two")
    publisher.work.tag("v1.0.0", "--force", "-a", "-m", "again")

    said = publisher.refused("--force", "origin", "v1.0.0")

    assert "published already, from another commit" in said


def test_a_version_is_one_whether_or_not_its_tag_has_a_v(tmp_path: Path) -> None:
    """1.0.0 beside v1.0.0 on a later commit would be a second content, even where no file of the model changed."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit({"notes.md": b"x"}, "two")
    publisher.work.tag("1.0.0")

    said = publisher.refused("origin", "1.0.0")
    publisher.follow(said)

    assert "1.0.0 is already released from another commit" in said
    assert set(publisher.refs()) == {"refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v1.0.1"}


def test_what_the_refusal_of_a_moved_version_says_to_type_publishes_the_change(tmp_path: Path) -> None:
    """v1.0.0 comes back to where it is on the remote, so that the break is measured against it, and gets its number."""
    publisher = Publisher.released(tmp_path)
    before = publisher.refs()["refs/tags/v1.0.0"]
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.0", "--force")

    steps = publisher.follow(publisher.refused("--force", "origin", "main", "v1.0.0"))

    assert steps[0] == "git fetch --force origin tag v1.0.0"
    assert publisher.work.git("rev-parse", "v1.0.0") == publisher.refs()["refs/tags/v1.0.0"] == before
    assert "refs/tags/v2.0.0" in publisher.refs()


def test_a_tag_that_is_not_here_is_not_said_to_have_moved(tmp_path: Path) -> None:
    """Somebody gave it another message: the commit may be the same, and fetching tells."""
    publisher = Publisher.released(tmp_path)
    other = GitWorld(tmp_path / "other", publisher.work.environment)
    publisher.work.git("clone", "-q", "--no-checkout", str(publisher.remote.root), str(other.root))
    other.git("tag", "-f", "-a", "-m", "a better message", "v1.0.0", "v1.0.0^{commit}")
    other.git("push", "-q", "--force", "origin", "v1.0.0")
    publisher.work.git("tag", "-f", "-a", "-m", "mine", "v1.0.0", "v1.0.0^{commit}")

    said = publisher.refused("--force", "origin", "v1.0.0")
    publisher.work.git("fetch", "--force", "origin", "tag", "v1.0.0")

    assert "v1.0.0 is published already, and what it names there is not here" in said
    assert "git fetch --force origin tag v1.0.0" in said
    assert "Everything up-to-date" in publisher.push("origin", "v1.0.0")


def test_a_published_version_may_get_another_message(tmp_path: Path) -> None:
    """The tag object is new, its commit is not."""
    publisher = Publisher.released(tmp_path)
    publisher.work.git("tag", "--force", "-a", "-m", "a better message", "v1.0.0", "v1.0.0^{commit}")

    assert "keeps its commit" in publisher.push("--force", "origin", "v1.0.0")


def test_a_tag_that_is_no_version_is_not_judged(tmp_path: Path) -> None:
    """``nightly`` promises nothing."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("nightly")

    assert "no version" in publisher.push("origin", "nightly")


def test_deleting_a_release_passes_and_says_what_is_lost(tmp_path: Path) -> None:
    """The hook warns; the decision is the publisher's."""
    publisher = Publisher.released(tmp_path)

    said = publisher.push("origin", "--delete", "v1.0.0")

    assert "whoever pins v1.0.0" in said
    assert "refs/tags/v1.0.0" not in publisher.refs()


def test_deleting_a_branch_passes(tmp_path: Path) -> None:
    """There is nothing to judge."""
    publisher = Publisher.released(tmp_path)
    publisher.push("origin", "main:dev")

    publisher.push("origin", ":dev")

    assert "refs/heads/dev" not in publisher.refs()


def test_a_draft_branch_may_break_as_long_as_it_claims_nothing(tmp_path: Path) -> None:
    """Work on a branch that nobody pins is told what it will cost, and goes out."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.0"), "two")

    said = publisher.push("origin", "HEAD:refs/heads/try/less")

    assert re.search(r"hfsemver: try/less: .*the changes require major", said)
    assert "deny[" not in said


def test_a_draft_branch_that_claims_too_small_a_version_is_refused(tmp_path: Path) -> None:
    """A number in the card is a claim, wherever it goes."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.1.0"), "two")

    said = publisher.refused("origin", "HEAD:refs/heads/try/less")

    assert "git push origin HEAD:refs/heads/try/less" in said


@pytest.mark.parametrize("source", ["HEAD", "sha"])
def test_the_remote_ref_decides_what_is_protected(tmp_path: Path, source: str) -> None:
    """From a branch called anything, or from a bare commit, ``refs/heads/main`` on the remote is main."""
    publisher = Publisher.released(tmp_path)
    publisher.work.git("switch", "--quiet", "-c", "anything")
    commit = publisher.work.commit(files(TUNED), "two")
    source = commit if source == "sha" else source

    assert "protected branch main" in publisher.refused("origin", f"{source}:refs/heads/main")
    publisher.push("origin", f"{source}:refs/pr/1")

    assert publisher.refs()["refs/pr/1"] == commit


def test_a_forced_push_is_judged_against_the_release_and_called_forced(tmp_path: Path) -> None:
    """A rewritten main still has to cover what changed since v1.0.0."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(TUNED, "1.1.0"), "two")
    publisher.push("origin", "main")
    publisher.work.git("reset", "--quiet", "--hard", "v1.0.0")
    publisher.work.commit(files(HEADLESS, "1.1.0"), "another two")

    said = publisher.refused("--force", "origin", "main")
    publisher.work.commit(files(HEADLESS, "2.0.0"), "two again")
    let_out = publisher.push("--force", "origin", "main")

    assert "tensor-removed" in said
    assert "main: forced: " in let_out


def test_a_stale_push_is_judged_without_the_commit_that_is_not_here(tmp_path: Path) -> None:
    """Somebody else pushed; git tells the hook of a commit that this clone has never seen."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    other = GitWorld(tmp_path / "other", publisher.work.environment)
    publisher.work.git("clone", "--quiet", "--no-checkout", str(publisher.remote.root), str(other.root))
    other.git("config", "filter.lfs.required", "false")
    other.git("commit", "--quiet", "--allow-empty", "-m", "elsewhere")
    other.git("push", "--quiet", "origin", "HEAD:main")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    said = publisher.refused("--force", "origin", "main")

    assert "tensor-removed" in said
    assert "which is not here: fetch before you push" in said


def test_nothing_to_push_is_nothing_to_judge(tmp_path: Path) -> None:
    """Git calls the hook with an empty standard input."""
    publisher = Publisher.released(tmp_path)

    assert "hfsemver" not in publisher.push("origin", "main")


def test_a_dry_run_is_judged_as_well(tmp_path: Path) -> None:
    """``git push --dry-run`` asks the hook, so it tells what the push would meet."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    publisher.refused("--dry-run", "origin", "main")


def test_prose_and_pictures_pass_at_once(tmp_path: Path) -> None:
    """No release is even opened, on main and on a new branch."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit({"notes.md": b"thanks", "docs/figure.png": b"\x89PNG"}, "prose")

    assert "no file of the model" in publisher.push("origin", "main")
    publisher.work.commit({"notes.md": b"thanks again"}, "prose")
    assert "no file of the model" in publisher.push("origin", "HEAD:refs/heads/dev")


def test_terms_of_use_beside_the_licence_are_no_mere_prose(tmp_path: Path) -> None:
    """What nobody reads for the publisher is told, by a push as by a check."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit({"USAGE_POLICY.md": b"Not for the military.\n"}, "two")

    said = publisher.push("origin", "main")

    assert "no file of the model" not in said
    assert "(1 rule not evaluated)" in said


def test_a_tag_on_prose_is_judged(tmp_path: Path) -> None:
    """A version that goes back is invalid even where no file of the model changed."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit({"notes.md": b"thanks"}, "prose")
    publisher.work.tag("v0.9.0")

    said = publisher.refused("origin", "main")

    assert "0.9.0 is below the baseline's 1.0.0" in said
    assert "git tag -a v1.0.1" in said


def test_a_repository_that_was_never_versioned_hears_of_changed_weights(tmp_path: Path) -> None:
    """Without any tag the remote's commit is the baseline, and main may not change under one name."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY), "one")
    publisher.push("origin", "main")
    publisher.work.commit(files(TUNED), "two")

    said = publisher.refused("origin", "main")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")

    assert "no new version was declared" in said


def test_a_tag_that_was_refused_and_stayed_behind_is_no_baseline(tmp_path: Path) -> None:
    """v1.0.1 was never published, so the break that it held is still a break since v1.0.0."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")
    publisher.refused("origin", "v1.0.1")
    publisher.work.commit({"config.json": b'{"model_type": "llama", "note": 1}'}, "three")
    publisher.work.tag("v1.0.2")

    said = publisher.refused("origin", "v1.0.2")

    assert "v1.0.2 declares patch, the changes require major" in said


def test_a_push_cannot_silence_its_own_findings(tmp_path: Path) -> None:
    """The policy is that of the baseline: one that went out without a release holds only after the next release."""
    publisher = Publisher.released(tmp_path)
    weaker = Finding(
        rule="policy-weakened",
        level=Level.DENY,
        bump=None,
        message="",
        location=Location(file=".hfsemver.yaml", pointer="rules.tensor-removed"),
        baseline="deny major",
        current="allow major",
    )
    entry = f"{{fingerprint: {weaker.fingerprint}, reason: nobody strict is left, until: 2100-01-01}}"
    rules = "rules:\n  tensor-removed: allow\n"
    publisher.work.commit(files(BODY) | {".hfsemver.yaml": rules.encode()}, "policy first")
    assert "policy-weakened" in publisher.refused("origin", "main")
    publisher.work.commit({".hfsemver.yaml": f"{rules}accept: [{entry}]\n".encode()}, "policy with its reason")
    publisher.push("origin", "main")
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")

    assert "tensor-removed" in publisher.refused("origin", "main", "v1.0.1")
    publisher.work.git("tag", "-d", "v1.0.1")
    publisher.work.git("tag", "v1.0.1", "HEAD~1")
    publisher.push("origin", "v1.0.1")
    publisher.work.tag("v1.0.2")
    assert "tensor-removed" not in publisher.push("origin", "main", "v1.0.2")


def test_protected_branches_come_from_the_policy(tmp_path: Path) -> None:
    """A glob of the policy that is out protects a new branch."""
    publisher = Publisher.create(tmp_path)
    policy = {".hfsemver.yaml": "protected_branches: ['release/*']\n"}
    publisher.work.commit(files(BODY, **policy), "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")
    publisher.work.commit(files(TUNED, **policy), "two")

    publisher.push("origin", "main")
    assert "protected branch release/1.x" in publisher.refused("origin", "HEAD:refs/heads/release/1.x")


@pytest.mark.parametrize("name", ["v1.0.1", "1.0.1"])
def test_a_branch_that_is_named_like_a_version_is_protected(tmp_path: Path, name: str) -> None:
    """Whoever loads that revision takes it for the release."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")

    publisher.push("origin", "HEAD:refs/heads/draft")
    assert f"protected branch {name}" in publisher.refused("origin", f"HEAD:refs/heads/{name}")


@pytest.mark.parametrize("state", ["out", "in this push"])
def test_a_policy_that_was_deleted_protects_until_the_next_release(tmp_path: Path, state: str) -> None:
    """That of v1.0.0 counts, although neither the remote's branch nor what is pushed has the file any more."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY, **{".hfsemver.yaml": "protected_branches: ['release/*']\n"}), "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")
    publisher.work.commit({".hfsemver.yaml": None}, "no policy any more")
    publisher.work.commit(files(TUNED), "two")
    if state == "out":
        publisher.push("origin", "main")
        publisher.work.commit({"notes.md": b"x"}, "prose")

    assert "protected branch release/1.x" in publisher.refused("origin", "HEAD:refs/heads/release/1.x")


def test_a_broken_policy_is_refused_before_it_is_out(tmp_path: Path) -> None:
    """All its problems are named; once out it would stand in the way of every push."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit({".hfsemver.yaml": b"promis: load\nrules:\n  nonsense: deny\n"}, "policy")

    said = publisher.refused("origin", "main")

    assert "promis: unknown key, did you mean 'promise'?" in said
    assert "rules.nonsense" in said


def test_a_broken_policy_that_is_out_can_be_repaired(tmp_path: Path) -> None:
    """Released, it refuses every push, also that of its repair, and says how that one gets out."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit({".hfsemver.yaml": b"promis: load\n"}, "policy")
    publisher.work.tag("v1.0.1")
    publisher.push("origin", "main", "v1.0.1", HFSEMVER_SKIP="to be broken")
    publisher.work.commit({".hfsemver.yaml": b"promise: load\n"}, "repair")
    publisher.work.tag("v1.0.2")

    said = publisher.refused("origin", "main", "v1.0.2")
    publisher.push("origin", "main", "v1.0.2", HFSEMVER_SKIP="repair the policy")
    publisher.work.commit(files(TUNED) | {".hfsemver.yaml": b"promise: load\n"}, "two")
    publisher.work.tag("v1.1.0")
    publisher.push("origin", "main", "v1.1.0")

    assert "HFSEMVER_SKIP='repair the policy' git push" in said


def test_a_file_that_cannot_be_read_refuses_the_push(tmp_path: Path) -> None:
    """A damaged header is no verdict, and never "no change"."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    damaged = files(BODY, "1.0.1") | {"model.safetensors": b"\xff" * 64}
    publisher.work.commit(damaged, "two")

    said = publisher.refused("origin", "main")

    assert "could not be judged: model.safetensors" in said
    assert "HFSEMVER_SKIP='say here why' git push origin main" in said


def test_a_baseline_of_pointers_alone_is_compared_by_digests(tmp_path: Path) -> None:
    """The objects of the old release were pruned: what cannot be evaluated is said, and is no refusal."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(TUNED, "1.1.0"), "two")
    for path in publisher.objects():
        (publisher.work.root / ".git" / "lfs" / path.relative_to(publisher.remote.root / "lfs")).unlink()

    assert "not evaluated" in publisher.push("origin", "main")


def test_one_report_is_shown_once_for_a_branch_and_its_tag(tmp_path: Path) -> None:
    """Both refs are refused, and the finding stands there once."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")
    publisher.work.tag("v1.0.1")

    said = publisher.refused("origin", "main", "v1.0.1")

    assert said.count("deny[tensor-removed]") == 1
    assert said.count("REFUSED: ") == 2


def test_a_refusal_that_nobody_reads_is_a_refusal(tmp_path: Path) -> None:
    """``git push 2>&1 | true`` loses the words and publishes nothing."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")
    before = (publisher.refs(), publisher.uploads())
    reading, writing = os.pipe()
    os.close(reading)

    command, work = ["git", "push", "origin", "main"], publisher.work
    done = subprocess.run(command, cwd=work.root, env=work.environment, stdout=writing, stderr=writing, check=False)
    os.close(writing)

    assert done.returncode != 0
    assert (publisher.refs(), publisher.uploads()) == before


def test_a_token_in_the_url_is_not_repeated(tmp_path: Path) -> None:
    """What the hook suggests to type holds the remote without its credentials."""
    assert without_credentials("https://user:hf_secret@example.org/a/b") == "https://example.org/a/b"
    assert without_credentials("git@example.org:a/b") == "git@example.org:a/b"


def test_the_way_out_for_a_branch_that_is_not_checked_out_begins_there(tmp_path: Path) -> None:
    """A release commit made on the branch that happens to be checked out would publish other weights."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.git("checkout", "-q", "-b", "work")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "a break")
    publisher.work.git("checkout", "-q", "main")
    said = publisher.refused("origin", "work:main")

    steps = [line.strip() for line in said.splitlines()]
    assert "git checkout work" in steps
    assert steps.index("git checkout work") < steps.index("set `version: 2.0.0` in README.md")
    publisher.work.git("checkout", "-q", "work")
    assert "git checkout" not in publisher.refused("origin", "work:main")
