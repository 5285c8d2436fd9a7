"""Whether a release is what its signature lists, and whether that is by who is trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.claim import BrokenSignature
from hfsemver.core.errors import EvidenceMissing, FormatError, SourceError, UsageError
from hfsemver.core.escape import printable
from hfsemver.publish.signing import KEYLESS, Trust, refusal
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.local import LocalSource
from hfsemver.releases.signing.bundle import MAX_SIZE, SIGNATURE, read_signed
from hfsemver.releases.signing.contents import CHEAP, compared, insist_on_bytes

if TYPE_CHECKING:
    from hfsemver.releases.release import Release
    from hfsemver.releases.signing.bundle import Signed
    from hfsemver.releases.signing.contents import Contents


def trust_of(key: str | None, identity: str | None, issuer: str | None, roots: str | None) -> Trust | None:
    """Return who is trusted, as typed; ``None`` where nobody was named. Raises ``UsageError`` where that is not one signer."""
    others = {"--signer-identity": identity, "--signer-issuer": issuer, "--trust-config": roots}
    given = [name for name, value in others.items() if value is not None]
    if given and key != KEYLESS:
        raise UsageError(
            f"{given[0]} says nothing without an identity", hint=f"write --verify {KEYLESS} {given[0]} ..."
        )
    if key == KEYLESS and (identity is None or issuer is None):
        fault = "a signature by Sigstore is believed for one identity of one issuer"
        raise UsageError(fault, hint="name both: --signer-identity NAME --signer-issuer URL")
    return None if key is None else Trust(key=key, identity=identity or "", issuer=issuer or "", roots=roots)


def out_of_date(release: Release) -> BrokenSignature | None:
    """Return what stands against the signature that a release carries: no key is asked, and no large file is read for it."""
    try:
        signed = _signed(release)
        if signed is None:
            return None
        doubt = _doubt(signed)
        found = None if doubt else compared(release, signed, limit=CHEAP)
    except (FormatError, EvidenceMissing) as error:
        doubt, found = str(error), None
    if doubt:
        return BrokenSignature(doubt=doubt)
    return BrokenSignature(fault=_others(found)) if found is not None and found.faults else None


def verified(release: Release, trust: Trust) -> tuple[BrokenSignature | None, str]:
    """Return what stands against the signature of a release, by which all of it is told, or else a note that it holds.

    Raises ``UsageError`` and ``SourceError`` where who is trusted cannot be asked or the digests are of another kind, and what
    reading a file raises: what could not be verified is not verified.
    """
    signer = str(trust)
    release = _as_it_lies(release)
    signed = _signed(release)
    if signed is None:
        fault = (
            "is no signature of a model" if SIGNATURE in release.files else "is not there: the release is not signed"
        )
        return BrokenSignature(fault=fault, signer=signer), ""
    doubt = _doubt(signed)
    if doubt:
        hint = f"download it and verify it with what signed it: model_signing verify key DIR --signature DIR/{SIGNATURE} ..."
        raise SourceError(f"{doubt}, which are compared nowhere here", hint=hint)
    insist_on_bytes(release, signed)
    found = compared(release, signed)
    if found.faults:
        return BrokenSignature(fault=_others(found), signer=signer), ""
    against = refusal(release.source.read(SIGNATURE), found.digests, signed.ignored, trust)
    if against is not None:
        return BrokenSignature(fault=f"is not by it: {against}", signer=signer), ""
    where = ", by the digests that the Hub lists" if isinstance(release.source, HubSource) else ""
    return None, f"signed by {printable(signer)}: {len(found.digests)} files are what {SIGNATURE} lists{where}"


def _as_it_lies(release: Release) -> Release:
    """Return a release that is a folder with everything that whoever loads it finds there, whatever git or a tool thinks of it."""
    source = release.source
    return replace(release, source=LocalSource(source.root, whole=True)) if isinstance(source, LocalSource) else release


def _signed(release: Release) -> Signed | None:
    data = release.read(SIGNATURE, MAX_SIZE)
    return None if data is None else read_signed(data, SIGNATURE)


def _doubt(signed: Signed) -> str:
    if signed.is_of_files:
        return ""
    return f"{SIGNATURE} lists {printable(signed.hash_type)} digests of {printable(signed.method)}"


def _others(found: Contents) -> str:
    return f"is of other files: {'; '.join(found.faults)}"
