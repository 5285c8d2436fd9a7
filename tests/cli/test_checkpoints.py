"""``hfsemver check`` on folders whose weights are files of ``torch.save``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from hfsemver.cli.errors import guarded
from hfsemver.cli.main import invoke
from tests.checkpoints import checkpoint, saved
from tests.hostile.checkpoints import MARKER, cases

if TYPE_CHECKING:
    from pathlib import Path

CARD = "---\nlicense: apache-2.0\nversion: {}\n---\n# Small\n"
WEIGHTS = {"body": torch.ones(8, 4), "norm": torch.ones(4) * 2}


def laid_out(folder: Path, version: str, data: bytes) -> str:
    folder.mkdir()
    (folder / "README.md").write_text(CARD.format(version))
    (folder / "pytorch_model.bin").write_bytes(data)
    return str(folder)


def check(folder: Path, old: bytes, new: bytes, *options: str) -> int:
    baseline = laid_out(folder / "baseline", "1.0.0", old)
    current = laid_out(folder / "current", "1.0.1", new)
    return int(guarded(invoke, ["check", current, "--baseline", baseline, *options]))


def test_weights_that_were_trained_on_need_a_minor_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The finding names the checkpoint."""
    trained = {**WEIGHTS, "body": WEIGHTS["body"] + 1e-3}
    assert check(tmp_path, saved(WEIGHTS), saved(trained)) == 1
    assert "deny[weights-updated] requires minor\n  --> pytorch_model.bin" in capsys.readouterr().out


def test_a_tensor_that_is_gone_needs_a_major_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever doubts it is told how to see for himself."""
    assert check(tmp_path, saved(WEIGHTS), saved({"body": WEIGHTS["body"]})) == 1
    told = capsys.readouterr().out
    assert "deny[tensor-removed] requires major" in told
    assert 'torch.load("pytorch_model.bin", weights_only=True)["norm"]  # KeyError' in told


def test_saving_again_needs_nothing(tmp_path: Path) -> None:
    """Another version of pickle and another order are the same weights, with nothing left to evaluate."""
    again = saved(dict(reversed(WEIGHTS.items())), pickle_protocol=4)
    assert check(tmp_path, saved(WEIGHTS), again, "--strict") == 0


@pytest.mark.parametrize("name", [name for name in cases() if name.startswith("runs: ")][::8])
def test_a_pickle_that_would_run_code_is_not_evaluated(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends no check, it is told, and nothing of it runs."""
    monkeypatch.chdir(tmp_path)
    assert check(tmp_path, saved(WEIGHTS), cases()[name], "--strict") == 4
    assert "weights-updated" in capsys.readouterr().out
    assert not list(tmp_path.rglob(f"{MARKER}*"))


def test_a_file_without_tensors_is_not_evaluated(tmp_path: Path) -> None:
    """What it holds instead may be anything."""
    assert check(tmp_path, checkpoint(b"\x80\x02K\x01."), checkpoint(b"\x80\x02K\x02."), "--strict") == 4
