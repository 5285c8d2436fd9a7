"""Refuse a push whose pointers lead nowhere, or that brings into git what is too large for it: a hook of git."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NONE = "0" * 40


def git(*arguments: str, stdin: str = "") -> bytes:
    """Run git in the repository that is pushed to."""
    return subprocess.run(["git", *arguments], input=stdin.encode(), capture_output=True, check=True).stdout


def refusal(tips: list[str]) -> str:
    """Return what is wrong with the objects that these tips bring, if anything is."""
    from tests.hub.lfs import LARGEST, LARGEST_BLOB, Objects, parse_pointer

    if not tips:
        return ""
    here, new = Objects(Path("lfs")), git("rev-list", "--objects", "--no-object-names", *tips, "--not", "--all")
    for line in git("cat-file", "--batch-check", stdin=new.decode()).decode().splitlines():
        oid, what, size = line.split()
        if what == "blob" and int(size) > LARGEST_BLOB:
            return f"{oid} has {size} bytes: files larger than 10 MiB go through git-lfs"
        if what != "blob" or int(size) > LARGEST:
            continue
        pointer = parse_pointer(git("cat-file", "blob", oid))
        if pointer and not here.has(pointer.sha256):
            return f"LFS pointer pointed to a file that does not exist: {pointer.sha256}"
    return ""


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    pushed = [line.split()[1] for line in sys.stdin]
    sys.exit(refusal([tip for tip in pushed if tip != NONE]) or None)
