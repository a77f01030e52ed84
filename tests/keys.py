"""Signing keys of tests: the same on every run."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db import Database
from app.publishing import Published, publish_seed
from app.releases.signing import Keys

KEYS = Keys(Ed25519PrivateKey.from_private_bytes(b"\1" * 32), Ed25519PrivateKey.from_private_bytes(b"\2" * 32))


def publish(database: Database, seed: Path, *, allow_shrink: bool = False) -> Published:
    """Publish a seed, signed with the keys of tests."""
    return publish_seed(database, seed, KEYS, allow_shrink=allow_shrink)
