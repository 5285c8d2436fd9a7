"""Releases are signed when they are made, and what was signed is told from what was not: against the reference implementation."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError, UsageError
from hfsemver.publish.signing import PASSWORD
from hfsemver.reports.report import Format
from hfsemver.workflows.bump.request import BumpRequest
from hfsemver.workflows.bump.run import run_bump
from tests.gitworld import GitWorld
from tests.hub.faults import ALWAYS, Status
from tests.signing import Key, accepts, sign
from tests.workflows.pushing import TUNED, Publisher, files
from tests.workflows.signed import bump, check, said, signed_publisher, signers
from tests.workflows.test_upload_faults import STEPS
from tests.workflows.uploading import ID, TARGET, Uploader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub


@pytest.fixture
def key(tmp_path: Path) -> Key:
    """The key of the team."""
    return Key.make(tmp_path)


@pytest.fixture
def publisher(tmp_path: Path, key: Key) -> Publisher:
    """A repository whose v1.0.0 was signed and pushed, with the hook in it."""
    return signed_publisher(tmp_path, key)


def test_a_signed_release_is_what_its_clone_holds(publisher: Publisher, key: Key, tmp_path: Path) -> None:
    """The commit carries the signature, and the verifier of the OpenSSF takes a clone for what was signed."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    assert "wrote model.sig" in bump(publisher, sign=key.private)
    clone = tmp_path / "clone"
    publisher.work.git("clone", "--quiet", "--branch", "v1.1.0", str(publisher.remote.root), str(clone))
    cloned = GitWorld(clone, publisher.work.environment)
    cloned.git("lfs", "install", "--local")
    cloned.git("lfs", "pull")

    assert accepts(clone, key)
    (clone / "config.json").write_text("{}")
    assert not accepts(clone, key)


def test_a_release_is_verified_where_it_lies(publisher: Publisher, key: Key) -> None:
    """As a tag and as a folder; of large files the digest in the pointer is enough."""
    root = publisher.work.root
    for ref in (f"{root}@v1.0.0", str(root)):
        report = check(ref, key)
        assert not said(report)
        assert signers(report) == [f"signed by the key {key.public}: 4 files are what model.sig lists"]
        assert report.verdict.ok


def test_another_key_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    """Whoever names a key gets a signature by that key or a finding that no version excuses."""
    other = Key.make(tmp_path, "other")
    report = check(f"{publisher.work.root}@v1.0.0", other)

    assert len(said(report)) == 1
    assert "is not by it: Key mismatch" in said(report)[0]
    assert other.public in said(report)[0]
    assert not report.verdict.ok
    assert not signers(report)


def test_no_policy_of_the_release_excuses_it_from_being_signed(publisher: Publisher, tmp_path: Path) -> None:
    """Whoever asks for a signature does not believe the files before that: neither a level, nor an ignore, nor an acceptance."""
    other = Key.make(tmp_path, "other")
    root = publisher.work.root
    finding = next(one for one in check(str(root), other).findings if one.rule == "signature-mismatch")
    (root / ".hfsemver.yaml").write_text(
        "promise: load\nrules:\n  signature-mismatch: allow\n"
        "ignore:\n  - {rule: signature-mismatch, reason: no}\n  - {file: model.sig, reason: no}\n"
        f"accept:\n  - {{fingerprint: {finding.fingerprint}, reason: no, until: 2999-01-01}}\n"
    )
    report = check(str(root), other)

    assert len(said(report)) == 1
    assert not report.verdict.ok


