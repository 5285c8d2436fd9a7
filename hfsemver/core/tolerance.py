"""How much worse a score may be where nobody knows what chance does to it."""

from typing import Final

TOLERANCE: Final = 0.01
"""Share of the old score by which the new one may be worse, where neither a number of examples nor an error is reported."""
