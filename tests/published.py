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
    extract(DATA / f"{archive}.tar.xz", root)


def extract(archive: Path, root: Path) -> None:
    """Extract an archive below a folder."""
    with tarfile.open(archive) as packed:
        # By an attribute: ``extractall`` knows filters from Python 3.11.4 on, and the one of Debian 12 is older.
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(root)  # noqa: S202 -- by the filter above
