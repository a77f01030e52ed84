"""Agencies and companies to browse: who and what is tied to an agency, as a page, JSON and CSV."""

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.web.reading import page, text
from tests.worlds import World, domain, owner, tie


@pytest.fixture(scope="module")
def browsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The made-up world with a tie to the department above ICE and a site of an earlier time. Nothing changes it."""
    folder = tmp_path_factory.mktemp("browsed")
    world = World(folder / "seed")
    world.companies["quiet"] |= {
        "ties": [tie("quiet-dhs", agency="us-dhs", kind="grant", status="active", title="=1+1")],
        "owners": [owner("old", valid_from="2010")],
        "domains": [domain("quiet.com"), domain("gone.com", valid_to="2019")],
    }
    world.companies["quiet"]["sources"]["award"] = world.companies["bigco"]["sources"]["award"]
    settings = make_settings(folder, seed_dir=world.write(), release_poll=0)
    database = Database(settings)
    publish_first(database, settings.seed_dir)
    database.close()
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        yield client


def ties(body: str) -> list[str]:
    return re.findall(r'href="/ties/([^"?]*)', body)


def rows(client: TestClient, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(response.text)))


def test_an_agency_shows_its_place_and_its_ties(browsed: TestClient) -> None:
    body = page(browsed, "/agencies/us-ice")
    assert 'href="/agencies/us-dhs">Department of Homeland Security</a>' in body
    assert ties(body) == ["bigco-ice-cloud", "code-ice-licence", "old-ice"], "what has ended stands last"
    assert "one source only" in text(body)


def test_a_department_shows_the_ties_of_its_components_and_says_whose_they_are(browsed: TestClient) -> None:
    body = page(browsed, "/agencies/us-dhs")
    assert set(ties(body)) == {"bigco-ice-cloud", "code-ice-licence", "old-ice", "quiet-dhs"}
    assert "Reseller" not in text(body)
    assert "Sold through a reseller · ICE · one source only" in text(body)
    assert ties(page(browsed, "/agencies/us-dhs", of="own")) == ["quiet-dhs"]
    assert 'href="/agencies/us-dhs?kind=grant"' in body


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "reseller"}, ["code-ice-licence"]),
        ({"status": "ended"}, ["old-ice"]),
        ({"kind": "reseller", "status": "ended"}, []),
        ({"sort": "evidence"}, ["bigco-ice-cloud", "quiet-dhs", "old-ice", "code-ice-licence"]),
        ({"sort": "agency"}, ["quiet-dhs", "bigco-ice-cloud", "code-ice-licence", "old-ice"]),
        ({"sort": "kind"}, ["quiet-dhs", "bigco-ice-cloud", "old-ice", "code-ice-licence"]),
        ({"page": "2"}, []),
    ],
)
def test_filters_and_orders_are_parameters(browsed: TestClient, asked: dict[str, str], found: list[str]) -> None:
    assert ties(page(browsed, f"/agencies/us-dhs?{urlencode(asked)}")) == found


def test_a_long_list_comes_in_parts(browsed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.agency_pages.TIES", 2)
    first = page(browsed, "/agencies/us-dhs?status=active")
    assert len(ties(first)) == 2
    following = re.search(r'<a rel="next" href="([^"]*)"', first)
    assert following
    assert following[1] == "/agencies/us-dhs?status=active&amp;page=2"
    second = page(browsed, "/agencies/us-dhs?status=active&page=2")
    assert len(ties(second)) == 1
    assert 'rel="prev" href="/agencies/us-dhs?status=active"' in second


def test_sites_are_reached_down_from_owners_and_up_from_what_is_owned_never_sideways(browsed: TestClient) -> None:
    sites = {site["domain"]: site for site in browsed.get("/v1/agencies/us-dhs/sites").json()["sites"]}
    told = {name: (site["relation"], [holder["id"] for holder in site["holders"]]) for name, site in sites.items()}
    assert told["bigco.com"] == ("own", ["bigco", "code"])
    assert told["shoes.com"] == ("owner", ["bigco"]), "not the sister's tie"
    assert told["code.com"] == ("own", ["code", "bigco"])
    assert told["old.com"] == ("subsidiary", ["quiet"]), "its own tie has ended, that of what it owns has not"
    assert "gone.com" not in told
    assert "looked.com" not in told
    ended = {site["domain"]: site for site in browsed.get("/v1/agencies/us-dod/sites").json()["sites"]}
    assert {site["lasting"] for site in ended.values()} == {"ended"}
    assert "shoes.com" not in ended, "the tie had ended before the purchase"


def test_the_sites_page_says_through_whom(browsed: TestClient) -> None:
    said = text(page(browsed, "/agencies/us-dhs/sites"))
    assert "shoes.com Shoes , owned by Bigco 1" in said
    assert "old.com Old , which owns Quiet 1" in said
    body = page(browsed, "/agencies/us-dhs/sites", relation="owner", sort="ties", lang="es")
    assert re.findall(r'scope="row"><a href="/\?q=([^"&]*)', body) == ["shoes.com"]
    assert "propiedad de Bigco" in text(body)


def test_ties_and_sites_can_be_taken_as_csv(browsed: TestClient) -> None:
    assert [row["tie"] for row in rows(browsed, "/v1/agencies/us-dhs/ties.csv?kind=grant")] == ["quiet-dhs"]
    (grant,) = rows(browsed, "/v1/agencies/us-dhs/ties.csv?of=own")
    assert grant["title"] == "'=1+1", "no spreadsheet runs it"
    assert (grant["company"], grant["agency"], grant["evidence"]) == ("quiet", "us-dhs", "record")
    (shoes,) = rows(browsed, "/v1/agencies/us-dhs/sites.csv?relation=owner")
    assert (shoes["domain"], shoes["holders"], shoes["lasting"]) == ("shoes.com", "bigco", "live")


@pytest.mark.parametrize("path", ["/agencies/nothing", "/agencies/nothing/sites", "/agencies/%00"])
def test_a_missing_agency_is_a_page_for_people_and_a_problem_for_programs(browsed: TestClient, path: str) -> None:
    assert "Nothing stands at this address." in text(page(browsed, path, 404))
    for tail in ("/ties", "/ties.csv", "/sites", "/sites.csv"):
        response = browsed.get(f"/v1{path.removesuffix('/sites')}{tail}")
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def test_all_agencies_stand_below_their_departments(browsed: TestClient) -> None:
    said = text(page(browsed, "/agencies"))
    assert "Department of Homeland Security (DHS) · 1 company, 1 tie Immigration and Customs Enforcement (ICE)" in said
    assert "3 companies, 3 ties" in said


def test_companies_are_listed_by_name_in_parts(browsed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(body: str) -> list[str]:
        return re.findall(r'<li><a href="/companies/(\w+)"', body)

    assert listed(page(browsed, "/companies")) == ["bigco", "code", "looked", "old", "quiet", "shoes"]
    assert listed(page(browsed, "/companies", agency="us-dod")) == ["bigco"]
    assert listed(page(browsed, "/companies", q="shoe")) == ["shoes"]
    monkeypatch.setattr("app.web.agency_pages.COMPANIES", 4)
    first = page(browsed, "/companies")
    assert len(listed(first)) == 4
    following = re.search(r'rel="next" href="([^"]*)"', first)
    assert following
    assert listed(page(browsed, following[1])) == ["quiet", "shoes"]
    assert browsed.get("/companies", params={"cursor": "junk"}).status_code == 422


def test_another_release_shows_another_page(client: TestClient, world: World, database: Database) -> None:
    before = client.get("/agencies/us-ice")
    world.companies["old"]["ties"] = []
    world.companies["old"]["sources"].pop("award")
    publish(database, world.write())
    after = client.get("/agencies/us-ice", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "old-ice" not in after.text
