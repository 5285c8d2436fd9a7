"""The boundary: every way to end has its exit code, its words and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from hfsemver import __version__
from hfsemver.cli.errors import guarded
from hfsemver.cli.exits import Exit
from hfsemver.core.errors import (
    ConfigError,
    EvidenceMissing,
    FormatError,
    HfSemverError,
    RefError,
    SourceError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROGRAM = [sys.executable, "-m", "hfsemver"]


def raising(error: BaseException) -> Callable[[Sequence[str]], int]:
    """Make a command that ends with ``error``."""

    def command(argv: Sequence[str]) -> int:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("nothing to do", hint="type more"), Exit.USAGE),
        (RefError("v9 names nothing", hint="git tag --list"), Exit.USAGE),
        (ConfigError(".hfsemver.yaml", ("promise: did you mean 'load'?", "x: unknown key"), hint="schema"), Exit.USAGE),
        (SourceError("the folder vanished", hint="look for it"), Exit.UNREADABLE),
        (FormatError("end before start", "model.safetensors", "header", offset=8), Exit.UNREADABLE),
        (EvidenceMissing("model.safetensors", "the object is not here"), Exit.UNREADABLE),
    ],
)
def test_an_expected_error_is_two_kinds_of_lines(
    error: HfSemverError, code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    """What went wrong, then what to type, both on standard error; standard output stays empty."""
    assert guarded(raising(error), ["check"]) == code

    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert all(line.startswith("Error: ") for line in lines[:-1])
    assert lines[-1] == f"Hint: {error.hint}"


def test_every_problem_of_a_policy_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """All problems are said at once, one a line, each with the file and the key."""
    guarded(raising(ConfigError("p.yaml", ("a: wrong; very", "b: worse"), hint="h")), [])

    assert capsys.readouterr().err.splitlines()[:-1] == ["Error: p.yaml: a: wrong; very", "Error: p.yaml: b: worse"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_no_bug(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends with 130 and one line."""
    assert guarded(raising(error), []) == Exit.INTERRUPTED

    assert capsys.readouterr().err == "Error: interrupted\n"


def test_a_file_that_ends_early_is_no_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    """What click makes of an ``EOFError`` in our own code, or in a module that was compiled halfway, is a bug all the same."""

    @click.command
    def read() -> None:
        raise EOFError("marshal data too short")

    assert guarded(lambda _argv: read.main([], standalone_mode=False), []) == Exit.BUG
    assert "marshal data too short" in capsys.readouterr().err


def test_a_bug_comes_as_a_report_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    """Version, Python, platform, command and traceback stand between two rules."""
    assert guarded(raising(ZeroDivisionError("in the engine")), ["check", "a folder"]) == Exit.BUG

    out, err = capsys.readouterr()
    assert out == ""
    _, body, rest = err.split("-" * 72)
    assert f"hfsemver {__version__}, Python {sys.version.split()[0]}" in body
    assert "command: hfsemver check 'a folder'" in body
    assert body.rstrip().endswith("ZeroDivisionError: in the engine")
    assert rest.strip() == ""


