"""The file that git runs: its text, and how to tell it from a hook that somebody else wrote."""

from __future__ import annotations

import hashlib
import re
import shlex
import sys
from enum import Enum
from pathlib import Path
from typing import Final

import hfsemver

MARK: Final = "# hfsemver pre-push hook"
_HEAD: Final = f"#!/bin/sh\n{MARK} "
_SUFFIX: Final = ".before-hfsemver"
_LARGEST: Final = 1 << 20

# All that it does is to find the program. What was there before is called from within, so that everybody gets the
# same bytes. A missing program refuses the push: silence would look like a judgement.
_BODY: Final = """\
# Written by `hfsemver hook install`, taken away by `hfsemver hook uninstall`. Your own commands belong into the file
# {name}{suffix} beside this one: it is run after the judgement, with the same arguments and the same input.
python={python}
if [ -x "$python" ] && [ -f {package} ]; then
    exec "$python" -P -m hfsemver hook run --hook "$0" -- "$@"
elif command -v hfsemver >/dev/null 2>&1; then
    exec hfsemver hook run --hook "$0" -- "$@"
fi
cat >&2 <<EOF
Error: hfsemver is not where it was when this hook was installed, so the push was not judged and is refused.
Hint: install it again and renew the hook:
        pip install hfsemver && hfsemver hook install
      To push once without it (git-lfs uploads first, because --no-verify leaves its hook out as well):
        git lfs push $1 HEAD && git push --no-verify $1
      To be rid of the hook: rm '$0'
