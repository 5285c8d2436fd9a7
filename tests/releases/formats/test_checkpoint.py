"""What ``torch.save`` writes is read tensor by tensor, with the bytes that ``torch.load`` gives."""

from __future__ import annotations

import io
from collections import OrderedDict
from typing import TYPE_CHECKING

import pytest
import torch

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.checkpoint import ALONE
from tests.checkpoints import (
    Item,
    archive,
    checkpoint,
    parts,
    read,
    replaced,
    saved,
    storage,
    stream,
    tensor,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

DTYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
    torch.complex64: "C64", torch.uint16: "U16", torch.uint32: "U32", torch.uint64: "U64",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2", torch.float8_e4m3fnuz: "F8_E4M3FNUZ",
    torch.float8_e5m2fnuz: "F8_E5M2FNUZ",
}  # fmt: skip


def bits(value: torch.Tensor) -> bytes:
    plain = value.detach().contiguous().reshape(-1)
    return bytes(plain.view(torch.uint8).numpy()) if plain.numel() else b""


def held(data: bytes) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {info.name: (info.dtype, info.shape, data[slice(*info.data_offsets)]) for info in read(data)}


def expected(tensors: Mapping[str, torch.Tensor]) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {name: (DTYPES[value.dtype], tuple(value.shape), bits(value)) for name, value in tensors.items()}


def loaded(data: bytes) -> dict[str, torch.Tensor]:
    found = torch.load(io.BytesIO(data), weights_only=True)
    assert isinstance(found, dict)
    return found


def sample() -> dict[str, torch.Tensor]:
    """Every dtype, with sizes of no, one and several dimensions."""
    generator = torch.Generator().manual_seed(0)
    made = {}
    for dtype in DTYPES:
        values = torch.randint(0, 100, (3, 5), generator=generator).to(torch.float32)
        made[f"{dtype}.matrix"] = values.to(dtype)
        made[f"{dtype}.scalar"] = values[0, 0].to(dtype)
        made[f"{dtype}.empty"] = torch.zeros((0, 4), dtype=dtype)
    return made


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_each_dtype_has_the_bytes_that_torch_loads(protocol: int) -> None:
    """Whatever the version of pickle; the loader of torch is asked for its own where it takes that version."""
    tensors = sample()
    data = saved(tensors, pickle_protocol=protocol)
    assert held(data) == expected(loaded(data) if protocol == 2 else tensors)


def test_the_oldest_version_that_can_name_storages_is_read() -> None:
    """The first has neither a head nor short forms."""
    value = {"w": torch.arange(6.0).reshape(2, 3), "n": 2**40, "flag": True}
    assert held(saved(value, pickle_protocol=1)) == expected({"w": torch.arange(6.0).reshape(2, 3)})


def test_views_and_tied_tensors_lie_in_one_storage() -> None:
    """Two names over the same bytes, a part of a storage, and another shape of it."""
    table = torch.arange(24.0).reshape(6, 4)
    tensors = {"emb": table, "head": table, "rows": table[2:5], "flat": table.view(-1), "one": table[5]}
    data = saved(tensors)
    assert held(data) == expected(loaded(data))
    places = {info.name: info.data_offsets for info in read(data)}
    assert places["emb"] == places["head"] == places["flat"]
    assert places["emb"][0] + 32 == places["rows"][0]


