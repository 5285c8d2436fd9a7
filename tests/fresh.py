"""A fresh clone of this repository, and whether packages can be had to install it with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def copy_clone(target: Path) -> Path:
    """Copy what a checkout of this repository holds: every file that git knows or would add. Skips where this is no clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((ROOT / name).read_bytes())
            place.chmod((ROOT / name).stat().st_mode)
    return target


def demand_index(folder: Path) -> None:
    """Skip where no package index answers."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "--retries",
        "0",
        "--quiet",
        "download",
        "--no-deps",
        "--dest",
        str(folder),
        "click",
    ]
    if subprocess.run(command, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("no package index answers here")
