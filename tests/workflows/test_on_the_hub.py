"""``check`` and ``diff`` of releases on a Hub, and of local ones whose policy names a model there; a push as well."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.errors import RefError, SourceError
from hfsemver.workflows import depth
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from hfsemver.workflows.surface import look_at, write_into
from tests.builders import files
from tests.gitworld import GitWorld
from tests.hub.faults import ALWAYS, Delay, Status
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher
from tests.workflows.pushing import files as pushed

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report
    from tests.hub.hub import Hub

ID = "acme/model"
ADDRESS = f"hf://{ID}"
POLICY = {".hfsemver.yaml": f"hub_repo: {ID}\n"}


def side(tensors: dict[str, str], version: str, **more: object) -> dict[str, bytes]:
    """Return a release as files."""
    card = f"---\nlicense: mit\nversion: {version}\n---\nIt answers.\n"
    return files({**tensors, "config.json": {"model_type": "llama"}, "README.md": card, **more})


def check(current: str, **options: Any) -> Report:
    return run_check(CheckRequest(current=current, **options))


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def skipped(report: Report) -> dict[str, str]:
    return {skip.rule: skip.reason for skip in report.skips}


@pytest.fixture
def released(here: Hub) -> Hub:
    """A Hub with a model whose v1.0.0 is out."""
    here.create(ID, side(BODY, "1.0.0"))
    here.tag(ID, "v1.0.0", message="one")
    return here


def test_the_baseline_is_the_newest_release_in_the_history_on_the_hub(released: Hub) -> None:
    """As in a repository on disk; a higher version beside the history is none of it."""
    released.branch(ID, "side")
    released.commit(ID, side(HEADLESS, "3.0.0"), branch="side")
    released.tag(ID, "v3.0.0", "side")
    released.commit(ID, side(TUNED, "1.0.1"))
    report = check(ADDRESS)

    assert report.baseline is not None
    assert (report.baseline.ref, report.baseline.version) == (f"{ADDRESS}@v1.0.0", "1.0.0")
    assert rules(report) == ["version-bump-too-small", "weights-updated"]
    assert (report.verdict.required, report.verdict.next_version) == (Bump.MINOR, "1.1.0")


def test_a_tag_on_the_hub_declares_its_version(released: Hub) -> None:
    """And is measured against the one before it; a candidate since then is told beside it."""
    released.commit(ID, side(TUNED, "1.1.0"))
    released.tag(ID, "v1.1.0-rc.1")
    released.commit(ID, side(TUNED, "1.1.0", **{"notes.md": "# Notes\n"}))
    released.tag(ID, "v1.1.0")
    report = check(f"{ADDRESS}@v1.1.0")

    assert report.verdict.ok
    assert (report.current.version, report.verdict.required) == ("1.1.0", Bump.MINOR)
    assert any("since the candidate v1.1.0-rc.1: none" in note for note in report.notes)


def test_a_first_release_says_so(here: Hub) -> None:
    """Without a tag there is nothing to compare with."""
    here.create(ID, side(BODY, "1.0.0"))
    report = check(ADDRESS)

    assert report.baseline is None
    assert any("first release" in note for note in report.notes)


def below(folder: str, release: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": data for path, data in release.items()}


def test_a_folder_of_a_model_is_a_release_of_its_own(released: Hub) -> None:
    """An adapter beside its base, or a part of a pipeline: compared with the same folder of the release before."""
    released.commit(ID, below("heads/small one", side(BODY, "1.1.0")))
    released.tag(ID, "v1.1.0")
    released.commit(ID, {**below("heads/small one", side(HEADLESS, "1.2.0")), **side(TUNED, "1.2.0")})
    released.tag(ID, "v1.2.0")
    report = check(f"{ADDRESS}/heads/small one@v1.2.0")

    assert report.baseline is not None
    assert report.baseline.ref == f"{ADDRESS}/heads/small one@v1.1.0"
    assert {"tensor-removed", "version-bump-too-small"} <= {*rules(report)}
    assert "weights-updated" not in rules(report)
    first = check(f"{ADDRESS}/heads/small one@v1.1.0")
    assert first.baseline is None
    assert any("v1.0.0 does not hold this folder" in note for note in first.notes)
    with pytest.raises(RefError, match="there is no folder other in acme/model@main"):
        check(f"{ADDRESS}/other")


def test_a_folder_is_compared_with_the_hub(released: Hub, tmp_path: Path) -> None:
    """Before an upload: files that are the same are known by their digests, and the access is asked for."""
    for name, data in side(HEADLESS, "1.0.1").items():
        (tmp_path / name).write_bytes(data)
    report = check(str(tmp_path), baseline=ADDRESS)

    assert {"tensor-removed", "version-bump-too-small"} <= {*rules(report)}
    assert any(request.path == f"/api/models/{ID}" for request in released.requests)


def test_a_tag_on_the_hub_says_which_version_the_baseline_is(released: Hub, tmp_path: Path) -> None:
    """Whatever its card says, as in a repository on disk."""
    card = b"---\nlicense: mit\n---\nIt answers.\n"
    released.commit(ID, {**side(BODY, ""), "README.md": card})
    released.tag(ID, "v1.2.0")
    for name, data in {**side(TUNED, ""), "README.md": card}.items():
        (tmp_path / name).write_bytes(data)
    report = check(str(tmp_path), baseline=f"{ADDRESS}@v1.2.0", declared="1.2.1")

    assert report.baseline is not None
    assert (report.baseline.version, report.verdict.next_version) == ("1.2.0", "1.3.0")


def test_the_same_bytes_give_the_same_report(released: Hub, tmp_path: Path) -> None:
    """From a Hub, from folders: the findings and figures are equal."""
    released.commit(ID, side(TUNED, "1.0.1"))
    folders = []
    for name, content in (("a", side(BODY, "1.0.0")), ("b", side(TUNED, "1.0.1"))):
        folder = tmp_path / name
        folder.mkdir()
        for path, data in content.items():
            (folder / path).write_bytes(data)
        folders.append(str(folder))
    local = check(folders[1], baseline=folders[0])
    distant = check(ADDRESS, baseline=f"{ADDRESS}@v1.0.0")

    assert local.findings == distant.findings
    assert local.verdict == distant.verdict
    assert local.skips == distant.skips
    assert local.weights == distant.weights


def test_large_weights_stay_on_the_hub_unless_they_are_asked_for(
    released: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not known to be equal is counted, and the report says what reading it takes."""
    monkeypatch.setattr(depth, "ROOM", 6 << 20)
    wide = {"body": "F32[1100,1100]"}
    released.commit(ID, side(wide, "2.0.0"))
    released.tag(ID, "v2.0.0")
    released.commit(ID, side({"body": "F32[1100,1100] seed=1 scale=1e-3"}, "2.0.1"))
    released.requests.clear()
    report = check(ADDRESS)
    fetched = sum(request.sent for request in released.requests)

    assert "weights-updated" in skipped(report)
    assert any(
        "0.00968 GB of weights lie on the Hub and were not read: --weights sample" in note for note in report.notes
    )
    assert fetched < 400_000
    assert rules(check(ADDRESS, weights="full")) == ["version-bump-too-small", "weights-updated"]
    released.tag(ID, "v2.0.1")
    released.commit(ID, {"notes.md": b"# Notes\n"})
    assert check(ADDRESS).skips == (), "equal digests need no byte"
    released.commit(ID, side(wide, "2.1.0"))
    released.tag(ID, "v2.1.0-rc.1")
    released.commit(ID, side({"body": "F32[1100,1100] seed=1 scale=1e-3"}, "2.1.0"))
    released.tag(ID, "v2.1.0")
    released.requests.clear()
    report = check(f"{ADDRESS}@v2.1.0")
    assert any("since the candidate v2.1.0-rc.1" in note for note in report.notes)
    assert any("GB of weights lie on the Hub and were not read" in note for note in report.notes)
    assert sum(request.sent for request in released.requests) < 400_000, "nor those of a candidate"


