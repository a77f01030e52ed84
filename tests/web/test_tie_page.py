"""The page of a tie: everything known, 410 where it was retracted."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.awards.warehouse import open_warehouse
from app.db import Database
from app.seeding.reader import read_tree
from app.settings import Settings
from tests.awards.rows import action, write
from tests.awards.stores import link, loader
from tests.keys import import_awards, publish
from tests.test_retraction import mark
from tests.web.reading import BROWSER, page, text
from tests.worlds import World, owner, source

PATH = "/ties/bigco-ice-cloud"


@pytest.fixture
def whole(client: TestClient, world: World, database: Database) -> TestClient:
    """A client of a world in which everything is known of one tie."""
    bigco = world.companies["bigco"]
    bigco["sources"]["told"] = source("company_statement", "Bigco") | {
        "title": "Our answer",
        "published_at": "2020-02-03",
        "quote": "We asked to end it early.",
        "locator": "third paragraph",
        "archive_url": "https://web.archive.org/web/2020/https://bigco.com/answer",
    }
    bigco["owners"] = [owner("quiet", valid_from="2010", valid_to="2018-05"), owner("old", valid_from="2018-05")]
    bigco["ties"][0] |= {
        "valid_from": "2016-03",
        "recipient": "BIGCO FEDERAL, INC.",
        "uei": "ABCDEFGH1234",
        "cage": "0AB12",
        "sources": ["award", "told"],
        "amounts": [
            {"kind": "ceiling", "value": "5000.50", "as_of": "2016-03", "source": "award"},
            {"kind": "obligated", "value": "1000", "as_of": "2019", "source": "award"},
        ],
        "statements": [{"by": "bigco", "date": "2020-02", "quote": "We asked to end it early.", "source": "told"}],
        "claim_status": "disputed",
        "history": [{"date": "2021", "status": "disputed", "note": "Bigco says that it never began."}],
    }
    publish(database, world.write())
    return client


def test_everything_known_is_said(whole: TestClient) -> None:
    said = text(page(whole, PATH))
    for expected in (
        "Title of bigco-ice-cloud",
        "Summary of bigco-ice-cloud.",
        "Held by Bigco",
        "Agency Immigration and Customs Enforcement (ICE) , part of Department of Homeland Security",
        "Kind Contract The agency bought from the company itself.",
        "Status active, last seen Jan 2020",
        "Began Mar 2016",
        "Evidence government record A government record shows it.",
        "Recipient, as written in the record BIGCO FEDERAL, INC.",
        "UEI ABCDEFGH1234 CAGE 0AB12",
        "USD 5,000.50 ceiling Mar 2016",
        "USD 1,000 obligated 2019",
        "Kinds of amount are never added up.",
        "CONT_AWD_1_7012_-NONE-_-NONE-",
        "We asked to end it early.",
        "Statement by Bigco, Feb 2020",
        "Our answer , Bigco, Feb 3, 2020 , third paragraph",
        "archived copy",
        "no archived copy known",
        "This tie is disputed.",
        "2021, Disputed: Bigco says that it never began.",
        "Checked by our software on Jan 2, 2026. Not yet reviewed by a person.",
        "bigco-ice-cloud",
    ):
        assert expected in said, expected
    assert "6,000" not in said


@pytest.mark.parametrize(
    ("more", "english", "spanish"),
    [
        (
            {"verified_by": "automated"},
            "Checked by our software on Jan 2, 2026. Not yet reviewed by a person.",
            "Comprobado por nuestro software el 2 ene 2026. Aún no lo ha revisado ninguna persona.",
        ),
        (
            {"verified_by": "mara"},
            "Checked by mara on Jan 2, 2026. Not yet reviewed by a second person.",
            "Comprobado por mara el 2 ene 2026. Aún no lo ha revisado una segunda persona.",
        ),
        (
            {"verified_by": "automated", "reviewed_by": "lee"},
            "Checked by our software on Jan 2, 2026. Reviewed by lee.",
            "Comprobado por nuestro software el 2 ene 2026. Revisado por lee.",
        ),
    ],
)
def test_it_says_whether_a_program_or_a_person_checked_it(
    client: TestClient, world: World, database: Database, more: dict[str, str], english: str, spanish: str
) -> None:
    world.companies["bigco"]["ties"][0] |= more
    publish(database, world.write())
    for path in (PATH, "/companies/bigco"):
        assert english in text(page(client, path))
        assert spanish in text(page(client, path, lang="es"))


def test_who_owned_the_holder_then_and_who_does_now_are_both_said(whole: TestClient) -> None:
    body = page(whole, PATH)
    said = text(body)
    assert "When the tie began (Mar 2016), Bigco belonged to Quiet (from 2010 to May 2018). Bigco [" in said
    asked = set(re.findall(r'href="#source-(\d+)"', body))
    assert asked <= set(re.findall(r'<li id="source-(\d+)">', body))
    assert "Bigco is owned by Old since May 2018" in said
    assert "The tie began (Mar 2016) before Bigco came to Old (May 2018)." in said
    assert "It remains a tie of Bigco." in said


def test_it_speaks_spanish(whole: TestClient) -> None:
    body = page(whole, PATH, lang="es")
    said = text(body)
    for expected in ("Titular Bigco", "parte de Department of Homeland Security", "En disputa", "Citar esta página"):
        assert expected in said
    inner = [each for each in re.findall(r'href="(/[^"]*)"', body) if not each.startswith(("/static", "/v1", "/docs"))]
    assert [each for each in inner if "lang=es" not in each and "atom" not in each] == [PATH]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (PATH, "https://www.usaspending.gov/award/CONT_AWD_1_7012_-NONE-_-NONE-/"),
        (PATH, "/companies/bigco"),
        (PATH, "/v1/ties/bigco-ice-cloud"),
        (PATH, f"{PATH}?release=1"),
        (PATH, "/corrections?company=bigco&amp;tie=bigco-ice-cloud"),
        ("/companies/bigco", PATH),
        ("/companies/shoes", PATH),
        ("/?q=shoes.com", PATH),
    ],
)
def test_links(client: TestClient, path: str, address: str) -> None:
    assert f'href="{address}"' in page(client, path)


def test_a_retracted_tie_is_gone_with_id_date_and_reason_alone(
    client: TestClient, world: World, database: Database
) -> None:
    assert "Title of bigco-ice-cloud" in page(client, PATH)
    tag = client.get(PATH, headers=BROWSER).headers["etag"]
    mark(world.companies["bigco"]["ties"][0], "retracted", "The record was another firm's.")
    publish(database, world.write())
    for query in ("", "?release=1", "?release=2"):
        answer = client.get(PATH + query, headers={**BROWSER, "If-None-Match": tag})
        assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-store")
        said = text(answer.text).partition("Retracted")[2]
        assert re.search(r"Id bigco-ice-cloud Retracted on [A-Z][a-z]{2} \d+, 20", said)
        assert "Reason The record was another firm's." in said
        assert "Title of" not in said
        assert "Summary of" not in said
    assert "Lo que había aquí era erróneo" in text(page(client, PATH, 410, lang="es"))
    problem = client.get(PATH)
    assert (problem.status_code, problem.json()["type"]) == (410, "/problems/gone")


def test_a_retracted_tie_whose_entry_was_deleted_later_stays_gone(
    client: TestClient, world: World, database: Database
) -> None:
    mark(world.companies["bigco"]["ties"][0], "retracted", "Wrong.")
    publish(database, world.write())
    del world.companies["bigco"]["ties"][0], world.companies["bigco"]["sources"]["award"]
    publish(database, world.write())
    assert "Reason Wrong." in text(page(client, PATH, 410))


def test_a_tie_that_comes_back_is_shown_again(client: TestClient, world: World, database: Database) -> None:
    mark(world.companies["bigco"]["ties"][0], "retracted", "Wrong.")
    publish(database, world.write())
    world.companies["bigco"]["ties"][0] |= {"claim_status": "published", "history": []}
    publish(database, world.write())
    assert "Summary of bigco-ice-cloud." in text(page(client, PATH))
    assert "Summary of" not in page(client, PATH, 404, release="1"), "what was taken out does not come back"


@pytest.mark.parametrize("name", ["nothing", "%00", "x" * 400, "a/b", ""])
def test_what_never_was_is_not_found(client: TestClient, name: str) -> None:
    page(client, f"/ties/{name}", 404)
    assert client.get(f"/ties/{name}").headers["content-type"] == "application/problem+json"


def test_a_tie_cited_by_release_is_as_it_was(client: TestClient, world: World, database: Database) -> None:
    world.companies["bigco"]["ties"][0]["summary"] = "Told anew."
    world.agencies["us-dhs"]["name"] = "Another Department"
    publish(database, world.write())
    now, then = text(page(client, PATH)), text(page(client, PATH, release="1"))
    assert ("Told anew." in now, "Another Department" in now) == (True, True)
    assert ("Told anew." in then, "Another Department" in then) == (False, False)
    assert "This is release 1 of" in then
    assert "Changed : tie, Title of bigco-ice-cloud (changed: summary)" in now


def test_data_for_machines_cites_the_sources(client: TestClient) -> None:
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(client, PATH))
    told = json.loads(data)
    assert [each["name"] for each in told["about"]] == ["Bigco", "Immigration and Customs Enforcement"]
    assert told["citation"][0]["url"] == "https://www.usaspending.gov/award/CONT_AWD_1_7012_-NONE-_-NONE-/"


@pytest.mark.slow
def test_a_tie_made_of_award_records_has_its_page_too(
    client: TestClient, settings: Settings, database: Database, world: World, tmp_path: Path
) -> None:
    with open_warehouse(settings.data_dir) as warehouse:
        tree = read_tree(link(world).write())
        loader(warehouse)(write(tmp_path / "x_20181201.csv", [action("A0001"), action("A0002", amount="7")]))
        import_awards(database, warehouse, tree)
        body = page(client, "/ties/bigco-us-ice-awards")
        loader(warehouse)(write(tmp_path / "y_20181202.csv", [action("A0003")]))
        import_awards(database, warehouse, tree)
    assert "ICE award records" in text(body)
    assert "CONT_AWD_A0001_7012_-NONE-_-NONE-" in text(body)
    assert 'href="/v1/companies/bigco/awards?agency=us-ice"' in body
    left_out = "Award records are kept of the current release only"
    said = [left_out in text(page(client, "/companies/bigco", release=release)) for release in ("", "1", "2", "3")]
    assert said == [False, False, True, False], "release 1 was made without any"
    assert "3 awards" in text(page(client, "/companies/bigco", release="3"))
