"""Headers of safetensors files: what the library writes is read, what it refuses is refused, with the place."""

from __future__ import annotations

import csv
import json
import struct
import time
from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save

from hfsemver.core.errors import FormatError
from hfsemver.core.tensor import DTYPE_BITS
from hfsemver.releases.formats import safetensors
from hfsemver.releases.formats.safetensors import FIRST_READ, Header, read_header
from tests.histories import DATA
from tests.hostile import near_files
from tests.hostile.near_files import read_as_the_library
from tests.pace import pace

if TYPE_CHECKING:
    from numpy.typing import NDArray

UPSTREAM = DATA / "adversarial" / "safetensors-rs"


def lay_out(header: bytes | str | Mapping[str, object], body: bytes = b"", length: int | None = None) -> bytes:
    """Lay a file out, with the length of its header unless another is given."""
    if isinstance(header, Mapping):
        header = json.dumps(header)
    text = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def entry(begin: int = 0, end: int = 8, dtype: object = "F32", shape: object = (2,)) -> dict[str, object]:
    """Describe one tensor."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def read(data: bytes) -> Header:
    """Read a header from memory, as a source would."""

    def read_range(path: str, start: int, stop: int | None) -> bytes:
        assert path == "model.safetensors"
        assert stop is not None
        assert 0 <= start < stop <= len(data) or start == stop == 0
        return data[start:stop]

    return read_header(read_range, "model.safetensors", len(data))


def refusal(data: bytes) -> FormatError:
    """Return the error that a file is refused with."""
    with pytest.raises(FormatError) as caught:
        read(data)
    return caught.value


DTYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
ARRAYS = st.sampled_from([np.dtype(name) for name in DTYPES]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4), fill=st.just(1))
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=10).filter(lambda name: name != "__metadata__")


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@given(st.dictionaries(NAMES, ARRAYS, min_size=1, max_size=6), st.none() | st.dictionaries(WORDS, WORDS))
def test_whatever_the_library_writes_is_read(
    arrays: dict[str, NDArray[np.generic]], metadata: dict[str, str] | None
) -> None:
    """Names, shapes and offsets are those of the file: the bytes at the offsets are those of the array."""
    data = save(arrays, metadata)
    header = read(data)
    assert {tensor.name: tensor.shape for tensor in header.tensors} == {key: a.shape for key, a in arrays.items()}
    for tensor in header.tensors:
        begin, end = tensor.data_offsets
        assert data[begin:end] == arrays[tensor.name].tobytes()
        assert tensor.file == "model.safetensors"


ODD: st.SearchStrategy[object] = st.sampled_from(
    [-1, -0.0, 1.0, 2.5, 1 << 62, 1 << 63, (1 << 64) - 1, 1 << 64, True, None, "1", [], 1e300]
)
SIZES = st.integers(0, 4)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "dtype": st.sampled_from([*DTYPE_BITS, "F99", "f32", ""]) | ODD,
        "shape": st.lists(SIZES | ODD, max_size=4) | ODD,
        "data_offsets": st.lists(st.integers(0, 64) | ODD, min_size=1, max_size=3) | ODD,
        "extra": st.just(1),
    },
)
# Mostly nothing, so that a file has one fault or two and often none.
SELDOM = st.integers(0, 7).map(lambda number: number == 7)
SPACES = st.sampled_from(["", "", " ", "\t\n", "\r  "])


@st.composite
def spelled(draw: st.DrawFn, value: object) -> str:
    """Write JSON in one of its spellings: any white space between words, any character as an escape."""
    between = draw(SPACES)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=draw(st.booleans()))
        if value and ord(value[0]) <= 0xFFFF and draw(SELDOM):
            text = f'"\\u{ord(value[0]):04x}' + json.dumps(value[1:])[1:]
        return between + text + between
    if isinstance(value, Mapping):
        return between + draw(spelled_object([*value.items()])) + between
    return between + json.dumps(value) + between


@st.composite
def spelled_object(draw: st.DrawFn, pairs: list[tuple[str, object]]) -> str:
    """Write an object of pairs in any order; unlike a dictionary, they may hold a key twice."""
    written = [draw(spelled(key)) + ":" + draw(spelled(value)) for key, value in draw(st.permutations(pairs))]
    return "{" + ",".join(written) + draw(SPACES) + "}"


@st.composite
def nearly_valid_files(draw: st.DrawFn) -> bytes:
    """Files of tensors that fit, in any order and spelling, but for a hole, an overlap, a double or another fault."""
    pairs: list[tuple[str, object]] = []
    position = 0
    for name in draw(st.lists(NAMES | st.sampled_from(["a", "dtype", "shape"]), max_size=4, unique=True)):
        dtype = draw(st.sampled_from(sorted(DTYPE_BITS)))
        shape = draw(st.lists(SIZES, max_size=3))
        if DTYPE_BITS[dtype] % 8 and not draw(SELDOM):
            shape.append(4)
        if draw(SELDOM):
            # Other spellings of the same number of bytes, of which the library reads few.
            large = [1 << 62, 1 << 62, 2, 4, 8]
            shape = [*draw(st.permutations(large))[:3], *shape] if not all(shape) else [True, *shape]
        size = DTYPE_BITS[dtype] * prod(shape) // 8
        begin = max(0, position + (draw(st.sampled_from([1, -1, 4, -8])) if draw(SELDOM) else 0))
        described = entry(begin, begin + size, dtype, shape)
        pairs.append((name, {**described, **draw(FIELDS)} if draw(SELDOM) else described))
        position = begin + size
    if draw(st.booleans()):
        texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
        pairs.append(
            ("__metadata__", draw(st.dictionaries(NAMES, texts | (ODD if draw(SELDOM) else texts), max_size=2)))
        )
    if draw(SELDOM):
        pairs.append(("__metadata__", draw(ODD)))
    if draw(SELDOM):
        pairs += draw(st.permutations(pairs))[:1]
    behind = draw(st.sampled_from(["", "\0", "{}", "\ufeff", "x"]) if draw(SELDOM) else SPACES)
    text = draw(SPACES) + draw(spelled_object(pairs)) + behind
    if draw(SELDOM):  # half a pair in the first name
        text = text.replace('"', draw(st.sampled_from(['"\\ud800', '"\\udc00', '"\\udc00\\ud800'])), 1)
    body = max(0, position + (draw(st.sampled_from([1, -1])) if draw(SELDOM) else 0))
    return near_files.lay_out(text.encode(), body)


def test_whatever_is_accepted_the_library_accepts_with_the_same_tensors() -> None:
    """Being stricter than the library is allowed, being laxer or reading another name, dtype, shape or byte is not."""
    accepted = set()

    @settings(max_examples=250)
    @given(nearly_valid_files())
    def law(data: bytes) -> None:
        if read_as_the_library(data):
            accepted.add(data)

    law()
    # Otherwise the files are all broken and the law says nothing.
    assert len(accepted) > 10


@given(st.binary(max_size=64), st.integers(0, 64))
def test_arbitrary_bytes_raise_nothing_but_a_format_error(body: bytes, length: int) -> None:
    """Bytes that no tool wrote are refused like any other fault."""
    read_as_the_library(body)
    read_as_the_library(lay_out(b"", body, length))


GOOD = {"a": entry()}
EIGHT = bytes(8)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "0 bytes are too few to hold a header (at byte 0)"),
        (b"1234567", "7 bytes are too few to hold a header (at byte 0)"),
        (lay_out(b"", EIGHT), "header: has no bytes (at byte 0)"),
        (lay_out(GOOD, EIGHT, 101_000_000), "header: 101000000 bytes, more than the 33554432 that are read (at byte 0)"),
        (lay_out(b"{}", length=1 << 63), f"header: {1 << 63} bytes, more than the 33554432 that are read (at byte 0)"),
        (lay_out(b"{}", length=3), "header: 3 bytes, but the file has only 2 behind its first 8 (at byte 0)"),
        (lay_out(b'{"\xff": 1}'), "header: not UTF-8 (at byte 10)"),
        (lay_out(b"{"), "header: not JSON: Expecting property name enclosed in double quotes (at byte 9)"),
        (lay_out(b"{}\0"), "header: not JSON: Extra data (at byte 10)"),
        (lay_out("\ufeff{}"), "header: starts with a byte order mark (at byte 8)"),
        (lay_out(b"[]"), "header: the top level is an array, not an object (at byte 8)"),
        (lay_out('{"a":' + json.dumps(entry()) + ',"a":' + json.dumps(entry()) + "}", EIGHT),
         'header: the key "a" is there twice'),
        (lay_out('{"__metadata__":{"v":"1","v":"2"}}'), 'header: the key "v" is there twice'),
        (lay_out({"__metadata__": []}), "header: __metadata__: is an array, not an object"),
        (lay_out({"__metadata__": {"v": 1}}), 'header: __metadata__."v": is a number, not a string'),
        (lay_out({"a": 1}), 'header: "a": is a number, not an object'),
        (lay_out({"a": {"dtype": "F32", "shape": []}}), 'header: "a": data_offsets is missing'),
        (lay_out({"a": {**entry(), "x": 1}}, EIGHT), 'header: "a": the format has no field "x"'),
        (lay_out({"a": entry(dtype="F99")}, EIGHT), 'header: "a".dtype: "F99" is not a dtype of the format'),
        (lay_out({"a": entry(dtype=["F32"])}, EIGHT), 'header: "a".dtype: ["F32"] is not a dtype of the format'),
        (lay_out({"a": entry(shape=[-2])}, EIGHT), 'header: "a".shape: [-2] is not a list of at most 64 sizes'),
        (lay_out({"a": entry(shape=[2.0])}, EIGHT), 'header: "a".shape: [2.0] is not a list of at most 64 sizes'),
        (lay_out({"a": entry(0, 1, "U8", [True])}, b"x"), 'header: "a".shape: [true] is not a list of at most 64 sizes'),
        (lay_out({"a": entry(0, 0, "U8", [-0.0])}), 'header: "a".shape: [-0.0] is not a list of at most 64 sizes'),
        (lay_out('{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}'),
         'header: "a".shape: [-0.0] is not a list of at most 64 sizes'),
        (lay_out({"a": entry(shape="2")}, EIGHT), 'header: "a".shape: "2" is not a list of at most 64 sizes'),
        (lay_out({"a": entry(0, 1, "U8", [1] * 65)}, b"x"),
         f'header: "a".shape: [{"1," * 29}1... (71 more characters) is not a list of at most 64 sizes'),
        (lay_out({"a": entry(0, 0, "F32", [1 << 62, 4, 0])}),
         'header: "a".shape: [4611686018427387904,4,0] overflows 64 bits on the way to zero'),
        (lay_out({"a": {**entry(), "data_offsets": [0]}}, EIGHT), 'header: "a".data_offsets: [0] is not a pair of offsets'),
        (lay_out({"a": entry(-8, 0)}, EIGHT), 'header: "a".data_offsets: [-8,0] is not a pair of offsets'),
        (lay_out({"a": entry(8, 0)}, EIGHT), 'header: "a".data_offsets: ends at 0, before it begins at 8'),
        (lay_out({"a": entry(shape=[3])}, EIGHT), 'header: "a".data_offsets: 8 bytes, but F32[3] takes 12'),
        (lay_out({"a": entry(0, 2, "F4", [3])}, bytes(2)),
         'header: "a".data_offsets: 2 bytes, but F4[3] takes 12 bits, no whole number of bytes'),
        (lay_out({"a": entry(), "b": entry(12, 20)}, bytes(20)),
         'header: "b".data_offsets: 4 bytes before it belong to no tensor (at byte 140)'),
        (lay_out({"a": entry(), "b": entry(4, 12)}, bytes(12)),
         'header: "b".data_offsets: begins inside "a" (at byte 135)'),
        (lay_out(GOOD, bytes(16)), "8 bytes at the end belong to no tensor (at byte 77)"),
        (lay_out(GOOD, bytes(9)), "1 byte at the end belongs to no tensor (at byte 77)"),
        (lay_out(GOOD, bytes(7)), "cut off: 77 bytes are described, the file has 76 (at byte 76)"),
        (lay_out(b"{}", b"x"), "1 byte at the end belongs to no tensor (at byte 10)"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_path_and_byte(data: bytes, expected: str) -> None:
    """The message leads from the file through the header to the field, and to the byte where there is one."""
    assert str(refusal(data)) == f"model.safetensors: {expected}"


@pytest.mark.parametrize("name", ["\x1b[2J\x07", "../../etc/passwd", "", " ", "a\nb", "\u202e", "con", "\\", '"'])
def test_any_name_is_a_name(name: str) -> None:
    """Names are data: they are kept as they are, and made printable only where they are shown."""
    assert [tensor.name for tensor in read(lay_out({name: entry()}, EIGHT)).tensors] == [name]
    assert "\x1b" not in str(refusal(lay_out({name: entry(shape=[3])}, EIGHT)))


def test_white_space_around_the_header_is_accepted() -> None:
    """The library pads with spaces and accepts all four kinds on both sides."""
    for before, after in ((b"", b"   "), (b"\t\n", b"\r "), (b"", b"")):
        data = lay_out(before + json.dumps(GOOD).encode() + after, EIGHT)
        assert read_as_the_library(data)


def test_null_metadata_is_no_metadata() -> None:
    """MLX writes null where it has nothing to say."""
    data = lay_out({"__metadata__": None, **GOOD}, EIGHT)
    assert read_as_the_library(data)
    assert len(read(data).tensors) == len(GOOD)


def test_every_dtype_of_the_format_is_read() -> None:
    """Four bits are the smallest, and a tensor of them must fill whole bytes."""
    for dtype, bits in DTYPE_BITS.items():
        assert read_as_the_library(lay_out({"a": entry(0, bits, dtype, [2, 4])}, bytes(bits)))
    data = save({"a": np.ones(3, ml_dtypes.bfloat16)})
    assert read(data).tensors[0].dtype == "BF16"


def test_tensors_come_in_the_order_of_their_bytes() -> None:
    """Whatever order the header names them in; empty tensors take no place."""
    header = {"c": entry(8, 16), "a": entry(), "b": entry(8, 8, shape=[0]), "z": entry(16, 20, shape=[])}
    tensors = read(lay_out(header, bytes(20))).tensors
    assert [tensor.name for tensor in tensors] == ["a", "b", "c", "z"]
    assert tensors[0].data_offsets[1] == tensors[1].data_offsets[0] == tensors[2].data_offsets[0]


@pytest.mark.parametrize(("count", "reads"), [(1, 1), (2000, 2)])
def test_a_small_header_takes_one_read_and_a_large_one_two(count: int, reads: int) -> None:
    """Each read may be a request over a network; none goes beyond the first window and the header."""
    header = lay_out({f"layer.{i}": entry(i * 8, i * 8 + 8) for i in range(count)})
    data = header + bytes(8 * count)
    asked: list[tuple[int, int]] = []

    def read_range(path: str, start: int, stop: int | None) -> bytes:
        assert stop is not None
        asked.append((start, stop))
        return data[start:stop]

    if count == 1:
        data = lay_out({"layer": entry(0, 100_000, "U8", [100_000])}, bytes(100_000))
    assert len(read_header(read_range, "m", len(data)).tensors) == count
    assert asked == [(0, FIRST_READ), (FIRST_READ, len(header))][:reads]


def test_the_number_of_tensors_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond half a million, the entries alone would fill the memory of a small machine."""
    monkeypatch.setattr(safetensors, "MAX_TENSORS", 1)
    assert (
        "2 tensors, more than the 1"
        in refusal(lay_out({"a": entry(0, 0, shape=[0]), "b": entry(0, 0, shape=[0])})).fault
    )


def test_ninety_thousand_tensors_are_read_in_well_under_two_seconds() -> None:
    """A mixture of experts has that many; the bound leaves room for a slow machine."""
    data = lay_out({f"model.layers.{i}.mlp.experts.gate_proj.weight": entry(i * 8, i * 8 + 8) for i in range(90_000)})
    started = time.process_time()
    header = read_header(lambda _, start, stop: data[start:stop], "model.safetensors", len(data) + 8 * 90_000)
    assert time.process_time() - started < 2 * pace()
    assert len(header.tensors) == 90_000


@pytest.mark.data
@pytest.mark.skipif(not UPSTREAM.exists(), reason="the test files of the library are not here")
def test_the_files_of_the_librarys_own_tests_are_read_as_it_expects() -> None:
    """Sixteen literals, accepted or refused as its tests say."""
    with (UPSTREAM / "EXPECTED.tsv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert len(rows) == 16
    for row in rows:
        data = (UPSTREAM / row["file"]).read_bytes()
        assert read_as_the_library(data) == (row["expected"] == "Ok"), row["file"]
