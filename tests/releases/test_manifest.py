"""Signing afresh: the same release and files, later times; nothing else changes."""

import json
import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from app import models
from app.db import Database
from app.errors import ClockBehind
from app.publishing import Published
from app.queries import releases as query
from app.releases import verify
from app.releases.manifest import LIFETIME
from app.releases.renewal import renew
from app.releases.signing import Keys, encode_key, verified_by
from app.serving import renewing
from app.settings import Settings
from tests.keys import KEYS, publish
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


def as_read(database: Database) -> str:
    """What a reader with a right clock, who has nothing yet, makes of the manifest."""
    signed = manifest(database)
    try:
        verify.check_manifest(signed.body, encode_key(signed.signature).encode(), KEYS.public, None, datetime.now(UTC))
    except verify.Untrusted as error:
        return error.code
    return "ok"


class Ahead(datetime):
    """A clock that is 30 days ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(days=30)


def test_what_a_clock_that_was_ahead_signed_is_mended(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setattr("app.publishing.datetime", Ahead)
        publish(database, settings.seed_dir)
    for _ in ("published ahead", "renewed ahead"):
        assert as_read(database) == "clock"
        assert renew(database, KEYS) == 1
        assert as_read(database) == "ok"
        assert renew(database, KEYS) is None
        renew(database, KEYS, Ahead.now(UTC), force=True)


def test_what_readers_still_take_is_not_signed_with_an_earlier_time(first: Published, database: Database) -> None:
    renew(database, KEYS, datetime.now(UTC) + timedelta(hours=23), force=True)
    assert as_read(database) == "ok"
    assert renew(database, KEYS) is None


# The made-up world was checked on 2026-01-02.
@pytest.mark.parametrize("force", [False, True])
def test_a_clock_that_is_behind_signs_nothing(force: bool, first: Published, database: Database) -> None:
    before = rows(database)
    with pytest.raises(ClockBehind, match=r"it says 2025-12-31, but what is published was checked on 2026-01-02\. Set"):
        renew(database, KEYS, datetime(2025, 12, 31, 23, 59, tzinfo=UTC), force=force)
    assert rows(database) == before
    assert renew(database, KEYS, datetime(2026, 1, 1, tzinfo=UTC), force=True) == 1


def test_without_a_release_there_is_nothing_to_sign(database: Database) -> None:
    assert renew(database, KEYS, force=True) is None


@pytest.mark.parametrize("signed", [timedelta(hours=-21), timedelta(days=30)], ids=["yesterday", "a-month-ahead"])
def test_a_running_service_renews_by_itself(
    signed: timedelta, first: Published, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.serving.load_keys", lambda _: KEYS)
    monkeypatch.setattr("app.serving.has_keys", lambda _: True)
    renew(database, KEYS, datetime.now(UTC) + signed, force=True)
    before = manifest(database).issued_at
    deadline = time.monotonic() + 120
    with renewing(settings, look=0.05):
        while manifest(database).issued_at == before:
            assert time.monotonic() < deadline
            time.sleep(0.05)
