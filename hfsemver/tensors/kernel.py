"""Which passes run here.

The compiled kernel (``native/``) is built when the package is installed, wherever there is a compiler; ``blocks.py`` does the
same in NumPy, some thirty times slower (benchmarks/weights_diff.py). Their results are equal bit by bit, so which of them ran shows in no report.
"""

from __future__ import annotations

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import UsageError

if TYPE_CHECKING:
    from hfsemver.tensors.passes import Passes

ENGINE: Final = "HFSEMVER_KERNEL"
"""Environment variable: ``numpy`` leaves the compiled kernel aside, ``plain`` or ``avx2`` its wider vectors."""

# A build is told "required" by the same variable, which says nothing once it is there.
_KNOWN: Final = ("", "numpy", "plain", "avx2", "avx512", "required")


class _Compiled:
    def __init__(self, wanted: str) -> None:
        from hfsemver.tensors import _kernel

        widths = _kernel.widths()
        place = widths.index(wanted) if wanted in widths else len(widths) - 1
        self.name = widths[place]
        self.compare = partial(_kernel.compare, place)
        self.examine = partial(_kernel.examine, place)
        self.is_equal = _kernel.is_equal
        self.sketch = partial(_kernel.sketch, place)


@cache
def passes(wanted: str | None = None) -> Passes:
    """Return the passes by name (``numpy``, ``plain``, ``avx2``, ``avx512``), by default the fastest that are here."""
    asked = os.environ.get(ENGINE, "") if wanted is None else wanted
    if asked not in _KNOWN:
        raise UsageError(f"{ENGINE} is {asked!r} and none of these passes", hint=f"{', '.join(_KNOWN[1:])}, or nothing")
    if asked != "numpy":
        try:
            return _Compiled(asked)
        except ImportError:
            pass  # no compiler was at hand when the package was installed
    from hfsemver.tensors.blocks import NumpyPasses

    return NumpyPasses()