def test_parameters_modules_and_plain_values() -> None:
    """What a state dict carries beside its tensors has no name: versions, numbers, texts, dtypes, devices."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    data = saved(module.state_dict())
    assert held(data) == expected(loaded(data))
    parameter = torch.nn.Parameter(torch.ones(2, 2))
    parameter.mark = 1  # type: ignore[attr-defined]  # what training code hangs on parameters
    beside = {"w": parameter, "v": torch.nn.Parameter(torch.zeros(2)), "n": -3, "x": 1.5, "s": "é", "none": None, "big": 2**40,
              "yes": True, "no": False, "dtype": torch.float16, "device": torch.device("cpu"), "size": torch.Size([1, 2])}  # fmt: skip
    assert held(saved(beside)) == expected({"w": parameter, "v": torch.zeros(2)})


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"state_dict": {"w": 0}}, {"w"}),
        ({"model": {"w": 0}, "epoch": 3, "args": {"lr": 1e-3}}, {"w"}),
        ({"model": {"w": 0}, "epoch": 3}, {"w"}),
        ({"state_dict": {"w": 0}, "optimizer": {"state": {0: {"m": 0}}}, "lr_schedulers": [{"x": 0}]}, {"w"}),
        ({"state_dict": {"w": 0}, "ema": {"w": 0}}, {"state_dict.w", "ema.w"}),
        ({"encoder": {"w": 0}, "heads": [0, (0,)]}, {"encoder.w", "heads.0", "heads.1.0"}),
        ({"scheduler": 0, "model": 0}, {"scheduler", "model"}),
        ([0, 0], {"0", "1"}),
        (0, {ALONE}),
    ],
)
def test_names_are_those_that_loaders_ask_for(value: object, names: set[str]) -> None:
    """The dict of weights inside a training checkpoint is what counts; any other nesting is part of the names."""

    def filled(part: object) -> object:
        if isinstance(part, dict):
            return {key: filled(inner) for key, inner in part.items()}
        if isinstance(part, list | tuple):
            return type(part)(map(filled, part))
        return torch.ones(2) if type(part) is int and part == 0 else part

    assert {info.name for info in read(saved(filled(value)))} == names


def test_an_order_of_its_own_changes_nothing() -> None:
    """Tensors come by name, whatever the order of the dict and of the storages."""
    tensors = OrderedDict((name, torch.full((3,), ord(name))) for name in "cab")
    again = dict(reversed(tensors.items()))
    assert [info.name for info in read(saved(tensors))] == ["a", "b", "c"]
    assert held(saved(tensors)) == held(saved(again, pickle_protocol=4))


def test_what_is_made_up_here_is_what_torch_reads() -> None:
    """The writer of the hostile files writes sound ones too, or it would prove nothing."""
    data = checkpoint(stream(("w", tensor())), [bytes(range(16))])
    assert held(data) == expected(loaded(data))


def test_sizes_may_stand_in_the_fields_of_large_archives() -> None:
    """A file above 4 GiB says where things lie in 64 bits; the short fields hold all ones."""
    import struct

    sound = parts(stream(("w", tensor())), [bytes(range(16))])
    size, head = len(sound[2].data), sum(30 + len(item.name) + len(item.data) for item in sound[:2])
    field = struct.pack("<2H3Q", 1, 24, size, size, head)
    items = replaced(sound, 2, size=1 << 32, packed=1 << 32, head=1 << 32, extra=field)
    plain = archive(items)
    start = plain.rindex(b"PK\x05\x06")
    directory = int.from_bytes(plain[start + 16 : start + 20], "little")
    wide = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 4, 4, start - directory, directory)
    wide += struct.pack("<4sIQI", b"PK\x06\x07", 0, start, 1)
    data = archive(items, wide=wide)
    assert held(data) == {"w": ("F32", (4,), bytes(range(16)))}
    for lie in (
        wide.replace(b"\x04\0\0\0\0\0\0\0", b"\x02\0\0\0\0\0\0\0"),
        wide[:-4] + b"\2\0\0\0",
        wide[:8] + b"\1" + wide[9:],
    ):
        with pytest.raises(FormatError):
            read(archive(items, wide=lie))


REFUSED = {
    "legacy": (saved({"w": torch.ones(2)}, _use_new_zipfile_serialization=False), "before version 1.6"),
    "transposed": (saved({"w": torch.ones(2, 3).t()}), "one behind the other"),
    "every other": (saved({"w": torch.ones(8)[::2]}), "one behind the other"),
    "expanded": (saved({"w": torch.ones(1).expand(4)}), "one behind the other"),
    "sparse": (saved({"w": torch.eye(3).to_sparse()}), "_rebuild_sparse_tensor"),
    "quantised": (checkpoint(stream(("w", tensor(stored=storage("torch QInt8Storage"))))), "QInt8Storage"),
    "conjugated": (saved({"w": torch.ones(2, dtype=torch.complex64).conj()}), "changed when it is loaded"),
    "a width that has no name": (saved({"w": torch.ones(2, dtype=torch.complex128)}), "ComplexDoubleStorage"),
    "a module": (saved(torch.nn.Linear(2, 2)), "torch.nn.modules.linear.Linear"),
    "a bare storage": (saved({"s": torch.ones(2).untyped_storage()}), "outside of a tensor"),
    "one name twice": (saved({"a.b": torch.ones(1), "a": {"b": torch.ones(1)}}), "two tensors"),
    "no zip": (b"GGUF\3\0\0\0" + b"\0" * 200, "no zip archive"),
    "no tensor": (saved({"epoch": 3, "optimizer": {"m": torch.ones(1)}}), "holds no tensor"),
    "empty": (b"", "no zip archive"),
    "more than its storage": (checkpoint(stream(("w", tensor((5,))))), "ends at byte 20"),
    "a storage of another size": (checkpoint(stream(("w", tensor(stored=storage(count=5))))), "has 16 bytes"),
    "a storage that is not there": (checkpoint(stream(("w", tensor(stored=storage(key="7"))))), "not in the archive"),
    "an offset too far": (checkpoint(stream(("w", tensor(offset=1)))), "ends at byte 20"),
    "hooks": (checkpoint(stream(("w", tensor(more=b"}(" + text("neg") + b"\x88u")))), "changed when it is loaded"),
    "a computed number": (checkpoint(b"\x80\x02\x8a\x09" + b"\xff" * 9 + b"."), "a number of 9 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_on_the_lists_is_refused_with_a_reason(name: str) -> None:
    """As a whole: one tensor that cannot be told leaves open what the file holds."""
    data, reason = REFUSED[name]
    with pytest.raises(FormatError, match=reason):
        read(data)


def test_a_program_is_not_taken_for_weights() -> None:
    """``torch.load`` hands an archive with constants to the compiler of TorchScript."""
    items = [*parts(stream(("w", tensor()))), Item(name=b"a/constants.pkl", data=b"x")]
    with pytest.raises(FormatError, match="TorchScript"):
        read(archive(items))