def test_a_diff_reads_from_the_hub(released: Hub) -> None:
    """Without a policy and without a version."""
    released.commit(ID, side(HEADLESS, "1.0.1"))
    report = run_diff(f"{ID}@v1.0.0", ADDRESS)

    assert "tensor-removed" in rules(report)
    assert report.verdict.ok


def test_a_gate_since_the_release_is_told(released: Hub, tmp_path: Path) -> None:
    """The release wrote down that there was none, the Hub says that there is one now."""
    work = GitWorld.create(tmp_path / "work")
    for name, data in {**side(BODY, "1.0.0"), **{k: v.encode() for k, v in POLICY.items()}}.items():
        (work.root / name).write_bytes(data)
    described = write_into(str(work.root))
    record = json.loads((work.root / ".hfsemver/access.json").read_text())
    assert described.access == f".hfsemver/access.json: {ID} is open to everybody"
    assert record == {"schema": "hfsemver/access/1", "hub": released.url, "repo": ID, "gate": "open", "private": False}
    assert look_at(str(work.root), verify=True).ok
    work.commit({}, "one")
    work.tag("v1.0.0")
    assert check(str(work.root), declared="1.0.1").findings == ()
    released.settings(ID, gated="manual")
    report = check(str(work.root), declared="1.0.1")

    assert rules(report) == ["version-bump-too-small", "access-restricted"]
    assert (
        report.findings[1].message
        == f"{ID} was open to everybody when the baseline was made, and is for those whom the publisher approves now"
    )
    assert report.verdict.next_version == "2.0.0"
    write_into(str(work.root))
    work.commit({}, "two")
    work.tag("v2.0.0")
    assert check(str(work.root), declared="2.0.1").findings == (), "it is no news for the next release"


