"""Blocks of a page that show a console: every ``$`` line is typed, and what it prints stands under it.

A comment in front of a block, ``<!-- setup: STATE -->``, names the folder it starts in (see ``tests/docs/states.py``).
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?:<!-- setup: (?P<setup>[^\n]*) -->\n)?```console\n(?P<body>.*?)```", re.DOTALL)
SETTINGS = "[user]\nname = A\nemail = a@example.invalid\n[init]\ndefaultBranch = main\n"
OWN = ("GIT_", "HFSEMVER", "PYTEST", "AI_AGENT", "AGENT")


def commands(body: str) -> Iterator[str]:
    """Yield the commands of a block."""
    return (line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ "))


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a reader who lives in ``home``: no settings of this machine, no colours, fixed dates."""
    (home / "gitconfig").write_text(SETTINGS, encoding="utf-8")
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN)} | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }


def typed(setup: str, body: str) -> str:
    """Type the commands of a block in an empty folder and return the block as it should be."""
    with tempfile.TemporaryDirectory() as home:
        settings = environment(Path(home))
        folder = Path(home, "here")
        folder.mkdir()
        if setup:
            command = (sys.executable, "-m", "tests.docs.states", *shlex.split(setup))
            paths = {**settings, "PYTHONPATH": str(ROOT)}
            subprocess.run(command, cwd=folder, env=paths, check=True, capture_output=True)
        lines = []
        for command_line in commands(body):
            shell = ("bash", "-c", f"{{ {command_line}\n}} 2>&1")
            done = subprocess.run(shell, cwd=folder, env=settings, capture_output=True, text=True, check=False)
            lines += [f"$ {command_line}", *done.stdout.rstrip().splitlines()]
        return "".join(f"{line.rstrip()}\n" for line in lines)


def settled(text: str) -> str:
    """Take out of a block what differs from run to run: commits, seconds and temporary folders."""
    text = re.sub(r"\b(?:[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{7})\b", "<commit>", text)
    text = re.sub(r"\b\d+(?:\.\d+)? ?m?s\b", "<time>", text)
    return re.sub(r"/tmp/[^\s:'\"]+", "<folder>", text)  # noqa: S108 -- a pattern, not a file


def filled(page: str) -> str:
    """Return a page whose blocks show what their commands print today; a block that only differs in dates and ids stays."""

    def block(match: re.Match[str]) -> str:
        now = typed(match["setup"] or "", match["body"])
        return match[0] if settled(now) == settled(match["body"]) else match[0].replace(match["body"], now)

    return BLOCK.sub(block, page)
