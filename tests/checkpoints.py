"""Files of ``torch.save``, real and made up: archives are written here byte by byte, so that each can lie in one place."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from hfsemver.releases.formats.checkpoint import read_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hfsemver.core.tensor import TensorInfo


def saved(value: object, **options: Any) -> bytes:
    """Return what ``torch.save`` writes."""
    stream = io.BytesIO()
    torch.save(value, stream, **options)
    return stream.getvalue()


def read(data: bytes, path: str = "pytorch_model.bin") -> tuple[TensorInfo, ...]:
    """Read a checkpoint from memory; asking for bytes outside of the file is a fault."""

    def window(_: str, start: int, stop: int | None) -> bytes:
        assert stop is not None
        assert 0 <= start <= stop <= len(data)
        return data[start:stop]

    return read_checkpoint(window, path, len(data))


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of an archive, and where its head or its line in the directory says something else."""

    name: bytes
    data: bytes
    flags: int = 0
    method: int = 0
    local_name: bytes | None = None
    local_method: int | None = None
    local_size: int | None = None
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    head: int | None = None
    extra: bytes = b""
    local_extra: bytes = b""
    disk: int = 0
    comment: bytes = b""


def archive(
    items: Iterable[Item],
    *,
    count: int | None = None,
    before: bytes = b"",
    shift: int = 0,
    comment: bytes = b"",
    wide: bytes | None = None,
) -> bytes:
    """Write a zip archive. ``wide`` is put between the directory and its end: the end of a large archive."""
    out, directory, number = before, b"", 0
    for item in items:
        head = len(out) if item.head is None else item.head
        size = len(item.data) if item.size is None else item.size
        packed = size if item.packed is None else item.packed
        crc = zlib.crc32(item.data) if item.crc is None else item.crc
        local = item.name if item.local_name is None else item.local_name
        method = item.method if item.local_method is None else item.local_method
        stated = (min(packed, 0xFFFFFFFF), min(size, 0xFFFFFFFF))
        if item.local_size is not None:
            stated = (item.local_size, item.local_size)
        out += struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", 0, item.flags, method, 0, 0, crc, *stated, len(local), len(item.local_extra)
        )
        out += local + item.local_extra + item.data
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 0, 0, item.flags, item.method, 0, 0, crc, min(packed, 0xFFFFFFFF),
            min(size, 0xFFFFFFFF), len(item.name), len(item.extra), len(item.comment), item.disk, 0, 0, min(head, 0xFFFFFFFF),
        )  # fmt: skip
        directory += item.name + item.extra + item.comment
        number += 1
    number = number if count is None else count
    start = len(out) + shift
    tail = b"" if wide is None else wide
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, number, number, len(directory), start, len(comment)) + comment
    return out + directory + tail + end


def checkpoint(stream: bytes, storages: Sequence[bytes] = (b"\0" * 16,)) -> bytes:
    """Put a pickle and the storages that it names by their numbers into an archive."""
    return archive(parts(stream, storages))


def parts(stream: bytes, storages: Sequence[bytes] = (b"\0" * 16,)) -> list[Item]:
    """Return the entries of a checkpoint."""
    items = [Item(name=b"a/data.pkl", data=stream), Item(name=b"a/byteorder", data=b"little")]
    items += [Item(name=b"a/data/%d" % number, data=data) for number, data in enumerate(storages)]
    return [*items, Item(name=b"a/version", data=b"3\n")]


def replaced(items: Sequence[Item], index: int, **changes: Any) -> list[Item]:
    """Return the entries with one of them changed."""
    return [replace(item, **changes) if number == index else item for number, item in enumerate(items)]


def text(value: str) -> bytes:
    """Return the opcode of a text."""
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    """Return the opcode of a number, one byte above the memo."""
    return pickle.dumps(value, 2)[2:-1]


def storage(kind: str = "torch FloatStorage", key: str = "0", count: int = 4) -> bytes:
    """Return the opcodes of a storage."""
    module, name = kind.split(" ")
    return b"(" + text("storage") + f"c{module}\n{name}\n".encode() + text(key) + text("cpu") + number(count) + b"tQ"


def tensor(
    shape: Sequence[int] = (4,),
    strides: Sequence[int] = (1,),
    offset: int = 0,
    stored: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """Return the opcodes of a tensor, as the second version of the function rebuilds it."""
    sizes = b"(" + b"".join(map(number, shape)) + b"t"
    steps = b"(" + b"".join(map(number, strides)) + b"t"
    hooks = b"ccollections\nOrderedDict\n)R"
    stored = storage() if stored is None else stored
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + stored
        + number(offset)
        + sizes
        + steps
        + b"\x89"
        + hooks
        + more
        + b"tR"
    )


def stream(*pairs: tuple[str, bytes]) -> bytes:
    """Return a pickle of a dict of these opcodes."""
    return b"\x80\x02}(" + b"".join(text(name) + value for name, value in pairs) + b"u."
