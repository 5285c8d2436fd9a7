"""The file that git runs: its text, and how to tell it from a hook that somebody else wrote."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import sys
from enum import Enum
from pathlib import Path
from typing import Final

from hfsemver.core.about import PACKAGE
from hfsemver.core.errors import SourceError
from hfsemver.releases.disk import read_small

HOOK: Final = "pre-push"
_HEAD: Final = b"#!/bin/sh\n# hfsemver pre-push hook "
_SUFFIX: Final = ".before-hfsemver"
_LARGEST: Final = 1 << 20

# All that it does is to find the program. What was there before is called from within, so that everybody gets the
# same bytes. A missing program refuses the push: silence would look like a judgement.
_BODY: Final = """\
# Written by `hfsemver hook install`, removed by `hfsemver hook uninstall`. Commands of your own belong into the file
# {hook}{suffix} beside this one: it runs after the judgement, with the same arguments and the same input.
python={python}
if [ -x "$python" ] && [ -f {package} ]; then
    exec "$python" -P -m hfsemver.cli.push "$0" "$@"
elif command -v hfsemver >/dev/null 2>&1; then
    exec hfsemver hook run --hook "$0" -- "$@"
fi
cat >&2 <<END
Error: hfsemver is not where it was when this hook was installed; nothing was judged, and the push is refused.
Hint: install hfsemver again into $python, then renew the hook:
        hfsemver hook install
      or push once without it (git-lfs first, because --no-verify leaves out its hook as well):
        git lfs push '$1' HEAD && git push --no-verify '$1' HEAD
      or remove the hook; what was there before it, if anything, is the file '$0{suffix}':
        rm '$0'
END
exit 3
"""


class Owner(Enum):
    """Who wrote a hook."""

    NOBODY = "nobody"
    HFSEMVER = "hfsemver"
    EDITED = "hfsemver, edited since"
    LFS = "git-lfs"
    SOMEBODY = "somebody else"


def hook_script() -> bytes:
    """Return the hook for the Python that runs now."""
    body = _BODY.format(
        hook=HOOK,
        suffix=_SUFFIX,
        python=shlex.quote(_python().as_posix()),
        package=shlex.quote(Path(PACKAGE).as_posix()),
    ).encode("utf-8", "surrogateescape")
    return _HEAD + _digest(body) + b"\n" + body


def _python() -> Path:
    """Return this Python by the name that its environment has for it, however it was called this time."""
    called = Path(sys.executable)
    plain = called.with_name("python")
    return plain if plain.exists() and plain.samefile(called) else called


def owner_of(hook: Path) -> Owner:
    """Tell who wrote a hook; a file that cannot be read is somebody else's."""
    if not hook.is_file() and not hook.is_symlink():
        return Owner.NOBODY
    data = content_of(hook)
    if data.startswith(_HEAD):
        digest, _, body = data[len(_HEAD) :].partition(b"\n")
        return Owner.HFSEMVER if digest == _digest(body) else Owner.EDITED
    return Owner.LFS if _STOCK.fullmatch(data) else Owner.SOMEBODY


def before_of(hook: Path) -> Path:
    """Return where the hook lies that was there before."""
    return hook.with_name(hook.name + _SUFFIX)


# What git-lfs writes, in any of its versions: a line that looks for git-lfs, whose complaint has changed over the
# years, and one that calls it.
_STOCK = re.compile(
    rb"#!/bin/sh\s*\n(?:command -v git-lfs [^\n]*\n)?git[ -]lfs (?:pre-push|push --stdin) \"?\$[@*]\"?\s*"
)


def content_of(hook: Path) -> bytes:
    """Return what stands in a hook; nothing for one that cannot be read, or is no file of a size that a hook may have.

    Links are followed here: git follows them when it runs the hook.
    """
    try:
        return read_small(Path(os.path.realpath(hook)), _LARGEST) or b""
    except SourceError:
        return b""


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()
