"""Read what a signature of a model lists: a Sigstore bundle around an in-toto statement with the digest of every file.

Format: https://github.com/sigstore/model-transparency (OpenSSF Model Signing). Nothing is verified here, and no library is needed.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.strict_json import load_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.strict_json import JsonValue

SIGNATURE: Final = "model.sig"
"""Where the reference implementation puts the signature of the folder that holds it."""
MAX_SIZE: Final = 16 << 20
FILES, SHA256 = "files", "sha256"
_PREDICATE: Final = "https://model_signing/signature/v1.0"
_FORMER: Final = "https://model_signing/Digests/v0.1"
_PAYLOAD: Final = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The files that a signature lists: digests in hex by path; ``ignored`` are the paths that it says nothing of.

    ``method`` and ``hash_type`` say what the digests are of: whole ``files``, or ``shards`` of them.
    """

    digests: Mapping[str, str]
    method: str = FILES
    hash_type: str = SHA256
    ignored: tuple[str, ...] = field(default=())

    @property
    def is_of_files(self) -> bool:
        """Whether the digests are the SHA-256 of whole files, as listings and LFS pointers hold them too."""
        return (self.method, self.hash_type) == (FILES, SHA256)

    def covers(self, path: str) -> bool:
        """Whether a file of the release belongs to what is signed: the signature itself never does."""
        places = (one.removeprefix("./").rstrip("/") for one in self.ignored)
        return path != SIGNATURE and not any(path == place or path.startswith(f"{place}/") for place in places)


def read_signed(data: bytes, where: str) -> Signed | None:
    """Return what a bundle lists; ``None`` for a file of that name that is no signature of a model.

    Raises ``FormatError`` for a bundle that is malformed, or whose list is.
    """
    if not data.lstrip(b" \t\r\n").startswith(b"{"):
        return None
    bundle = _object(load_value(data, where), where)
    envelope = bundle.get("dsseEnvelope")
    if not isinstance(envelope, dict) or envelope.get("payloadType") != _PAYLOAD:
        return None
    try:
        payload = base64.b64decode(_text(envelope.get("payload"), where), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed(where, "its payload is no base64") from error
    statement = _object(load_value(payload, where), where)
    kind = statement.get("predicateType")
    if kind == _FORMER:
        return Signed(digests=_unique(_subjects(statement.get("subject"), where), where))
    if kind != _PREDICATE:
        return None
    predicate = _object(statement.get("predicate"), where)
    how = _object(predicate.get("serialization"), where)
    return Signed(
        digests=_unique(_resources(predicate.get("resources"), where), where),
        method=_text(how.get("method"), where),
        hash_type=_text(how.get("hash_type"), where),
        ignored=tuple(_text(one, where) for one in _list(how.get("ignore_paths", []), where)),
    )


def _resources(value: JsonValue, where: str) -> Iterator[tuple[str, str]]:
    for one in _list(value, where):
        resource = _object(one, where)
        yield _text(resource.get("name"), where), _text(resource.get("digest"), where)


def _subjects(value: JsonValue, where: str) -> Iterator[tuple[str, str]]:
    for one in _list(value, where):
        subject = _object(one, where)
        yield _text(subject.get("name"), where), _text(_object(subject.get("digest"), where).get(SHA256), where)


def _unique(pairs: Iterator[tuple[str, str]], where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, digest in pairs:
        if found.setdefault(name, digest) != digest:
            raise _malformed(where, "it lists a file twice")
    return found


def _object(value: JsonValue, where: str) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise _malformed(where, "an object is missing")
    return value


def _list(value: JsonValue, where: str) -> list[JsonValue]:
    if not isinstance(value, list):
        raise _malformed(where, "a list is missing")
    return value


def _text(value: JsonValue, where: str) -> str:
    if not isinstance(value, str):
        raise _malformed(where, "a text is missing")
    return value


def _malformed(where: str, fault: str) -> FormatError:
    return FormatError(
        f"is no signature of a model: {fault}", where, hint="sign the release anew: hfsemver bump --sign KEY"
    )
