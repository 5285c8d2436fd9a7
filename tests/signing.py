"""Keys to sign with, and the signer and verifier of the OpenSSF in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class Key:
    """A pair of keys as PEM files."""

    private: str
    public: str

    @classmethod
    def make(cls, folder: Path, name: str = "team", password: str | None = None) -> Key:
        """Make a pair on the curve P-256."""
        key = ec.generate_private_key(ec.SECP256R1())
        lock = (
            serialization.NoEncryption()
            if password is None
            else serialization.BestAvailableEncryption(password.encode())
        )
        private, public = folder / f"{name}.pem", folder / f"{name}.pub"
        private.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock),
        )
        public.write_bytes(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        return cls(str(private), str(public))


def model_signing(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the reference implementation."""
    command = [sys.executable, "-m", "model_signing", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT)


def sign(folder: Path, key: Key) -> None:
    """Sign a folder as the reference implementation does."""
    done = model_signing(
        "sign", "key", str(folder), "--signature", str(folder / "model.sig"), "--private_key", key.private
    )
    assert done.returncode == 0, done.stderr


def accepts(folder: Path, key: Key) -> bool:
    """Whether the reference implementation takes a folder for what the key signed."""
    done = model_signing(
        "verify", "key", str(folder), "--signature", str(folder / "model.sig"), "--public_key", key.public
    )
    return done.returncode == 0
