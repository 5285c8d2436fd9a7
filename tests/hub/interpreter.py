"""Programs of their own that use the client: what it takes from its environment, it reads once and on import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.hub.hub import Hub

PROGRAMS = Path(__file__).with_name("programs")
TIMEOUT = 120


def run_program(hub: Hub, home: Path, name: str, *arguments: str) -> Any:
    """Run one of ``programs/`` so that it knows no other Hub than this, and return what it writes as JSON."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-I", PROGRAMS / name, *arguments],
        env={**environment, **hub.environment(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
