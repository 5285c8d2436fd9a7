"""How long the GitHub Action works once it is installed: a fresh clone of this repository, used as a workflow uses it.

The clone installs itself with its own step, which is counted apart; then its last step judges a release whose weights
were trained further. Bar: fifteen seconds from the start of that step to its end. The peer is a bare interpreter of the same
installation that imports the client of the Hub.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _layouts as layouts
import _timing as timing
import numpy as np
import yaml
from safetensors.numpy import save_file

ROOT = Path(__file__).parents[1]
CONFIG: dict[str, object] = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 512}
SIDE = {"layers": 12, "hidden": 512, "inner": 1536, "kv": 256, "vocabulary": 32_000}


def write(folder: Path, version: str, change: float) -> None:
    """Write a release of 70 million float16 numbers, each of them moved by ``change`` of what it is."""
    numbers = np.random.default_rng(0)
    shapes = {name: shape for name, (_, shape) in layouts.llama(**SIDE).items()}
    tensors = {name: numbers.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()}
    moved = {
        name: (values * (1 + change * numbers.random(values.shape))).astype(np.float16)
        for name, values in tensors.items()
    }
    save_file(moved, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    (folder / "README.md").write_text(f"---\nlicense: mit\nversion: {version}\n---\n", encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(("git", "-C", str(folder), *arguments), check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Clone, install, and time the step that judges."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        clone, work, temp = root / "clone", root / "work", root / "temp"
        git(ROOT, "clone", "--quiet", str(ROOT), str(clone))
        temp.mkdir()
        work.mkdir()
        git(work, "init", "--quiet", "--initial-branch=main")
        git(work, "config", "user.name", "A")
        git(work, "config", "user.email", "a@example.invalid")
        for version, change in (("1.0.0", 0.0), ("1.1.0", 0.01)):
            timing.apart(write, work, version, change)
            git(work, "add", "--all")
            git(work, "commit", "--quiet", "--message", version)
            git(work, "tag", f"v{version}")
        described = yaml.safe_load((clone / "action.yml").read_text(encoding="utf-8"))
        _, install, judge = described["runs"]["steps"]
        variables = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(clone),
            "GITHUB_OUTPUT": str(root / "output"),
            "GITHUB_STEP_SUMMARY": str(root / "summary"),
            "HFSEMVER_INPUT_COMMAND": "check",
            "HFSEMVER_INPUT_HUB_OIDC": "",
            "HFSEMVER_INPUT_HUB_TOKEN": "",
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "RUNNER_TEMP": str(temp),
        }
        os.environ.update(variables)
        os.chdir(work)
        start = time.perf_counter()
        subprocess.run(("bash", "-eo", "pipefail", "-c", install["run"]), check=True)
        installed = time.perf_counter() - start
        python = temp / "hfsemver-python" / "bin" / "python"
        sides = {
            "judge": timing.Side(command=("bash", "-eo", "pipefail", "-c", judge["run"])),
            "client": timing.Side(command=(str(python), "-c", "import huggingface_hub.hf_api")),
        }
        medians = timing.interleaved(sides)
        timing.report(
            "action",
            {"judge": (medians["judge"]["wall_s"], 15.0)},
            install_s=round(installed, 1),
            bytes=sum(path.stat().st_size for path in work.glob("*.safetensors")),
            medians=medians,
            ratios=timing.ratios(medians, "judge"),
        )


if __name__ == "__main__":
    main()
