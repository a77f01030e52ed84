"""The keys that sign releases: Ed25519, made on first start under the data folder, mode 0600.

There are two. `current` signs; `next` is known to every extension before it is needed, so that rotating never leaves a
reader behind: after `rotate`, what was next signs, and a new next is made.
"""

import base64
import binascii
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.errors import AppError

USES = ("current", "next")


@dataclass(frozen=True, slots=True)
class Keys:
    """The private keys."""

    current: Ed25519PrivateKey
    next: Ed25519PrivateKey

    @property
    def public(self) -> tuple[bytes, ...]:
        """The raw public keys, 32 bytes each, the current one first."""
        return tuple(key.public_key().public_bytes_raw() for key in (self.current, self.next))

    def described(self) -> list[dict[str, str]]:
        """The public keys as the manifest lists them."""
        return [
            {"key_id": key_id(raw), "public_key": encode_key(raw), "use": use}
            for use, raw in zip(USES, self.public, strict=True)
        ]


def key_id(public: bytes) -> str:
    """The short name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def encode_key(public: bytes) -> str:
    """A public key as text: base64 of its 32 bytes."""
    return base64.b64encode(public).decode()


def decode_key(text: str) -> bytes:
    """A public key from its text. Raises AppError where it is none."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise AppError("key", 422, "A public key is 32 bytes in base64 (44 characters), as the manifest lists it.")
    return raw


def verified_by(signature: bytes, body: bytes, keys: tuple[bytes, ...]) -> bytes | None:
    """The one of `keys` (raw public keys) whose signature over `body` this is, or None."""
    for raw in keys:
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, body)
        except (InvalidSignature, ValueError):
            continue
        return raw
    return None


def load_keys(data_dir: Path) -> Keys:
    """The keys under the data folder, made where there are none yet. Raises AppError where they cannot be read."""
    folder = data_dir / "keys"
    try:
        for private in (data_dir, folder):
            private.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Keys(**{use: _load_or_make(folder / f"{use}.pem") for use in USES})
    except OSError as error:
        raise _refused(folder, f"cannot be read or made ({error.strerror or error})") from None


def public_keys(data_dir: Path) -> list[str]:
    """The public keys as text, for who is to believe what this service signs."""
    return [encode_key(raw) for raw in load_keys(data_dir).public]


def has_keys(data_dir: Path) -> bool:
    """Whether this process can sign. Web servers that only read have no keys."""
    return (data_dir / "keys" / "current.pem").is_file()


def rotate(data_dir: Path) -> Keys:
    """Let the next key sign from now on, and make a new next one. The old one is kept beside them under its id."""
    keys, folder = load_keys(data_dir), data_dir / "keys"
    try:
        old = folder / f"old-{key_id(keys.public[0])}.pem"
        if not old.exists():
            os.link(folder / "current.pem", old)
        # One step: a crash before it changes nothing, one after it leaves no next key, and load_keys makes one.
        (folder / "next.pem").replace(folder / "current.pem")
        return load_keys(data_dir)
    except OSError as error:
        raise _refused(folder, f"cannot be changed ({error.strerror or error})") from None


def _refused(path: Path, what: str) -> AppError:
    return AppError("keys", 500, f"The signing keys in {path}: it {what}. See docs/releases.md.")


def _load_or_make(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        _make(path)
    try:
        key: Any = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        raise _refused(path, "is no private key in PEM form; restore it from a backup") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _refused(path, "holds a key of another kind than Ed25519; restore it from a backup")
    return key


def _make(path: Path) -> None:
    """Written whole beside its place, then linked there: of two processes at once one wins, and both read its key."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        Path(fresh).unlink()
