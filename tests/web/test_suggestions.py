"""Suggestions: by program and by form, and what their tickets show."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.inbox import form
from app.inbox.store import EXPIRED, decide, erase_old
from app.inbox.suggestion import State
from app.main import create_app
from app.models import Suggestion
from app.queries import suggestions as query
from app.render.wording import say
from app.settings import Settings
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.web.reading import page, text
from tests.worlds import World

SECRET = "of these tests"
GOOD = {
    "kind": "correction",
    "company": "shoes",
    "text": "Shoes was sold in 2024,\nsays the paper.",
    "source_url": "https://paper.com/shoes-sold",
}


@pytest.fixture
def settings(tmp_path: Path, database_url: str, world: World) -> Settings:
    """Settings that let one client send as many as these tests do."""
    seed = world.write()
    return make_settings(
        tmp_path,
        database_url=database_url,
        seed_dir=seed,
        release_poll=0,
        limit_suggestions="1000/minute",
        form_secret=SECRET,
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Database]]:
    """A client and its database for what is refused: it leaves nothing behind."""
    folder = tmp_path_factory.mktemp("shared")
    settings = make_settings(
        folder,
        seed_dir=World(folder / "seed").write(),
        release_poll=0,
        limit_suggestions="1000/minute",
        form_secret=SECRET,
    )
    database = Database(settings)
    publish_first(database, settings.seed_dir)
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        yield client, database
    assert kept(database) == []
    database.close()


@pytest.fixture
def refusing(shared: tuple[TestClient, Database]) -> Iterator[TestClient]:
    """A client that must not have kept anything in the end."""
    yield shared[0]
    assert kept(shared[1]) == []


def send(client: TestClient, **more: Any) -> Any:
    body = {key: value for key, value in {**GOOD, **more}.items() if value is not None}
    return client.post("/v1/suggestions", json=body)


def kept(database: Database) -> list[Suggestion]:
    with database.read() as session:
        return query.suggestions(session)


def test_a_suggestion_gets_a_public_ticket_that_hides_what_was_sent(client: TestClient, database: Database) -> None:
    response = send(client, tie="bigco-ice-cloud")
    assert response.status_code == 201
    ticket = response.json()
    assert re.fullmatch(r"[a-z2-7]{20}", ticket["id"])
    assert response.headers["location"] == f"/v1/suggestions/{ticket['id']}"
    assert response.headers["cache-control"] == "no-store"
    assert ticket["state"] == "open"
    assert (ticket["company"], ticket["tie"]) == ("shoes", "bigco-ice-cloud")
    shown = client.get(response.headers["location"])
    assert shown.json() == ticket
    assert shown.headers["x-robots-tag"] == "noindex"
    for body in (response.text, shown.text, page(client, ticket["url"]), page(client, ticket["url"], lang="es")):
        assert "sold" not in body
        assert "paper.com" not in body
    (row,) = kept(database)
    assert (row.text, row.source_url) == (GOOD["text"], GOOD["source_url"])


def test_nothing_of_the_sender_is_kept(client: TestClient, database: Database) -> None:
    headers = {"user-agent": "told-by-browser", "referer": "https://told.com/", "x-forwarded-for": "198.51.100.7"}
    assert client.post("/v1/suggestions", json=GOOD, headers=headers).status_code == 201
    (row,) = kept(database)
    columns = {column.name for column in Suggestion.__table__.columns}
    about = {"id", "kind", "state", "company", "domain", "tie", "text", "source_url"}
    assert columns == about | {"created_at", "decided_at", "decision", "erased_at"}
    stored = " ".join(str(getattr(row, name)) for name in columns)
    assert not [told for told in ("testclient", "told", "198.51.100.7", "127.0.0.1") if told in stored]


def test_no_two_tickets_are_alike(client: TestClient) -> None:
    assert len({send(client).json()["id"] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": None}, "kind"),
        ({"kind": "praise"}, "kind"),
        ({"company": None}, "about"),
        ({"company": "nobody"}, "company"),
        ({"company": "No Slug"}, "company"),
        ({"company": "x" * 81}, "company"),
        ({"company": None, "domain": "localhost"}, "domain"),
        ({"company": None, "domain": "10.0.0.1"}, "domain"),
        ({"company": None, "domain": "a..b"}, "domain"),
        ({"tie": "no-such-tie"}, "tie"),
        ({"tie": "a\x00b"}, "tie"),
        ({"text": None}, "text"),
        ({"text": "   short   "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "a hidden \u202e direction"}, "text"),
        ({"text": "a bell \x07 rings here"}, "text"),
        ({"source_url": None}, "source_url"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"source_url": "paper.com/story"}, "source_url"),
        ({"source_url": "https://localhost/x"}, "source_url"),
        ({"source_url": "http://169.254.169.254/"}, "source_url"),
        ({"source_url": "https://me:secret@paper.com/"}, "source_url"),
        ({"source_url": "https://paper.com/" + "x" * 2000}, "source_url"),
        ({"email": "me@paper.com"}, "email"),
        ({"kind": "company_reply"}, "reply"),
        ({"kind": "company_reply", "source_url": "https://shoes.com.evil.org/"}, "reply"),
        ({"kind": "company_reply", "source_url": "https://bigco.com/"}, "reply"),
        ({"kind": "company_reply", "source_url": "https://notsec.gov/"}, "reply"),
        ({"kind": "company_reply", "company": None, "domain": "shoes.com"}, "about"),
    ],
)
def test_what_cannot_be_taken_is_named(refusing: TestClient, more: dict[str, Any], field: str) -> None:
    response = send(refusing, **more)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/invalid-suggestion"
    assert response.json()["detail"].startswith(f"{field}: "), response.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"1", b"[" * 60_000, b'{"text": "\xff"}'])
def test_a_body_that_is_no_suggestion(refusing: TestClient, body: bytes) -> None:
    response = refusing.post("/v1/suggestions", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/invalid-suggestion"


def test_a_body_over_the_limit_and_of_another_type(refusing: TestClient) -> None:
    assert send(refusing, text="x" * 70_000).status_code == 413
    response = refusing.post("/v1/suggestions", content=json.dumps(GOOD), headers={"content-type": "text/plain"})
    assert response.status_code == 415


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_sends_nothing(refusing: TestClient, site: str) -> None:
    headers = {"sec-fetch-site": site}
    assert refusing.post("/v1/suggestions", json=GOOD, headers=headers).status_code == 403
    assert refusing.post("/suggest", data=filled(refusing), headers=headers).status_code == 403


@pytest.mark.parametrize("url", ["https://www.shoes.com/press", "https://www.sec.gov/Archives/edgar/data/1/2.htm"])
def test_a_company_replies_from_its_own_site_or_a_filing(client: TestClient, database: Database, url: str) -> None:
    ticket = send(client, kind="company_reply", source_url=url, tie="bigco-ice-cloud").json()
    assert "The company replies" in text(page(client, ticket["url"]))
    with database.write() as session:
        decide(session, ticket["id"], State.ACCEPTED, "It is the company's site.")
    said = text(page(client, ticket["url"]))
    assert "What the company says Shoes was sold in 2024," in said
    assert f'href="{url}"' in page(client, ticket["url"])


def test_an_addition_may_be_about_a_site_that_nobody_researched(client: TestClient) -> None:
    ticket = send(client, kind="addition", company=None, domain="WWW.Bücher.org.").json()
    assert ticket["domain"] == "www.xn--bcher-kva.org"


def test_a_retired_id_is_taken_as_the_one_of_today(client: TestClient, world: World, database: Database) -> None:
    (world.write() / "redirects.csv").write_text("old_id,new_id,date,reason\nolder,shoes,2026,Renamed.\n")
    publish(database, world.folder)
    assert send(client, company="older").json()["company"] == "shoes"
    assert 'value="shoes"' in page(client, "/suggest", company="older")


def test_an_accepted_one_shows_what_was_sent_and_a_declined_one_only_why(
    client: TestClient, database: Database
) -> None:
    yes, no = send(client).json()["id"], send(client, text="<b>Nothing</b> but noise.").json()["id"]
    with database.write() as session:
        decide(session, yes, State.ACCEPTED, "The paper says so.")
        decide(session, no, State.DECLINED, "The source does not say it.")
    assert client.get(f"/v1/suggestions/{yes}").json()["text"] == GOOD["text"]
    assert "Accepted" in (shown := text(page(client, f"/suggestions/{yes}")))
    assert "The paper says so." in shown
    assert "Shoes was sold in 2024," in shown
    declined = client.get(f"/v1/suggestions/{no}").json()
    assert (declined["state"], declined["text"]) == ("declined", None)
    body = page(client, f"/suggestions/{no}")
    assert "The source does not say it." in body
    assert "noise" not in body


def test_text_never_becomes_markup(client: TestClient, database: Database) -> None:
    ticket = send(client, text="<script>alert(1)</script>", source_url="https://paper.com/'onload='x").json()["id"]
    with database.write() as session:
        decide(session, ticket, State.ACCEPTED, "<img src=x>")
    body = page(client, f"/suggestions/{ticket}")
    assert "<script" not in body
    assert "<img src=x>" not in body
    assert "'onload='" not in body


@pytest.mark.parametrize("ticket", ["", "x", "a" * 20, "A" * 20, "%00" * 20, "é" * 20, "a" * 400])
def test_no_such_ticket(refusing: TestClient, ticket: str) -> None:
    for address in (f"/v1/suggestions/{ticket}", f"/suggestions/{ticket}"):
        assert refusing.get(address).status_code in (404, 405)


def test_time_erases_what_was_sent_but_not_the_decision(
    client: TestClient, database: Database, settings: Settings
) -> None:
    waiting, declined, accepted = (send(client).json()["id"] for _ in range(3))
    with database.write() as session:
        decide(session, declined, State.DECLINED, "No source.")
        decide(session, accepted, State.ACCEPTED, "Yes.")
    now = datetime.now(UTC)
    assert erase_old(database, settings, now) == 0
    assert erase_old(database, settings, now + timedelta(days=settings.suggestion_declined_days + 1)) == 1
    rows = {row.id: row for row in kept(database)}
    assert (rows[declined].text, rows[declined].source_url, rows[declined].decision) == (None, None, "No source.")
    assert rows[waiting].text == rows[accepted].text == GOOD["text"]
    assert erase_old(database, settings, now + timedelta(days=settings.suggestion_open_days + 1)) == 1
    rows = {row.id: row for row in kept(database)}
    assert (rows[waiting].text, rows[waiting].state, rows[waiting].decision) == (None, "declined", EXPIRED)
    assert rows[accepted].text == GOOD["text"]
    assert "Nadie decidió a tiempo" in page(client, f"/suggestions/{waiting}", lang="es")


def filled(client: TestClient, age: float = 60, **more: Any) -> dict[str, str]:
    """The form's fields as a browser sends them, shown `age` seconds ago."""
    body = page(client, "/suggest", company="shoes", tie="bigco-ice-cloud")
    names = re.findall(r'<(?:input|select|textarea) [^>]*name="([^"]*)"', body)
    assert set(names) == {*form.FIELDS, form.TRAP, form.SHOWN}
    key = form.form_key(SECRET, Path())
    shown = {"company": "shoes", "tie": "bigco-ice-cloud", "domain": "", form.TRAP: ""}
    return {**GOOD, **shown, form.SHOWN: form.token(key, time.time() - age), **more}


