"""Who is who, and whose page it stands on: by codes and exact names, on the day of the action, never by resemblance."""

from collections.abc import Iterator
from datetime import date

import pytest

from app.awards.matching import ALWAYS, NEVER, Matcher, Recipient, holdings
from app.awards.rollup import Harvest
from app.awards.warehouse import Warehouse
from app.seeding.reader import Tree, read_tree
from tests.awards.rows import action, write
from tests.awards.stores import Load, identifier
from tests.worlds import World, owner


@pytest.fixture
def tree(linked: World) -> Tree:
    return read_tree(linked.write())


def who(tree: Tree, day: date, **more: str) -> tuple[str, str] | None:
    names = {"uei": None, "cage": None, "name": None, "parent_uei": None, "parent_name": None, **more}
    found = [m for m in Matcher(tree).matches(Recipient("1", **names)) if m.since <= day < m.until]
    assert len(found) < 2
    return (found[0].company, found[0].matched_by) if found else None


DAY = date(2018, 6, 1)


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"name": "BIGCO FEDERAL, INC."}, ("bigco", "alias")),
        ({"name": "ANY", "parent_name": "BIGCO HOLDING CORP"}, ("bigco", "parent_alias")),
        ({"name": "ANY", "cage": "0AB12"}, ("code", "cage")),
        ({"name": "ANY", "parent_uei": "ABCDEFGH1234"}, ("code", "parent_uei")),
        ({"name": "BIGCO FEDERAL, INC.", "cage": "0AB12"}, ("code", "cage")),
        ({"name": "BIGCO FEDERAL, INC.", "uei": "ABCDEFGH1234"}, ("code", "uei")),
        ({"name": "SHOES LLC", "parent_name": "BIGCO HOLDING CORP"}, ("shoes", "alias")),
        ({"name": "BIGCO FEDERAL, INC"}, None),
        ({"name": "BIGCO FEDERAL INC."}, None),
        ({"name": "BIGCO HOLDING CORP"}, None),
        ({"name": "ANY", "parent_name": "BIGCO FEDERAL, INC."}, None),
        ({"name": "BIGCO"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_codes_first_then_exact_names_recipient_before_parent(
    record: dict[str, str], found: tuple[str, str] | None, tree: Tree
) -> None:
    assert who(tree, DAY, **record) == found


def test_a_name_counts_on_the_days_on_which_it_surely_held(tree: Tree) -> None:
    assert who(tree, date(2016, 12, 30), name="SHOES LLC") is None  # valid_from: 2016
    assert who(tree, date(2016, 12, 31), name="SHOES LLC") == ("shoes", "alias")


def test_a_name_that_passes_on_means_each_company_in_its_time(linked: World) -> None:
    linked.companies["shoes"]["identifiers"] = [identifier("recipient", "NAME CO", valid_to="2016-05-31")]
    linked.companies["code"]["identifiers"].append(identifier("recipient", "NAME CO", valid_from="2016-06-15"))
    tree = read_tree(linked.write())
    assert who(tree, date(2016, 5, 31), name="NAME CO") == ("shoes", "alias")
    assert who(tree, date(2016, 6, 1), name="NAME CO") is None
    assert who(tree, date(2016, 6, 15), name="NAME CO") == ("code", "alias")


def pages(tree: Tree, holder: str) -> set[tuple[str, date, date]]:
    return {(h.company, h.since, h.until) for h in holdings(tree) if h.holder == holder}


def test_an_owner_s_page_shows_what_came_while_it_owned(tree: Tree) -> None:
    assert pages(tree, "shoes") == {
        ("shoes", ALWAYS, NEVER),
        ("bigco", date(2015, 6, 1), date(2018, 1, 1)),
        ("quiet", date(2018, 1, 1), NEVER),
    }


def test_chains_hold_where_all_their_hops_do(linked: World) -> None:
    linked.companies["bigco"]["owners"] = [owner("quiet", valid_from="2017", valid_to="2020-03")]
    linked.companies["bigco"]["sources"]["page"] = linked.companies["quiet"]["sources"]["page"]
    tree = read_tree(linked.write())
    assert pages(tree, "code") == {
        ("code", ALWAYS, NEVER),
        ("bigco", date(2018, 10, 25), NEVER),
        ("quiet", date(2018, 10, 25), date(2020, 3, 1)),
    }


@pytest.mark.parametrize("change", [{"kind": "minority"}, {"valid_from": None}, {"claim_status": "retracted"}], ids=str)
def test_what_is_not_sure_control_gives_nothing(change: dict[str, object], linked: World) -> None:
    (claim,) = linked.companies["code"]["owners"]
    claim |= change
    if "claim_status" in change:
        claim["history"] = [{"date": "2020", "status": "retracted", "note": "Wrong."}]
    tree = read_tree(linked.write())
    assert pages(tree, "code") == {("code", ALWAYS, NEVER)}


def test_every_day_of_every_holder_stands_once_on_a_page(linked: World) -> None:
    """Else money would count twice."""
    for tree in _worlds(linked):
        seen: dict[tuple[str, str], list[tuple[date, date]]] = {}
        for each in holdings(tree):
            for since, until in seen.setdefault((each.holder, each.company), []):
                assert until <= each.since or each.until <= since
            seen[each.holder, each.company].append((each.since, each.until))


def _worlds(linked: World) -> Iterator[Tree]:
    yield read_tree(linked.write())
    linked.companies["shoes"]["owners"] = [owner("bigco", valid_to="2018-01-01"), owner("bigco", valid_from="2019")]
    yield read_tree(linked.write())


def test_the_owner_of_the_day_gets_the_action(
    tmp_path_factory: pytest.TempPathFactory, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    shoes = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC"}
    days = {"2017-12-31": "1.00", "2018-01-01": "2.00", "2018-01-02": "4.00"}
    rows = [
        action(mod=f"P{n}", amount=amount, action_date=day, **shoes) for n, (day, amount) in enumerate(days.items())
    ]
    loading(write(tmp_path_factory.mktemp("f") / "a.csv", rows))
    Harvest(warehouse, tree)
    found = warehouse.run("SELECT company, held_by, obligated, matched_by, matched_value FROM award ORDER BY 1")
    assert found == [
        ("bigco", "shoes", 100, "alias", "SHOES LLC"),
        ("quiet", "shoes", 600, "alias", "SHOES LLC"),
        ("shoes", "shoes", 700, "alias", "SHOES LLC"),
    ]
