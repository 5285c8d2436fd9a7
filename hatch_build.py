"""Build hook: compile the kernel of ``hfsemver/tensors`` where there is a compiler, and do without where there is none.

The module fits every CPython from 3.11 on (the stable ABI), so one wheel for each system is enough. Without a compiler, or
for another interpreter, the wheel is pure Python, and the same passes run in NumPy. ``HFSEMVER_KERNEL=numpy`` asks for that,
``HFSEMVER_KERNEL=required`` makes a kernel that cannot be built an error, as a release wants it.
"""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NATIVE = Path("hfsemver", "tensors", "native")
API = "0x030B0000"

UNIX = ["-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
AVX2 = ["-mavx2", "-mf16c"]
AVX512 = [*AVX2, "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl"]
MACOS_11 = [11]
WINDOWS = ["/O2", "/std:c11", "/fp:precise"]


class KernelHook(BuildHookInterface[Any]):
    """Puts ``_kernel`` beside the modules that ask for it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Compile; a failure is told, and is no failure of the installation."""
        asked = os.environ.get("HFSEMVER_KERNEL", "")
        if self.target_name != "wheel" or asked == "numpy" or sys.implementation.name != "cpython":
            return
        if sys.byteorder != "little" or sysconfig.get_config_var("Py_GIL_DISABLED"):
            self.app.display_warning("no kernel for this interpreter: NumPy does its work")
            return
        try:
            module = compile_kernel(Path(self.root))
        except Exception as error:  # what a missing or broken compiler raises differs by system
            if asked == "required":
                raise
            self.app.display_warning(f"no kernel, NumPy does its work: {error}")
            return
        build_data["artifacts"].append(f"/{module.relative_to(self.root).as_posix()}")
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{wheel_platform()}"


def wheel_platform() -> str:
    """Return the platform of the wheel's name: on Linux the plain one, which a repairing tool replaces by what it has proved."""
    if sys.platform == "darwin":
        from setuptools._distutils.util import get_macosx_target_ver

        target = [int(part) for part in (get_macosx_target_ver() or "11").split(".")]
        processor = "x86_64" if is_x86() else "arm64"
        if target < MACOS_11 and processor == "x86_64":
            return f"macosx_{target[0]}_{[*target, 0][1]}_{processor}"
        # No older macOS runs on arm64, and from 11 on the minor number says nothing.
        return f"macosx_{max(target, MACOS_11)[0]}_0_{processor}"
    from packaging.tags import platform_tags

    known = list(platform_tags())
    return next((tag for tag in known if tag.startswith("linux_")), known[0])


def compile_kernel(root: Path) -> Path:
    """Compile and link, in a folder of its own; return the finished module."""
    from setuptools._distutils.ccompiler import new_compiler
    from setuptools._distutils.sysconfig import customize_compiler

    if sys.platform == "darwin" and "ARCHFLAGS" not in os.environ:
        # A Python for two processors would have the module compiled for both, with the vectors of this one.
        os.environ["ARCHFLAGS"] = f"-arch {platform.machine()}"
    compiler: Any = new_compiler()
    customize_compiler(compiler)
    windows = compiler.compiler_type == "msvc"
    native = root / NATIVE
    include = [str(native), sysconfig.get_path("include")]
    x86 = is_x86()
    base = WINDOWS if windows else UNIX
    macros: list[tuple[str, str | None]] = [("Py_LIMITED_API", API), *([("HFSEMVER_X86", None)] if x86 else [])]
    target = root / "hfsemver" / "tensors" / ("_kernel.pyd" if windows else "_kernel.abi3.so")
    with tempfile.TemporaryDirectory() as scratch:

        def build(source: str, name: str, flags: list[str], *more: tuple[str, str | None]) -> str:
            (made,) = compiler.compile(
                [os.path.relpath(native / source, root)],
                output_dir=str(Path(scratch, name)),
                macros=[*macros, *more],
                include_dirs=include,
                extra_postargs=[*base, *flags],
            )
            return str(made)

        here = Path.cwd()
        os.chdir(root)  # a compiler names its objects after the way to the source
        try:
            objects = [build("kernel.c", "module", []), build("block.c", "plain", [])]
            if x86:
                objects.append(build("block.c", "avx2", ["/arch:AVX2"] if windows else AVX2, ("HFSEMVER_AVX2", None)))
                objects.append(
                    build("block.c", "avx512", ["/arch:AVX512"] if windows else AVX512, ("HFSEMVER_AVX512", None))
                )
            link(compiler, objects, Path(scratch), target, windows=windows)
        finally:
            os.chdir(here)
    return target


def link(compiler: Any, objects: list[str], scratch: Path, target: Path, *, windows: bool) -> None:
    """Link into a scratch file and rename it: a running interpreter keeps the module that it has loaded."""
    made = scratch / target.name
    folders = [str(Path(base, "libs")) for base in {sys.base_prefix, sys.base_exec_prefix}] if windows else []
    options = ["/EXPORT:PyInit__kernel"] if windows else []
    libraries = [] if windows else ["m"]
    compiler.link_shared_object(
        objects, str(made), libraries=libraries, library_dirs=folders, extra_postargs=options, build_temp=str(scratch)
    )
    beside = target.with_name(f"{target.name}.new")
    beside.write_bytes(made.read_bytes())
    beside.replace(target)


def is_x86() -> bool:
    """Whether 64-bit x86 is built for; macOS may build for another processor than its own (ARCHFLAGS)."""
    if sys.platform == "darwin" and (flags := os.environ.get("ARCHFLAGS")):
        return "x86_64" in flags and "arm64" not in flags
    return platform.machine().lower() in {"x86_64", "amd64"} and sys.maxsize > 2**32
