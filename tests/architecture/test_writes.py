"""Writing is on one floor: whatever makes, changes or removes a file is in ``publish``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.written import writes

PACKAGE = Path(__file__).parents[2] / "hfsemver"

_NO_FILE = "no file is opened: a method of the module's own has that name"
# The expressions outside of ``publish`` that look like writing, or are, and why they stay where they are.
EXCEPTIONS = {
    "cli/streams.py": {
        "os.open(os.devnull, os.O_WRONLY)": "what nobody reads any more goes nowhere",
    },
    "releases/spool.py": {
        "tempfile.mkstemp": "scratch space for reading: a large blob of git, in a file without a name that ends with us",
        "Path(path).unlink": "takes the name of that file away",
    },
    "releases/encoding/opening.py": {
        "os.pwrite": "memory without a name, from which a child of our own takes what was read",
    },
    "releases/formats/bounded_yaml.py": {"tree.open(event)": _NO_FILE},
    "workflows/log.py": {"walk.open(commit)": _NO_FILE, "walk.open(commit.sha)": _NO_FILE},
}


def everywhere() -> dict[str, set[str]]:
    """Return what writes in each module of the package, by the path of the module."""
    found = {
        path.relative_to(PACKAGE).as_posix(): writes(ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    return {module: expressions for module, expressions in found.items() if expressions}


def test_only_the_publishing_floor_writes() -> None:
    """No other module opens a file to be written, moves or removes one, makes a folder or a temporary file."""
    strays = {
        f"{module}: {expression}"
        for module, expressions in everywhere().items()
        if not module.startswith("publish/")
        for expression in expressions - EXCEPTIONS.get(module, {}).keys()
    }

    assert not strays


def test_every_exception_is_in_use() -> None:
    """An exception that nothing needs any more would hide the next stray."""
    found = everywhere()
    idle = {
        f"{module}: {expression}"
        for module, expressions in EXCEPTIONS.items()
        for expression in expressions.keys() - found.get(module, set())
    }

    assert not idle


def test_the_publishing_floor_is_seen_to_write() -> None:
    """The walk finds what it looks for where it is known to be."""
    found = everywhere()

    assert found["publish/files.py"] >= {"path.open('ab')", "path.open('xb')", "temporary.replace(target)", "os.write"}
    assert found["publish/hook.py"] >= {"os.link", "hook.rename", "hook.unlink", "put_back.replace(hook)"}
    assert found["publish/folders.py"] >= {"tempfile.mkdtemp", "folder.mkdir"}


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'w')",
        "open(path, mode='r+b')",
        "open(path, mode)",
        "open(*arguments)",
        "opener = open",
        "path.open('xb')",
        "path.open(mode='a')",
        "path.open(mode)",
        "path.open(**options)",
        "import io\nio.open(path, 'w')",
        "import codecs as c\nc.open(path, 'w')",
        "import os\nos.open(path, os.O_RDONLY | os.O_CREAT)",
        "import os\nos.open(path, 577)",
        "import os\nos.open(path, flags=os.O_WRONLY)",
        "import os\nFLAGS = os.O_WRONLY\nos.open(path, FLAGS)",
        "import os\nos.fdopen(handle, 'wb')",
        "import os as o\no.replace(a, b)",
        "import os\nos.remove(path)",
        "import os\natexit.register(os.unlink, path)",
        "import os.path\nos.makedirs(path)",
        "def lazily():\n    import os\n    os.write(handle, data)",
        "from os import link as l",
        "from os import O_WRONLY",
        "from os import open as o",
        "path.write_text(text)",
        "path.write_bytes(data)",
        "path.mkdir(exist_ok=True)",
        "path.rename(other)",
        "path.replace(other)",
        "path.replace(target=other)",
        "any(map(path.replace, others))",
        "path.unlink()",
        "weakref.finalize(self, path.unlink)",
        "path.touch()",
        "path.chmod(0o755)",
        "path.symlink_to(other)",
        "import shutil\nshutil.copyfile(a, b)",
        "from shutil import rmtree",
        "import tempfile\ntempfile.TemporaryDirectory()",
        "from tempfile import NamedTemporaryFile",
        "import numpy as np\nnp.save(path, array)",
        "array.tofile(path)",
        "import sqlite3",
        "from gzip import open as unzip",
    ],
)
def test_what_writes_is_found(source: str) -> None:
    """The first test can fail, by whatever means somebody writes."""
    assert writes(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "open(path, 'rb')",
        "path.open('r', encoding='utf-8')",
        "path.open(encoding='utf-8')",
        "path.read_text()",
        "import os\nos.open(path, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)",
        "import os\nos.open(path, OPEN_FILE)",
        "import os\nos.fdopen(handle, 'rb')",
        "import os\nos.pread(handle, 1, 0)",
        "text.replace('a', 'b')",
        "text.replace('a', 'b', 1)",
        "import dataclasses\ndataclasses.replace(value)",
        "from dataclasses import replace\nreplace(value, field=1)",
        "when.replace(tzinfo=None)",
        "names.remove(name)",
        "values.copy()",
        "import shutil\nshutil.which('git')",
        "import tempfile\ntempfile.gettempdir()",
        "stream.write(text)",
        "import sys\nsys.stdout.buffer.write(data)",
    ],
)
def test_what_only_reads_is_not_found(source: str) -> None:
    """Reading, values that change into other values, and the standard streams are no writing."""
    assert not writes(ast.parse(source))
