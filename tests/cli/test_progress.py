"""How far reading has come: one line for a person at a terminal, of which nothing stays, and nothing for anybody else."""

from __future__ import annotations

import io
import os
import pty
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.progress import PAUSE, Meter
from tests import builders

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.rules.rule import ExampleFiles

OLD: ExampleFiles = {"a": "F32[256,64]", "b": "F32[256,64]"}
NEW: ExampleFiles = {"a": "F32[256,64] seed=1 scale=1e-3", "b": "F32[256,64]", "c": "F32[64,64]"}
SLOW = """
import signal, sys, time
# What runs these tests may itself run in the background, where an interrupt is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from hfsemver.cli.main import main
from hfsemver.releases.source import OpenFile
from hfsemver.tensors import stored
from hfsemver.diff.weights.reading import WeightSide

opened = WeightSide._opened
def slow(self, file):
    if self.progress is not None and self._read:
        {pause}
    return opened(self, file)
WeightSide._opened = slow
sys.argv = ["hfsemver", *sys.argv[1:]]
main()
"""


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Return a folder with two releases, ``old`` and ``new``."""
    for name, side in (("old", OLD), ("new", NEW)):
        (tmp_path / name).mkdir()
        for path, data in builders.files(side).items():
            (tmp_path / name / path).write_bytes(data)
    return tmp_path


def start(command: list[str], folder: Path, **variables: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a program with a terminal for standard error, and return it with the other end."""
    controller, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**environment, "TERM": "xterm", **variables},
    )
    os.close(terminal)
    return process, controller


def rest(controller: int) -> str:
    """Return all that still arrives at a terminal."""
    seen = b""
    while True:
        try:
            chunk = os.read(controller, 65_536)
        except OSError:  # Linux reports the closed other end of a terminal as an error
            chunk = b""
        if not chunk:
            os.close(controller)
            return seen.decode()
        seen += chunk


def at_a_terminal(folder: Path, *arguments: str, **variables: str) -> tuple[str, bytes, int]:
    """Run hfsemver; return what its standard error showed, its standard output, and its exit code."""
    process, controller = start(["-m", "hfsemver", *arguments], folder, **variables)
    seen = rest(controller)
    out, _ = process.communicate()
    return seen, out, process.returncode


def screen(written: str) -> list[str]:
    """Return the lines that stay on a terminal: a carriage return goes back, and what comes writes over what was there."""
    lines = []
    for line in written.replace("\r\n", "\n").split("\n"):
        kept = ""
        for piece in line.split("\r"):
            kept = piece + kept[len(piece) :]
        lines.append(kept.rstrip())
    return lines


