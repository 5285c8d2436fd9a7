"""What the doctor sees of a model on a Hub; the faults are made with the client that everybody has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from hfsemver.core.access import PATH as ACCESS
from hfsemver.core.access import Access
from hfsemver.core.surface import PATH
from hfsemver.releases.formats.access import write_access
from hfsemver.releases.ref import HubRef
from hfsemver.workflows.doctor.diagnosis import Health
from hfsemver.workflows.doctor.examine import examine
from hfsemver.workflows.doctor.hub import examine_model
from hfsemver.workflows.surface import write_into
from tests.hub.faults import ALWAYS, Answer, Status
from tests.hub.here import wire
from tests.workflows.pushing import BODY, HEADLESS, TUNED, files
from tests.workflows.uploading import Uploader

if TYPE_CHECKING:
    from hfsemver.workflows.doctor.diagnosis import Diagnosis
    from tests.hub.hub import Hub

ID = "acme/model"
ADDRESS = f"hf://{ID}"
API = f"/api/models/{ID}"
MOST = 20
"""Requests that one look may cost, whatever is wrong."""


def look(hub: Hub, revision: str = "main", token: str | None = None) -> tuple[Diagnosis, ...]:
    """Examine the model, and insist that it only reads, and how often."""
    hub.requests.clear()
    found = examine_model(HubRef(ID, revision), wire(hub, token))
    assert {request.method for request in hub.requests} <= {"GET"}
    return found


def seen(hub: Hub, name: str, health: Health, revision: str = "main") -> str:
    """Return what is said of a thing that is in a state, with what to type."""
    return "\n".join(
        f"{one.text} | {one.hint}" for one in look(hub, revision) if one.name == name and one.health is health
    )


def healths(found: tuple[Diagnosis, ...]) -> set[Health]:
    return {one.health for one in found}


def changelog(*versions: str) -> dict[str, str]:
    """Return a changelog with an entry for each version."""
    entries = "".join(f"## [{version}] - 2026-01-02\n\n- Better.\n\n" for version in versions)
    return {"CHANGELOG.md": f"# Changelog\n\n{entries}"}


@pytest.fixture
def api(hub: Hub) -> HfApi:
    """The client of the owner, and a model with the releases 1.0.0 and 1.1.0 and the branches that follow them."""
    api = HfApi(endpoint=hub.url, token=hub.token)
    hub.create(ID, files(BODY, "1.0.0", **changelog("1.0.0")))
    api.create_tag(ID, tag="v1.0.0", tag_message="one")
    hub.commit(ID, files(TUNED, "1.1.0", **changelog("1.1.0", "1.0.0")))
    api.create_tag(ID, tag="v1.1.0", tag_message="two")
    for branch in ("v1", "v1.1"):
        api.create_branch(ID, branch=branch)
    api.create_branch(ID, branch="v1.0", revision="v1.0.0")
    return api


def test_a_model_whose_tags_can_be_believed_is_in_order(api: HfApi, hub: Hub) -> None:
    """Everything is looked at, and nothing is found, in fewer than a dozen requests."""
    found = look(hub)

    assert healths(found) == {Health.OK}
    looked_at = {"hub", "model", "history", "tags", "branches", "card", "policy", "releases", "weights"}
    assert {one.name for one in found} == looked_at
    assert len(hub.requests) < 12
    said = "\n".join(one.text for one in found)
    assert "the token belongs to ada" in said
    assert "the newest in the history of main is v1.1.0" in said
    assert "each of the 2 that CHANGELOG.md" in said
    assert hub.token not in said


def test_the_command_ends_with_1_when_something_is_broken(api: HfApi, hub: Hub, tmp_path: Path) -> None:
    """From the words typed to the exit code, in both formats; ``org/name@revision`` is the model as well."""
    settings = os.environ | hub.environment(tmp_path)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hfsemver", "doctor", *words]
        return subprocess.run(command, env=settings, cwd=tmp_path, capture_output=True, text=True, check=False)

    sound = run(ADDRESS)
    api.delete_tag(ID, tag="v1.0.0")
    api.create_tag(ID, tag="v1.0.0")
    human, data = run(f"{ID}@main"), run(ADDRESS, "--format", "json")
    nowhere = run("hf://model")

    assert (sound.returncode, human.returncode, data.returncode, nowhere.returncode) == (0, 1, 1, 2)
    assert "BROKEN  card        v1.0.0 is on" in human.stdout
    document = json.loads(data.stdout)
    assert (document["schema"], document["ok"]) == ("hfsemver/doctor/1", False)
    assert hub.token not in human.stdout + human.stderr + data.stdout + sound.stdout


def test_a_tag_that_was_moved_to_a_later_release_is_broken(api: HfApi, hub: Hub) -> None:
    """The card at the tag says the number of the other one."""
    api.delete_tag(ID, tag="v1.0.0")
    api.create_tag(ID, tag="v1.0.0")

    assert "v1.0.0 is on" in seen(hub, "card", Health.BROKEN)
    assert "whose README.md says 1.1.0: the tag was moved" in seen(hub, "card", Health.BROKEN)
    assert "one commit is several releases: v1.0.0, v1.1.0" in seen(hub, "tags", Health.NOTE)


def test_a_release_that_left_its_mark_shows_that_its_tag_was_moved_or_taken_away(here: Hub, tmp_path: Path) -> None:
    """Whatever the cards say: the commit is known, and the commands that put the tag back do so."""
    hub, uploader = here, Uploader.of(here, tmp_path)
    uploader.push()
    api = HfApi(endpoint=hub.url, token=hub.token)
    commit = api.model_info(ID, revision="v1.1.0").sha
    assert not seen(hub, "tags", Health.BROKEN)
    hub.commit(ID, {"notes.md": b"# Notes\n"})
    api.delete_tag(ID, tag="v1.1.0")

    deleted = seen(hub, "releases", Health.BROKEN)
    api.create_tag(ID, tag="v1.1.0")
    moved = seen(hub, "tags", Health.BROKEN)

    assert "was released as 1.1.0, and no tag names it" in deleted
    assert f"hf repos tag create {ID} v1.1.0 --revision {commit}" in deleted
    assert "the tag was moved" in moved
    command = moved.partition(" | ")[2]
    settings = os.environ | hub.environment(tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{settings['PATH']}"
    subprocess.run(
        ["bash", "-c", command.replace(" delete ", " delete --yes ")],
        env=settings | {"PATH": path},
        check=True,
        capture_output=True,
    )
    assert not seen(hub, "tags", Health.BROKEN)
    assert api.model_info(ID, revision="v1.1.0").sha == commit


def test_a_release_between_others_whose_tag_is_gone_is_broken(api: HfApi, hub: Hub) -> None:
    """The changelog names it; above all tags it may be on its way, and a candidate that is gone is worth knowing."""
    hub.commit(ID, files(BODY, "1.3.0", **changelog("1.3.0", "1.2.0", "1.2.0-rc.1", "1.1.0", "1.0.0", "0.9.0")))
    early = look(hub)
    api.create_tag(ID, tag="v1.3.0")

    assert Health.BROKEN not in healths(early)
    open_ = [one for one in early if one.name == "releases" and "1.3.0" in one.text]
    assert [one.health for one in open_] == [Health.NOTE]
    assert f"hfsemver check {ADDRESS}@" in open_[0].hint
    assert "CHANGELOG.md has an entry for 1.2.0, and no tag names it" in seen(hub, "releases", Health.BROKEN)
    assert "1.2.0-rc.1" not in seen(hub, "releases", Health.BROKEN)
    notes = seen(hub, "releases", Health.NOTE)
    assert "1.2.0-rc.1" in notes
    assert "named, below the first tag: 0.9.0" in notes


def test_a_squashed_history_is_broken_until_it_is_joined(api: HfApi, hub: Hub, tmp_path: Path) -> None:
    """The tags name commits that main does not come from any more; what the hint says to type mends that."""
    api.super_squash_history(ID, branch="main")

    broken = seen(hub, "history", Health.BROKEN)
    assert "it has no commit in common with v1.1.0, v1.0.0" in broken
    assert "not in the history of main: v1.0.0, v1.1.0" in seen(hub, "tags", Health.NOTE)
    command = broken.partition(" | ")[2]
    login = f"url.{hub.url.replace('://', f'://ada:{hub.token}@')}.insteadOf"
    settings = os.environ | hub.environment(tmp_path) | {"GIT_ALLOW_PROTOCOL": "http"}
    settings |= {"GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": login, "GIT_CONFIG_VALUE_0": hub.url}
    settings |= {"GIT_CONFIG_KEY_1": "user.name", "GIT_CONFIG_VALUE_1": "Ada"}
    settings |= {"GIT_CONFIG_KEY_2": "user.email", "GIT_CONFIG_VALUE_2": "ada@example.org"}
    done = subprocess.run(
        ["bash", "-c", command], env=settings, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert healths(look(hub)) == {Health.OK}


def test_a_history_that_went_on_after_it_was_squashed_is_worth_knowing(api: HfApi, hub: Hub) -> None:
    """The newest release is in it, and the older ones can still be pinned."""
    api.super_squash_history(ID, branch="main")
    hub.commit(ID, files(BODY, "1.2.0", **changelog("1.2.0", "1.1.0", "1.0.0")))
    api.create_tag(ID, tag="v1.2.0")

    assert "it goes on with v1.2.0" in seen(hub, "history", Health.NOTE)
    assert not seen(hub, "history", Health.BROKEN)


def test_a_line_of_patches_beside_main_is_no_lost_history(api: HfApi, hub: Hub) -> None:
    """Its releases are named, and that is all."""
    hub.commit(ID, files(BODY, "1.0.1"), branch="v1.0")
    api.create_tag(ID, tag="v1.0.1", revision="v1.0")

    found = look(hub)
    assert Health.BROKEN not in healths(found)
    assert [one.health for one in found if one.name == "history"] == [Health.OK]
    assert "not in the history of main: v1.0.1" in seen(hub, "tags", Health.NOTE)


def test_two_spellings_of_a_version_on_two_commits_are_broken(api: HfApi, hub: Hub) -> None:
    """Which of them is meant, nobody knows."""
    api.create_tag(ID, tag="1.0.0")

    broken = seen(hub, "tags", Health.BROKEN)
    assert "1.0.0 names 2 different commits" in broken
    assert f"hf repos tag delete {ID} v1.0.0 or hf repos tag delete {ID} 1.0.0" in broken


def test_branches_that_follow_releases_are_held_against_them(api: HfApi, hub: Hub) -> None:
    """Behind is worth knowing; on no release of its line is broken, and so is a branch that is named like a release."""
    hub.branch(ID, "v1", "v1.0.0")
    behind = seen(hub, "branches", Health.NOTE)
    hub.commit(ID, files(HEADLESS, "1.1.0"), branch="v1.1")
    api.create_branch(ID, branch="v2")
    api.create_branch(ID, branch="v1.1.0", revision="v1.0.0")
    api.create_branch(ID, branch="v1.0.0", revision="v1.0.0")
    broken, notes = seen(hub, "branches", Health.BROKEN), seen(hub, "branches", Health.NOTE)

    assert "the branch v1 is behind: on v1.0.0" in behind
    assert f"hf repos branch create {ID} v1 --revision v1.1.0" in behind
    assert "whoever loads v1.1 gets no release of it" in broken
    assert "a branch is named v1.1.0, like a release" in broken
    assert "the branch v2 is on" in notes
    assert "a branch is named v1.0.0 as well" in notes


def test_a_card_that_was_left_behind_is_worth_knowing(api: HfApi, hub: Hub) -> None:
    """The tag says more than the card on its commit."""
    hub.commit(ID, {"notes.md": b"# Notes\n"})
    api.create_tag(ID, tag="v1.2.0")
    at_head = seen(hub, "card", Health.NOTE)
    hub.commit(ID, files(BODY, "1.3.0"))

    assert "set `version: 1.2.0` in README.md" in at_head
    assert "another version than the tag: 1.1.0 at v1.2.0" in seen(hub, "card", Health.NOTE)


def test_a_card_and_a_policy_that_cannot_be_read_are_broken(api: HfApi, hub: Hub) -> None:
    """Each problem is a line; a policy about another model is worth knowing."""
    hub.commit(ID, {"README.md": b"---\nlicense: [mit\n---\n", ".hfsemver.yaml": b"promis: load\nkind: embeding\n"})
    broken = [one.name for one in look(hub) if one.health is Health.BROKEN]
    hub.commit(ID, {"README.md": b"---\nlicense: mit\n---\n", ".hfsemver.yaml": b"hub_repo: acme/other\n"})

    assert broken == ["card", "policy", "policy"]
    assert "published as acme/other, and this is acme/model" in seen(hub, "policy", Health.NOTE)


def test_weights_that_are_the_text_of_a_pointer_are_broken(api: HfApi, hub: Hub) -> None:
    """Uploaded from a clone that never fetched them: to the store of the Hub they are content like any other."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"1f" * 32 + b"\nsize 408\n"
    hub.commit(ID, {"model.safetensors": pointer})

    assert "model.safetensors: the text of a pointer of git-lfs, and no weights" in seen(hub, "weights", Health.BROKEN)

    hub.commit(ID, {"scales.safetensors": files(BODY)["model.safetensors"]})
    told = seen(hub, "weights", Health.BROKEN)
    assert "model.safetensors: the text of a pointer of git-lfs, and no weights; 1 of the 2 files" in told
    assert "scales" not in told


