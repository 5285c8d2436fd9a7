"""Malformed and malicious checkpoints. A payload would only make a file, and none may run."""

from __future__ import annotations

import pickle
import struct
from typing import TYPE_CHECKING, Any

from tests.checkpoints import Item, archive, checkpoint, number, parts, replaced, storage, stream, tensor, text

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKER = "executed-by-hfsemver"
SOUND = stream(("w", tensor()))
_TOUCH = text(f"touch {MARKER}")
_HEAD = b"\x80\x02"


def cases() -> dict[str, bytes]:
    """Return every case by its name."""
    return {
        **{f"runs: {name}": checkpoint(data) for name, data in _programs()},
        **{f"bomb: {name}": checkpoint(data) for name, data in _bombs()},
        **{f"stream: {name}": checkpoint(data) for name, data in _streams()},
        **{f"archive: {name}": data for name, data in _archives()},
    }


class _Runs:
    """What pickles itself as a call."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call


def _programs() -> Iterator[tuple[str, bytes]]:
    import os

    for protocol in range(6):
        yield f"os.system, protocol {protocol}", pickle.dumps(_Runs(os.system, f"touch {MARKER}"), protocol)
        yield (
            f"beside tensors, protocol {protocol}",
            pickle.dumps({"w": _Runs(eval, f"open({MARKER!r}, 'w')")}, protocol),
        )
    call = b"(" + _TOUCH + b"tR"
    names = {
        "os\nsystem": "another name of it", "builtins\nexec": "exec", "torch\nload": "the loader itself",
        "torch.hub\nload": "a loader from the net", "torch._utils\n_rebuild_tensor_v2.__globals__": "a dotted name",
        "torch\n_utils._rebuild_tensor_v2": "the function by a dotted name", "torch.serialization\nos.system": "by its module",
        "collections\nnamedtuple": "a sibling of a listed name", "torch.storage\n_load_from_bytes": "a pickle in a pickle",
        "torch.jit\n_script_if_tracing": "a compiler", "numpy.core.multiarray\n_reconstruct": "an array",
        "collections\nOrderedDict ": "a space too many", "Torch\nSize": "another spelling", "\n": "no name",
        "torch\nFloatStorage": "a type of storage that is called", "torch\nfloat16": "a dtype that is called",
    }  # fmt: skip
    for name, words in names.items():
        yield words, _HEAD + b"c" + name.encode() + b"\n" + call + b"."
        yield f"{words}, beside a tensor", stream(("w", tensor()), ("x", b"c" + name.encode() + b"\n" + call))
    yield "instance", _HEAD + b"(" + _TOUCH + b"ios\nsystem\n."
    yield "object", _HEAD + b"(cos\nsystem\n" + _TOUCH + b"o."
    yield "new object", _HEAD + b"cos\nsystem\n(" + _TOUCH + b"t\x81."
    yield "extension", _HEAD + b"\x82\x01."
    yield "a name from two texts", b"\x80\x04" + text("os") + text("system") + b"\x93" + call + b"."
    # The texts are remembered under numbers that are then given to others.
    swapped = text("collections") + b"q\x00" + text("os") + b"q\x00" + text("system") + b"\x93"
    yield "a memo that is swapped", b"\x80\x04" + swapped + call + b"."
    yield "payload, then a broken tail", _HEAD + b"cos\nsystem\n" + call + b"\xff\xff\xff"
    yield "state of a tensor", _HEAD + tensor() + b"}" + text("x") + b"\x88sb."
    yield "state of a dict that is no dict", _HEAD + b"}" + text("x") + b"b."
    yield "a call of a text", _HEAD + text("os.system") + call + b"."
    yield "hooks", stream(("w", tensor().replace(b"ccollections\nOrderedDict\n)R", b"}" + text("x") + b"\x88s")))
    yield "a listed call with a payload", _HEAD + b"ccollections\nOrderedDict\n(cos\nsystem\ntR."


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "tuples of tuples", _HEAD + text("x") + b"2\x86" * 400_000 + b"."
    yield "tuples by memo", _HEAD + b")" + b"".join(b"q\x00h\x00h\x00\x87" for _ in range(60_000)) + b"."
    doubled = b"".join(b"q\x00(" + text("a") + b"h\x00" + text("b") + b"h\x00u" for _ in range(1))
    yield "a dict in itself", _HEAD + b"}" + doubled + b"."
    nested = b"}q\x00" + text("w") + tensor() + b"s"
    for depth in range(1, 29):
        key = bytes([depth])
        inner = bytes([depth - 1])
        nested += b"}q" + key + b"(" + text("a") + b"h" + inner + text("b") + b"h" + inner + b"u"
    yield "a dict that doubles with each level", _HEAD + b"(" + nested + b"t."
    yield "deep lists", _HEAD + b"]" * 300_000 + b"a" * 299_999 + b"."
    yield "deep marks", _HEAD + b"(" * 400_000 + b"t" * 400_000 + b"."
    yield "deep tuples", _HEAD + b")" + b"\x85" * 900_000 + b"."
    yield "many steps", _HEAD + b"N" * 5_000_000 + b"."
    yield "many marks", _HEAD + b"(" * 5_000_000 + b"."
    yield "many dicts", _HEAD + b"(" + b"}" * 999_990 + b"t."
    yield "many names", _HEAD + b"ctorch\nSize\n" * 999_990 + b"."
    yield "large memo", _HEAD + b"N" + b"".join(b"r" + struct.pack("<I", i) for i in range(999_000)) + b"x"
    yield "one long text", _HEAD + b"X" + struct.pack("<I", 30 << 20) + b"x" * (30 << 20) + b"."
    yield (
        "many long texts",
        _HEAD
        + (b"X" + struct.pack("<I", (1 << 20) - 4) + "\U0001f600".encode() * (1 << 18))[: (1 << 20) + 1] * 40
        + b".",
    )
    yield "long line", _HEAD + b"c" + b"x" * (8 << 20) + b"."
    yield "many long lines", _HEAD + (b"c" + b"x" * 199 + b"\n\n") * 200_000 + b"."
    yield (
        "names that add up",
        _HEAD + b"(" + b"".join(b"}" + text("k" * 1500) + tensor() + b"s" for _ in range(12_000)) + b"t.",
    )
    yield (
        "long names inside of each other",
        _HEAD + tensor() + b"".join(b"q\x00}" + text("k" * 900) + b"h\x00s" for _ in range(30)) + b".",
    )


def _streams() -> Iterator[tuple[str, bytes]]:
    for size in range(0, len(SOUND), 7):
        yield f"cut off at {size}", SOUND[:size]
    yield "bytes behind the end", SOUND + b"."
    yield "two values", _HEAD + b"NN."
    yield "no value", _HEAD + b"."
    yield "a mark that stays", _HEAD + b"(N."
    yield "version 6", b"\x80\x06" + SOUND[2:]
    yield "a version in the middle", _HEAD + _HEAD + SOUND[2:]
    yield "a frame beyond the end", b"\x80\x04\x95" + b"\xff" * 8 + SOUND[2:]
    for name, value in {
        "huge": b"\x8b\xff\xff\xff\x7f", "huge, cut off": b"\x8a\xff", "of 255 bytes": b"\x8a\xff" + b"\xff" * 255,
        "in many digits": b"L" + b"9" * 190 + b"L\n", "that is none": b"Ix\n", "of other digits": "I\u0663\n".encode(),
        "a float in digits": b"F1e999\n", "bytes": b"C\x01x", "a set": b"\x8f", "a byte array": b"\x96" + b"\xff" * 8,
        "a text of 2 GiB": b"X\xff\xff\xff\x7f", "a text of 8 EiB": b"\x8d" + b"\xff" * 8, "no UTF-8": b"X\x02\0\0\0\xff\xfe",
        "recalled from nowhere": b"h\x09", "twice": b"2", "dropped": b"0",
    }.items():  # fmt: skip
        yield f"a value {name}", stream(("x", value))
    for name, opcode in {"append": b"a", "appends": b"(e", "setitem": b"s", "setitems": b"u", "build": b"b", "reduce": b"R",
                         "stack global": b"\x93", "tuple": b"t", "tuple of three": b"\x87", "persistent": b"Q", "put": b"q\0"}.items():  # fmt: skip
        yield f"{name} on nothing", _HEAD + opcode + b"."
        yield f"{name} on a number", _HEAD + b"K\x01" * 3 + opcode + b"."
    yield "an odd row of keys", _HEAD + b"}(" + text("a") + b"u."
    yield "a key that is a tuple", _HEAD + b"})Ns."
    yield "a key that is a tensor", _HEAD + b"}" + tensor() + b"Ns."
    for name, kind, key, count in (
        ("a path", "torch FloatStorage", "../0", 4), ("other digits", "torch FloatStorage", "\u0660", 4),
        ("no key", "torch FloatStorage", "", 4), ("a negative size", "torch FloatStorage", "0", -4),
        ("a huge size", "torch FloatStorage", "0", 1 << 62), ("no type", "torch Size", "0", 4),
        ("a dtype for a type", "torch float32", "0", 4), ("the untyped one of torch", "torch UntypedStorage", "0", 16),
    ):  # fmt: skip
        yield f"a storage with {name}", stream(("w", tensor(stored=storage(kind, key, count))))
    for name, made in {
        "too many sizes": tensor((1,) * 65, (1,) * 65), "a negative size": tensor((-1,)), "a negative stride": tensor((4,), (-1,)),
        "a negative offset": tensor(offset=-1), "sizes that overflow": tensor((1 << 40, 1 << 40), (1 << 40, 1)),
        "sizes without strides": tensor((2, 2), (1,)), "a storage that is a number": tensor(stored=b"K\x01"),
        "a storage that is a tensor": tensor(stored=tensor()), "overlapping rows": tensor((2, 2), (1, 1)),
    }.items():  # fmt: skip
        yield f"a tensor with {name}", stream(("w", made))
    for text_of in ("storage ", "stor\u0430ge"):
        yield f"a persistent id of a {text_of!r}", SOUND.replace(text("storage"), text(text_of))
    yield "a persistent id that is a text", _HEAD + text("storage") + b"Q."
    yield "a persistent id with six parts", SOUND.replace(number(4) + b"tQ", number(4) + b"NtQ")


def _archives() -> Iterator[tuple[str, bytes]]:
    sound = parts(SOUND)
    data = archive(sound)
    yield from ((f"cut off at {size}", data[:size]) for size in range(0, len(data), 23))
    yield "bytes in front", archive(sound, before=b"#!/bin/sh\n")
    yield "an unlisted entry in front", archive(sound, before=b"PK\x03\x04" + b"\0" * 26)
    yield "a comment", archive(sound, comment=b"PK\x05\x06" + b"\0" * 18)
    yield "bytes behind", data + b"\0"
    for index, name in ((0, "the pickle"), (2, "a storage")):
        changes: dict[str, dict[str, Any]] = {
            "compressed": {"method": 8}, "compressed with bzip2": {"method": 12}, "encrypted": {"flags": 1},
            "with a masked head": {"flags": 0x2000}, "patched": {"flags": 0x20}, "compressed where it lies": {"local_method": 8},
            "of another name where it lies": {"local_name": b"a/data/9"}, "with a name of another length": {"local_name": b"a"},
            "larger than it is": {"size": 1 << 20}, "packed to less": {"packed": 1}, "of another size where it lies": {"local_size": 7},
            "of 8 EiB": {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": struct.pack("<2H2Q", 1, 16, 1 << 63, 1 << 63)},
            "of a size that is not said": {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF},
            "of a size that is cut off": {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": struct.pack("<2HQ", 1, 8, 16)},
            "of two sizes": {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": struct.pack("<2H2Q", 1, 16, 16, 16) * 2},
            "with a field that is cut off": {"extra": b"\1\0\xff\xff"}, "with half a field": {"extra": b"\1"},
            "outside": {"head": 1 << 30}, "far outside": {"head": 0xFFFFFFFF, "extra": struct.pack("<2HQ", 1, 8, 1 << 63)},
            "inside of another": {"head": 4}, "at the place of another": {"head": 0 if index else 40},
            "on another disk": {"disk": 1}, "with a comment": {"comment": b"x"},
            "with a long gap": {"local_extra": b"x" * 60, "local_size": 1},
        }  # fmt: skip
        for words, change in changes.items():
            yield f"{name} {words}", archive(replaced(sound, index, **change))
    yield "a pickle with another checksum", archive(replaced(sound, 0, crc=1))
    for words, added in {
        "a second pickle": b"a/data.pkl", "a second pickle in other letters": b"A/DATA.PKL", "a second root": b"b/data.pkl",
        "a storage twice": b"a/data/0", "a storage twice in other letters": b"a/Data/0", "a name outside": b"../x",
        "a bare name": b"x", "a name that is no UTF-8": b"a/\xff", "an empty name": b"",
    }.items():  # fmt: skip
        yield words, archive([*sound, Item(name=added, data=SOUND)])
    yield "no pickle", archive(sound[1:])
    yield "a pickle deeper down", archive([Item(name=b"a/b/data.pkl", data=SOUND), *sound[1:]])
    yield "a pickle at the root", archive([Item(name=b"data.pkl", data=SOUND), *sound[1:]])
    yield "a name that is not ASCII", archive([Item(name="\u0430/data.pkl".encode(), data=SOUND), *sound[1:]])
    yield "big numbers first", archive(replaced(sound, 1, data=b"big"))
    yield "an order of 1 MiB", archive(replaced(sound, 1, data=b"little" * (1 << 18)))
    yield "a pickle of 65 MiB", archive(replaced(sound, 0, data=SOUND + b"\0" * (65 << 20)))
    for count in (0, 1, 3, 5, 65535):
        yield f"{count} entries said", archive(sound, count=count)
    for shift in (-1, 1, 1 << 20):
        yield (
            f"a directory {shift} bytes on",
            archive(sound, shift=shift),
        )
    yield (
        "more entries than are read",
        archive([*sound, *(Item(name=b"a/data/x%d" % i, data=b"") for i in range(30_001))]),
    )
    start = len(data) - 22
    for words, wide in {
        "far away": struct.pack("<4sIQI", b"PK\x06\x07", 0, 1 << 62, 1),
        "at the start": struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1),
        "that says other things": struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 60, 0)
        + struct.pack("<4sIQI", b"PK\x06\x07", 0, start, 1),
        "of another length": struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 1 << 40, 45, 45, 0, 0, 4, 4, 60, 0)
        + struct.pack("<4sIQI", b"PK\x06\x07", 0, start, 1),
    }.items():  # fmt: skip
        yield f"a large end {words}", archive(sound, wide=wide)
