"""No room to write in: a disk or a quota that is full."""

from __future__ import annotations

import errno
from typing import Final

from hfsemver.core.errors import SourceError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoom(SourceError):
    """Nothing but room helps: trying again does not."""


def is_out_of_room(error: OSError) -> bool:
    """Whether the system refused to write for lack of room."""
    return error.errno in _FULL
