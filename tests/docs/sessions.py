"""Blocks of a page that show Python at work: what a session prints stands under the lines that were typed.

``<!-- setup: STATE -->`` in front of a block names the folder it starts in, as it does for consoles.
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs.consoles import ROOT, environment

BLOCK = re.compile(r"<!-- setup: (?P<setup>[^\n]*) -->\n```pycon\n(?P<body>.*?)```", re.DOTALL)
# Reads a program with a line of zero bytes after each statement, and says what each of them printed.
SESSION = """
import contextlib, io, sys, traceback
names = {}
for source in sys.stdin.read().split("\\0"):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            exec(compile(source, "<session>", "single"), names)
        except Exception as error:
            print("Traceback (most recent call last):\\n    ...")
            print(*traceback.format_exception_only(error), sep="", end="")
    print(said.getvalue(), end="\\0")
"""


def typed(block: re.Match[str]) -> str:
    """Type the statements of a block in an empty folder and return the block's body as it should be."""
    examples = doctest.DocTestParser().get_examples(block["body"])
    with tempfile.TemporaryDirectory() as home:
        settings = {**environment(Path(home)), "PYTHONPATH": str(ROOT)}
        folder = Path(home, "here")
        folder.mkdir()
        command = [sys.executable, "-m", "tests.docs.states", *block["setup"].split()]
        subprocess.run(command, cwd=folder, env=settings, check=True, capture_output=True)
        program = "\0".join(example.source for example in examples)
        done = subprocess.run(
            [sys.executable, "-c", SESSION], cwd=folder, env=settings, input=program, capture_output=True, text=True, check=True
        )  # fmt: skip
    lines = []
    for example, said in zip(examples, done.stdout.split("\0"), strict=False):
        first, *others = example.source.rstrip("\n").split("\n")
        lines += [f">>> {first}", *(f"... {other}".rstrip() for other in others), *said.rstrip("\n").split("\n")]
    return "".join(f"{line}\n" for line in lines if line)


def filled_sessions(page: str) -> str:
    """Return a page whose sessions show what they print today."""
    return BLOCK.sub(lambda block: block[0].replace(block["body"], typed(block)), page)
