"""The plan where award rows would go with the edit: the same as publishing, and nothing is written."""

from pathlib import Path

import pytest

from app.awards.warehouse import Warehouse
from app.db import Database
from app.desk.plan import plan
from app.queries import awards as queries
from app.seeding.reader import read_tree
from tests.awards.rows import action, write
from tests.awards.stores import Load
from tests.desk.test_plan import compared
from tests.keys import import_awards
from tests.worlds import World

pytestmark = pytest.mark.slow

SHOES = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC", "action_date": "2017-06-01"}


def test_a_name_taken_back_takes_the_derived_tie_in_the_plan_too(
    database: Database, linked: World, loading: Load, warehouse: Warehouse, tmp_path: Path
) -> None:
    loading(write(tmp_path / "x_20181101.csv", [action("A1"), action("S1", **SHOES)]))
    import_awards(database, warehouse, read_tree(linked.write()))
    del linked.companies["shoes"]["identifiers"], linked.companies["shoes"]["sources"]["award"]
    tree = read_tree(linked.write())
    with database.read() as session:
        before = queries.links(session)
    first = plan(database, tree)
    with database.read() as session:
        assert queries.links(session) == before
    assert plan(database, tree) == first
    found = compared(database, linked)
    assert found == first
    badges = {each.domain: (each.before, each.after) for each in found.badges}
    before_badge, after_badge = badges["shoes.com"]
    assert (before_badge.state, before_badge.count) == ("documented", after_badge.count + 1)
    with database.read() as session:
        assert queries.links(session) != before
