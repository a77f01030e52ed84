"""Retired company ids answer 308 for ever, in the interface and in the pages."""

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.errors import AppError
from app.publishing import roll_back
from tests.keys import KEYS, publish
from tests.worlds import World

ROWS = "old_id,new_id,date,reason\n"


def redirect(world: World, database: Database, *rows: str) -> int:
    folder = world.write()
    (folder / "redirects.csv").write_text(ROWS + "".join(f"{row},2026-02,Renamed.\n" for row in rows))
    return publish(database, folder).release


@pytest.mark.parametrize(
    "path",
    [
        "/v1/companies/{id}",
        "/v1/companies/{id}?lang=es",
        "/v1/companies/{id}/ties",
        "/v1/companies/{id}/domains",
        "/v1/companies/{id}/awards",
        "/v1/companies/{id}/awards?agency=us-ice&fiscal_year=2018",
        "/v1/companies/{id}/awards.csv",
        "/companies/{id}",
        "/companies/{id}?lang=es",
    ],
)
def test_an_old_id_leads_to_the_new_one(client: TestClient, world: World, database: Database, path: str) -> None:
    redirect(world, database, "older,oldest-but-one", "oldest-but-one,shoes")
    for old in ("older", "oldest-but-one"):
        response = client.get(path.format(id=old), follow_redirects=False)
        assert response.status_code == 308
        assert response.headers["location"] == path.format(id="shoes")
        assert response.headers["access-control-allow-origin"] == "*"
    assert client.get(path.format(id="older")).status_code == 200
    assert client.get(path.format(id="nobody"), follow_redirects=False).status_code == 404


def test_a_redirect_is_part_of_the_release(client: TestClient, world: World, database: Database) -> None:
    number = redirect(world, database, "older,shoes")
    changes = client.get("/v1/changes?since=0").json()["changes"]
    (change,) = [change for change in changes if change["type"] == "redirect"]
    assert (change["claim"], change["company"], change["release"]) == ("older", "shoes", number)
    lines = client.get(f"/v1/releases/{number}/govties-csv.zip")
    assert lines.status_code == 200


def test_what_was_published_leads_on_for_ever(client: TestClient, world: World, database: Database) -> None:
    redirect(world, database, "older,shoes")
    with pytest.raises(AppError) as refused:
        redirect(world, database)
    assert refused.value.type == "redirect-gone"
    redirect(world, database, "older,quiet")
    assert client.get("/companies/older", follow_redirects=False).headers["location"] == "/companies/quiet"


def test_a_rollback_keeps_redirects_that_are_in_no_company_s_way(
    client: TestClient, world: World, database: Database
) -> None:
    retired = world.companies.pop("looked")
    redirect(world, database, "older,looked", "looked,shoes")
    world.companies["looked"] = retired
    roll_back(database, 1, KEYS)
    assert client.get("/companies/looked", follow_redirects=False).status_code == 200
    assert client.get("/companies/older", follow_redirects=False).headers["location"] == "/companies/shoes"
