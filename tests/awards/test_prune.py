"""A seed that no longer supports an award row takes it out at once, without an import (trust.md 12)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app.awards.warehouse import Warehouse
from app.db import Database
from app.errors import AppError
from app.models import Award
from app.publishing import roll_back
from app.queries import awards as queries
from app.seeding.reader import read_tree
from tests.awards.rows import action, write
from tests.awards.stores import Load
from tests.keys import KEYS, import_awards, publish
from tests.releases_read import changes, read_world, release
from tests.worlds import World, tie

pytestmark = pytest.mark.slow

SHOES = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC", "action_date": "2017-06-01"}
Again = Callable[[], int]


@pytest.fixture
def again(database: Database, linked: World, loading: Load, warehouse: Warehouse, tmp_path: Path) -> Again:
    """Publish the seed as it is now, without an import, after one was made; the number of the release."""
    loading(write(tmp_path / "x_20181101.csv", [action("A1"), action("A2"), action("S1", **SHOES)]))
    import_awards(database, warehouse, read_tree(linked.write()))
    return lambda: publish(database, linked.write()).release


def pairs(database: Database) -> set[tuple[str, str]]:
    with database.read() as session:
        return {(company, holder) for company, holder in session.execute(select(Award.company, Award.held_by))}


def test_an_edit_that_has_nothing_to_do_with_awards_leaves_them(
    again: Again, database: Database, linked: World
) -> None:
    before = pairs(database)
    assert before == {("bigco", "bigco"), ("shoes", "shoes"), ("bigco", "shoes")}
    linked.companies["quiet"]["name"] = "Very Quiet"
    number = again()
    assert pairs(database) == before
    assert "usaspending" not in changes(database, number)


def test_a_retracted_ownership_takes_the_awards_off_the_owner_s_page(
    again: Again, database: Database, linked: World
) -> None:
    linked.companies["shoes"]["owners"][0] |= {
        "claim_status": "retracted",
        "history": [{"date": "2026", "status": "retracted", "note": "Another firm."}],
    }
    number = again()
    assert pairs(database) == {("bigco", "bigco"), ("shoes", "shoes")}
    with database.read() as session:
        assert queries.rollups(session, "bigco") == []
    assert changes(database, number)["usaspending"].kind == "changed"


def test_a_name_taken_back_takes_its_awards_and_the_derived_tie(
    again: Again, database: Database, linked: World
) -> None:
    assert [one.id for one in read_world(database, 1).companies["shoes"].ties] == ["shoes-us-ice-awards"]
    del linked.companies["shoes"]["identifiers"], linked.companies["shoes"]["sources"]["award"]
    number = again()
    assert pairs(database) == {("bigco", "bigco")}
    assert read_world(database, number).companies["shoes"].ties == ()


def test_a_retracted_derived_tie_takes_its_awards(again: Again, database: Database, linked: World) -> None:
    gone = tie("shoes-us-ice-awards", claim_status="retracted")
    gone["history"] = [{"date": "2026", "status": "retracted", "note": "Another firm."}]
    linked.companies["shoes"]["ties"] = [gone]
    again()
    assert pairs(database) == {("bigco", "bigco")}


def test_the_next_import_brings_back_the_sums(
    again: Again, database: Database, linked: World, warehouse: Warehouse
) -> None:
    owners = linked.companies["shoes"].pop("owners")
    again()
    linked.companies["shoes"]["owners"] = owners
    import_awards(database, warehouse, read_tree(linked.write()))
    assert pairs(database) == {("bigco", "bigco"), ("shoes", "shoes"), ("bigco", "shoes")}
    with database.read() as session:
        assert {row.awards for row in queries.rollups(session, "bigco") if not row.fiscal_year} == {3}


def test_a_rollback_over_an_import_is_refused(
    again: Again, database: Database, linked: World, warehouse: Warehouse, loading: Load, tmp_path: Path
) -> None:
    loading(write(tmp_path / "y_20181201.csv", [action("A3")]))
    import_awards(database, warehouse, read_tree(linked.folder))
    with pytest.raises(AppError) as caught:
        roll_back(database, 1, KEYS)
    assert (caught.value.type, caught.value.status) == ("other-awards", 409)
    linked.companies["quiet"]["name"] = "Very Quiet"
    again()
    assert roll_back(database, 2, KEYS).release == 4
    assert release(database, 4).content_hash == release(database, 2).content_hash
