"""Pickles are recognised without being loaded, and only what is new is news."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest
import torch

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.files.formats import compare_formats
from hfsemver.diff.files.pickle_files import find_pickles
from hfsemver.diff.files.pickles import PicklesDiff, compare_pickles
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


def compared(old: dict[str, object] | None, new: dict[str, object]) -> PicklesDiff:
    baseline = None if old is None else release(old)
    current = release(new)
    return compare_pickles(baseline, current, compare_formats(baseline, current))


def reasons(diff: PicklesDiff) -> dict[str, str]:
    return {group.name: group.reason for group in diff.introduced}


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
    assert set(find_pickles(release({"weights.dat": data, "x": data}))) == {"weights.dat", "x"}


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
    assert not find_pickles(release({path: data}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("pytorch_model-00001-of-00002.bin", True), ("a/training_args.bin", True), ("x.pth", True), ("m.joblib", True),
     ("openvino_model.bin", False), ("ggml-base.bin", False), ("model.bin", False), ("x.onnx", False)],
)  # fmt: skip
def test_a_pointer_is_judged_by_its_name(name: str, expected: bool) -> None:  # noqa: FBT001 -- a column of a table
    """Its bytes are not here."""
    found = find_pickles(release(pointers(**{name: "content"})))

    assert bool(found) is expected
    assert not any(item.seen for item in found.values())


def test_a_compressed_pickle_is_known_by_its_name() -> None:
    """Joblib compresses: the first bytes say nothing."""
    assert set(find_pickles(release({"model.joblib": b"\x78\x9c\x00", "x.z": b"\x78\x9c\x00"}))) == {"model.joblib"}


def test_a_first_release_is_judged_by_itself() -> None:
    """Weights with a safetensors twin are no news, weights without one are, and so is what training left."""
    with_twin: dict[str, object] = {"pytorch_model.bin": PICKLE, "model.safetensors": TENSORS}

    assert reasons(compared(None, with_twin)) == {}
    assert reasons(compared(None, {"unet/a.fp16.bin": PICKLE, "unet/a.fp16.safetensors": TENSORS})) == {}
    assert reasons(compared(None, {"consolidated.00.pth": PICKLE, "model.safetensors": TENSORS})) == {}
    assert reasons(compared(None, {"pytorch_model.bin": PICKLE})) == {"pytorch_model.bin": "comes without safetensors"}
    assert reasons(compared(None, {**with_twin, "run/optimizer.pt": PICKLE, "run/rng_state_0.pth": PICKLE})) == {
        "run": "is left over from training"
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"pytorch_model.bin": PICKLE}, {"pytorch_model.bin": saved(zipped=True)}),
        (
            {"pytorch_model-00001-of-00003.bin": PICKLE},
            {"pytorch_model-00001-of-00002.bin": PICKLE, "pytorch_model-00002-of-00002.bin": PICKLE},
        ),
        ({"old.pt": PICKLE}, {"new.pt": PICKLE}),
        ({"pytorch_model.bin": PICKLE}, {"pytorch_model.bin": PICKLE, "model.safetensors": TENSORS}),
        ({"model.safetensors": TENSORS, "pytorch_model.bin": PICKLE}, {"model.safetensors": TENSORS}),
        ({"training_args.bin": PICKLE}, {"training_args.bin": saved(zipped=True)}),
    ],
)
def test_what_was_a_pickle_before_is_not_introduced(old: dict[str, object], new: dict[str, object]) -> None:
    """Other values, other shards, another name, a new twin, or none left: nobody has more code to run than before."""
    assert reasons(compared(old, new)) == {}


def test_a_new_pickle_and_a_lost_twin_are_introduced() -> None:
    """Both make consumers run code that they did not have to run."""
    safe: dict[str, object] = {"model.safetensors": TENSORS}
    both: dict[str, object] = {**safe, "pytorch_model.bin": PICKLE}

    assert reasons(compared(safe, both)) == {"pytorch_model.bin": "is new"}
    assert reasons(compared(both, {"pytorch_model.bin": PICKLE})) == {"pytorch_model.bin": "lost its safetensors twin"}


def test_a_file_that_may_have_been_a_pickle_before_is_unknown() -> None:
    """Its bytes of before are not here: that is a skip, and no finding."""
    diff = compared(pointers(**{"weights.dat": "content"}), {"weights.dat": PICKLE})

    assert reasons(diff) == {}
    with pytest.raises(EvidenceMissing):
        diff.require_complete()
