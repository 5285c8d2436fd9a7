"""``hfsemver push``: a folder is judged against the model on the Hub, and becomes its next release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from huggingface_hub import DiscussionComment, HfApi, snapshot_download

from hfsemver.core.bump import Bump
from hfsemver.core.errors import RefError, SourceError, UsageError
from hfsemver.core.version import Version
from hfsemver.reports.releases import planned_as_text, published_as_text, release_as_json
from tests.hub.faults import LoseReply, Status
from tests.workflows.pushing import BODY, HEADLESS
from tests.workflows.uploading import CARD, ID, TARGET, Uploader, side

if TYPE_CHECKING:
    from tests.hub.hub import Hub


@pytest.fixture
def uploader(here: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    """A model whose v1.0.0 is out, and a folder with other weights."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    return Uploader.of(here, tmp_path / "model")


def test_a_folder_becomes_the_release_that_its_changes_require(uploader: Uploader) -> None:
    """One commit, an annotated tag with the verdict, both branches that follow, and the folder is what was released."""
    done = uploader.push()

    assert (done.version, done.target) == ("1.1.0", TARGET)
    assert done.plan is not None
    assert done.plan.report.verdict.required is Bump.MINOR
    uploader.insist_on_one_release()
    message = uploader.repository.git.git("tag", "--list", "--format=%(contents)", "v1.1.0")
    assert message.startswith("v1.1.0\n\nv1.1.0 declares minor")
    assert "Report: sha256:" in message
    assert json.loads(uploader.content(".hfsemver/access.json"))["repo"] == ID


def test_the_real_client_loads_it_by_each_of_its_names(uploader: Uploader, tmp_path: Path) -> None:
    """The line that never breaks is a revision like any other."""
    uploader.push()
    for revision in ("v1", "v1.1", "v1.1.0", "main"):
        place = snapshot_download(
            ID, revision=revision, endpoint=uploader.hub.url, token=uploader.hub.token, cache_dir=tmp_path / "cache"
        )
        assert Path(place, "model.safetensors").read_bytes() == (uploader.folder / "model.safetensors").read_bytes()


def test_what_is_released_already_is_released_once(uploader: Uploader) -> None:
    """Also from another folder, whose card says nothing of the last release."""
    first = uploader.push()
    for folder in (uploader.folder, uploader.folder.parent / "copy"):
        for writes in (False, True):
            again = Uploader.of(uploader.hub, folder).push(writes=writes)
            assert (again.plan, again.version, again.commit) == (None, "1.1.0", first.commit)
    assert uploader.log().count("Release 1.1.0") == 1
    text = published_as_text(None, "1.1.0", first.commit or "", (), TARGET, finished=False)
    assert "nothing to release" in text


def test_the_next_release_moves_the_branches_forward(uploader: Uploader) -> None:
    """By git, which the API of a Hub has no call for; a copy of the changelog from before loses no entry."""
    uploader.push()
    uploader.write({"notes.md": b"# Notes\n"})
    (uploader.folder / "CHANGELOG.md").write_bytes(b"# Changelog\n")
    assert uploader.push().version == "1.1.1"
    names = uploader.names()
    assert names["v1"] == names["v1.1"] == names["v1.1.1"] == names["main"] != names["v1.1.0"]
    assert uploader.content("CHANGELOG.md").count(b"## [") == 2


def test_a_dry_run_shows_everything_and_writes_nothing(uploader: Uploader) -> None:
    """Neither on the Hub nor in the folder."""
    before, files = uploader.names(), sorted(uploader.folder.rglob("*"))
    done = uploader.push(writes=False)

    assert done.plan is not None
    text = planned_as_text(done.plan)
    assert "upload model.safetensors (408 B)" in text
    assert "branch v1: new -> a new commit" in text
    assert (uploader.names(), sorted(uploader.folder.rglob("*"))) == (before, files)
    assert {request.method for request in uploader.hub.requests if "validate-yaml" not in request.path} == {"GET"}
    told = json.loads(release_as_json(done.plan, done.version, None, (), None))
    assert (told["commit"], told["uploads"]) == (None, ["config.json", "model.safetensors"][1:])


