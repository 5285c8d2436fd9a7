"""Releases with surfaces, and what a check says against one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.workflows.check import CheckRequest, run_check
from tests import builders

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report

CARD = "---\nlicense: mit\nversion: {}\n---\n"
TENSORS = {"body.weight": "BF16[64,48]", "head.weight": "BF16[32,64]", "norm.weight": "F32[64]"}
TRAINED = TENSORS | {"body.weight": "BF16[64,48] seed=1 scale=1e-2"}


def lay(folder: Path, tensors: dict[str, str], version: str, **more: str) -> Path:
    """Write a release into a folder."""
    side = {
        "model.safetensors": tensors,
        "config.json": '{"model_type": "llama", "hidden_size": 64}',
        "README.md": CARD.format(version),
    }
    folder.mkdir(exist_ok=True)
    for path, data in builders.files({**side, **more}).items():
        folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(path).write_bytes(data)
    return folder


def judge(current: Path, baseline: Path | str, declared: str = "1.1.0") -> Report:
    return run_check(CheckRequest(current=str(current), baseline=str(baseline), declared=declared))
