"""How long ``hfsemver --version`` takes, beside a bare interpreter and one that imports click.

Bar: 150 ms of user time.
"""

from __future__ import annotations

import _timing as timing

SIDES = {
    "hfsemver --version": timing.Side(command=timing.hfsemver("--version")),
    "python -c pass": timing.Side(command=timing.python("pass")),
    "import click": timing.Side(command=timing.python("import click")),
}

if __name__ == "__main__":
    medians = timing.interleaved(SIDES, rounds=15)
    timing.report(
        "startup",
        {"user_s": (medians["hfsemver --version"]["user_s"], 0.150)},
        medians=medians,
        ratios=timing.ratios(medians, "hfsemver --version", "user_s"),
    )
