"""Weights that others published, where they are at hand; no part of the project.

``HFSEMVER_TEST_DATA`` names the folder that holds them, by default ``shared/data`` beside the checkout.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

DATA = Path(os.environ.get("HFSEMVER_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data") / "weights"


def unpack(archive: str, root: Path) -> None:
    """Unpack one archive below a folder."""
    with tarfile.open(DATA / f"{archive}.tar.xz") as packed:
        packed.extractall(root, filter="data")
