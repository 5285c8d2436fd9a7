"""What is shipped: a wheel that holds the package, its data and its templates, and that runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources, without a network."""
    source = tmp_path_factory.mktemp("source")
    for name in ("hfsemver", "templates"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Modules, the typing marker, data files and templates are all in the wheel, and nothing else is."""
    expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / "hfsemver").rglob("*") if path.is_file()}
    expected |= {
        f"hfsemver/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "templates").rglob("*") if path.is_file()
    }
    expected = {name for name in expected if "__pycache__" not in name}
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert shipped == expected
    assert "hfsemver/py.typed" in shipped


def test_the_wheel_carries_its_licence_and_both_commands(wheel: Path) -> None:
    """The licence text travels with the code, and both names of the command are declared."""
    archive = zipfile.ZipFile(wheel)
    names = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}

    assert b"Apache License" in archive.read(names["licenses/LICENSE"])
    entry_points = archive.read(names["entry_points.txt"]).decode()
    assert "hfsemver = hfsemver.cli.main:main" in entry_points
    assert "hf-semver = hfsemver.cli.main:main" in entry_points


def test_the_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked anywhere, the package answers from there: no file of the checkout is needed."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def ask(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    assert Path(ask("-c", "import hfsemver; print(hfsemver.__file__)").strip()).is_relative_to(site)
    assert ask("-m", "hfsemver", "--version").strip().startswith("hfsemver")
    assert "tensor-removed" in ask("-m", "hfsemver", "rules")
