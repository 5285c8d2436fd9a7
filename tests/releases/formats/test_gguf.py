"""Headers of GGUF files: what the specification allows is read, what it forbids is refused, in bounded time and memory."""

from __future__ import annotations

import struct
import time
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.releases.formats.gguf import UnreadVersionError, read_header
from hfsemver.releases.formats.gguf_cursor import MAX_HEADER
from hfsemver.releases.formats.gguf_types import BLOCKS, GgufArray, GgufType
from hfsemver.releases.formats.gguf_values import KEPT, MAX_TEXT
from hfsemver.rules.gguf_example import gguf
from tests.builders import release
from tests.gguf_files import Tensor, bare, lay_out, pair, text, typed
from tests.histories import DATA
from tests.hostile.gguf_files import BROKEN, UNREAD, listed, one
from tests.pace import pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.gguf_types import GgufHeader, GgufValue

REAL = DATA / "gguf" / "ik_llama.cpp"
U8, U32, F32, BOOL, STRING, ARRAY = (
    GgufType.UINT8, GgufType.UINT32, GgufType.FLOAT32, GgufType.BOOL, GgufType.STRING, GgufType.ARRAY,
)  # fmt: skip
SECONDS = 1.0


class Bytes:
    """A file in memory that counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.taken = 0

    def read(self, path: str, start: int, stop: int | None) -> bytes:
        """Return a range that lies inside of the file."""
        assert path == "x.gguf"
        assert stop is not None
        assert 0 <= start <= stop <= len(self.data)
        self.taken += stop - start
        return self.data[start:stop]


def read(data: bytes) -> GgufHeader:
    """Read a header from memory, as a source would."""
    return read_header(Bytes(data).read, "x.gguf", len(data))


WHOLE = lay_out(
    [
        pair("general.architecture", typed(STRING, "llama")),
        pair("a.number", typed(U32, 7)),
        pair("a.list", typed(ARRAY, (STRING, ("x", "yy")))),
        pair("a.large", typed(ARRAY, (F32, (1.0,) * 100))),
    ],
    [Tensor(name="token_embd.weight", shape=(8, 4), type=1), Tensor(name="output.weight", shape=(8, 4), offset=64)],
    data=192,
)


@pytest.mark.parametrize("name", [*BROKEN, *UNREAD])
def test_a_broken_file_is_refused_at_once_with_the_place(name: str) -> None:
    """One line says what is wrong and where, and what to do about it."""
    data, fault = {**BROKEN, **UNREAD}[name]
    start = time.perf_counter()
    with pytest.raises(FormatError) as caught:
        read(data)

    assert time.perf_counter() - start < SECONDS * pace()
    assert str(caught.value).startswith("x.gguf: ")
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_a_sound_file_is_read() -> None:
    """Everything that each broken file above is a variant of."""
    header = read(WHOLE)

    assert header.architecture == "llama"
    assert header.number("a.number") == 7
    assert header.length("a.list") == 2
    assert header.metadata["a.list"] == GgufArray(kind=STRING, count=2, values=("x", "yy"))
    assert [(tensor.name, tensor.shape, tensor.type) for tensor in header.tensors] == [
        ("token_embd.weight", (8, 4), 1),
        ("output.weight", (8, 4), 0),
    ]
    assert not header.is_quantized


def test_a_file_cut_off_anywhere_is_refused() -> None:
    """No prefix of a file passes for a whole one."""
    end = len(WHOLE)
    for length in range(end):
        with pytest.raises(FormatError):
            read(WHOLE[:length])


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
@settings(max_examples=500)
def test_a_changed_byte_is_read_or_refused(place: int, value: int) -> None:
    """Nothing but a ``FormatError`` gets out."""
    data = bytearray(WHOLE)
    data[place] = value
    with suppress(FormatError):
        read(bytes(data))


NUMBERS = {
    kind: st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else st.integers(0, (1 << bits) - 1)
    for kind, bits, signed in (
        (GgufType.UINT8, 8, False), (GgufType.INT8, 8, True), (GgufType.UINT16, 16, False), (GgufType.INT16, 16, True),
        (GgufType.UINT32, 32, False), (GgufType.INT32, 32, True), (GgufType.UINT64, 64, False), (GgufType.INT64, 64, True),
    )
}  # fmt: skip
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS: Mapping[GgufType, st.SearchStrategy[object]] = {
    **NUMBERS,
    GgufType.FLOAT32: st.floats(width=32, allow_nan=False),
    GgufType.FLOAT64: st.floats(allow_nan=False),
    GgufType.BOOL: st.booleans(),
    GgufType.STRING: WORDS,
}


def _lists(kinds: Mapping[GgufType, st.SearchStrategy[object]]) -> st.SearchStrategy[object]:
    return st.sampled_from(list(kinds)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.lists(kinds[kind], max_size=5).map(tuple))
    )


VALUES = st.sampled_from([*SCALARS, ARRAY]).flatmap(
    lambda kind: st.tuples(st.just(kind), SCALARS[kind] if kind in SCALARS else _lists(SCALARS))
)
KEYS = WORDS.filter(lambda key: key not in ("", "general.alignment"))


def expected(kind: GgufType, value: object) -> GgufValue:
    """What a value is read as."""
    if kind is not ARRAY:
        assert isinstance(value, int | float | str)
        return value
    assert isinstance(value, tuple)
    of, elements = value
    return GgufArray(kind=of, count=len(elements), values=elements)


@given(
    st.dictionaries(KEYS, VALUES, max_size=6), st.lists(st.integers(1, 40), max_size=5), st.sampled_from([8, 32, 128])
)
def test_whatever_is_written_is_read_again(
    keys: dict[str, tuple[GgufType, object]], sizes: list[int], alignment: int
) -> None:
    """All types of values, lists of each of them, and tensors one behind the other at any alignment."""
    tensors, end = [], 0
    for number, size in enumerate(sizes):
        tensors.append(Tensor(name=f"t{number}", shape=(size,), offset=end))
        end += -(-size * 4 // alignment) * alignment
    written = {key: typed(*value) for key, value in keys.items()}
    data = lay_out({"general.alignment": typed(U32, alignment), **written}, tensors, data=end, alignment=alignment)

    header = read(data)

    assert dict(header.metadata) == {"general.alignment": alignment, **{k: expected(*v) for k, v in keys.items()}}
    assert [(tensor.name, tensor.shape, tensor.offset) for tensor in header.tensors] == [
        (tensor.name, tuple(tensor.shape), tensor.offset) for tensor in tensors
    ]


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions_in_use_are_read(version: int) -> None:
    """They differ in the order of bytes that they allow and in nothing else."""
    assert read(lay_out({"k": typed(U8, 1)}, version=struct.pack("<I", version))).version == version


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_tensor_takes_the_bytes_of_its_blocks(kind: int) -> None:
    """One byte less is too few."""
    block, taken = BLOCKS[kind]
    tensor = Tensor(shape=(block, 3), type=kind)
    data = lay_out([], [tensor], data=taken * 3)

    assert read(data).tensors[0].type == kind
    with pytest.raises(FormatError, match="behind the"):
        read(data[:-1])


def test_a_type_of_a_fork_is_read_without_its_size() -> None:
    """Forks of llama.cpp have types of their own, and their files are no less sound."""
    assert read(lay_out([], [Tensor(type=137, shape=(32, 32))], data=32)).is_quantized


@pytest.mark.parametrize("before", [0, 1, 65_500, 65_530, 1_000_003])
def test_a_digest_tells_the_elements_and_not_the_place(before: int) -> None:
    """The pieces in which a file is read leave no trace, also where one text is longer than a piece."""
    elements = (STRING, ("x" * 3_000_000, *("ab" * 50 for _ in range(40_000)), "end"))
    wanted = read(one(typed(ARRAY, elements))).metadata["k"]
    shifted = read(lay_out({"a": typed(ARRAY, (U8, (1,) * before)), "k": typed(ARRAY, elements)})).metadata["k"]
    other = read(one(typed(ARRAY, (STRING, (*elements[1][:-1], "End"))))).metadata["k"]

    assert isinstance(wanted, GgufArray)
    assert wanted.values is None
    assert shifted == wanted
    assert other != wanted


def test_a_vocabulary_costs_little_memory_and_time() -> None:
    """128,256 tokens with merges, scores and types: some 8 MB of a file, of which pieces are held."""
    count = 128_256
    tokens = struct.pack("<IQ", STRING, count) + b"".join(text(f"token number {n}") for n in range(count))
    merges = struct.pack("<IQ", STRING, 2 * count) + text("ab cd") * (2 * count)
    scores = struct.pack("<IQ", F32, count) + bytes(4 * count)
    prefix = struct.pack("<I", ARRAY)
    data = lay_out({"tokens": prefix + tokens, "merges": prefix + merges, "scores": prefix + scores})
    file = Bytes(data)
    tracemalloc.start()
    start = time.perf_counter()
    header = read_header(file.read, "x.gguf", len(data))
    seconds = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert header.length("tokens") == count
    assert peak < 5 << 20
    assert seconds < 5 * pace()
    assert file.taken == len(data)


def test_no_tensor_bytes_are_read() -> None:
    """A file of 64 MB with a small header is not read beyond its first piece."""
    data = lay_out({"k": typed(U8, 1)}, [Tensor(shape=(16 << 20,))], data=64 << 20)
    file = Bytes(data)
    read_header(file.read, "x.gguf", len(data))

    assert file.taken <= 64 << 10


def test_a_header_beyond_the_bound_is_refused_before_it_is_read() -> None:
    """The size of the file says that the list could be there."""

    def pretend(_: str, start: int, stop: int | None) -> bytes:
        assert stop is not None
        head = one(listed(U8, 4 * MAX_HEADER))
        return (head + bytes(stop))[start:stop]

    with pytest.raises(FormatError, match="the header has more than"):
        read_header(pretend, "x.gguf", 8 * MAX_HEADER)


def test_what_is_large_is_a_digest() -> None:
    """Long texts and long lists are told apart and not kept."""
    long = read(one(typed(STRING, "x" * (MAX_TEXT + 1)))).metadata["k"]
    kept = read(one(typed(ARRAY, (U8, (1,) * KEPT)))).metadata["k"]
    hashed = read(one(typed(ARRAY, (U8, (1,) * (KEPT + 1))))).metadata["k"]

    assert isinstance(long, GgufArray)
    assert (long.count, long.values) == (MAX_TEXT + 1, None)
    assert isinstance(kept, GgufArray)
    assert kept.values == (1,) * KEPT
    assert isinstance(hashed, GgufArray)
    assert (hashed.values, len(hashed.sha256)) == (None, 64)


def test_a_list_of_lists_is_read() -> None:
    """The specification allows it, though llama.cpp reads none."""
    value = struct.pack("<I", ARRAY) + bare(ARRAY, (ARRAY, ((U8, (1, 2)), (U8, ()))))
    found = read(one(value)).metadata["k"]

    assert isinstance(found, GgufArray)
    assert found.kind is ARRAY
    assert found.values is not None
    assert [inner.count for inner in found.values if isinstance(inner, GgufArray)] == [2, 0]


def test_headers_of_a_release_are_read_by_path_and_once() -> None:
    """Of a model in several files the first one is read, at any depth."""
    parts = {
        "q/x-00001-of-00002.gguf": gguf({"general.architecture": "llama"}),
        "q/x-00002-of-00002.gguf": b"no header",
    }
    ggufs = release({"y.gguf": gguf({}), **parts, "notes.txt": "GGUF"}).ggufs

    assert sorted(ggufs) == ["q/x-00001-of-00002.gguf", "y.gguf"]
    assert ggufs["q/x-00001-of-00002.gguf"].architecture == "llama"
    assert ggufs["y.gguf"] is ggufs["y.gguf"]
    with pytest.raises(KeyError):
        ggufs["notes.txt"]


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"


@pytest.mark.parametrize("data", [POINTER, lay_out(version=b"\1\0\0\0"), lay_out(magic=b"FUGG")])
def test_what_cannot_be_looked_at_is_missing_evidence(data: bytes) -> None:
    """A pointer, and a file that is sound for others: neither is a fault of the release."""
    with pytest.raises(EvidenceMissing, match=r"x\.gguf"):
        release({"x.gguf": data}).ggufs["x.gguf"]


def test_an_unread_version_is_told_from_a_fault() -> None:
    """The one may be sound, the other is not."""
    with pytest.raises(UnreadVersionError):
        read(lay_out(version=b"\1\0\0\0"))
    with pytest.raises(FormatError) as caught:
        read(lay_out(magic=b"GGML"))
    assert not isinstance(caught.value, UnreadVersionError)


@pytest.mark.data
@pytest.mark.skipif(not REAL.is_dir(), reason="the real vocabularies are not here")
@pytest.mark.parametrize(
    ("name", "context", "tokens", "eos"),
    [("ggml-vocab-llama-spm.gguf", 4096, 32_000, 2), ("ggml-vocab-phi-3.gguf", 4096, 32_064, 32_000)],
)
def test_real_files_are_read(name: str, context: int, tokens: int, eos: int) -> None:
    """Vocabularies as the converter of llama.cpp wrote them."""
    header = read((REAL / name).read_bytes())

    assert header.own("context_length") == context
    assert header.length("tokenizer.ggml.tokens") == tokens
    assert header.number("tokenizer.ggml.eos_token_id") == eos
    assert header.tensors == ()


@pytest.mark.data
@pytest.mark.skipif(not REAL.is_dir(), reason="the real vocabularies are not here")
def test_real_files_cut_off_are_refused() -> None:
    """At places all over the file."""
    data = (REAL / "ggml-vocab-phi-3.gguf").read_bytes()
    for length in range(0, len(data), 9973):
        with pytest.raises(FormatError):
            read(data[:length])