def test_a_folder_of_a_model_is_not_taken_for_the_whole(api: HfApi, hub: Hub) -> None:
    """Releases are made of all of it, so whoever asks for a folder hears what the rest is about."""
    hub.commit(ID, {"my adapter/config.json": b"{}"})
    found = examine_model(HubRef(ID, "main", "my adapter"), wire(hub))
    (told,) = [one for one in found if one.name == "model" and one.health is Health.NOTE]

    assert "my adapter is a folder of it" in told.text
    assert told.hint.endswith(f"hfsemver check 'hf://{ID}/my adapter@main'")


def test_who_could_load_a_release_and_what_it_held_are_held_against_today(here: Hub, tmp_path: Path) -> None:
    """A gate since, and files that were exchanged under the tag."""
    folder = tmp_path / "release"
    folder.mkdir()
    hub, uploader = here, Uploader.of(here, folder)
    write_into(str(folder))
    uploader.push()
    sound = look(hub)
    hub.settings(ID, gated="auto")
    hub.commit(ID, files(HEADLESS, "1.1.0"))
    hub.tag(ID, "v1.1.0")

    assert {"access", "surface"} <= {one.name for one in sound if one.health is Health.OK}
    assert PATH in uploader.repository.tree(uploader.repository.commit_of("main"))
    assert "was open to everybody when v1.1.0 was made" in seen(hub, "access", Health.NOTE)
    assert "v1.1.0 has other files than its surface describes: " in seen(hub, "surface", Health.NOTE)
    assert "for those who agree to its terms" in seen(hub, "model", Health.NOTE)
    assert "the tag was moved" in seen(hub, "tags", Health.BROKEN)