def test_a_fault_that_no_number_excuses_publishes_nothing(uploader: Uploader) -> None:
    """The report says why, and nothing has been sent."""
    uploader.write({"model.safetensors": b"\x08\0\0\0\0\0\0\0{broken}"})
    with pytest.raises(Exception, match=r"model\.safetensors"):
        uploader.push()
    assert set(uploader.names()) == {"main", "v1.0.0"}


def test_a_breaking_change_is_a_major_release(uploader: Uploader) -> None:
    """As anywhere; the branch of the old line stays where it is."""
    uploader.push()
    uploader.write(side(HEADLESS))
    done = uploader.push()
    assert done.version == "2.0.0"
    names = uploader.names()
    assert names["v1"] == names["v1.1.0"]
    assert names["v2"] == names["main"]


def test_files_of_the_model_stay_unless_they_are_to_go(uploader: Uploader) -> None:
    """As ``hf upload`` does it; what the folder has is never taken away."""
    uploader.hub.commit(ID, {"old.txt": b"old\n", "kept.txt": b"kept\n"})
    uploader.write({"kept.txt": b"kept\n"})
    assert uploader.push().version == "1.1.0"
    assert uploader.content("old.txt") == b"old\n"
    shown = uploader.push(delete=("*.txt",), writes=False).plan
    assert shown is not None
    assert "take away old.txt" in planned_as_text(shown)
    done = uploader.push(delete=("*.txt",))
    assert done.version == "1.1.1"
    listed = uploader.repository.tree(uploader.repository.commit_of("main"))
    assert "old.txt" not in listed
    assert "kept.txt" in listed


def test_no_pattern_takes_away_what_each_release_needs(uploader: Uploader) -> None:
    """The history in the changelog, the card, and what tells large files apart go by their own names alone."""
    uploader.push()
    uploader.hub.commit(ID, {"old.txt": b"old\n"})
    other = Uploader(uploader.hub, uploader.folder.parent / "weights")
    other.write({path: side(BODY)[path] for path in ("model.safetensors", "config.json")})
    assert other.push(delete=("*",)).version == "1.2.0"
    listed = uploader.repository.tree(uploader.repository.commit_of("main"))
    needed = {".gitattributes", "README.md", "CHANGELOG.md", ".hfsemver/access.json"}
    assert {path for path, entry in listed.items() if not entry.folder} == needed | {"model.safetensors", "config.json"}
    assert b"license: mit" in uploader.content("README.md")
    assert uploader.content("CHANGELOG.md").count(b"## [") == 2


def test_a_commit_and_a_pull_request_hold_no_release(uploader: Uploader) -> None:
    """The names would stand for what nobody who loads the model gets."""
    api = HfApi(endpoint=uploader.hub.url, token=uploader.hub.token)
    api.create_pull_request(ID, title="A proposal")
    for revision in (uploader.names()["main"], "refs/pr/1", "refs/heads/main"):
        with pytest.raises(RefError) as caught:
            uploader.push(target=f"{TARGET}@{revision}")
        assert caught.value.hint
    assert set(uploader.names()) == {"main", "v1.0.0"}


@pytest.mark.parametrize("path", [".cache/other.txt", "sub/.cache/huggingface/x.lock"])
def test_what_the_client_uploads_nothing_of_is_told_first(uploader: Uploader, path: str) -> None:
    """Before anything is judged, and with what to do about it."""
    uploader.write({path: b"x"})
    with pytest.raises(SourceError, match=r"lies below a \.cache"):
        uploader.push()
    assert not (uploader.folder / ".cache/hfsemver").exists()


@pytest.mark.parametrize(
    "path", ["with space.txt", "ä/größe.txt", "a#b.txt", "50%.txt", "x?y=1&z.txt", "empty.txt", "~.txt"]
)
def test_every_name_that_a_file_may_have_comes_and_goes(uploader: Uploader, path: str) -> None:
    """And a file without a byte."""
    data = b"" if path == "empty.txt" else b"text\n"
    uploader.write({path: data})
    uploader.push()
    assert uploader.content(path) == data
    assert uploader.push().plan is None
    (uploader.folder / path).unlink()
    uploader.push(delete=(path,))
    assert path not in uploader.repository.tree(uploader.repository.commit_of("main"))


