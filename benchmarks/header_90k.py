"""How long a check takes on two releases of 90,000 tensors in 163 shards.

Bar: four seconds for the whole process. The peer lists the same headers with the safetensors library.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import _layouts as layouts
import _timing as timing

SHARDS = 163
CONFIG = {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "num_hidden_layers": 60}


def write(folder: Path, version: str) -> None:
    """Write one of the releases."""
    layouts.write_release(folder, layouts.experts_90k(), SHARDS, dict(CONFIG), version)


def main() -> None:
    """Build both releases and time the check."""
    with tempfile.TemporaryDirectory() as folder:
        baseline, current = Path(folder, "a"), Path(folder, "b")
        for release, version in ((baseline, "1.0.0"), (current, "1.0.1")):
            timing.apart(write, release, version)
        flags = ("--weights", "header", "--declared", "1.0.1", "--format", "json")
        check = timing.hfsemver("check", str(current), "--baseline", str(baseline), *flags)
        sides = {
            "check": timing.Side(command=check),
            "safetensors": timing.Side(command=timing.python(layouts.PEER, baseline, current)),
        }
        medians = timing.interleaved(sides)
        timing.report(
            "header_90k",
            {"check": (medians["check"]["wall_s"], 4.0)},
            shards=len(list(current.glob("*.safetensors"))),
            tensors=90_000,
            medians=medians,
            ratios=timing.ratios(medians, "check"),
        )


if __name__ == "__main__":
    main()
