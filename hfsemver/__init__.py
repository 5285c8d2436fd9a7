"""Version numbers that can be believed, for models on the Hugging Face Hub.

Imports only run downward: ``training`` > ``api | cli`` > ``workflows`` > ``reports | publish`` > ``rules | policy`` > ``diff`` >
``releases | tensors`` > ``core``.
"""

from __future__ import annotations

from hfsemver.core.about import __version__

# Not from ``typing``, which every start of the command would wait for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from hfsemver.api import (
        Bump,
        Finding,
        HfSemverError,
        Level,
        Pushed,
        ReleaseRefused,
        Report,
        Skip,
        Verdict,
        check,
        compare,
        push,
        render,
    )

__all__ = [
    "Bump",
    "Finding",
    "HfSemverError",
    "Level",
    "Pushed",
    "ReleaseRefused",
    "Report",
    "Skip",
    "Verdict",
    "__version__",
    "check",
    "compare",
    "push",
    "render",
]


def __getattr__(name: str) -> object:
    """Load the functions when somebody asks for one: the command line, which needs none of them, starts without."""
    if name in __all__:
        from hfsemver import api

        return getattr(api, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
