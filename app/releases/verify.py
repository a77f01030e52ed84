"""Whether a release may be believed: the checks of docs/releases.md, in their order, as every reader should make them.

The twin of extension/lib/verify.js; tests/vectors/releases.json is run by both. Pure: bytes in, a verdict out.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.errors import AppError
from app.releases import snapshot
from app.releases.delta import apply_delta
from app.releases.signing import verified_by

MANIFEST_BYTES: Final = 64 * 1024
FILE_BYTES: Final = 64 * 1024 * 1024
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# A file is a path on the service that was asked, never an address elsewhere.
PATH: Final = re.compile(r"(?:/[A-Za-z0-9_.-]+)+")
SIGNATURE: Final = re.compile(rb"[A-Za-z0-9+/]{86}==\s*")
SKEW: Final = timedelta(days=1)
# Ours live for a week. Who has stolen a key cannot sign for longer than this at a time.
LIFETIME: Final = timedelta(days=30)


class Untrusted(AppError):  # noqa: N818
    """A release that must not be believed; `code` says which check failed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__("untrusted", 422, f"{detail} (check: {code})")
        self.code = code


@dataclass(frozen=True, slots=True)
class Stored:
    """The copy that a reader holds. `key` is the raw public key that it was believed by, `seen` the latest issue time
    that was ever believed."""

    key: bytes
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
    """A manifest that may be believed, by this raw public key."""

    key: bytes
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
    known = believed(stored, keys)
    moment = max(now, known.seen) if known else now
    if len(body) > MANIFEST_BYTES:
        raise Untrusted("size", f"The manifest has {len(body):,} bytes; at most {MANIFEST_BYTES:,} are read.")
    key = verified_by(_decoded(signature), body, keys)
    if key is None:
        raise Untrusted("signature", "The signature is not that of a trusted key over these bytes.")
    release = _read(body, key)
    if known:
        _check_order(release, known)
    _check_times(release, moment)
    if known:
        _check_share(release, known)
    return release


def believed(stored: Stored | None, keys: tuple[bytes, ...]) -> Stored | None:
    """What is known of the copy, or None where its key is no longer trusted: who stole it may have signed a version
    that no honest release would ever reach, so nothing of it counts any more."""
    return stored if stored and stored.key in keys else None


def _check_times(release: Release, moment: datetime) -> None:
    if release.expires_at <= moment:
        raise Untrusted("expired", f"The manifest expired at {release.expires_at:%Y-%m-%d %H:%M} UTC.")
    if release.issued_at - SKEW > moment:
        raise Untrusted(
            "clock",
            "The manifest was issued in the future: the clock of this machine is behind, or the signer's was ahead.",
        )
    if not timedelta(0) < release.expires_at - release.issued_at <= LIFETIME:
        raise Untrusted("lifetime", f"A manifest is valid for at most {LIFETIME.days} days after it was issued.")


def _decoded(signature: bytes) -> bytes:
    return base64.b64decode(signature) if SIGNATURE.fullmatch(signature) else b""


def _read(body: bytes, key: bytes) -> Release:
    try:
        read = snapshot.parse(body)
        _moment(read["published_at"])
        release = Release(
            key=key,
            version=_number(read["version"], least=1),
            issued_at=_moment(read["issued_at"]),
            expires_at=_moment(read["expires_at"]),
            content_hash=str(read.get("content_hash")),
            domains=_number(read["counts"]["domains"]),
            shrunk=None if read["shrunk"] is None else _number(read["shrunk"], least=1),
            files=tuple(_file(file) for file in read["files"] if file["role"] in ("snapshot", "delta")),
        )
        _check_files(release)
        big = release.snapshot.size > FILE_BYTES
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
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
    if not isinstance(url, str) or not PATH.fullmatch(url):
        raise ValueError("a file has no path on this service")
    start = _number(read["from"], least=1) if role == "delta" else None
    return File(role, url, _number(read["size"]), _hash(read["sha256"]), start)


def _check_files(release: Release) -> None:
    if sum(file.role == "snapshot" for file in release.files) != 1:
        raise ValueError("it names no snapshot, or two")
    if any(file.start is not None and file.start >= release.version for file in release.files):
        raise ValueError("a delta leads backwards")


def _check_order(release: Release, stored: Stored) -> None:
    if release.version < stored.version:
        raise Untrusted("older", f"Release {release.version} is older than {stored.version}, which was seen before.")
    if release.version == stored.version:
        if release.issued_at < stored.issued_at:
            raise Untrusted("older", "An older manifest of the same release.")
        if release.snapshot.sha256 != stored.sha256:
            raise Untrusted("format", f"Release {release.version} has two different snapshots.")


def _check_share(release: Release, stored: Stored) -> None:
    allowed = release.shrunk is not None and release.shrunk > stored.version
    if not allowed and release.domains * 5 < stored.domains * 4:
        raise Untrusted("shrunk", f"{release.domains} of {stored.domains} domains would be left.")


def check_bytes(file: File, body: bytes) -> None:
    """Whether a file is the one that the manifest names. Raises Untrusted."""
    if len(body) != file.size:
        raise Untrusted("size", f"{file.url} has {len(body):,} bytes instead of {file.size:,}.")
    if hashlib.sha256(body).hexdigest() != file.sha256:
        raise Untrusted("hash", f"{file.url} has another SHA-256 than the manifest says.")


def check_snapshot(release: Release, body: bytes) -> snapshot.Tables:
    """Whether a snapshot is the one of this release; its tables. Raises Untrusted."""
    check_bytes(release.snapshot, body)
    try:
        tables = snapshot.decode(body)
    except AppError as error:
        raise Untrusted("format", error.detail) from None
    if snapshot.parse(body)["version"] != release.version or tables.counts["domains"] != release.domains:
        raise Untrusted("format", "The snapshot is not the one of this release.")
    return tables


def check_delta(release: Release, delta: bytes, old: bytes) -> bytes:
    """The snapshot that a delta of this release makes of an older one. Raises Untrusted."""
    start = snapshot.parse(old)["version"]
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
