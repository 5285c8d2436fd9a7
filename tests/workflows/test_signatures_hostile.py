"""Folders and keys made to pass for what was signed: what whoever loads a folder finds there is what is verified."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from hfsemver.core.errors import EvidenceMissing, UsageError
from hfsemver.policy.judge import FailOn
from hfsemver.publish.signing import PASSWORD
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.signatures import trust_of
from tests.signing import Key, accepts
from tests.workflows.pushing import TUNED, Publisher, files
from tests.workflows.signed import bump, check, said, signed_publisher, signers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def key(tmp_path: Path) -> Key:
    """The key of the team."""
    return Key.make(tmp_path)


@pytest.fixture
def publisher(tmp_path: Path, key: Key) -> Publisher:
    """A repository whose v1.0.0 was signed."""
    return signed_publisher(tmp_path, key)


def test_a_file_that_git_ignores_is_a_file_of_the_folder(publisher: Publisher, key: Key) -> None:
    """Loaders do not ask git, and nobody signs ``.gitignore``: whoever plants a file next to it plants a line in it too."""
    root = publisher.work.root
    (root / ".gitignore").write_text("generation_config.json\n")
    assert signers(check(str(root), key))
    (root / "generation_config.json").write_text('{"temperature": 9.0}')

    told = said(check(str(root), key))
    assert len(told) == 1
    assert "generation_config.json is not signed" in told[0]
    assert not accepts(root, key)


def test_notes_of_tools_are_as_the_signature_has_them(publisher: Publisher, key: Key) -> None:
    """A signature made here leaves them out, and says so to the verifier of the OpenSSF; one that does not, does not."""
    root = publisher.work.root
    for name in ("hfsemver", "huggingface"):
        (root / ".cache" / name).mkdir(parents=True)
        (root / ".cache" / name / "notes").write_text("1")
    assert signers(check(str(root), key))
    assert accepts(root, key)

    (root / ".cache" / "notes").write_text("1")
    assert ".cache/notes is not signed" in said(check(str(root), key))[0]
    assert not accepts(root, key)


def test_a_pointer_is_not_the_file_that_it_names(publisher: Publisher, key: Key) -> None:
    """In a commit git-lfs follows it; whoever loads a folder gets its text, even where the object lies in the store."""
    root = publisher.work.root
    data = (root / "config.json").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n"
    (root / "config.json").write_text(pointer)
    assert not accepts(root, key)
    stored = root / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    for lies_there in (False, True):
        if lies_there:
            stored.parent.mkdir(parents=True)
            stored.write_bytes(data)
        with pytest.raises(EvidenceMissing, match="pointer") as caught:
            check(str(root), key)
        assert "git lfs pull" in caught.value.hint


def test_no_level_of_failing_excuses_a_release_from_being_signed(publisher: Publisher, tmp_path: Path) -> None:
    """Whoever only wants to see what a version lacks still insists on who made the release."""
    other = Key.make(tmp_path, "other")
    trust = trust_of(other.public, None, None, None)
    report = run_check(CheckRequest(current=str(publisher.work.root), trust=trust, fail_on=FailOn.NEVER))

    assert len(said(report)) == 1
    assert not report.verdict.ok


def test_keys_of_another_kind_are_told(publisher: Publisher, tmp_path: Path) -> None:
    """Those that ``ssh-keygen`` and ``openssl genrsa`` make first are the ones that people have."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    made: dict[str, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey] = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
    }
    for name, one in made.items():
        private, public = tmp_path / f"{name}.pem", tmp_path / f"{name}.pub"
        plain = serialization.NoEncryption()
        private.write_bytes(one.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        public.write_bytes(
            one.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        with pytest.raises(UsageError, match="no elliptic curve") as caught:
            check(f"{publisher.work.root}@v1.0.0", Key(str(private), str(public)))
        assert PASSWORD not in caught.value.hint
        with pytest.raises(UsageError, match="no elliptic curve"):
            bump(publisher, sign=str(private))


def test_an_empty_password_is_none(publisher: Publisher, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow sets the variable to nothing where its secret is not there."""
    monkeypatch.setenv(PASSWORD, "")
    publisher.work.commit(files(TUNED, "1.0.0"), "two")

    assert "wrote model.sig" in bump(publisher, sign=key.private)


def test_a_list_under_the_other_name_of_its_field_is_not_read(publisher: Publisher, key: Key) -> None:
    """The library knows a field by two names: the list that is compared has to be the one that was signed."""
    root = publisher.work.root
    genuine = json.loads((root / "model.sig").read_text())
    (root / "model.sig").write_text(json.dumps({**genuine, "dsse_envelope": genuine["dsseEnvelope"]}))

    assert "is not by it" in said(check(str(root), key))[0]


@pytest.mark.parametrize(
    ("line", "ends", "said_of_it"),
    [
        ("*.md text eol=crlf", b"\n", "checks CHANGELOG.md out as another file"),
        ("*.md ident", b"\n$Id$\n", "checks README.md out as another file"),
        ("* text=auto", b"\r\n", "commits README.md with other line ends"),
    ],
)
def test_no_release_is_made_whose_clone_would_not_verify(
    publisher: Publisher, key: Key, line: str, ends: bytes, said_of_it: str
) -> None:
    """Attributes that change files on their way into a commit or out of it stop a signature, and nothing else."""
    work = publisher.work
    changed = files(TUNED, "1.0.0")
    changed["README.md"] = changed["README.md"].replace(b"\n", ends) if ends == b"\r\n" else changed["README.md"] + ends
    work.commit(changed, "two")
    attributes = work.root / ".gitattributes"
    attributes.write_text(f"{attributes.read_text()}{line}\n")
    work.git("commit", "--quiet", "-m", "attributes", ".gitattributes")
    before = work.git("for-each-ref")

    with pytest.raises(UsageError, match=said_of_it) as caught:
        bump(publisher, sign=key.private)
    assert ".gitattributes" in caught.value.hint
    assert work.git("for-each-ref") == before


def test_attributes_that_change_nothing_let_a_release_be_signed(publisher: Publisher, key: Key) -> None:
    """Line ends of text alone are changed, and those that git-lfs has are none of it."""
    work = publisher.work
    attributes = (work.root / ".gitattributes").read_text()
    line = "* text=auto eol=crlf\n*.md text eol=lf\n*.json text eol=lf\n*.safetensors -text\n"
    work.commit({".gitattributes": f"{line}{attributes}".encode(), "logo.png": b"\x89PNG\n\x00\n"}, "attributes")
    work.commit(files(TUNED, "1.0.0"), "two")
    assert "wrote model.sig" in bump(publisher, sign=key.private)

    assert signers(check(f"{work.root}@v1.1.0", key))
    assert accepts(work.root, key)
