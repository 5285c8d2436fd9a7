"""Pickles are recognised without being loaded."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest
import torch

from tests.builders import release
from tests.diff.files.test_formats import pointers

PICKLE = b"\x80\x02}q\x00."
TENSORS = {"q": "F32[4,4]"}


def saved(*, zipped: bool) -> bytes:
    stream = io.BytesIO()
    torch.save({"w": torch.zeros(3)}, stream, _use_new_zipfile_serialization=zipped)
    return stream.getvalue()


def archive(*members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for member in members:
            out.writestr(member, "x" * 100)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        saved(zipped=True),
        saved(zipped=False),
        *(pickle.dumps({"a": [1, "b"]}, protocol=protocol) for protocol in (2, 3, 4, 5)),
        archive("notes.txt", "model/data.pkl"),
        b"PK\x03\x04 cut off before its directory" + b"\0" * 99,
    ],
)
def test_pickles_are_known_by_their_bytes(data: bytes) -> None:
    """Both formats of torch and plain pickles, whatever the file is called."""
    assert set(release({"weights.dat": data, "x": data}).pickles) == {"weights.dat", "x"}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("pytorch_model.bin", b"GGUF\x03\0\0\0"),
        ("model.pt", b'\x10\0\0\0\0\0\0\0{"a":{}}'),
        ("weights.ckpt", b"\x89HDF\r\n\x1a\n"),
        ("archive.pt", archive("a/weights.npy")),
        ("openvino_model.bin", b"\0" * 64),
        ("noise.dat", b"\x80\x02\xff\xff"),
        ("notes.md", PICKLE),
        ("model.safetensors.index.json", PICKLE),
        ("empty.bin", b""),
    ],
)  # fmt: skip
def test_other_bytes_are_no_pickle_whatever_their_name(path: str, data: bytes) -> None:
    """A name is only asked where the bytes say nothing."""
    assert not release({path: data}).pickles


@pytest.mark.parametrize(
    ("name", "expected"),
    [("pytorch_model-00001-of-00002.bin", True), ("a/training_args.bin", True), ("x.pth", True), ("m.joblib", True),
     ("openvino_model.bin", False), ("ggml-base.bin", False), ("model.bin", False), ("x.onnx", False)],
)  # fmt: skip
def test_a_pointer_is_judged_by_its_name(name: str, expected: bool) -> None:  # noqa: FBT001 -- a column of a table
    """Its bytes are not here."""
    found = release(pointers(**{name: "content"})).pickles

    assert bool(found) is expected
    assert not any(item.seen for item in found.values())


def test_a_compressed_pickle_is_known_by_its_name() -> None:
    """Joblib compresses: the first bytes say nothing."""
    assert set(release({"model.joblib": b"\x78\x9c\x00", "x.z": b"\x78\x9c\x00"}).pickles) == {"model.joblib"}
