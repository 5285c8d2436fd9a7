"""Files are read in one module, where bounds and links are looked after."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "hfsemver"
READ = re.compile(r"\.read_(?:bytes|text)\(|(?<!def )(?<![\w.])open\(|\bos\.open\(|\.open\(\"r|\bfdopen\([^)]*\"r")

# Tables and templates of the package itself, what is opened to be written, folders, which are opened step by step so that no
# part of the way can be a link, and the memory in which a child gets what its parent read.
ALLOWED = {
    "diff/card/base_licences.py": "base_licences.json",
    "diff/card/licence_order.py": "licences.json",
    "diff/card/licence_texts.py": "licence_texts.json",
    "diff/config/defaults.py": "defaults.json",
    "diff/eval/metrics.py": "metrics.json",
    "diff/processor/reading.py": "defaults.json",
    "diff/weights/spelling.py": "aliases.json",
    "releases/encoding/encode_child.py": r'open\(file, "rb"\)',
    "releases/encoding/texts.py": "texts.json",
    "releases/formats/tokenizer_settings.py": "tokenizer_settings.json",
    "workflows/initialise.py": "template_root\\(\\)",
    "publish/files.py": "O_WRONLY|_OPEN_FOLDER",
    "cli/streams.py": "O_WRONLY",
    "releases/local.py": "_OPEN_FOLDER",
}


def reads() -> dict[str, list[str]]:
    """Return the lines of each module, outside of ``releases/disk.py``, that open or read a file."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if READ.search(line)]
        if lines:
            found[path.relative_to(PACKAGE).as_posix()] = lines
    return found


def test_files_are_read_in_one_module_only() -> None:
    """Whoever reads a file anywhere else goes round the bound and follows links, which ``read_small`` does not."""
    everywhere = reads()
    disk = everywhere.pop("releases/disk.py")
    strays = [
        f"{path}: {line}"
        for path, lines in everywhere.items()
        for line in lines
        if not re.search(ALLOWED.get(path, "\0"), line)
    ]

    assert len(disk) == 4
    assert not strays


def test_every_exception_is_in_use() -> None:
    """An exception that nothing needs any more would hide the next stray."""
    assert ALLOWED.keys() <= reads().keys()


def test_one_module_answers_whether_two_files_are_equal() -> None:
    """Two answers to the same question would sooner or later differ: nobody else compares digests or hashes files."""
    asks = re.compile(r"\.sha256\(|\.digest\b.*(?:==|is|!=)")
    above = [path for path in sorted(PACKAGE.rglob("*.py")) if "releases" not in path.relative_to(PACKAGE).parts]
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in above
        for line in path.read_text(encoding="utf-8").splitlines()
        if asks.search(line) and "hashlib" not in line
    }

    # One describes files, and leaves comparing them to whoever reads the description; one says which content was judged, to
    # whoever sends it.
    assert found == {"diff/files/files.py", "workflows/surface.py", "workflows/upload/prepare.py"}