def test_a_signature_that_cannot_be_compared_is_not_verified(publisher: Publisher, key: Key) -> None:
    """Digests of another kind: an error for whoever asked, and a rule that could not look for everybody else."""
    root = publisher.work.root
    told = json.loads((root / "model.sig").read_text())
    payload = json.loads(base64.b64decode(told["dsseEnvelope"]["payload"]))
    payload["predicate"]["serialization"]["hash_type"] = "blake3"
    told["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    (root / "model.sig").write_text(json.dumps(told))
    publisher.work.git("commit", "--quiet", "--all", "-m", "another way")
    publisher.work.git("tag", "v1.0.1")

    with pytest.raises(SourceError, match="blake3") as caught:
        check(str(root), key)
    assert caught.value.hint
    skips = check(f"{root}@v1.0.1").skips
    assert "signature-mismatch" in [skip.rule for skip in skips]


@pytest.mark.parametrize("path", ["config.json", "model.safetensors"])
def test_a_file_that_changed_behind_a_signature_is_named(publisher: Publisher, key: Key, path: str) -> None:
    """Small or large: with a key everything is read."""
    file = publisher.work.root / path
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)
    report = check(str(publisher.work.root), key)

    assert said(report) == [
        f"model.sig is of other files: {path} is another file; asked for: the key {key.public}",
    ]


def test_a_file_that_was_not_signed_is_named(publisher: Publisher, key: Key) -> None:
    """Code that came along later is no part of what was signed."""
    (publisher.work.root / "modeling.py").write_text("")

    assert "modeling.py is not signed" in said(check(str(publisher.work.root), key))[0]


def test_a_release_without_a_signature_is_no_signed_one(tmp_path: Path, key: Key) -> None:
    """Whoever asked for one hears that there is none, or that the file is none."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    ref = f"{publisher.work.root}@v1.0.0"
    assert said(check(ref)) == []
    assert "is not there" in said(check(ref, key))[0]

    (publisher.work.root / "model.sig").write_text("-----BEGIN PGP SIGNATURE-----\n")
    assert "is no signature of a model" in said(check(str(publisher.work.root), key))[0]
    assert said(check(str(publisher.work.root))) == []


def test_a_forged_list_is_not_believed(publisher: Publisher, key: Key) -> None:
    """The list that is compared is the one that was signed: who writes another into the bundle breaks the signature."""
    root = publisher.work.root
    data = (root / "config.json").read_bytes()
    (root / "config.json").write_bytes(data + b"\n")
    thief = Key.make(root.parent, "thief")
    (root / "model.sig").unlink()
    sign(root, thief)
    forged = json.loads((root / "model.sig").read_text())
    genuine = json.loads(publisher.work.git("show", "v1.0.0:model.sig"))
    genuine["dsseEnvelope"]["payload"] = forged["dsseEnvelope"]["payload"]
    (root / "model.sig").write_text(json.dumps(genuine))

    assert "is not by it" in said(check(str(root), key))[0]


def test_a_tag_on_a_stale_signature_is_told_without_a_key(publisher: Publisher) -> None:
    """By a check of the tag, and by the hook before it is out; an untagged commit is work, and its signature that of the last release."""
    work = publisher.work
    work.commit(files(TUNED, "1.1.0"), "two, by hand")
    assert said(check(str(work.root))) == []
    work.tag("v1.1.0", "-a", "-m", "v1.1.0")

    told = said(check(f"{work.root}@v1.1.0"))
    assert len(told) == 1
    assert "config.json" not in told[0]
    assert "README.md" in told[0]
    assert "signature-mismatch" in publisher.refused("origin", "main", "v1.1.0")


def test_no_release_is_made_with_a_signature_of_the_last_one(publisher: Publisher, key: Key) -> None:
    """Signed anew, or taken away: both make it."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    before = publisher.work.git("for-each-ref")
    with pytest.raises(UsageError, match="would be out of date") as caught:
        bump(publisher)
    assert "--sign KEY" in caught.value.hint
    assert publisher.work.git("for-each-ref") == before

    publisher.work.git("rm", "--quiet", "model.sig")
    publisher.work.git("commit", "--quiet", "-m", "unsigned")
    assert "released v1.1.0" in bump(publisher)