def test_a_hub_that_does_not_answer_is_a_skip_and_keeps_its_record(released: Hub, tmp_path: Path) -> None:
    """The rest is judged, and what was written down stays."""
    work = GitWorld.create(tmp_path / "work")
    work.commit({**side(BODY, "1.0.0"), **{k: v.encode() for k, v in POLICY.items()}}, "one")
    write_into(str(work.root))
    before = (work.root / ".hfsemver/access.json").read_bytes()
    work.commit({}, "surface")
    work.tag("v1.0.0")
    released.faults.add(
        "*", "*", Status(401, {"X-Error-Message": "Invalid credentials in Authorization header"}), times=ALWAYS
    )
    work.commit(side(TUNED, "1.1.0"), "two")
    report = check(str(work.root))

    assert report.verdict.ok
    assert rules(report) == ["weights-updated"]
    assert {"access-restricted", "adapter-base-weights-changed"} <= {*skipped(report)}
    assert "Invalid credentials" in skipped(report)["access-restricted"]
    assert "was not written down: the Hub: " in write_into(str(work.root)).access
    assert (work.root / ".hfsemver/access.json").read_bytes() == before


def test_nobody_is_asked_where_nothing_names_a_model(released: Hub, tmp_path: Path) -> None:
    """A folder and its history are judged as they are."""
    work = GitWorld.create(tmp_path / "work")
    work.commit(side(BODY, "1.0.0"), "one")
    work.tag("v1.0.0")
    work.commit(side(TUNED, "1.1.0"), "two")
    released.requests.clear()

    assert check(str(work.root)).skips == ()
    assert write_into(str(work.root)).access == ""
    assert released.requests == []