def test_the_form_leads_to_a_ticket(client: TestClient, database: Database) -> None:
    response = client.post("/suggest?lang=es", data=filled(client), follow_redirects=False)
    assert response.status_code == 303
    (row,) = kept(database)
    assert response.headers["location"] == f"/suggestions/{row.id}?lang=es"
    assert (row.company, row.tie, row.domain) == ("shoes", "bigco-ice-cloud", None)
    assert "set-cookie" not in response.headers


def test_the_form_is_filled_in_from_the_address(refusing: TestClient) -> None:
    body = page(refusing, "/suggest", company="shoes", tie="bigco-ice-cloud", kind="company_reply", lang="es")
    assert 'value="shoes"' in body
    assert 'value="bigco-ice-cloud"' in body
    assert '<option value="company_reply" selected>' in body
    assert "Sobre Shoes" in body
    assert "365" in text(body)
    assert refusing.get("/suggest").headers["cache-control"] == "no-store"


def test_the_page_that_the_extension_opens_leads_to_the_form(refusing: TestClient) -> None:
    body = page(refusing, "/corrections", company="shoes", tie="bigco-ice-cloud")
    assert 'href="/suggest?company=shoes&tie=bigco-ice-cloud"' in body


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"age": 2 * 24 * 3600}, "expired"),
        ({"age": -60}, "expired"),
        ({form.TRAP: "https://spam.example"}, "trap"),
        ({form.SHOWN: ""}, "expired"),
        ({form.SHOWN: f"{int(time.time()) - 60}.forged"}, "expired"),
        ({form.SHOWN: "é.x"}, "expired"),
        ({form.SHOWN: "9" * 30 + ".x"}, "expired"),
    ],
)
def test_a_form_that_is_not_taken_says_why_and_keeps_what_was_written(
    refusing: TestClient, waits: list[float], more: dict[str, Any], why: str
) -> None:
    response = refusing.post("/suggest", data=filled(refusing, **more))
    assert response.status_code == 422
    said = text(response.text)
    assert say("en", f"suggest.wrong.{why}") in said
    assert "Shoes was sold in 2024," in said
    assert 'value="https://paper.com/shoes-sold"' in response.text
    assert "spam.example" not in response.text


