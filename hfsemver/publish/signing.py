"""Sign a release and verify who signed one, by the library of the OpenSSF, which is an extra and loaded nowhere else.

The digests are handed to it: those of large files are known from pointers and listings, and nothing is read twice.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import SourceError, UsageError
from hfsemver.core.escape import clipped
from hfsemver.releases.disk import read_small
from hfsemver.releases.signing.bundle import FILES, MAX_SIZE, SHA256, SIGNATURE
from hfsemver.releases.signing.contents import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from model_signing.hashing import Config, PathLike
    from model_signing.manifest import Manifest

KEYLESS: Final = "sigstore"
"""In the place of a key: an identity that an OpenID provider vouches for, such as that of a workflow on GitHub."""
PASSWORD: Final = "HFSEMVER_SIGN_PASSWORD"  # noqa: S105 -- the name of a variable
_HINT: Final = "install it: pip install 'hfsemver[sign]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose signature is believed: that of a public ``key``, a PEM file, or ``sigstore`` for an identity and its issuer.

    ``roots`` is a file with the trust roots of another Sigstore than the public one.
    """

    key: str
    identity: str = ""
    issuer: str = ""
    roots: str | None = None

    def __str__(self) -> str:
        return f"{self.identity} ({self.issuer})" if self.key == KEYLESS else f"the key {self.key}"


def sign(digests: Mapping[str, str], name: str, key: str) -> bytes:
    """Return a signature of files by their SHA-256 in hex, under the name of the model.

    ``key`` is a PEM file with a private key (elliptic curves P-256, P-384 and P-521; where it has a password,
    ``HFSEMVER_SIGN_PASSWORD`` holds it), or ``sigstore``. Raises ``UsageError`` where there is no such key or no library, and
    ``SourceError`` where the service of Sigstore does not answer.
    """
    with _library():
        from model_signing import signing

    config = signing.Config()  # type: ignore[no-untyped-call] # the library says no return type
    config.set_hashing_config(_listed(digests, name, (*LEFT_OUT, SIGNATURE)))
    with tempfile.TemporaryDirectory(prefix="hfsemver-") as folder:
        place = Path(folder, SIGNATURE)
        if key == KEYLESS:
            try:
                config.use_sigstore_signer(use_ambient_credentials=True).sign(name, place)
            except Exception as error:  # its parts raise what they like: network, tokens, trust roots
                fault = f"Sigstore did not sign: {_said(error)}"
                raise SourceError(
                    fault, hint="run it where an OpenID token is to be had, such as a workflow; or sign with a key"
                ) from error
        else:
            # Empty is what a workflow makes of a secret that is not there.
            password = os.environb.get(PASSWORD.encode()) or None
            with _readable(key, "private"):
                # The library says str and hands it to one that takes bytes alone.
                config.use_elliptic_key_signer(private_key=key, password=password)  # type: ignore[arg-type] # see above
            config.sign(name, place)
        return read_small(place, MAX_SIZE) or b""


def refusal(signature: bytes, digests: Mapping[str, str], ignored: Iterable[str], trust: Trust) -> str | None:
    """Return why a signature is not believed, ``None`` where it is: for exactly these files, by who is trusted.

    Raises ``UsageError`` where there is no such key or no library, and ``SourceError`` without the trust roots of Sigstore.
    """
    with _library():
        from model_signing import verifying

    config = verifying.Config()  # type: ignore[no-untyped-call] # the library says no return type
    config.set_hashing_config(_listed(digests, "model", ignored))
    if trust.key == KEYLESS:
        try:
            config.use_sigstore_verifier(
                identity=trust.identity,
                oidc_issuer=trust.issuer,
                trust_config=None if trust.roots is None else Path(trust.roots),
            )
        except Exception as error:  # its parts raise what they like: network, clocks, files
            fault = f"the trust roots of Sigstore are not to be had: {_said(error)}"
            raise SourceError(fault, hint="try again with a network; or name a file that has them") from error
    else:
        with _readable(trust.key, "public"):
            config.use_elliptic_key_verifier(public_key=trust.key)
    with tempfile.TemporaryDirectory(prefix="hfsemver-") as folder:
        place = Path(folder, SIGNATURE)
        place.write_bytes(signature)
        try:
            # It prints what it thinks of older signatures.
            with contextlib.redirect_stdout(io.StringIO()):
                config.verify(Path(folder), place)
        except Exception as error:  # noqa: BLE001 -- whatever it raises, it does not believe it
            return _said(error)
    return None


def _listed(digests: Mapping[str, str], name: str, ignored: Iterable[str]) -> Config:
    """Return a way to hash a model that hashes nothing: it lists what is known."""
    from model_signing import hashing, manifest

    # The library has no public name for it.
    from model_signing._hashing.hashing import Digest

    how = manifest.SerializationType.from_args(
        {"method": FILES, "hash_type": SHA256, "allow_symlinks": False, "ignore_paths": sorted(ignored)}
    )
    items = [
        manifest.FileManifestItem(path=PurePosixPath(path), digest=Digest(SHA256, bytes.fromhex(digest)))
        for path, digest in sorted(digests.items())
    ]

    class Listed(hashing.Config):
        def hash(self, model_path: PathLike, *, files_to_hash: Iterable[PathLike] | None = None) -> Manifest:  # noqa: ARG002 -- as the library calls it
            return manifest.Manifest(name, items, how)

    return Listed()  # type: ignore[no-untyped-call] # the library says no return type


@contextlib.contextmanager
def _library() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise UsageError("signatures need the library model-signing, which is not installed", hint=_HINT) from error


@contextlib.contextmanager
def _readable(key: str, kind: str) -> Iterator[None]:
    from cryptography.exceptions import UnsupportedAlgorithm

    locked = f"; its password, if it has one, goes into {PASSWORD}" if kind == "private" else ""
    hint = f"name a PEM file with a {kind} key of an elliptic curve: P-256, P-384 or P-521{locked}"
    try:
        yield
    except OSError as error:
        raise UsageError(f"{clipped(key)}: {error.strerror}", hint=f"name a PEM file with a {kind} key") from error
    except AttributeError as error:
        # It asks each key for its curve.
        raise UsageError(f"{clipped(key)} is a key of no elliptic curve", hint=hint) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # What it says of a wrong password and of another kind of key is plain, and holds nothing of the key.
        raise UsageError(f"{clipped(key)} is no {kind} key to sign with: {_said(error)}", hint=hint) from error


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return clipped(text, 300) if text else type(error).__name__
