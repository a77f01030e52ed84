"""What a running service erases by itself."""

import time
from datetime import UTC, datetime, timedelta

from app.db import Database
from app.inbox.store import put_in
from app.inbox.suggestion import NewSuggestion
from app.models import Suggestion
from app.queries import suggestions as query
from app.serving import renewing
from app.settings import Settings


def test_a_running_service_erases_old_suggestions(settings: Settings, database: Database) -> None:
    sent = {"kind": "addition", "domain": "old.com", "text": "It is missing.", "source_url": "https://old.com/a"}
    ticket = put_in(database, NewSuggestion.checked(sent)).id
    with database.write() as session:
        row = session.get(Suggestion, ticket)
        assert row
        row.created_at = datetime.now(UTC) - timedelta(days=settings.suggestion_open_days + 1)
    deadline = time.monotonic() + 60
    with renewing(settings, look=0.05):
        while _text(database, ticket) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _text(database: Database, ticket: str) -> str | None:
    with database.read() as session:
        row = query.suggestion(session, ticket)
        assert row
        return row.text
