"""Blocks of a page that show a console: every ``$`` line is typed, and what it prints stands under it.

A comment in front of a block, ``<!-- setup: STATE -->``, names the folder it starts in (see ``tests/docs/states.py``), and
``hub`` before the state that there is a Hub (``tests/docs/hubs.py``), which a page calls by the address of the real one;
``<!-- one command -->`` says that what it prints shows a console too.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.docs.hubs import a_hub

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"(?:<!-- (?:setup: (?P<setup>[^\n]*)|(?P<single>one command)) -->\n)?```console\n(?P<body>.*?)```", re.DOTALL
)
SETTINGS = "[user]\nname = A\nemail = a@example.invalid\n[init]\ndefaultBranch = main\n"
OWN = ("GIT_", "HFSEMVER", "PYTEST", "AI_AGENT", "AGENT")


def commands(block: re.Match[str]) -> list[str]:
    """Return the commands of a block."""
    found = [line.removeprefix("$ ") for line in block["body"].splitlines() if line.startswith("$ ")]
    return found[:1] if block["single"] else found


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a reader who lives in ``home``: no settings of this machine, no colours, fixed dates."""
    (home / "gitconfig").write_text(SETTINGS, encoding="utf-8")
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN)} | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }


def typed(block: re.Match[str]) -> str:
    """Type the commands of a block in an empty folder and return the block's body as it should be."""
    with tempfile.TemporaryDirectory() as home:
        settings = environment(Path(home))
        folder = Path(home, "here")
        folder.mkdir()
        with ExitStack() as stack:
            return _typed_in(folder, home, settings, block, stack)


def _typed_in(folder: Path, home: str, settings: dict[str, str], block: re.Match[str], stack: ExitStack) -> str:
    hidden = {home: "/tmp"}  # noqa: S108 -- shown only
    words = shlex.split(block["setup"] or "")
    if words[:1] == ["hub"]:
        hub = stack.enter_context(a_hub(Path(home)))
        settings = {**settings, **hub.environment(Path(home))}
        hidden[hub.url] = "https://huggingface.co"
        words = words[1:]
    if words:
        command = (sys.executable, "-m", "tests.docs.states", *words)
        paths = {**settings, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=folder, env=paths, check=True, capture_output=True)
    lines = []
    for line in commands(block):
        shell = ("bash", "-c", f"{{ {line}\n}} 2>&1")
        done = subprocess.run(shell, cwd=folder, env=settings, capture_output=True, text=True, check=False)
        said = done.stdout
        for true, shown in hidden.items():
            said = said.replace(true, shown)
        lines += [f"$ {line}", *said.rstrip().splitlines()]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def settled(text: str) -> str:
    """Take out of a block what differs from run to run: commits, seconds and temporary folders."""
    text = re.sub(r"\b(?:[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{7})\b", "<commit>", text)
    text = re.sub(r"\b\d+(?:\.\d+)? ?m?s\b", "<time>", text)
    return re.sub(r"/tmp/[^\s:'\"]+", "<folder>", text)  # noqa: S108 -- a pattern, not a file


def filled(page: str) -> str:
    """Return a page whose blocks show what their commands print today; a block that only differs in dates and ids stays."""

    def renewed(block: re.Match[str]) -> str:
        now = typed(block)
        return block[0] if settled(now) == settled(block["body"]) else block[0].replace(block["body"], now)

    return BLOCK.sub(renewed, page)
