"""Signing afresh: the same release and files, later times; nothing else changes."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from app import models
from app.db import Database
from app.publishing import Published, renew
from app.queries import releases as query
from app.releases.manifest import LIFETIME
from app.releases.signing import Keys, verified_by
from app.serving import renewing
from app.settings import Settings
from tests.keys import KEYS
from tests.releases_read import rows


def manifest(database: Database) -> models.Manifest:
    with database.read() as session:
        found = query.manifest(session, 1)
        session.expunge_all()
    assert found
    return found


def test_a_fresh_manifest_is_left_alone(first: Published, database: Database) -> None:
    before = rows(database)
    assert renew(database, KEYS) is None
    assert rows(database) == before


def test_a_day_later_it_is_signed_afresh(first: Published, database: Database) -> None:
    before, tomorrow = manifest(database), datetime.now(UTC) + timedelta(hours=21)
    assert renew(database, KEYS, tomorrow) == 1
    after = manifest(database)
    assert verified_by(after.signature, after.body, KEYS.public)
    old, new = json.loads(before.body), json.loads(after.body)
    times = ("issued_at", "expires_at")
    assert {k: v for k, v in old.items() if k not in times} == {k: v for k, v in new.items() if k not in times}
    assert datetime.fromisoformat(new["expires_at"]) - datetime.fromisoformat(new["issued_at"]) == LIFETIME
    assert new["issued_at"] > old["issued_at"]


def test_another_key_signs_at_once(first: Published, database: Database) -> None:
    rotated = Keys(KEYS.next, KEYS.current)
    assert renew(database, rotated) == 1
    after = manifest(database)
    assert verified_by(after.signature, after.body, (KEYS.public[1],))


def test_without_a_release_there_is_nothing_to_sign(database: Database) -> None:
    assert renew(database, KEYS, force=True) is None


def test_a_running_service_renews_by_itself(
    first: Published, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.serving.load_keys", lambda _: KEYS)
    monkeypatch.setattr("app.serving.has_keys", lambda _: True)
    monkeypatch.setattr("app.releases.manifest.FRESH", timedelta(0))
    before = manifest(database).issued_at
    deadline = time.monotonic() + 120
    with renewing(settings, look=0.05):
        while manifest(database).issued_at == before:
            assert time.monotonic() < deadline
            time.sleep(0.05)