def test_behind_a_gate_the_names_are_looked_at_all_the_same(api: HfApi, hub: Hub) -> None:
    """One line says what was not read."""
    hub.settings(ID, gated="manual")
    found = look(hub, token=hub.account("sam"))

    assert Health.BROKEN not in healths(found)
    assert {"history", "tags", "branches", "card", "files"} == {one.name for one in found} - {"hub", "model"}
    (gate,) = (one for one in found if one.name == "files")
    assert "ask for access on the page of the model" in gate.hint


def test_a_model_that_is_missing_hidden_or_moved_is_told(
    api: HfApi, hub: Hub, monkeypatch: pytest.MonkeyPatch, client_home: Path
) -> None:
    """Without a token nobody is asked whose it is."""
    hub.move(ID, "acme/other")
    moved = look(hub)
    hub.move("acme/other", ID)
    hub.settings(ID, private=True)
    mine = look(hub)
    hub.requests.clear()
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    hidden = examine(ADDRESS)
    asked = [request.path for request in hub.requests]
    stranger = look(hub, token=f"{hub.token}x")
    hub.delete(ID)
    missing = look(hub)

    assert f"{ID} is named acme/other now" in {one.text for one in moved}
    assert [one.text for one in mine if one.name == "model"] == [f"{ID} is private"]
    assert [(one.name, one.health) for one in hidden] == [("hub", Health.OK), ("model", Health.BROKEN)]
    assert "there is no token" in hidden[0].text
    assert "hf auth login" in hidden[1].hint
    assert asked == [f"{API}/revision/main"]
    assert [(one.name, one.health) for one in stranger] == [("hub", Health.BROKEN)]
    assert "does not know the token" in stranger[0].text
    assert [(one.name, one.health) for one in missing] == [("hub", Health.OK), ("model", Health.BROKEN)]