def test_intents_are_used_up_in_the_folder_as_well(uploader: Uploader) -> None:
    """Or they would be uploaded again, and be a release of their own."""
    uploader.write({".hfsemver/changes/a.md": b"---\nbump: minor\n---\nBetter answers.\n"})
    assert uploader.push().version == "1.1.0"
    assert not (uploader.folder / ".hfsemver/changes/a.md").exists()
    assert b"Better answers." in uploader.content("CHANGELOG.md")
    assert uploader.push().plan is None


def test_a_version_may_be_asked_for_and_a_candidate_too(uploader: Uploader) -> None:
    """It only goes up, and a candidate moves no branch."""
    with pytest.raises(UsageError, match=r"1\.0\.0 is not above 1\.0\.0"):
        uploader.push(release_as="1.0.0")
    assert uploader.push(pre="rc").version == "1.1.0-rc.1"
    assert "v1" not in uploader.names()
    done = uploader.push(release_as="1.2.0")
    assert done.version == "1.2.0"
    assert done.plan is not None
    assert done.plan.tag.version == Version.parse("1.2.0")


def test_a_version_that_the_card_declares_counts(uploader: Uploader) -> None:
    """Where it is higher than it has to be; a card with an older one is a copy from before."""
    uploader.write({"README.md": CARD.replace("1.0.0", "2.0.0").encode()})
    assert uploader.push().version == "2.0.0"
    uploader.write({"README.md": CARD.encode()})
    assert uploader.push().plan is None


def test_a_candidate_becomes_the_release_that_it_is_one_of(uploader: Uploader) -> None:
    """Also where that is higher than the changes require: the card names the candidate by then, which is out."""
    assert uploader.push(pre="rc", release_as="2.0.0").version == "2.0.0-rc.1"
    done = uploader.push()
    assert done.version == "2.0.0"
    uploader.insist_on_one_release("2.0.0")


def test_a_branch_that_was_squashed_is_no_first_release(uploader: Uploader) -> None:
    """The release before it is out, and nothing of the new history could be held against it."""
    HfApi(endpoint=uploader.hub.url, token=uploader.hub.token).super_squash_history(ID)
    refused = uploader.push(release_as="1.0.1").refused
    assert refused is not None
    assert "baseline-unreachable" in refused.verdict.failing
    assert set(uploader.names()) == {"main", "v1.0.0"}


def test_what_ships_is_what_was_tested(uploader: Uploader) -> None:
    """What changed since the candidate is one more candidate; prose is not."""
    uploader.push(pre="rc")
    uploader.write({"notes.md": b"# Notes\n", "model.safetensors": side(BODY)["model.safetensors"]})
    refused = uploader.push(release_as="1.1.0").refused
    assert refused is not None
    assert "prerelease-promotion-changed" in refused.verdict.failing
    assert uploader.push(release_as="1.1.0", pre="rc").version == "1.1.0-rc.2"
    uploader.write({"notes.md": b"# More\n"})
    assert uploader.push(release_as="1.1.0").version == "1.1.0"


def test_what_the_hub_says_of_large_files_is_not_taken_back(uploader: Uploader) -> None:
    """It adds a line for a large file whose kind none names: without that line git takes the pointer for the file."""
    first = uploader.content(".gitattributes")
    line = b"tokenizer.json filter=lfs diff=lfs merge=lfs -text\n"
    uploader.hub.commit(ID, {".gitattributes": first + line})
    uploader.write({".gitattributes": first})
    uploader.push()
    assert uploader.content(".gitattributes") == first + line
    assert uploader.push().plan is None
    uploader.write({".gitattributes": first + b"*.pdf filter=lfs diff=lfs merge=lfs -text\n"})
    uploader.push()
    assert b"*.pdf" in uploader.content(".gitattributes")


