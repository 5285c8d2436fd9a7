"""What is shipped: a wheel that holds the package, its data and its templates, and that runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


COMPILED = re.compile(r"hfsemver/tensors/_kernel\.(?:abi3\.so|pyd)")


def build(folder: Path, **environment: str) -> Path:
    """Build the wheel from a copy of the sources, without a network."""
    source, out = folder / "source", folder / "wheel"
    source.mkdir()
    for name in ("hfsemver", "templates"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "_kernel.*o"))
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    everything = {**os.environ, **environment}
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, env=everything)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built here."""
    return build(tmp_path_factory.mktemp("built"))


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Modules, the typing marker, data files and templates are all in the wheel, and nothing else is."""
    expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / "hfsemver").rglob("*") if path.is_file()}
    expected |= {
        f"hfsemver/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "templates").rglob("*") if path.is_file()
    }
    expected = {name for name in expected if "__pycache__" not in name and not COMPILED.fullmatch(name)}
    everything = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    shipped = {name for name in everything if not COMPILED.fullmatch(name)}

    assert shipped == expected
    assert "hfsemver/py.typed" in shipped


@pytest.mark.skipif(shutil.which("cc") is None, reason="no compiler is here")
def test_a_wheel_with_the_kernel_fits_every_python_of_its_system(wheel: Path) -> None:
    """The stable ABI: one wheel serves 3.11 and all that come after."""
    (compiled,) = [name for name in zipfile.ZipFile(wheel).namelist() if COMPILED.fullmatch(name)]

    assert compiled
    assert "-cp311-abi3-" in wheel.name


@pytest.mark.parametrize("environment", [{"HFSEMVER_KERNEL": "numpy"}, {"CC": "no-such-compiler"}])
def test_without_a_compiler_the_wheel_is_plain_python(environment: dict[str, str], tmp_path: Path) -> None:
    """Installing never fails for want of one, and what runs in NumPy gives the same answers."""
    built = build(tmp_path, **environment)
    zipfile.ZipFile(built).extractall(tmp_path / "site")
    program = "from hfsemver.tensors.kernel import passes; print(passes().name)"
    site = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, cwd=tmp_path, env=site, capture_output=True, text=True, check=True).stdout

    assert built.name.endswith("-py3-none-any.whl")
    assert told.strip() == "numpy"


@pytest.mark.skipif(shutil.which("cc") is None, reason="a compiler is wanted to see it missed")
def test_a_release_insists_on_the_kernel(tmp_path: Path) -> None:
    """Where wheels are made for others, a kernel that cannot be built ends the build."""
    with pytest.raises(AssertionError, match="no-such-compiler"):
        build(tmp_path, HFSEMVER_KERNEL="required", CC="no-such-compiler")


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
