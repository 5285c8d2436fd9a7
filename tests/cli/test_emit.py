"""Writing: whole or not at all, the same bytes everywhere, colours only for people."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given

from hfsemver.cli.emit import emit
from hfsemver.cli.paint import painted
from hfsemver.core.errors import UsageError
from hfsemver.reports.report import Format
from hfsemver.reports.text import render_human
from tests.reports.strategies import HOSTILE, REFUSED, reports

if TYPE_CHECKING:
    from hfsemver.core.report import Report

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
from hfsemver.cli.main import main
sys.argv = ["hfsemver", "rules", "--output", sys.argv[1]]
main()
"""


@given(report=reports(HOSTILE))
def test_colours_never_change_the_text(report: Report) -> None:
    """What colours add can be taken away again, and then nothing is missing."""
    text = render_human(report)

    assert click.unstyle(painted(text)) == text


def test_colours_mark_what_a_reader_looks_for() -> None:
    """Headings are coloured by level: the test above could pass with no colours at all."""
    assert click.style("deny[tensor-removed]", fg="red", bold=True) in painted(render_human(REFUSED))


def at_a_terminal(*arguments: str, **variables: str) -> bytes:
    """Run a command with a terminal for its standard output and return what arrives there."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **variables}
    command = [sys.executable, "-m", "hfsemver", *arguments]
    subprocess.run(command, stdout=terminal, stderr=subprocess.DEVNULL, env=environment, check=True)
    os.close(terminal)
    seen = b""
    while chunk := _read(controller):
        seen += chunk
    os.close(controller)
    return seen


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 65_536)
    except OSError:  # Linux reports the closed other end of a terminal as an error
        return b""


@pytest.mark.parametrize(
    ("arguments", "variables", "coloured"),
    [
        (("explain", "tensor-removed"), {}, True),
        (("explain", "tensor-removed"), {"NO_COLOR": "1"}, False),
        (("explain", "tensor-removed"), {"TERM": "dumb"}, False),
        (("explain", "tensor-removed", "--no-color"), {}, False),
        (("--no-color", "explain", "tensor-removed"), {}, False),
        (("explain", "tensor-removed", "--json"), {}, False),
        (("explain", "tensor-removed"), {"AI_AGENT": "some"}, False),
    ],
)
def test_colours_are_for_a_terminal_whose_reader_wants_them(
    arguments: tuple[str, ...], variables: dict[str, str], *, coloured: bool
) -> None:
    """A terminal gets colours unless somebody asked for plain text."""
    assert (b"\x1b[" in at_a_terminal(*arguments, **variables)) is coloured


def test_a_pipe_gets_no_colours() -> None:
    """What is not a terminal gets the bare text."""
    done = subprocess.run(
        [sys.executable, "-m", "hfsemver", "explain", "tensor-removed"], capture_output=True, check=True
    )

    assert b"\x1b" not in done.stdout


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    """When the disk ends in the middle, the old text is still whole, no remains lie about, and the run says so."""
    target = tmp_path / "rules.txt"
    target.write_text("old", encoding="utf-8")
    # Without -B it would leave its own modules behind compiled up to the same byte, and every later run would fail on them.
    command = [sys.executable, "-B", "-c", LIMITED, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith(f"Error: {target}: cannot be written")
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def rules_into(output: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Write the list of rules to ``output``, from within ``folder``."""
    command = [sys.executable, "-m", "hfsemver", "rules", "--output", output]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_a_stream_was_redirected_to_is_not_replaced(tmp_path: Path) -> None:
    """``--output /dev/stdout >> file`` adds to the file, as a shell's own ``>>`` does."""
    kept = tmp_path / "log"
    kept.write_text("kept\n", encoding="utf-8")
    with kept.open("a", encoding="utf-8") as log:
        command = [sys.executable, "-m", "hfsemver", "rules", "-q", "--output", "/dev/stdout"]
        subprocess.run(command, stdout=log, check=True)

    assert kept.read_text(encoding="utf-8").startswith("kept\n")
    assert "tensor-removed\n" in kept.read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_device_that_is_full_is_said_and_stays_a_device(tmp_path: Path) -> None:
    """A device is written to and never replaced."""
    done = rules_into("/dev/full", tmp_path)

    assert done.returncode == 3
    assert done.stderr.startswith("Error: /dev/full: cannot be written: No space left")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("output", ["", ".", "/", "folder", "new/", "x" * 300, "loop", "file/x"])
def test_an_output_that_can_be_no_file_is_a_usage_error(tmp_path: Path, output: str) -> None:
    """Exit 2 with what to type, whatever the system calls the fault; nothing is written."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old", encoding="utf-8")
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.rglob("*"))

    done = rules_into(output, tmp_path)

    assert done.returncode == 2, done.stderr
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["Error", "Hint"]
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("name", ["nowhere/report.json", "folder"])
def test_a_place_where_no_file_can_be_is_a_fault_of_the_command_line(tmp_path: Path, name: str) -> None:
    """A missing folder, or a folder in the place of the file, is refused without a trace."""
    (tmp_path / "folder").mkdir()

    with pytest.raises(UsageError):
        emit("x", Format.JSON, str(tmp_path / name))

    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]