def test_the_hub_is_asked_what_no_file_says(released: Hub, tmp_path: Path) -> None:
    """Adapters, licences of bases and data, successors, and the card itself, each by its rule."""
    released.create("acme/lora", {"README.md": f"---\nbase_model: {ID}\nbase_model_relation: adapter\n---\n".encode()})
    released.create("acme/base", {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"})
    released.create("acme/data", {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"}, repo_type="dataset")
    work = GitWorld.create(tmp_path / "work")
    work.commit({**side(BODY, "1.0.0"), **{k: v.encode() for k, v in POLICY.items()}}, "one")
    work.tag("v1.0.0")
    card = (
        "---\nlicense: mit\nversion: 2.0.0\nbase_model: acme/base\ndatasets: [acme/data]\nnew_version: acme/nowhere\n"
        "---\nIt answers.\n"
    )
    work.commit({**side(TUNED, "2.0.0"), "README.md": card.encode()}, "two")
    report = check(str(work.root))

    assert {*rules(report)} >= {
        "adapter-base-weights-changed",
        "license-conflicts-lineage",
        "dataset-license-conflict",
        "new-version-dangling",
    }
    assert "weights-updated" not in rules(report)


def test_a_pedigree_is_tried_on_the_weights(released: Hub, tmp_path: Path) -> None:
    """A fine-tuned model of a base that it has nothing of is no such; one that is made from it is."""
    layers = {f"layers.{number}.weight": "F32[64,64]" for number in range(9)}
    released.create("acme/base", side(layers, "1.0.0"))
    card = "---\nlicense: mit\nversion: {}\nbase_model: acme/base\n{}---\nIt answers.\n"
    work = GitWorld.create(tmp_path / "work")
    policy = {k: v.encode() for k, v in POLICY.items()}
    work.commit({**side(layers, ""), "README.md": card.format("1.0.0", "").encode(), **policy}, "one")
    work.tag("v1.0.0")
    told = card.format("2.0.0", "base_model_relation: finetune\n").encode()
    work.commit(
        {**side({name: f"{spec} seed=1 scale=1e-2" for name, spec in layers.items()}, ""), "README.md": told}, "two"
    )
    assert "base-relation-contradicted" not in rules(check(str(work.root)))
    work.commit({**side({name: f"{spec} seed=7" for name, spec in layers.items()}, ""), "README.md": told}, "three")
    found = next(one for one in check(str(work.root)).findings if one.rule == "base-relation-contradicted")

    assert "nothing in common with those of hf://acme/base@main" in found.message
    assert "base-relation-contradicted" not in rules(check(str(work.root), weights="header"))


def test_a_push_asks_the_hub_that_the_policy_names(released: Hub, tmp_path: Path) -> None:
    """The hook refuses what the check would, and a Hub that hangs holds nobody up for long."""
    publisher = Publisher.create(tmp_path)
    record = {"schema": "hfsemver/access/1", "hub": released.url, "repo": ID, "gate": "open", "private": False}
    policy = {**POLICY, ".hfsemver/access.json": json.dumps(record)}
    publisher.work.commit(pushed(BODY, "1.0.0", **policy), "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")
    released.settings(ID, gated="auto")
    publisher.work.commit(pushed(TUNED, "1.1.0", **policy), "two")
    publisher.work.tag("v1.1.0")

    said = publisher.refused("origin", "v1.1.0", HF_ENDPOINT=released.url, HF_HUB_OFFLINE="0")
    assert "access-restricted" in said
    released.faults.add("*", "*", Delay(60), times=ALWAYS)
    said = publisher.push("origin", "v1.1.0", HF_ENDPOINT=released.url, HF_HUB_OFFLINE="0")
    assert "large enough (3 rules not evaluated)" in said


def test_an_unreachable_hub_names_the_folder_that_may_be_meant(
    here: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``org/name@rev`` is the Hub; who means the folder is told how to write it."""
    monkeypatch.chdir(tmp_path)
    GitWorld.create(tmp_path / "org" / "name")
    with pytest.raises(RefError, match="there is no model org/name") as caught:
        check("org/name@v1.0.0")
    assert "./org/name@v1.0.0" in caught.value.hint
    here.faults.add("*", "*", Status(403), times=ALWAYS)
    with pytest.raises(SourceError, match="403") as refused:
        check("hf://org/name@v1.0.0")
    assert "./org/name@v1.0.0" in refused.value.hint


def test_who_interrupts_a_check_does_not_wait_for_the_hub(released: Hub, tmp_path: Path) -> None:
    """Headers that are on their way are left where they are."""
    released.commit(ID, side({"body": "F32[1100,1100]"}, "1.0.1"))
    released.faults.add("GET", "/cdn/*", Delay(60), times=ALWAYS)
    released.requests.clear()
    command = (sys.executable, "-m", "hfsemver", "check", ADDRESS)
    environment = {**os.environ, **released.environment(tmp_path)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as running:
        deadline = time.monotonic() + 60
        while not any(request.path.startswith("/cdn/") for request in released.requests):
            assert time.monotonic() < deadline, "no weights were asked for"
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        try:
            running.wait(20)
        finally:
            running.kill()

    assert running.returncode == 130