def test_who_is_quick_waits_and_is_taken(client: TestClient, database: Database, waits: list[float]) -> None:
    response = client.post("/suggest", data=filled(client, age=1), follow_redirects=False)
    assert response.status_code == 303
    assert 0 < waits[0] <= form.LEAST_SECONDS
    assert "Thanks! We'll look into it" in text(page(client, response.headers["location"]))
    client.post("/suggest", data=filled(client, age=form.LEAST_SECONDS + 1), follow_redirects=False)
    assert waits[1:] == [0]
    assert len(kept(database)) == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("company", "nobody", "There is no company of this id in the data."),
        ("tie", "none", "There is no tie of this id"),
        ("source_url", "ftp://x", "Give an address that everybody can open"),
        ("text", "short", "Write 10 to 4,000 characters"),
        ("kind", "praise", "Say what it is."),
    ],
)
def test_the_form_says_what_to_mend(refusing: TestClient, field: str, value: str, said: str) -> None:
    more: dict[str, Any] = {field: value}
    response = refusing.post("/suggest", data=filled(refusing, **more))
    assert response.status_code == 422
    assert said in text(response.text)


@pytest.mark.parametrize("body", [b"\xff=1", b"&".join(b"a=1" for _ in range(30)), b"", b"text=" + b"x" * 60_000])
def test_a_form_that_is_none(refusing: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert refusing.post("/suggest", content=body, headers=headers).status_code == 422
