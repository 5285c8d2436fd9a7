"""What the package is: its version, and where it lies."""

from __future__ import annotations

import os

__version__ = "0.1.0"

PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "__init__.py")  # noqa: PTH100, PTH118, PTH120 -- pathlib would be loaded for this alone
"""The file that is there as long as the package is."""
