"""Imports run only downward, and the contract that says so names every package."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contract_is_kept() -> None:
    """import-linter finds no upward import, no import between siblings and no package outside the floors."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_is_exhaustive() -> None:
    """A new folder of the package has to choose its floor before anything passes."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [contract for contract in contracts if contract["type"] == "layers"]

    assert [contract["exhaustive"] for contract in layers] == [True]


def test_no_exception_is_written_into_the_contract() -> None:
    """No contract carries a list of imports that it overlooks."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]

    assert not [contract["name"] for contract in contracts if contract.get("ignore_imports")]