def test_a_revision_that_is_none_is_told(api: HfApi, hub: Hub) -> None:
    """And one that is there is looked at from where it stands."""
    assert "has no revision v9" in seen(hub, "model", Health.BROKEN, "v9")
    assert "the newest in the history of v1.0 is v1.0.0" in seen(hub, "tags", Health.OK, "v1.0")


@pytest.mark.parametrize("path", ["*/revision/main", f"{API}/refs", f"{API}/commits/*", f"{API}/tree/*"])
def test_a_hub_that_stops_answering_is_broken_and_asked_no_more(api: HfApi, hub: Hub, path: str) -> None:
    """Exit 1, never "in order"; after as many tries as one request gets."""
    hub.faults.add("GET", path, Status(503), times=ALWAYS)
    found = look(hub)
    after = [request.status for request in hub.requests]

    assert Health.BROKEN in healths(found)
    assert any("answered 503" in one.text and one.hint for one in found)
    first = after.index(503)
    assert after[first:] == [503] * 3


def test_whose_token_it_is_may_stay_unknown(api: HfApi, hub: Hub) -> None:
    """That question has a limit of its own; everything else is looked at."""
    hub.faults.add("GET", "/api/whoami-v2", Status(429, {"Retry-After": "3600"}), times=ALWAYS)
    found = look(hub)

    assert healths(found) == {Health.OK}
    assert "whose token it is was not told (429)" in found[0].text


