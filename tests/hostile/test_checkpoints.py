"""Checkpoints that are made to run code, to fill memory or to be read in two ways: refused by name, with nothing done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from tests.checkpoints import archive, parts, read, saved
from tests.hostile.checkpoints import MARKER, SOUND, cases
from tests.pace import pace

SECONDS, MEBIBYTES = 2.0, 300
CHILD = """
import json, os, resource, sys, time
from pathlib import Path
from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.checkpoint import read_checkpoint

acts, told, watching = [], {}, False
CALM = {"object.__getattr__", "code.__new__", "sys._getframe", "marshal.loads"}

def watch(event, arguments):
    if watching and event not in CALM:
        acts.append(f"{event} {arguments!r}"[:200])

sys.addaudithook(watch)
for path in sorted(Path(sys.argv[1]).iterdir()):
    data = path.read_bytes()
    ahead = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, watching, outcome = time.process_time(), True, "accepted"
    try:
        read_checkpoint(lambda _, start, stop: data[start:stop], "x.bin", len(data))
    except FormatError as error:
        outcome = str(error)
    watching = False
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - ahead) / 1024
    told[path.name] = [outcome, time.process_time() - begin, grown]
print(json.dumps({"told": told, "acts": acts, "modules": [name for name in ("torch", "pickle") if name in sys.modules]}))
"""


def test_nothing_hostile_runs_or_lasts(tmp_path: Path) -> None:
    """Every file is refused in one line, within two seconds and 300 MiB; nothing is opened, imported or run."""
    folder = tmp_path / "files"
    folder.mkdir()
    names = {f"{index:04}": (name, data) for index, (name, data) in enumerate(cases().items())}
    for index, (_, data) in names.items():
        (folder / index).write_bytes(data)
    before = pace()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    answer, slower = json.loads(done.stdout), max(before, pace())
    wrong = {
        names[index][0]: (outcome, seconds, grown)
        for index, (outcome, seconds, grown) in answer["told"].items()
        if outcome == "accepted"
        or "\n" in outcome
        or len(outcome) > 500
        or seconds > SECONDS * slower
        or grown > MEBIBYTES
    }
    assert not wrong
    assert answer["acts"] == []
    assert "torch" not in answer["modules"]
    assert not list(tmp_path.rglob(f"{MARKER}*"))
    assert not Path(MARKER).exists()
    assert len(names) > 200


def test_the_sound_checkpoint_is_read() -> None:
    """What the hostile files are refused for are their faults."""
    assert [info.name for info in read(archive(parts(SOUND)))] == ["w"]


@pytest.fixture(scope="module")
def real() -> bytes:
    import torch

    table = torch.arange(12.0).reshape(3, 4)
    return saved(
        {"a": table, "b": table[1:], "h": torch.ones(2, dtype=torch.bfloat16), "n": {"x": torch.zeros(1)}, "s": "text"}
    )


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_mutated_bytes_give_tensors_inside_of_the_file_or_a_named_error(real: bytes, data: st.DataObject) -> None:
    """Whatever is changed, cut out, doubled or put in."""
    mutant = bytearray(real)
    for _ in range(data.draw(st.integers(min_value=1, max_value=6))):
        place = data.draw(st.integers(min_value=0, max_value=max(0, len(mutant) - 1)))
        act = data.draw(st.sampled_from(("set", "cut", "put", "double")))
        if act == "set" and mutant:
            mutant[place] = data.draw(st.integers(min_value=0, max_value=255))
        elif act == "cut":
            del mutant[place : place + data.draw(st.integers(min_value=1, max_value=40))]
        elif act == "put":
            mutant[place:place] = data.draw(st.binary(max_size=12))
        else:
            mutant[place:place] = mutant[place : place + data.draw(st.integers(min_value=1, max_value=60))]
    check(bytes(mutant))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_mutated_streams_in_a_sound_archive_give_tensors_or_a_named_error(data: st.DataObject) -> None:
    """The machine is reached behind a checksum that fits."""
    opcodes = st.sampled_from(
        [bytes([byte]) for byte in b"(.NIJKMXGt)]}laesucRbQqrhj\x80\x85\x86\x87\x88\x89\x8a\x8c\x93\x94\x95"]
    )
    mutant = bytearray(SOUND)
    for _ in range(data.draw(st.integers(min_value=1, max_value=8))):
        place = data.draw(st.integers(min_value=0, max_value=len(mutant)))
        width = data.draw(st.integers(min_value=0, max_value=4))
        mutant[place : place + width] = data.draw(opcodes | st.binary(max_size=3))
    check(archive(parts(bytes(mutant))))


def check(data: bytes) -> None:
    try:
        tensors = read(data)
    except FormatError as error:
        if not str(error).isprintable():
            raise
        return
    for info in tensors:
        begin, end = info.data_offsets
        assert 0 <= begin <= end <= len(data)
        assert end - begin == info.size
