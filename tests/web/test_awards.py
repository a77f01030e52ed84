"""The award records of a company through the interface: pages, filters, sums, CSV."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.awards.warehouse import open_warehouse
from app.db import Database
from app.main import create_app
from app.seeding.reader import read_tree
from app.settings import Settings
from app.web import awards as web
from tests.awards.rows import action, write
from tests.awards.stores import link, loader
from tests.keys import import_awards, publish
from tests.web.reading import text
from tests.worlds import World

pytestmark = pytest.mark.slow

SHOES = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC"}


@pytest.fixture
def asking(settings: Settings, database: Database, world: World, tmp_path: Path) -> Iterator[TestClient]:
    """A client of a service with 130 awards of bigco, two of them of shoes, then its own."""
    rows = [action(f"A{n:04}", amount=f"{1000 + n}.50", action_date=f"20{14 + n % 5}-06-01") for n in range(128)]
    rows += [action(f"S000{n}", amount="77", action_date="2017-06-01", cage_code="=1+1", **SHOES) for n in range(2)]
    rows.append(action("A0001", mod="P00001", amount="-0.25", action_date="2018-11-01"))
    with open_warehouse(settings.data_dir) as warehouse:
        tree = read_tree(link(world).write())
        loader(warehouse)(write(tmp_path / "x_20181201.csv", rows))
        import_awards(database, warehouse, tree)
    publish(database, settings.seed_dir)
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        yield client


def pages(client: TestClient, address: str) -> list[dict[str, Any]]:
    found = []
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["awards"]) <= web.PAGE
        found += answer.json()["awards"]
        following = answer.json()["next"]
    return found


def test_all_awards_once_the_largest_first(asking: TestClient) -> None:
    found = pages(asking, "/v1/companies/bigco/awards")
    assert len(found) == len({award["key"] for award in found}) == 130
    amounts = [float(award["obligated"]) for award in found]
    assert amounts == sorted(amounts, reverse=True)
    assert found[0]["obligated"] == "1127.50"


def test_one_award_has_all_that_the_contract_names(asking: TestClient) -> None:
    award = next(a for a in pages(asking, "/v1/companies/bigco/awards") if "_A0001_" in a["key"])
    assert award == {
        "key": "CONT_AWD_A0001_7012_-NONE-_-NONE-",
        "url": "https://www.usaspending.gov/award/CONT_AWD_A0001_7012_-NONE-_-NONE-/",
        "kind": "award",
        "number": None,
        "agency": "us-ice",
        "held_by": {"id": "bigco", "name": "Bigco", "url": "/companies/bigco"},
        "recipient": {"name": "BIGCO FEDERAL, INC.", "uei": None, "cage": None},
        "matched_by": "alias",
        "matched_value": "BIGCO FEDERAL, INC.",
        "prime": None,
        "obligated": "1001.25",
        "deobligated": "-0.25",
        "current_value": "1000",
        "potential_value": "5000",
        "currency": "USD",
        "years": [
            {"fiscal_year": 2015, "obligated": "1001.50"},
            {"fiscal_year": 2019, "obligated": "-0.25"},
        ],
        "first_action": "2015-06-01",
        "last_action": "2018-11-01",
        "ends": "2019-01-23",
        "actions": 2,
        "modifications": 1,
        "ended": None,
        "figures": "actions",
        "parent_award": None,
        "description": "CLOUD SERVICES",
    }


def test_what_an_owned_company_got_is_told_as_its_own(asking: TestClient) -> None:
    found = [a for a in pages(asking, "/v1/companies/bigco/awards") if a["held_by"]["id"] != "bigco"]
    assert {a["held_by"]["name"] for a in found} == {"Shoes"}
    assert len(found) == len(pages(asking, "/v1/companies/shoes/awards")) == 2
    assert pages(asking, "/v1/companies/quiet/awards") == []


def test_filters_keep_awards_of_an_agency_and_a_year(asking: TestClient) -> None:
    in_2019 = pages(asking, "/v1/companies/bigco/awards?fiscal_year=2019")
    assert [a["key"] for a in in_2019] == ["CONT_AWD_A0001_7012_-NONE-_-NONE-"]
    of_2016 = pages(asking, "/v1/companies/bigco/awards?fiscal_year=2016&agency=us-ice")
    assert len(of_2016) == 26
    assert pages(asking, "/v1/companies/bigco/awards?agency=us-dod") == []
    assert len(pages(asking, "/v1/companies/bigco/awards?agency=us-ice")) == 130
    years = [pages(asking, f"/v1/companies/bigco/awards?fiscal_year={year}") for year in range(2014, 2019)]
    assert sum(map(len, years)) == 130


def test_sums_and_the_imported_period_come_with_every_page(asking: TestClient) -> None:
    answer = asking.get("/v1/companies/bigco/awards").json()
    total, *years = answer["sums"]
    assert (total["fiscal_year"], total["awards"], total["agency"]) == (None, 130, "us-ice")
    assert sum(float(year["obligated"]) for year in years) == float(total["obligated"])
    assert answer["imported"] == {
        "from": "2014-06-01",
        "to": "2018-11-01",
        "made": "2018-12-01",
        "files": ["x_20181201.csv"],
    }


def test_csv_is_the_whole_list_and_runs_no_formula(asking: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "CHUNK", 40)
    answer = asking.get("/v1/companies/bigco/awards.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["key"] for row in rows] == [a["key"] for a in pages(asking, "/v1/companies/bigco/awards")]
    assert {row["cage"] for row in rows} == {"", "'=1+1"}
    assert "-0.25" in {row["deobligated"] for row in rows}
    assert len(asking.get("/v1/companies/bigco/awards.csv?fiscal_year=2016").text.splitlines()) == 27
    assert asking.get("/v1/companies/quiet/awards.csv").text.splitlines() == [",".join(rows[0])]


def test_bad_requests_are_problems(asking: TestClient) -> None:
    for address, status, type_ in [
        ("/v1/companies/nobody/awards", 404, "not-found"),
        ("/v1/companies/nobody/awards.csv", 404, "not-found"),
        ("/v1/companies/bigco/awards?cursor=x", 422, "invalid-cursor"),
        ("/v1/companies/bigco/awards?cursor=W10=", 422, "invalid-cursor"),
        ("/v1/companies/bigco/awards?fiscal_year=soon", 422, "invalid-parameter"),
        ("/v1/companies/bigco/awards?agency=%00", 422, "invalid-parameter"),
        ("/v1/companies/bigco/awards.csv?agency=%00", 422, "invalid-parameter"),
    ]:
        answer = asking.get(address)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type_}"), address


def test_the_list_has_an_etag(asking: TestClient) -> None:
    first = asking.get("/v1/companies/bigco/awards")
    again = asking.get("/v1/companies/bigco/awards", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_before_any_import_the_list_is_empty(client: TestClient) -> None:
    answer = client.get("/v1/companies/bigco/awards").json()
    assert answer == {
        "awards": [],
        "sums": [],
        "imported": {"from": None, "to": None, "made": None, "files": []},
        "next": None,
    }


def test_a_page_and_a_list_are_of_one_release_though_the_service_is_behind(
    asking: TestClient, settings: Settings, database: Database, world: World
) -> None:
    library = asking.app._library  # type: ignore[attr-defined]
    behind = library.current.edition()
    library.current._poll = 3600.0  # the thread that looks for new releases does not run here
    world.companies["bigco"]["name"] = "Bigco Anew"
    publish(database, world.write())
    assert library.current.edition() is behind
    listed = asking.get("/v1/companies/bigco/awards")
    assert listed.headers["govties-release"] == str(behind.row.number + 1)
    assert "Bigco Anew" in asking.get("/companies/bigco").text


def test_the_page_shows_sums_a_chart_and_each_award_with_its_record(asking: TestClient) -> None:
    body = asking.get("/companies/bigco").text
    told = text(body)
    assert "ICE: 130 awards to Bigco or companies it owned then" in told
    assert "From USAspending, imported: actions from 2014-06-01 to 2018-11-01, newest file of 2018-12-01." in told
    assert "The 20 largest awards, each with its record" in told
    assert body.count('href="https://www.usaspending.gov/award/CONT_AWD_') >= 20
    assert '<svg class="chart" role="img"' in body
    assert "Registros de contratos" in asking.get("/companies/bigco?lang=es").text
    assert "Award records" not in asking.get("/companies/old").text