@pytest.mark.parametrize("arguments", [("diff", "old", "new"), ("check", "new", "--baseline", "old", "--json")])
def test_a_terminal_sees_progress_and_keeps_nothing_of_it(folders: Path, arguments: tuple[str, ...]) -> None:
    """Bytes read of bytes to read appear while values are measured; in the end the line is blank, the output as ever."""
    seen, out, code = at_a_terminal(folders, *arguments)
    plain = subprocess.run(
        [sys.executable, "-m", "hfsemver", *arguments], cwd=folders, capture_output=True, check=False
    )

    assert "\rreading weights  " in seen
    assert " of 262.1 kB" in seen or " of 278.5 kB" in seen
    assert [""] == screen(seen)
    assert seen.endswith("\r")
    assert (plain.stdout, plain.returncode, b"") == (out, code, plain.stderr)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("-q",), {}),
        (("--format", "agent"), {}),
        ((), {"AI_AGENT": "some"}),
        ((), {"CI": "true"}),
        ((), {"TERM": "dumb"}),
        (("-v",), {}),
        (("--weights", "header"), {}),
    ],
)
def test_who_asked_for_no_such_line_gets_none(
    folders: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    """Quiet, harnesses, continuous integration and terminals that cannot go back see nothing; nor is there anything to see from headers."""
    assert "reading weights" not in at_a_terminal(folders, "diff", "old", "new", *arguments, **variables)[0]


def test_an_error_stands_on_a_clean_line(folders: Path) -> None:
    """When reading ends in an error the line is wiped before the error is said."""
    process, controller = start(
        ["-c", SLOW.format(pause="raise OSError(5, 'broken')"), "diff", "old", "new"], folders, HFSEMVER_THREADS="1"
    )
    seen = rest(controller)
    process.communicate()

    assert "\rreading weights  " in seen
    assert "Error: " in screen(seen)[0]
    assert not any("reading weights" in line for line in screen(seen))


@pytest.mark.parametrize("threads", ["1", "2"])
def test_an_interrupt_leaves_nothing_behind(folders: Path, threads: str) -> None:
    """Ctrl-C in the middle of reading wipes the line, says so on a line of its own, and exits with 130."""
    process, controller = start(
        ["-c", SLOW.format(pause="time.sleep(1)"), "diff", "old", "new"], folders, HFSEMVER_THREADS=threads
    )
    seen = os.read(controller, 65_536).decode()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    seen += rest(controller)
    process.communicate()

    assert process.returncode == 130
    assert "\rreading weights  " in seen
    assert ["", "Error: interrupted", ""] == screen(seen)


def test_a_pipe_gets_no_progress(folders: Path) -> None:
    """What is not a terminal gets no line at all."""
    done = subprocess.run(
        [sys.executable, "-m", "hfsemver", "diff", "old", "new"], cwd=folders, capture_output=True, check=True
    )

    assert b"" == done.stderr


def test_the_line_says_how_much_how_fast_and_how_long() -> None:
    """Amounts share their unit, speed is that of the whole way, and one line follows another after a tenth of a second."""
    stream, now = io.StringIO(), [10.0]
    meter = Meter(stream, 80, lambda: now[0])
    meter.expect(14_500_000_000)
    meter.read(100_000_000)
    for _ in range(4):
        now[0] += PAUSE / 2
        meter.read(800_000_000)
    now[0] = 13.0
    meter.read(0)
    meter.close()
    meter.read(1)

    lines = [line.rstrip() for line in stream.getvalue().split("\r")]
    assert [
        "",
        "reading weights  100.0 MB of 14.5 GB",
        "reading weights  1.7 of 14.5 GB  17.0 GB/s  0:00:01 left",
        "reading weights  3.3 of 14.5 GB  16.5 GB/s  0:00:01 left",
        "reading weights  3.3 of 14.5 GB  1.1 GB/s  0:00:10 left",
        "",
        "",
    ] == lines
    assert [""] == screen(stream.getvalue())


def test_more_work_makes_the_whole_grow() -> None:
    """What nobody announced is added to the whole, and what is announced later comes on top of that."""
    stream, now = io.StringIO(), [0.0]
    meter = Meter(stream, 80, lambda: now[0])
    for announced, read in ((0, 2_000), (8_000, 1_000), (0, 9_000)):
        now[0] += 1
        meter.expect(announced)
        meter.read(read)

    assert ["2.0 of 2.0 kB", "3.0 of 10.0 kB", "12.0 of 12.0 kB"] == [
        line.split("  ")[1].rstrip() for line in stream.getvalue().split("\r")[1:]
    ]


def test_a_narrow_terminal_gets_a_line_that_fits() -> None:
    """A line that broke could not be wiped."""
    stream = io.StringIO()
    meter = Meter(stream, 20, lambda: 0.0)
    meter.read(1_000)
    meter.close()

    assert max(map(len, stream.getvalue().split("\r"))) < 20
    assert [""] == screen(stream.getvalue())


def test_a_terminal_that_is_gone_stops_no_work() -> None:
    """Whether the line can be written changes nothing about the run."""

    class Gone(io.StringIO):
        def write(self, text: str, /) -> int:
            raise OSError(5, f"Input/output error, {len(text)} characters lost")

    meter = Meter(Gone(), 80, lambda: 0.0)
    meter.read(1)
    meter.read(1)
    meter.close()
