"""What a server that takes suggestions needs and bears: a role that may do little, a publication, a flood."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import make_url
from sqlalchemy import text as sql
from sqlalchemy.exc import ProgrammingError
from starlette.testclient import TestClient

from app.db import Database
from app.errors import Unavailable
from app.inbox.store import erase_old
from app.main import create_app
from app.settings import Settings
from tests.copies import publish_first
from tests.web.test_suggestions import kept, send


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.stack)], indirect=True)
def test_a_role_that_may_only_read_and_put_in_serves_everything(
    settings: Settings, database: Database, database_url: str
) -> None:
    publish_first(database, settings.seed_dir)
    role = f"web_{uuid.uuid4().hex}"
    with database.write() as session:
        session.execute(sql(f"CREATE ROLE {role} LOGIN PASSWORD 'x'"))
        session.execute(sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
        session.execute(sql(f"GRANT INSERT, UPDATE ON suggestion TO {role}"))
    url = make_url(database_url).set(username=role, password="x").render_as_string(hide_password=False)
    narrow = settings.model_copy(update={"database_url": url})
    with TestClient(create_app(narrow), base_url="http://govties.test") as client:
        ticket = send(client)
        assert ticket.status_code == 201, ticket.text
        assert client.get(ticket.headers["location"]).status_code == 200
        assert client.get("/v1/domains/shoes.com").json()["state"] == "via_owner"
    limited = Database(narrow)
    assert erase_old(limited, settings, datetime.now(UTC) + timedelta(days=1000)) == 1
    with pytest.raises(Unavailable), limited.inbox() as inbox:
        inbox.execute(sql("DELETE FROM suggestion"))
    with pytest.raises(ProgrammingError), limited.write() as session:
        session.execute(sql("UPDATE release SET note = 'mine'"))
    limited.close()
    with database.write() as session:
        session.execute(sql(f"DROP OWNED BY {role}"))
        session.execute(sql(f"DROP ROLE {role}"))


def test_one_client_sends_so_many_an_hour(settings: Settings, database: Database) -> None:
    publish_first(database, settings.seed_dir)
    few = settings.model_copy(update={"limit_suggestions": "2/hour"})
    with TestClient(create_app(few), base_url="http://govties.test") as client:
        assert [send(client).status_code for _ in range(2)] == [201, 201]
        refused = send(client)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
        assert int(refused.headers["retry-after"]) > 0
        assert client.post("/suggest", data={}).status_code == 429
    assert len(kept(database)) == 2


def test_during_a_publication_a_suggestion_waits_and_then_says_so(settings: Settings, database: Database) -> None:
    publish_first(database, settings.seed_dir)
    hasty = settings.model_copy(update={"database_timeout": 0.5}) if database.is_sqlite else settings
    with TestClient(create_app(hasty), base_url="http://govties.test") as client:
        with database.write():
            response = send(client)
        if database.is_sqlite:
            assert response.status_code == 503
            assert response.headers["retry-after"]
            assert send(client).status_code == 201
        else:
            assert response.status_code == 201