def test_somebody_who_was_faster_is_refused_nothing_and_overwritten_nowhere(uploader: Uploader) -> None:
    """What was judged is what is released: the commit is made on top of that or not at all."""
    from hfsemver.publish.hub import writer

    class Overtaken(writer.HubWriter):
        def _upload(self, _plan: object) -> None:
            uploader.hub.commit(ID, {"other.txt": b"other\n"}, message="somebody else")

    from hfsemver.workflows.upload import run

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "HubWriter", Overtaken)
        with pytest.raises(SourceError, match="main went on to") as caught:
            uploader.push()
    assert "run the same command again" in (caught.value.hint or "")
    assert set(uploader.names()) == {"main", "v1.0.0"}
    assert uploader.push().version == "1.1.0"
    assert uploader.content("other.txt") == b"other\n"


def test_a_tag_that_is_there_is_never_moved_nor_taken_for_ours(uploader: Uploader) -> None:
    """It names another commit, so that it is a refusal; nothing else has happened by then but the commit."""
    before = uploader.names()["main"]
    uploader.hub.commit(ID, {"aside.txt": b"aside\n"}, branch="main")
    uploader.hub.tag(ID, "v1.1.0", before)
    done = uploader.push(release_as="1.2.0")
    assert done.version == "1.2.0"
    assert uploader.names()["v1.1.0"] == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": "./elsewhere"}, "is no model on a Hub"),
        ({"target": "hf://acme/none"}, "there is no model acme/none"),
        ({"target": f"{TARGET}@none"}, "has no revision none"),
        ({"target": f"{TARGET}@v1.0.0"}, r"v1\.0\.0 is no branch of acme/model"),
        ({"target": f"{TARGET}@{'0' * 40}"}, "has no revision 0000"),
        ({"folder": "nowhere"}, "is no folder"),
        ({"folder": "hf://acme/model"}, "is no folder"),
    ],
)
def test_what_names_no_folder_or_no_model_says_so(uploader: Uploader, options: dict[str, Any], words: str) -> None:
    """Before anything is read or written."""
    with pytest.raises(RefError, match=words):
        uploader.push(**options)


def test_a_pointer_and_a_link_are_no_content(uploader: Uploader) -> None:
    """What would be uploaded is not what somebody means."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 10\n"
    uploader.write({"other.safetensors": pointer})
    with pytest.raises(SourceError, match="only its LFS pointer"):
        uploader.push()
    (uploader.folder / "other.safetensors").unlink()
    (uploader.folder / "link").symlink_to("/etc/passwd")
    with pytest.raises(SourceError, match="link is a symlink"):
        uploader.push()


@pytest.mark.parametrize("name", ["run@2", "acme/model@v1.0.0", "surface.json"])
def test_a_folder_that_is_there_is_meant_whatever_its_name(
    uploader: Uploader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It could be a revision or a model elsewhere."""
    monkeypatch.chdir(tmp_path)
    Uploader.of(uploader.hub, tmp_path / name)
    assert uploader.push(folder=name).version == "1.1.0"


def test_a_snapshot_in_the_cache_is_published_and_its_links_stay(uploader: Uploader, tmp_path: Path) -> None:
    """What a release writes cannot be brought back into it; the release is whole all the same, and so is the cache."""
    place = snapshot_download(ID, endpoint=uploader.hub.url, token=uploader.hub.token, cache_dir=tmp_path / "cache")
    card = Path(place, "README.md")
    Path(place, "notes.md").write_bytes(b"# Notes\n")
    done = uploader.push(folder=place)
    assert (done.version, done.finished) == ("1.0.1", False)
    assert card.is_symlink()
    assert card.read_bytes() == CARD.encode()
    assert uploader.push(folder=place).plan is None


