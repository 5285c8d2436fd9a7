"""Valid files, broken at random for as long as there is time: nothing but named errors, nothing laxer than the others.

``HFSEMVER_FUZZ_SECONDS`` sets the time for each target, ``HFSEMVER_FUZZ_SEED`` where the random numbers start.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import struct
import time
from typing import TYPE_CHECKING, TypeVar, cast

import pytest
import yaml

from hfsemver.core.claim import Claim
from hfsemver.core.errors import HfSemverError
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.formats import bounded_yaml, strict_json
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.reports.report import Format, render
from hfsemver.workflows.judgement import judge
from tests.hostile.case import CARD, SOUND
from tests.hostile.near_files import is_harmless, read_as_the_library, read_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.releases.formats.strict_json import JsonValue

pytestmark = pytest.mark.slow

Read = TypeVar("Read")

SECONDS = float(os.environ.get("HFSEMVER_FUZZ_SECONDS", "20"))
SEED = int(os.environ.get("HFSEMVER_FUZZ_SEED", "0"))

PIECES = [
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u", b"\\ud800", b"\\udc00", b"-", b"-0", b"0", b"1e999", b"NaN",
    b"null", b"true", b"18446744073709551615", b"9223372036854775808", b"4611686018427387904", b".5", b"e", b"\0", b"\xff",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b" ", b"\n", b"\t", b"&a ", b"*a", b"<<: ", b"!!", b"? ", b"- ", b"---\n", b"|\n", b">",
    b"'", b"#", b"%", b'"dtype"', b'"shape"', b'"data_offsets"', b'"__metadata__"', b'"F4"', b'"BF16"', b'"weight_map"', b"../",
]  # fmt: skip


def mutated(rng: random.Random, data: bytes) -> bytes:
    """Break a text in a few places: bytes changed, taken out, doubled, or replaced with something of meaning."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        start = rng.randrange(len(data) + 1)
        stop = min(len(data), start + rng.choice((0, 0, 1, 1, 2, 4, 16, 64)))
        middle = rng.choice((b"", data[start:stop] * 2, rng.choice(PIECES), rng.choice(PIECES), rng.randbytes(1)))
        data = data[:start] + middle + data[stop:]
    return data


def accepted(read: Callable[[], Read]) -> tuple[Read] | None:
    """Return what was read, or ``None`` for a named error, the only kind there may be, in one printable line."""
    try:
        return (read(),)
    except HfSemverError as error:
        message = str(error)
    assert is_harmless(message)
    return None


def fuzz(target: Callable[[random.Random], object], least: int) -> None:
    """Call ``target`` again and again; a failure names the seed that repeats it."""
    ends = time.monotonic() + SECONDS
    number = 0
    while number < least or time.monotonic() < ends:
        seed = f"{SEED}/{number}"
        try:
            target(random.Random(seed))
        except Exception as error:
            error.add_note(f"random.Random({seed!r})")
            raise
        number += 1


HEADER = json.dumps({
    "__metadata__": {"format": "pt"},
    "embed.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "scale": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]},
    "none": {"dtype": "I64", "shape": [0, 4], "data_offsets": [26, 26]},
    "four": {"dtype": "F4", "shape": [4], "data_offsets": [26, 28]},
}).encode()  # fmt: skip


def test_headers() -> None:
    """What is accepted, the library accepts, with the same tensors at the same bytes."""
    count = 0

    def target(rng: random.Random) -> None:
        nonlocal count
        header = mutated(rng, HEADER)
        length = max(0, len(header) + rng.choice((0, 0, 0, 0, 1, -1, 1 << 40)))
        data = struct.pack("<Q", length) + header + rng.randbytes(28 + rng.choice((0, 0, 0, 0, 1, -1)))
        count += read_as_the_library(data)

    fuzz(target, 2000)
    assert count > 20


def test_json() -> None:
    """What is accepted, Python's own reader accepts, as the same value."""
    texts = [SOUND[name] for name in SOUND if name.endswith(".json")]

    def target(rng: random.Random) -> None:
        data = mutated(rng, rng.choice(texts))
        found = accepted(lambda: strict_json.load_value(data, "x"))
        assert found is None or found[0] == json.loads(data)

    fuzz(target, 2000)