def test_a_report_to_paste_holds_no_secret(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens by shape, credentials in addresses and values of secret variables are gone, wherever they stood."""
    monkeypatch.setenv("MY_SERVICE_TOKEN", "plain words as a secret")
    secrets = (
        "hf_" + "A1b2C3d4E5f6G7h8",
        "ghp_" + "0123456789abcdefghij",
        "github_pat_" + "11ABCDEFG0123456789",
        "plain words as a secret",
        "user:passw0rd",
    )
    error = ValueError("; ".join((*secrets[:4], f"https://{secrets[4]}@host.example/x", "Bearer abcdefgh12345678")))

    guarded(raising(error), ["check", "--baseline", f"https://{secrets[4]}@host.example/", f"--token={secrets[0]}"])

    err = capsys.readouterr().err
    assert not [secret for secret in secrets if secret in err]
    assert "abcdefgh12345678" not in err
    assert "***@host.example" in err


def test_an_error_message_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """A name with terminal escapes and line breaks stays on its line and does nothing."""
    guarded(raising(SourceError("\x1b[2J\r\n::error::x", hint="\x1b]0;x\x07")), [])

    err = capsys.readouterr().err
    assert err.replace("\n", "").isprintable()
    assert not [line for line in err.splitlines() if line.lstrip().startswith("::")]


def test_verbose_shows_where_an_error_comes_from(tmp_path: Path) -> None:
    """With ``-v`` an expected error comes with its traceback, without it never."""
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    command = [*PROGRAM, "check", "--baseline", "./nowhere"]
    plain = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    loud = subprocess.run([*command, "-v"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert plain.returncode == loud.returncode == Exit.USAGE
    assert "Traceback" not in plain.stderr
    assert "Traceback" in loud.stderr
    assert plain.stderr.splitlines()[-1] == loud.stderr.splitlines()[-1]


def test_a_reader_who_leaves_early_is_no_error() -> None:
    """A closed pipe ends the run with its own exit code and without a word."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PROGRAM, "rules"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert (done.returncode, done.stderr) == (Exit.OK, "")


def closed_at_birth(descriptor: int, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the program with a standard stream closed, as a shell does for ``1>&-`` and ``2>&-``."""
    command = ["sh", "-c", f'exec "$@" {descriptor}>&-', "sh", *PROGRAM, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments", [["rules"], ["explain", "tensor-removed"], ["schema", "report"], ["check", ".", "--baseline", "."]]
)
def test_a_result_without_a_place_to_go_is_never_success(arguments: list[str], tmp_path: Path) -> None:
    """Standard output was closed: nobody could read the answer, so the run ends with 3 and says why."""
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    done = closed_at_birth(1, *arguments, cwd=tmp_path)

    assert done.returncode == Exit.UNREADABLE
    assert done.stderr.splitlines()[0] == "Error: standard output is closed"


def test_a_result_for_a_file_needs_no_standard_output(tmp_path: Path) -> None:
    """With ``--output`` a closed standard output is nobody's business."""
    done = closed_at_birth(1, "rules", "--output", "rules.txt", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (Exit.OK, "")
    assert "tensor-removed" in (tmp_path / "rules.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("closing", ["1>&-", "| true"])
def test_work_that_is_done_elsewhere_needs_no_reader(closing: str, tmp_path: Path) -> None:
    """``init`` writes every file and the hook although nobody hears of it."""
    script = f'git init -q . && {{ "$@"; echo $? >code; }} {closing}'
    command = ["sh", "-c", script, "sh", *PROGRAM, "init"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.stderr, (tmp_path / "code").read_text(encoding="utf-8")) == ("", "0\n")
    assert (tmp_path / ".git" / "hooks" / "pre-push").exists()


def test_a_closed_standard_error_keeps_the_code(tmp_path: Path) -> None:
    """The words are lost and the code is not."""
    assert closed_at_birth(2, "check", "nope", cwd=tmp_path).returncode == Exit.USAGE


@pytest.mark.parametrize("more", [[], ["-v"]])
def test_nobody_reading_the_errors_keeps_the_code(more: list[str], tmp_path: Path) -> None:
    """``2>&1 | true`` changes nothing about how a run ends."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PROGRAM, "check", "nope", *more], cwd=tmp_path, stdout=writing, stderr=writing, check=False)
    os.close(writing)

    assert done.returncode == Exit.USAGE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["rules"], ["rules", "--json"], ["--help"], ["--version"]])
def test_output_that_could_not_be_written_is_never_success(arguments: list[str]) -> None:
    """A full disk under standard output ends with 3 and says so."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([*PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == Exit.UNREADABLE
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_stops_a_real_run(tmp_path: Path) -> None:
    """A process that waits for its input and gets SIGINT ends with 130 and one line below the ``^C``."""
    os.mkfifo(tmp_path / "policy.yaml")
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    command = [*PROGRAM, "check", "--config", "policy.yaml", "--baseline", "."]
    # A shell starts what runs in the background with SIGINT ignored, and a child would inherit that.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        signal.signal(signal.SIGINT, ignored)
        # Opening the writing end waits until the child has opened its own: then it is in the middle of a check.
        writing = (tmp_path / "policy.yaml").open("w", encoding="utf-8")
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        writing.close()

    assert (child.returncode, out, err) == (Exit.INTERRUPTED, "", "\nError: interrupted\n")