def test_what_is_no_hub_is_told(api: HfApi, hub: Hub) -> None:
    """An address that answers with something else."""
    hub.faults.add("GET", "/api/whoami-v2", Answer(b"[]"), times=ALWAYS)
    whoami = look(hub)
    hub.faults.clear()
    hub.faults.add("GET", f"{API}/refs", Answer(b"[]"), times=ALWAYS)

    assert [(one.name, one.health) for one in whoami] == [("hub", Health.BROKEN)]
    assert "gives no tags of acme/model that can be read" in "".join(one.text for one in look(hub))


def test_offline_and_at_a_wrong_address_nobody_is_asked(
    api: HfApi, hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The variables of the client decide."""
    settings = os.environ | hub.environment(tmp_path) | {"HF_HUB_OFFLINE": "1"}
    hub.requests.clear()
    command = [sys.executable, "-m", "hfsemver", "doctor", ADDRESS]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    monkeypatch.setenv("HF_ENDPOINT", "nowhere")
    (wrong,) = examine(ADDRESS)

    assert done.returncode == 1
    assert "BROKEN  hub         HF_HUB_OFFLINE is set" in done.stdout
    assert (wrong.name, wrong.health) == ("hub", Health.BROKEN)
    assert not hub.requests


def test_lines_that_were_not_read_to_their_end_are_not_known(api: HfApi, hub: Hub) -> None:
    """Three of them beside main, each longer than a page: nothing is called lost that may be none."""
    for number in range(3):
        hub.branch(ID, f"line-{number}", "v1.0.0")
        for step in range(20):
            hub.commit(ID, {"notes.md": f"{number} {step}".encode()}, branch=f"line-{number}")
        api.create_tag(ID, tag=f"v1.0.{number + 1}", revision=f"line-{number}")
    read = look(hub)
    for step in range(210):
        hub.commit(ID, {"notes.md": f"{step}".encode()})
    hub.commit(ID, files(BODY, "1.2.0"))

    assert [one.health for one in read if one.name == "history"] == [Health.OK]
    said = seen(hub, "history", Health.NOTE)
    assert "200 commits of main were read; how they go together with v1.1.0, v1.0.3" in said
    assert f"git clone {hub.url}/{ID} && hfsemver doctor model" in said
    assert not seen(hub, "history", Health.BROKEN)


def test_it_asks_little_whatever_there_is(api: HfApi, hub: Hub, tmp_path: Path) -> None:
    """Everything that a release can carry, in the middle of a long history: twenty requests, and none of them changes anything."""
    for name, data in files(BODY, "1.2.0").items():
        (tmp_path / name).write_bytes(data)
    write_into(str(tmp_path))
    for step in range(110):
        hub.commit(ID, {"notes.md": f"{step}".encode()})
    access = write_access(Access(hub=hub.url, repo=ID))
    carried = {PATH: (tmp_path / PATH).read_bytes(), ACCESS: access, ".hfsemver.yaml": f"hub_repo: {ID}\n".encode()}
    hub.commit(ID, {**files(BODY, "1.2.0", **changelog("1.2.0", "1.1.0", "1.0.0")), **carried})
    api.create_tag(ID, tag="v1.2.0")
    for step in range(110):
        hub.commit(ID, {"notes.md": f"after {step}".encode()})
    found = look(hub)

    assert {"access", "surface", "policy", "releases", "weights"} <= {one.name for one in found}
    assert len({request.path for request in hub.requests if request.path.startswith(f"{API}/revision/")}) == 4
    assert len([request for request in hub.requests if request.path.startswith(f"{API}/commits/")]) == 5
    assert len(hub.requests) <= MOST