def test_a_token_that_may_not_write_says_so(uploader: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to type; nothing has changed."""
    from tests.hub.here import wire

    stranger = uploader.hub.account("eve")
    from hfsemver.workflows.upload.request import PushRequest
    from hfsemver.workflows.upload.run import run_push

    monkeypatch.setenv("HF_TOKEN", stranger)
    with pytest.raises(SourceError) as caught:
        run_push(PushRequest(folder=str(uploader.folder), target=TARGET), wire=wire(uploader.hub, stranger))
    assert "hf auth login" in (caught.value.hint or "")
    assert set(uploader.names()) == {"main", "v1.0.0"}


def test_a_file_that_is_written_to_meanwhile_is_not_published(uploader: Uploader) -> None:
    """What was judged is what is released."""
    from hfsemver.workflows.upload import prepare

    complete = prepare._complete

    def late(*arguments: object) -> object:
        plan = complete(*arguments)  # type: ignore[arg-type]  # passed on as they came
        data = (uploader.folder / "model.safetensors").read_bytes()
        (uploader.folder / "model.safetensors").write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "_complete", late)
        with pytest.raises(SourceError, match="written to while it was released"):
            uploader.push()
    assert set(uploader.names()) == {"main", "v1.0.0"}
    assert uploader.push().version == "1.1.0"
    uploader.insist_on_one_release()


@pytest.mark.parametrize("path", ["config.json", "model.safetensors"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_file_that_is_written_to_while_it_goes_up_is_not_published(
    uploader: Uploader, path: str, moment: str
) -> None:
    """A small one is read again by the client when it commits, and of a large one it tells the digest from before it read that."""
    from hfsemver.publish.hub import writer

    uploader.write({"config.json": b'{"model_type": "llama", "vocab_size": 32}'})
    place = uploader.folder / path
    begun = place.read_bytes()
    upload = writer.HubWriter._upload

    def disturbed(self: writer.HubWriter, plan: Any) -> None:
        if moment == "after":
            upload(self, plan)
        place.write_bytes(begun[:-2] + begun[:1] + begun[-1:])
        if moment == "before":
            upload(self, plan)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer.HubWriter, "_upload", disturbed)
        with pytest.raises(SourceError):
            uploader.push()
    assert set(uploader.names()) == {"main", "v1.0.0"}
    place.write_bytes(begun)
    uploader.push()
    assert uploader.content(path) == begun


@pytest.mark.parametrize("path", ["notes.md", "model.safetensors"])
def test_what_an_ignore_file_names_is_no_part_of_a_release(uploader: Uploader, path: str) -> None:
    """The client would leave it out of the commit and say nothing, and the release would be another one than was judged."""
    uploader.write({".gitignore": f"{path}\n".encode(), "notes.md": b"# Notes\n"})
    with pytest.raises(SourceError, match=rf"\.gitignore names {path}") as caught:
        uploader.push()
    assert caught.value.hint
    assert set(uploader.names()) == {"main", "v1.0.0"}
    (uploader.folder / ".gitignore").unlink()
    assert uploader.push().version == "1.1.0"
    uploader.insist_on_one_release()


def test_the_first_release_of_an_empty_model(here: Hub, tmp_path: Path) -> None:
    """What its card says, as for any first release."""
    HfApi(endpoint=here.url, token=here.token).create_repo("acme/new")
    maker = Uploader(here, tmp_path / "new")
    maker.write(side(BODY, **{"README.md": CARD.replace("1.0.0", "2.3.0")}))
    done = maker.push(target="hf://acme/new")
    assert done.version == "2.3.0"
    assert {"main", "v2", "v2.3", "v2.3.0"} == {name for name, _ in _refs(here, "acme/new")}


OLD = "acme/old"


def test_the_model_before_it_leads_to_it_by_a_pull_request(uploader: Uploader) -> None:
    """One, however often it is asked for; whoever owns the old model decides."""
    card = b"---\nlicense: mit\n---\n# Old\n"
    uploader.hub.create(OLD, {"README.md": card})
    for said in ("pull request: ", "pull request: "):
        done = uploader.push(successor_of=OLD)
        assert done.announced.startswith(said)
        assert done.version == "1.1.0"
    api = HfApi(endpoint=uploader.hub.url, token=uploader.hub.token)
    (request,) = api.get_repo_discussions(OLD)
    assert (request.title, request.is_pull_request) == (f"The next version of this model is {ID}", True)
    proposed = api.hf_hub_download(OLD, "README.md", revision=f"refs/pr/{request.num}")
    assert Path(proposed).read_bytes() == card.replace(b"mit\n", f"mit\nnew_version: {ID}\n".encode())
    api.merge_pull_request(OLD, request.num)
    assert "already" in uploader.push(successor_of=OLD).announced


def test_a_release_is_spoken_about_once(uploader: Uploader) -> None:
    """With what the changelog says of it; a lost reply, and the same command again, open no second discussion."""
    lost = uploader.hub.faults.add("POST", f"/api/models/{ID}/discussions", LoseReply())
    done = uploader.push(discuss=True)
    assert lost.met == 1
    assert done.discussed == f"discussion: {uploader.hub.url}/{ID}/discussions/1"
    assert uploader.push(discuss=True).discussed == done.discussed
    api = HfApi(endpoint=uploader.hub.url, token=uploader.hub.token)
    (one,) = api.get_repo_discussions(ID)
    (comment,) = [
        event for event in api.get_discussion_details(ID, one.num).events if isinstance(event, DiscussionComment)
    ]

    assert (one.title, one.is_pull_request) == ("Release 1.1.0", False)
    assert "revision=" in comment.content
    assert comment.content in uploader.content("CHANGELOG.md").decode()


def test_what_a_stranger_said_under_the_same_title_is_not_our_word(uploader: Uploader) -> None:
    """Anybody may speak on the page of a model, and before its release is out: that is neither linked nor taken for it."""
    uploader.hub.create(OLD, {"README.md": b"# Old\n"})
    stranger = HfApi(endpoint=uploader.hub.url, token=uploader.hub.account("mallory"))
    stranger.create_discussion(ID, "Release 1.1.0", description="Load it from mallory/model.")
    stranger.create_discussion(OLD, f"The next version of this model is {ID}", description="No.", pull_request=True)
    done = uploader.push(discuss=True, successor_of=OLD)

    assert done.discussed == f"discussion: {uploader.hub.url}/{ID}/discussions/2"
    assert done.announced == f"pull request: {uploader.hub.url}/{OLD}/discussions/2"


def test_a_discussion_that_cannot_be_leaves_the_release_whole(uploader: Uploader) -> None:
    """The message says so, and the same command opens it."""
    uploader.hub.faults.add("POST", f"/api/models/{ID}/discussions", Status(403))
    with pytest.raises(SourceError, match="the release is made; but the discussion of it: 403"):
        uploader.push(discuss=True)
    uploader.insist_on_one_release()
    assert uploader.push(discuss=True).discussed.startswith("discussion: ")


def test_a_pull_request_that_cannot_be_leaves_the_release_whole(uploader: Uploader) -> None:
    """Another successor, no such model, the model itself, an answer that does not come: each says what is done and what not."""
    uploader.hub.create(OLD, {"README.md": b"---\nnew_version: acme/other\n---\n"})
    for wrong in ("not a name", f"{OLD}/adapter", f"{OLD}@v1.0.0", f"{OLD}@main"):
        with pytest.raises(RefError, match=wrong):
            uploader.push(successor_of=wrong)
    assert set(uploader.names()) == {"main", "v1.0.0"}
    with pytest.raises(SourceError, match=r"the release is made; but the card of acme/old says that acme/other"):
        uploader.push(successor_of=OLD)
    uploader.insist_on_one_release()
    with pytest.raises(RefError, match="there is no model acme/none"):
        uploader.push(successor_of="acme/none")
    with pytest.raises(RefError, match="is acme/model itself"):
        uploader.push(successor_of=ID)
    uploader.hub.commit(OLD, {"README.md": b"# Old\n"})
    lost = uploader.hub.faults.add("POST", f"/api/models/{OLD}/commit/*", LoseReply())
    assert uploader.push(successor_of=OLD).announced.startswith("pull request: ")
    assert lost.met == 1
    api = HfApi(endpoint=uploader.hub.url, token=uploader.hub.token)
    assert len(list(api.get_repo_discussions(OLD))) == 1


def _refs(hub: Hub, repo_id: str) -> list[tuple[str, str]]:
    refs = HfApi(endpoint=hub.url, token=hub.token).list_repo_refs(repo_id)
    return [(one.name, one.target_commit) for one in (*refs.branches, *refs.tags)]