def test_what_is_shown_is_not_signed(publisher: Publisher) -> None:
    """A dry run needs no key: it says how many files there are to sign."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    request = BumpRequest(repository=str(publisher.work.root), sign="/nowhere")
    shown = run_bump(request, "plan", None, Format.HUMAN, pushes=False)

    assert shown[0]
    assert "sign 4 files in model.sig" in shown[1]


def test_a_key_with_a_password(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken from the environment, and a wrong one is told without making anything."""
    locked = Key.make(tmp_path, "locked", password="of the team")  # noqa: S106 -- of a key that lives as long as this test
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    before = publisher.work.git("for-each-ref")
    for word in (None, "another"):
        if word is not None:
            monkeypatch.setenv(PASSWORD, word)
        with pytest.raises(UsageError, match="no private key to sign with") as caught:
            bump(publisher, sign=locked.private)
        assert PASSWORD in caught.value.hint
    assert publisher.work.git("for-each-ref") == before
    monkeypatch.setenv(PASSWORD, "of the team")
    bump(publisher, sign=locked.private)

    assert signers(check(f"{publisher.work.root}@v1.1.0", locked))


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_told(publisher: Publisher, tmp_path: Path, content: bytes | None) -> None:
    """For signing and for verifying; its content is not repeated."""
    place = tmp_path / "key"
    if content is not None:
        place.write_bytes(content)
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    with pytest.raises(UsageError, match=str(place)):
        bump(publisher, sign=str(place))
    with pytest.raises(UsageError, match=str(place)):
        check(f"{publisher.work.root}@v1.0.0", Key(str(place), str(place)))


@pytest.fixture
def uploader(here: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    """A model whose v1.0.0 is out, and a folder with other weights."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    return Uploader.of(here, tmp_path / "model")


def test_a_folder_is_signed_when_it_is_pushed(uploader: Uploader, tmp_path: Path, key: Key) -> None:
    """The real client downloads what the verifier of the OpenSSF takes for what was signed; so does a check of the Hub itself."""
    uploader.push(sign=key.private)
    uploader.insist_on_one_release()
    got = tmp_path / "got"
    download = ["download", ID, "--revision", "v1", "--local-dir", str(got)]
    environment = uploader.hub.environment(tmp_path / "home")
    subprocess.run([sys.executable, "-m", "huggingface_hub.cli.hf", *download], env=environment, check=True, timeout=60)

    assert accepts(got, key)
    assert signers(check(f"{TARGET}@v1.1.0", key)) == [
        f"signed by the key {key.public}: 5 files are what model.sig lists, by the digests that the Hub lists",
    ]
    assert (uploader.folder / "model.sig").read_bytes() == uploader.content("model.sig")
    assert uploader.push(sign=key.private).plan is None


def test_a_signed_push_that_was_interrupted_is_finished(uploader: Uploader, key: Key) -> None:
    """Two signatures of the same files are two texts; one of them is released."""
    uploader.hub.faults.add(*STEPS["tag"], Status(503), times=ALWAYS)
    with pytest.raises(SourceError):
        uploader.push(sign=key.private)
    uploader.hub.faults.clear()
    uploader.push(sign=key.private)

    uploader.insist_on_one_release()
    assert signers(check(f"{TARGET}@v1.1.0", key))


def test_a_signature_on_a_hub_goes_with_its_release(uploader: Uploader, key: Key) -> None:
    """The next release is signed anew, or the signature is taken away."""
    uploader.push(sign=key.private)
    (uploader.folder / "notes.md").write_text("More.\n")
    with pytest.raises(UsageError, match="would be out of date"):
        uploader.push()
    (uploader.folder / "model.sig").unlink()
    with pytest.raises(UsageError, match="would be out of date"):
        uploader.push()
    done = uploader.push(delete=("model.sig",))

    assert done.version == "1.1.1"
    assert "model.sig" not in uploader.repository.tree(done.commit or "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--signer-identity", "somebody"),
        ("--verify", "sigstore"),
        ("--verify", "sigstore", "--signer-identity", "somebody"),
        ("--verify", "team.pub", "--trust-config", "roots.json"),
    ],
)
def test_a_signer_is_named_whole(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A key, or an identity with its issuer: nothing is asked before that is clear."""
    command = [sys.executable, "-m", "hfsemver", "check", str(tmp_path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert "Hint: " in done.stderr


def test_without_the_library_the_extra_is_named(
    publisher: Publisher, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is made."""
    monkeypatch.setitem(sys.modules, "model_signing", None)
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    with pytest.raises(UsageError, match="model-signing") as caught:
        bump(publisher, sign=key.private)
    assert "hfsemver[sign]" in caught.value.hint