def test_yaml() -> None:
    """What is accepted, PyYAML composes, and finds the same text in."""
    card = (
        CARD
        + "model-index:\n- name: x\n  results: [{task: {type: a}, metrics: [{type: b, value: '1.0'}]}]\ntext: |\n  a\n"
    )

    def plain(node: yaml.Node | None) -> object:
        if isinstance(node, yaml.MappingNode):
            return {key.value: plain(value) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return tuple(plain(item) for item in node.value)
        assert node is None or isinstance(node, yaml.ScalarNode)
        return "" if node is None or (node.tag == "tag:yaml.org,2002:null" and not node.style) else node.value

    def target(rng: random.Random) -> None:
        text = mutated(rng, card.replace("---\n", "").encode()).decode("utf-8", "surrogateescape")
        found = accepted(lambda: bounded_yaml.load_document(text, "x"))
        assert found is None or found[0] == plain(yaml.compose(text, Loader=bounded_yaml._LOADER))

    fuzz(target, 2000)


def test_indexes() -> None:
    """What is accepted names files in the folder of the index."""
    sound = json.dumps(
        {"metadata": {"total_size": 8}, "weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}}
    ).encode()

    def target(rng: random.Random) -> None:
        data = mutated(rng, sound)
        read_index(data)

    fuzz(target, 2000)


ODD: list[JsonValue] = [
    None, True, False, 0, -1, 1.5, -0.0, 1e300, 10**40, "", "x", "\x1b[2J\n::error::", [], {}, [[]], [None], {"": None},
    {"type": "x"}, [{"id": 1}], "null", ["a", 1, None],
]  # fmt: skip


def odd(rng: random.Random, value: JsonValue) -> JsonValue:
    """Replace one value somewhere inside, or take it away, or put another beside it."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(sorted(value))
        act = rng.random()
        if act < 0.1:
            return {name: item for name, item in value.items() if name != key}
        if act < 0.2:
            return {
                **value,
                rng.choice(("x", "", "rope_scaling", "eos_token_id", "id2label", "added_tokens")): rng.choice(ODD),
            }
        return {**value, key: odd(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.7:
        place = rng.randrange(len(value))
        return [*value[:place], odd(rng, value[place]), *value[place + 1 :]]
    return rng.choice(ODD)


FULLER = {
    **SOUND,
    "config.json": json.dumps({
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8, "vocab_size": 5, "num_hidden_layers": 2,
        "num_attention_heads": 2, "max_position_embeddings": 64, "rope_theta": 1e4, "rope_scaling": {"type": "linear", "factor": 2.0},
        "id2label": {"0": "a", "1": "b"}, "label2id": {"a": 0, "b": 1}, "tie_word_embeddings": False, "eos_token_id": [1, 2],
        "torch_dtype": "float32", "quantization_config": {"quant_method": "gptq", "bits": 4}, "auto_map": {"AutoModel": "m.M"},
    }).encode(),
    "tokenizer_config.json": json.dumps({
        "unk_token": {"content": "[UNK]", "lstrip": False}, "pad_token": "[PAD]", "model_max_length": 16,
        "added_tokens_decoder": {"0": {"content": "[UNK]", "special": True}}, "extra_special_tokens": ["<x>"],
        "chat_template": [{"name": "default", "template": "{{ messages[0]['content'] }}"}],
    }).encode(),
    "adapter_config.json": json.dumps({"peft_type": "LORA", "r": 8, "target_modules": ["q"], "base_model_name_or_path": "a/b"}).encode(),
}  # fmt: skip


def test_whole_checks() -> None:
    """Values of types that nobody foresaw, in files that are sound as such: a verdict or a named error, in every format."""
    names = [name for name in FULLER if name.endswith(".json")]
    sound = Release(MemorySource(FULLER), ref="sound")

    def target(rng: random.Random) -> None:
        name = rng.choice(names)
        value = cast("JsonValue", json.loads(FULLER[name]))
        for _ in range(rng.choice((1, 1, 2))):
            value = odd(rng, value)
        release = Release(MemorySource({**FULLER, name: json.dumps(value).encode()}), ref="odd")
        sides = (sound, release) if rng.random() < 0.5 else (release, sound)
        diff = compare(*sides)
        found = accepted(lambda: judge(diff, Claim(), Policy(), FailOn.DENY, dt.date(2026, 1, 1)))
        if found is not None:
            assert not any("\x1b[2J" in render(found[0], form) for form in Format)

    fuzz(target, 100)
