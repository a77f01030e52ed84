"""Keys for tests. Anybody can make them again, private halves and all: nothing real may trust them."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def private_key(use: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"govties test key: {use}".encode()).digest())


def public_key(use: str) -> str:
    return b64(private_key(use).public_key().public_bytes_raw())


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def key_row(use: str) -> dict[str, str]:
    """As a manifest names the key."""
    raw = private_key(use).public_key().public_bytes_raw()
    return {"key_id": sha256(raw)[:16], "public_key": b64(raw), "use": use}
