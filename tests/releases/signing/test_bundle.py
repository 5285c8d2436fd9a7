"""What a signature lists is read without the library that made it; whatever else the file may be is no signature, or an error."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.releases.signing.bundle import Signed, read_signed
from hfsemver.releases.signing.contents import compared
from tests.signing import Key, sign

if TYPE_CHECKING:
    from pathlib import Path

WHERE = "model.sig"
STATEMENT: dict[str, Any] = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "model", "digest": {"sha256": "00"}}],
    "predicateType": "https://model_signing/signature/v1.0",
    "predicate": {
        "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": ["./a/"]},
        "resources": [{"name": "b", "algorithm": "sha256", "digest": "11"}],
    },
}


def bundle(statement: object, **more: object) -> bytes:
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    return json.dumps(
        {"dsseEnvelope": {"payloadType": "application/vnd.in-toto+json", "payload": payload, **more}}
    ).encode()


def changed(**predicate: object) -> dict[str, Any]:
    return {**STATEMENT, "predicate": {**STATEMENT["predicate"], **predicate}}


def test_what_the_reference_implementation_wrote_is_read(tmp_path: Path) -> None:
    """Every file that it signed, with its digest, and what it left out."""
    model = tmp_path / "model"
    (model / "sub").mkdir(parents=True)
    (model / "sub" / "weights").write_bytes(b"abc")
    (model / ".gitattributes").write_bytes(b"")
    sign(model, Key.make(tmp_path))
    signed = read_signed((model / WHERE).read_bytes(), WHERE)

    assert signed is not None
    assert signed.is_of_files
    assert signed.digests == {"sub/weights": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
    assert not signed.covers(".gitattributes")
    assert not signed.covers(WHERE)
    assert signed.covers("sub/weights")


def test_a_signature_says_what_it_leaves_out() -> None:
    """A path and everything below it, however it is spelt."""
    signed = read_signed(bundle(STATEMENT), WHERE)

    assert signed == Signed(digests={"b": "11"}, ignored=("./a/",))
    assert [signed.covers(path) for path in ("a", "a/b", "ab", "b/a")] == [False, False, True, True]


def test_the_first_format_is_read_too() -> None:
    """Its subjects are the files; https://github.com/sigstore/model-transparency, version 0.2."""
    statement = {
        "subject": [{"name": "b", "digest": {"sha256": "11"}}],
        "predicateType": "https://model_signing/Digests/v0.1",
    }
    assert read_signed(bundle(statement), WHERE) == Signed(digests={"b": "11"})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"-----BEGIN PGP SIGNATURE-----\n",
        b"{}",
        b'{"dsseEnvelope": []}',
        bundle(STATEMENT, payloadType="text/plain"),
        bundle({**STATEMENT, "predicateType": "https://slsa.dev/provenance/v1"}),
    ],
    ids=["nothing", "PGP", "an object", "a list", "another payload", "another predicate"],
)
def test_another_file_of_that_name_is_no_signature_of_a_model(data: bytes) -> None:
    """And nothing is said of it."""
    assert read_signed(data, WHERE) is None


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        bundle(STATEMENT, payload="%"),
        bundle(STATEMENT, payload=None),
        bundle([]),
        bundle({**STATEMENT, "predicate": None}),
        bundle(changed(serialization=None)),
        bundle(changed(serialization={"method": 1, "hash_type": "sha256"})),
        bundle(changed(serialization={"method": "files", "hash_type": "sha256", "ignore_paths": "a"})),
        bundle(changed(resources=None)),
        bundle(changed(resources=["b"])),
        bundle(changed(resources=[{"name": "b", "digest": 1}])),
        bundle(changed(resources=[{"name": "b", "digest": "11"}, {"name": "b", "digest": "22"}])),
    ],
)
def test_a_malformed_signature_is_told_as_that(data: bytes) -> None:
    """With the name of its file, and what to type next."""
    with pytest.raises(FormatError, match=WHERE) as caught:
        read_signed(data, WHERE)
    assert caught.value.hint


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(payload: bytes) -> None:
    """A payload of any bytes is read, or told as malformed."""
    data = bundle(None, payload=base64.b64encode(payload).decode())
    with contextlib.suppress(FormatError):
        read_signed(data, WHERE)


DIGEST = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc


@pytest.mark.parametrize(
    ("files", "digests", "faults"),
    [
        ({"a": b"abc"}, {"a": DIGEST}, ()),
        ({"a": b"abd"}, {"a": DIGEST}, ("a is another file",)),
        ({"a": b"abc", "b": b""}, {"a": DIGEST}, ("b is not signed",)),
        ({}, {"a": DIGEST}, ("a is gone",)),
        (
            dict.fromkeys("abcde", b""),
            dict.fromkeys("abcde", DIGEST),
            ("a, b, c and 2 more are other files",),
        ),
        ({}, {"a\nb": DIGEST}, (r"a\x0ab is gone",)),
    ],
)
def test_each_difference_is_named(files: dict[str, bytes], digests: dict[str, str], faults: tuple[str, ...]) -> None:
    """What changed, what came, what went; a few names of each."""
    assert compared(Release(MemorySource(files)), Signed(digests=digests)).faults == faults


def test_a_large_file_is_left_unread_where_nobody_asked_for_it() -> None:
    """It is named, so that nobody takes it for compared."""
    release = Release(MemorySource({"a": b"abd"}))

    assert compared(release, Signed(digests={"a": DIGEST}), limit=2).unread == ("a",)
    assert compared(release, Signed(digests={"a": DIGEST}), limit=2).faults == ()
    assert compared(release, Signed(digests={"a": DIGEST}), limit=3).faults == ("a is another file",)
