"""Whether a release may be believed: the checks of docs/releases.md, in their order, as every reader should make them.

The twin of extension/lib/verify.js; tests/vectors/releases.json is run by both. Pure: bytes in, a verdict out.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.errors import AppError
from app.releases import snapshot
from app.releases.delta import apply_delta
from app.releases.signing import verified_by

MANIFEST_BYTES: Final = 64 * 1024
FILE_BYTES: Final = 64 * 1024 * 1024
LEAST_SHARE: Final = 0.8
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SKEW: Final = timedelta(days=1)


class Untrusted(AppError):  # noqa: N818
    """A release that must not be believed; `code` says which check failed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__("untrusted", 422, f"{detail} (check: {code})")
        self.code = code


@dataclass(frozen=True, slots=True)
class Stored:
    """The copy that a reader holds. `seen` is the latest issue time it ever believed."""

    version: int
    issued_at: datetime
    sha256: str
    domains: int
    seen: datetime


@dataclass(frozen=True, slots=True)
class File:
    """A file that a manifest names."""

    role: str
    url: str
    size: int
    sha256: str
    start: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """A manifest that may be believed."""

    version: int
    issued_at: datetime
    expires_at: datetime
    content_hash: str
    domains: int
    shrunk: int | None
    files: tuple[File, ...]

    @property
    def snapshot(self) -> File:
        """The whole snapshot."""
        return next(file for file in self.files if file.role == "snapshot")


def check_manifest(
    body: bytes, signature: bytes, keys: tuple[bytes, ...], stored: Stored | None, now: datetime
) -> Release:
    """The release of a manifest. `signature` is the text of `/v1/release.sig`, `keys` are raw public keys. Raises
    Untrusted."""
    moment = max(now, stored.seen) if stored else now
    if len(body) > MANIFEST_BYTES:
        raise Untrusted("size", f"The manifest has {len(body):,} bytes; at most {MANIFEST_BYTES:,} are read.")
    if verified_by(_decoded(signature), body, keys) is None:
        raise Untrusted("signature", "The signature is not that of a trusted key over these bytes.")
    release = _read(body)
    if stored:
        _check_order(release, stored)
    if release.expires_at <= moment:
        raise Untrusted("expired", f"The manifest expired at {release.expires_at:%Y-%m-%d %H:%M} UTC.")
    if release.issued_at - SKEW > moment:
        raise Untrusted("clock", "The manifest was issued in the future: the clock of this machine is behind.")
    return release


def _decoded(signature: bytes) -> bytes:
    try:
        return base64.b64decode(signature.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _read(body: bytes) -> Release:
    try:
        read = json.loads(body)
        release = Release(
            version=_number(read["version"], least=1),
            issued_at=_moment(read["issued_at"]),
            expires_at=_moment(read["expires_at"]),
            content_hash=_hash(read["content_hash"]),
            domains=_number(read["counts"]["domains"]),
            shrunk=None if read["shrunk"] is None else _number(read["shrunk"]),
            files=tuple(_file(file) for file in read["files"]),
        )
        big = release.snapshot.size > FILE_BYTES
    except (ValueError, KeyError, TypeError, StopIteration, RecursionError) as error:
        raise Untrusted("format", f"The manifest has not the form of docs/releases.md: {error!s:.100}.") from None
    if big:
        raise Untrusted("size", f"The snapshot has {release.snapshot.size:,} bytes; at most {FILE_BYTES:,} are read.")
    return release


def _number(value: Any, least: int = 0) -> int:
    if type(value) is not int or not least <= value < 2**53:
        raise ValueError(f"{value!r} is no number of {least} or more")
    return value


def _hash(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError("a SHA-256 is missing")
    return value


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise ValueError("a time is missing")
    return datetime.fromisoformat(value)


def _file(read: Any) -> File:
    role, url = read["role"], read["url"]
    if not isinstance(role, str) or not isinstance(url, str):
        raise ValueError("a file has no role or address")
    start = _number(read["from"], least=1) if role == "delta" else None
    return File(role, url, _number(read["size"]), _hash(read["sha256"]), start)


def _check_order(release: Release, stored: Stored) -> None:
    if release.version < stored.version:
        raise Untrusted("older", f"Release {release.version} is older than {stored.version}, which was seen before.")
    if release.version == stored.version:
        if release.issued_at < stored.issued_at:
            raise Untrusted("older", "An older manifest of the same release.")
        if release.snapshot.sha256 != stored.sha256:
            raise Untrusted("format", f"Release {release.version} has two different snapshots.")


def check_bytes(file: File, body: bytes) -> None:
    """Whether a file is the one that the manifest names. Raises Untrusted."""
    if len(body) != file.size:
        raise Untrusted("size", f"{file.url} has {len(body):,} bytes instead of {file.size:,}.")
    if hashlib.sha256(body).hexdigest() != file.sha256:
        raise Untrusted("hash", f"{file.url} has another SHA-256 than the manifest says.")


def check_snapshot(release: Release, body: bytes, stored: Stored | None) -> snapshot.Tables:
    """Whether a snapshot may replace the stored copy; its tables. Raises Untrusted."""
    check_bytes(release.snapshot, body)
    try:
        tables = snapshot.decode(body)
    except AppError as error:
        raise Untrusted("format", error.detail) from None
    domains = tables.counts["domains"]
    if json.loads(body)["version"] != release.version or domains != release.domains:
        raise Untrusted("format", "The snapshot is not the one of this release.")
    shrunk = stored is not None and domains < LEAST_SHARE * stored.domains
    if stored and shrunk and (release.shrunk is None or release.shrunk <= stored.version):
        raise Untrusted("shrunk", f"{domains} of {stored.domains} domains would be left.")
    return tables


def check_delta(release: Release, delta: bytes, old: bytes) -> bytes:
    """The snapshot that a delta of this release makes of an older one. Raises Untrusted."""
    start = json.loads(old)["version"]
    named = next((file for file in release.files if file.role == "delta" and file.start == start), None)
    if named is None:
        raise Untrusted("format", f"This release has no delta from release {start}.")
    check_bytes(named, delta)
    try:
        result = apply_delta(old, delta)
    except AppError as error:
        raise Untrusted("format", error.detail) from None
    check_bytes(release.snapshot, result)
    return result


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)
