"""The checks of a reader: the same cases as the extension runs (extension/tests/verify.test.js)."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError
from app.releases import verify
from app.releases.delta import apply_delta

VECTORS = Path(__file__).parent.parent / "vectors"
RELEASES: list[dict[str, Any]] = json.loads((VECTORS / "releases.json").read_text("utf-8"))
DELTAS: list[dict[str, Any]] = json.loads((VECTORS / "deltas.json").read_text("utf-8"))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def stored_of(case: dict[str, Any]) -> verify.Stored | None:
    known = case["stored"]
    if known is None:
        return None
    return verify.Stored(
        key=base64.b64decode(known["key"]),
        version=known["version"],
        issued_at=moment(known["issued_at"]),
        sha256=known["sha256"],
        domains=known["domains"],
        seen=moment(known["newest_issued_at"]),
    )


def verdict(case: dict[str, Any]) -> str:
    stored = stored_of(case)
    keys = tuple(map(base64.b64decode, case["keys"]))
    try:
        body, signature = base64.b64decode(case["manifest"]), case["signature"].encode()
        release = verify.check_manifest(body, signature, keys, stored, moment(case["now"]))
        if case["delta"]:
            base, file = (base64.b64decode(case["delta"][part]) for part in ("base", "file"))
            verify.check_snapshot(release, verify.check_delta(release, file, base))
        if case["file"] is not None:
            verify.check_snapshot(release, base64.b64decode(case["file"]))
    except verify.Untrusted as error:
        return error.code
    return "ok"


@pytest.mark.parametrize("case", RELEASES, ids=lambda case: case["why"].replace(" ", "-"))
def test_releases(case: dict[str, Any]) -> None:
    assert verdict(case) == case["expect"]


@pytest.mark.parametrize("case", DELTAS, ids=lambda case: case["why"].replace(" ", "-"))
def test_deltas(case: dict[str, Any]) -> None:
    old, delta = case["old"].encode(), case["delta"].encode()
    if case["new"] is not None:
        assert apply_delta(old, delta).decode() == case["new"]
        return
    with pytest.raises(AppError) as caught:
        apply_delta(old, delta)
    assert caught.value.type == "format"
