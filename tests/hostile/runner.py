"""Runs command lines that may go wrong, each in a process of its own, and tells what each of them did.

Started as a program it reads ``{"sound": ARGUMENTS, "jobs": [ARGUMENTS, ...]}`` and answers with a list of outcomes.
It loads ``hfsemver`` once, by running the sound command line, and forks for each of the others, so that a thousand
runs cost what a thousand runs compute.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

LIMIT = 30  # seconds of processor time after which a run is given up
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = ("os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.exec", "os.system")
NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo")


class Outcome(TypedDict):
    """What one run did: seconds of processor time, resident memory in MiB, and acts that no check may do."""

    code: int
    stdout: str
    stderr: str
    seconds: float
    memory: float
    acts: list[str]


def run_all(jobs: Sequence[Sequence[str]]) -> list[Outcome]:
    """Run every command line and return what came of each."""
    return [_fork(argv) for argv in jobs]


def _fork(argv: Sequence[str]) -> Outcome:
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as acts:
        child = os.fork()
        if child == 0:
            _run(argv, stdout.fileno(), stderr.fileno(), acts.fileno())
        _, status, usage = os.wait4(child, 0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "stdout": _content(stdout.fileno()),
            "stderr": _content(stderr.fileno()),
            "seconds": usage.ru_utime + usage.ru_stime,
            "memory": usage.ru_maxrss / 1024,
            "acts": _content(acts.fileno()).splitlines(),
        }


def _content(descriptor: int) -> str:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode("utf-8", "backslashreplace")


def _run(argv: Sequence[str], stdout: int, stderr: int, acts: int) -> NoReturn:
    code = 99
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        sys.addaudithook(lambda event, arguments: _watch(acts, event, arguments))
        from hfsemver.cli.errors import guarded
        from hfsemver.cli.main import invoke

        code = int(guarded(invoke, list(argv)))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _watch(acts: int, event: str, arguments: tuple[object, ...]) -> None:
    """Note what reaches beyond reading; what is written to the temporary folder is the program's own."""
    if event == "open":
        path, _, flags = arguments
        forbidden = isinstance(flags, int) and bool(flags & WRITING) and not _ours(path)
    elif event == "subprocess.Popen":
        forbidden = arguments[0] != "git"
    elif event == "import":
        forbidden = str(arguments[0]).partition(".")[0] in {"torch", "transformers", "pickle5", "dill", "joblib"}
    else:
        forbidden = event in NETWORK or (event in FORBIDDEN and not _ours(arguments[0]))
    if forbidden:
        os.write(acts, f"{event} {arguments!r}\n".encode("utf-8", "backslashreplace"))


def _ours(path: object) -> bool:
    return str(path) == os.devnull or str(path).startswith(tempfile.gettempdir()) or isinstance(path, int)


def main() -> None:
    """Answer the command lines on standard input."""
    jobs = json.load(sys.stdin)
    _warm_up(jobs["sound"])
    json.dump(run_all(jobs["jobs"]), sys.stdout)


def _warm_up(argv: Sequence[str]) -> None:
    """Load all modules that a check needs, by doing one, with its output thrown away."""
    from hfsemver.cli.main import invoke

    kept = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        invoke(argv)
        sys.stdout.flush()
    finally:
        os.dup2(kept, 1)
        os.close(kept)


if __name__ == "__main__":
    main()
