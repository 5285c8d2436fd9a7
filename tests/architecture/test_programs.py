"""Programs are started in few places, each for a reason of its own."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "hfsemver"

MAY_START_PROGRAMS = {
    "releases/git_process.py": "git, for everything else",
    "publish/git.py": "git-lfs, in the place of the git that called the hook",
    "releases/rendering/render.py": "a child of our own that renders templates under limits",
    "workflows/hook/chain.py": "the hook that was there before ours",
    "publish/command.py": "what somebody would type, in their place",
}


def test_no_other_module_starts_programs() -> None:
    """Whoever needs git asks the wrapper; the few other programs are listed with their reasons."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {"subprocess", "pty", "asyncio.subprocess"} & set(names):
                found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= set(MAY_START_PROGRAMS)
    assert "releases/git_process.py" in found
