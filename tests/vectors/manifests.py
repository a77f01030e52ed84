"""The right manifest, what a reader may have stored before it, and how cases of releases.json are made of them."""

from typing import Any

from tests.vectors.keys import b64, key_row, private_key, public_key, sha256
from tests.vectors.snapshots import AFTER, BEFORE, DELTA, Json, domains, text

NOW = "2026-11-25T18:00:00Z"
MANIFEST_BYTES = 64 * 1024
SNAPSHOT_BYTES = 64 * 1024 * 1024
OLD, NEW, STEP = text(BEFORE).encode(), text(AFTER).encode(), text(DELTA).encode()


def file_row(role: str, path: str, data: bytes, **members: Any) -> Json:
    return {"role": role, **members, "url": f"/v1/releases/12/{path}", "size": len(data), "sha256": sha256(data)}


KEYS = [public_key("current"), public_key("next")]
SNAPSHOT = file_row("snapshot", "snapshot.json", NEW)
FROM_11 = file_row("delta", "from-11.json", STEP, **{"from": 11})
MANIFEST: Json = {
    "version": 12,
    "published_at": "2026-11-25T12:00:00Z",
    "issued_at": "2026-11-25T12:00:00Z",
    "expires_at": "2026-12-02T12:00:00Z",
    "key_id": key_row("current")["key_id"],
    "content_hash": sha256(b"content"),
    "counts": {"companies": 3, "domains": domains(AFTER), "ties": 3},
    "shrunk": None,
    "files": [SNAPSHOT, FROM_11],
    "keys": [key_row("current"), key_row("next")],
}
STORED: Json = {
    "key": public_key("current"),
    "version": 11,
    "sha256": sha256(OLD),
    "issued_at": "2026-11-24T12:00:00Z",
    "newest_issued_at": "2026-11-24T12:00:00Z",
    "domains": domains(BEFORE),
}
SAME: Json = STORED | {"version": 12, "sha256": sha256(NEW), "domains": domains(AFTER)}


def case(why: str, expect: str, manifest: Json | bytes = MANIFEST, **members: Any) -> Json:
    """A case; what is not said is as it should be: signed by the current key, at NOW, nothing stored."""
    raw = manifest if isinstance(manifest, bytes) else text(manifest).encode()
    signature = b64(private_key("current").sign(raw))
    defaults = {"keys": KEYS, "now": NOW, "stored": None, "manifest": b64(raw), "signature": signature}
    return {"why": why, **defaults, "file": None, "delta": None, **members, "expect": expect}


def with_file(why: str, expect: str, data: bytes, manifest: Json = MANIFEST, **members: Any) -> Json:
    return case(why, expect, manifest, file=b64(data), **members)


def with_delta(why: str, expect: str, data: bytes = STEP, manifest: Json = MANIFEST, base: bytes = OLD) -> Json:
    return case(why, expect, manifest, stored=STORED, delta={"base": b64(base), "file": b64(data)})


def flipped(data: bytes, bit: int) -> bytes:
    """The data with one bit turned over."""
    at, mask = bit // 8, 1 << bit % 8
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def named(snapshot: Json) -> tuple[bytes, Json]:
    """The bytes of a snapshot and a manifest that names them."""
    data = text(snapshot).encode()
    counts = MANIFEST["counts"] | {"domains": domains(snapshot)}
    return data, MANIFEST | {"files": [file_row("snapshot", "snapshot.json", data)], "counts": counts}
