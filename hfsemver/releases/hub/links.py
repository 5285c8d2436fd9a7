"""Where the large files of a release lie: one question for a hundred of them, as git-lfs asks it.

Without it each read of a large file begins with a redirect of its own, which costs a round trip and counts against the limits of
the Hub. https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.releases.hub.parts import Address
from hfsemver.releases.hub.patience import ASKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hfsemver.releases.hub.wire import Wire
    from hfsemver.releases.source import FileInfo

AT_MOST: Final = 100
"""Files in one question, as many as git-lfs puts into one."""
_MEDIA_TYPE: Final = "application/vnd.git-lfs+json"
_LONGEST: Final = 16 << 10
_NAME: Final = re.compile(r"[!#-'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE: Final = re.compile(r"[ -~]{0,4096}")
_OURS: Final = frozenset({"accept-encoding", "content-length", "host", "range", "transfer-encoding"})


def find_links(wire: Wire, repo_id: str, files: Sequence[FileInfo]) -> Mapping[str, Address]:
    """Return addresses of files by their SHA-256, of those that the Hub gives one for; at most ``AT_MOST`` files are asked for.

    The Hub that gives none is asked for each file by its name, so that nothing is lost and no error is told here.
    """
    sizes = {info.digest.hex: info.size for info in files if info.digest is not None}
    body = {
        "operation": "download",
        "transfers": ["basic"],
        "hash_algo": "sha256",
        "objects": [{"oid": oid, "size": size} for oid, size in sizes.items()],
    }
    headers = {"Accept": _MEDIA_TYPE, "Content-Type": _MEDIA_TYPE}
    try:
        answer = replace(wire, patience=ASKING).post(f"/{repo_id}.git/info/lfs/objects/batch", body, headers)
    except SourceError:
        return {}
    # What is read over a line that nobody can listen to is not fetched over one where everybody can.
    schemes = ("https://", f"{wire.endpoint.partition(':')[0]}://")
    return dict(_addresses(answer, sizes, schemes))


def _addresses(answer: Any, sizes: Mapping[str, int], schemes: tuple[str, ...]) -> Iterator[tuple[str, Address]]:
    objects = answer.get("objects") if isinstance(answer, dict) else None
    for one in objects if isinstance(objects, list) else ():
        if not isinstance(one, dict) or one.get("error") is not None:
            continue
        oid, actions = one.get("oid"), one.get("actions")
        size = sizes.get(oid) if isinstance(oid, str) else None
        download = actions.get("download") if isinstance(actions, dict) else None
        if not isinstance(oid, str) or size is None or one.get("size") != size or not isinstance(download, dict):
            continue
        href, headers = download.get("href"), download.get("header") or {}
        if isinstance(href, str) and len(href) <= _LONGEST and href.startswith(schemes) and _are_plain(headers):
            yield oid, Address(url=href, size=size, signed=headers)


def _are_plain(headers: Any) -> bool:
    return isinstance(headers, dict) and all(
        isinstance(value, str) and _NAME.fullmatch(name) and name.lower() not in _OURS and _VALUE.fullmatch(value)
        for name, value in headers.items()
    )
