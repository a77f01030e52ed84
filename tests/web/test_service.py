"""Releases, companies, agencies, ties, health, errors: the rest of the interface."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.worlds import World, owner


def test_companies_by_name_domain_agency_and_kind(client: TestClient) -> None:
    def names(**params: str) -> list[str]:
        return [company["id"] for company in client.get("/v1/companies", params=params).json()["companies"]]

    assert names() == ["bigco", "code", "looked", "old", "quiet", "shoes"]
    assert names(q="BIG") == ["bigco"]
    assert names(q="shoes.c") == ["shoes"]
    assert names(q="%") == []
    assert names(agency="us-dod") == ["bigco"]
    assert names(kind="reseller") == ["code"]
    assert names(agency="us-dod", kind="reseller") == []


def test_companies_page_by_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.companies.PAGE", 4)
    first = client.get("/v1/companies").json()
    second = client.get(first["next"]).json()
    listed = [company["id"] for company in (*first["companies"], *second["companies"])]
    assert listed == ["bigco", "code", "looked", "old", "quiet", "shoes"]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "WyJcdWQ4MDAiLCJhIl0=", "bnVsbA==", "WzEsMl0=", "é", "W1sxXSwiYSJd"])
def test_a_cursor_of_nobody_is_422(client: TestClient, cursor: str) -> None:
    response = client.get("/v1/companies", params={"cursor": cursor})
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-cursor")


def test_company_whole(client: TestClient) -> None:
    company = client.get("/v1/companies/bigco").json()
    assert company["state"] == "documented"
    assert [domain["name"] for domain in company["domains"]] == ["bigco.co.uk", "bigco.com"]
    assert [hop["company"] for hop in company["owns"]] == ["code", "shoes"]
    assert company["summary"] == client.get("/v1/domains/bigco.com").json()["summary"]


def test_agencies_and_ties(client: TestClient) -> None:
    listed = client.get("/v1/agencies").json()
    assert [agency["id"] for agency in listed["agencies"]] == ["us-dhs", "us-dod", "us-ice"]
    agency = client.get("/v1/agencies/us-ice").json()
    assert (agency["parent"], agency["subtier"]) == ("us-dhs", "7012")
    assert [tie["id"] for tie in agency["ties"]] == ["bigco-ice-cloud", "code-ice-licence", "old-ice"]
    tie = client.get("/v1/ties/bigco-ice-cloud").json()
    assert tie["held_by"] == "bigco"
    assert tie["awards"][0]["url"] == "https://www.usaspending.gov/award/CONT_AWD_1_7012_-NONE-_-NONE-/"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/companies/nobody", 404),
        ("GET", "/v1/companies/%00", 404),
        ("GET", "/v1/agencies/%00", 404),
        ("GET", "/v1/ties/" + "x" * 1000, 404),
        ("GET", "/v1/releases/0/snapshot.json", 404),
        ("GET", "/v1/releases/99999999999999999999/snapshot.json", 404),
        ("GET", "/v1/releases/x/snapshot.json", 422),
        ("GET", "/v1/releases/1/..%2f..%2fetc", 404),
        ("GET", "/schemas/nothing.json", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/v1/domains/", 404),
        ("GET", "/v1/domains/shoes.com?lang=xx", 422),
        ("POST", "/v1/release", 405),
        ("DELETE", "/v1/domains/shoes.com", 405),
        ("GET", "/v1/lookups", 405),
    ],
)
def test_every_error_is_a_problem(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/")
    assert problem["detail"]


def test_preflight_and_cors_without_origin(client: TestClient) -> None:
    preflight = client.options("/v1/lookups", headers={"Origin": "https://a.example"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert client.get("/v1/release").headers["access-control-allow-origin"] == "*"


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "database": "ok", "cache": "none", "release": 1}


@pytest.mark.parametrize("redis_url", [None, "redis://127.0.0.1:1/0"])
def test_readiness_names_what_is_down(tmp_path: Path, redis_url: str | None) -> None:
    away = make_settings(tmp_path, database_url="postgresql://me@127.0.0.1:1/x", redis_url=redis_url)
    with TestClient(create_app(away)) as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["type"], ready.headers["retry-after"]) == (
            503,
            "/problems/not-ready",
            "5",
        )
        detail = ready.json()["detail"]
    assert "database: down" in detail
    assert "release: none" in detail
    assert f"cache: {'down' if redis_url else 'none'}" in detail


def test_what_is_counted_names_routes_and_never_a_host(client: TestClient) -> None:
    client.get("/v1/domains/sentinel-host.com")
    client.get("/v1/lookup", params={"url": "https://sentinel-host.com/private"})
    client.get("/sentinel-path", headers={"X-Forwarded-For": "203.0.113.77"})
    counted = generate_latest().decode()
    assert 'govties_requests_total{route="/v1/domains/{host}",status="200"}' in counted
    assert 'govties_requests_total{route="unmatched",status="404"}' in counted
    assert "govties_release 1.0" in counted
    assert 'govties_database_reads_total{outcome="ok"}' in counted
    assert not re.search("sentinel|203.0.113|private", counted)


def test_schemas_are_served(client: TestClient) -> None:
    for name in ("answer", "company", "agency", "tie", "release", "problem", "seed-company", "seed-agency"):
        response = client.get(f"/schemas/{name}.json")
        assert response.status_code == 200, name
        assert response.json()["type"] == "object", name


def test_openapi_is_3_1_and_docs_load_nothing_from_elsewhere(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")
    page = client.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("<!doctype html>", "")
    for asset in ("/docs/assets/swagger-ui.css", "/docs/assets/swagger-ui-bundle.js", "/static/docs.js"):
        assert client.get(asset).status_code == 200


def test_an_unexpected_error_is_a_problem_without_a_traceback(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret-host.example")

    monkeypatch.setattr("app.web.answers.resolve", fail)
    response = client.get("/v1/domains/shoes.com")
    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal")
    captured = capsys.readouterr()
    assert "RuntimeError" in captured.out + captured.err
    assert "secret-host" not in captured.out + captured.err + response.text


def test_logs_name_routes_never_hosts(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:

    publish_first(database, settings.seed_dir)
    with TestClient(create_app(settings.model_copy(update={"log_level": "debug"}))) as client:
        client.get("/v1/domains/sentinel-host.com")
        client.get("/v1/lookup", params={"url": "https://sentinel-host.com/private"})
        client.post("/v1/lookups", json={"queries": ["sentinel-host.com"]})
        client.get("/", params={"q": "sentinel-host.com"})
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in (captured.out + captured.err).splitlines() if line.startswith("{")]
    assert [line["route"] for line in lines] == ["/v1/domains/{host}", "/v1/lookup", "/v1/lookups", "/"]
    assert "sentinel" not in captured.out + captured.err


def test_before_the_first_release_nothing_is_claimed(settings: Settings, database: Database) -> None:

    with TestClient(create_app(settings)) as client:
        response = client.get("/v1/domains/shoes.com")
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert "seed apply" in response.json()["detail"]
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["detail"].startswith("release: none")


def test_ties_of_a_company_sold_since_are_history_only(
    client: TestClient, world: World, settings: Settings, database: Database
) -> None:
    world.companies["code"]["owners"] = [owner("bigco", valid_from="2018-10-25", valid_to="2024-01")]
    world.write()
    publish(database, settings.seed_dir)
    company = client.get("/v1/companies/bigco").json()
    assert [tie["id"] for tie in company["ties"]] == ["bigco-ice-cloud", "bigco-dod-ended"]
    assert [former["tie"]["id"] for former in company["former_ties"]] == ["code-ice-licence"]
    page = client.get("/companies/bigco").text
    assert "owned from Oct 25, 2018 to Jan 2024" in page
    assert "a company that Bigco owns" not in page


def test_head_is_get_without_its_body(client: TestClient) -> None:
    for path in ("/v1/domains/shoes.com", "/", "/v1/companies/nobody"):
        get, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
        assert head.headers.get("etag") == get.headers.get("etag")


def test_a_filter_with_nul_is_422(client: TestClient) -> None:
    for name in ("q", "agency"):
        assert client.get(f"/v1/companies?{name}=a%00b").status_code == 422


def test_an_old_verification_is_said_to_be_old(
    client: TestClient, world: World, settings: Settings, database: Database
) -> None:
    assert "months ago)" not in client.get("/companies/shoes").text
    world.companies["shoes"]["owners"][0]["verified_at"] = "2024-01"
    world.companies["bigco"]["ties"][0]["verified_at"] = "2024-01"
    world.write()
    publish(database, settings.seed_dir)
    page = client.get("/companies/shoes").text
    assert "(more than 12 months ago)" in page
    assert "(more than 24 months ago)" in page


def test_a_release_that_held_a_retracted_claim_is_gone(
    client: TestClient, world: World, settings: Settings, database: Database
) -> None:
    old = client.get("/v1/release").json()["files"][0]["url"]
    world.companies["quiet"]["name"] = "Very Quiet"
    world.write()
    publish(database, settings.seed_dir)
    assert client.get(old).status_code == 200
    world.companies["code"]["ties"][0] |= {
        "claim_status": "retracted",
        "history": [{"date": "2026-03", "status": "retracted", "note": "The document was a forgery."}],
    }
    world.write()
    publish(database, settings.seed_dir)
    gone = client.get(old)
    assert (gone.status_code, gone.json()["type"]) == (410, "/problems/gone")
    assert client.get(client.get("/v1/release").json()["files"][0]["url"]).status_code == 200


def test_another_version_of_the_program_shares_no_cached_answers(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_first(database, settings.seed_dir)
    kept: dict[str, bytes] = {}
    monkeypatch.setattr("app.cache.Memory.put", lambda _, key, value: kept.update({key: value}))
    for wording in ("one", "another"):
        monkeypatch.setattr("app.render.schemas.messages", lambda lang, wording=wording: {wording: lang})
        with TestClient(create_app(settings)) as client:
            client.get("/v1/domains/shoes.com")
    assert len(kept) == 2


def test_a_database_made_anew_under_a_running_service_is_served_whole(
    client: TestClient, world: World, settings: Settings, database: Database
) -> None:
    assert client.get("/v1/domains/quiet.com").json()["company"]["id"] == "quiet"
    database.migrate("base", down=True)
    database.migrate()
    del world.companies["quiet"], world.hosted["platforms"][0]
    world.write()
    assert publish(database, settings.seed_dir).release == 1
    assert client.get("/v1/domains/quiet.com").json()["company"] is None
    (file,) = client.get("/v1/release").json()["files"]
    assert hashlib.sha256(client.get(file["url"]).content).hexdigest() == file["sha256"]


def test_disputed_notes_and_sites_are_marked(
    client: TestClient, world: World, settings: Settings, database: Database
) -> None:
    disputed = {
        "claim_status": "disputed",
        "history": [{"date": "2026-03", "status": "disputed", "note": "They say no."}],
    }
    assert "Disputed" not in client.get("/companies/bigco").text
    world.companies["bigco"]["notes"][0] |= disputed
    world.companies["bigco"]["domains"][0] |= disputed
    world.write()
    publish(database, settings.seed_dir)
    assert client.get("/companies/bigco").text.count("· <b>Disputed</b>") == 2
