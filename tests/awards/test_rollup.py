"""Awards from their actions, and the sums over them, against an independent count."""

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.awards.rollup import Harvest
from app.awards.warehouse import Warehouse
from app.seeding.reader import Tree, read_tree
from tests.awards.rows import action, subaward, summary, write
from tests.awards.stores import Load
from tests.worlds import World

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(linked: World) -> Tree:
    return read_tree(linked.write())


def awards(warehouse: Warehouse, tree: Tree, columns: str) -> list[tuple[Any, ...]]:
    Harvest(warehouse, tree)
    return warehouse.run(f"SELECT {columns} FROM award WHERE company = held_by ORDER BY key, number")


def test_an_award_is_the_sum_of_its_actions_and_the_last_of_its_values(
    tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    rows = [
        action(mod="P00001", amount="500.25", action_date="2018-03-01", current_total_value_of_award="1500.25"),
        action(amount="1000", transaction_description="THE BASE"),
        action(mod="P00002", amount="-300", action_date="2018-03-01", current_total_value_of_award="1200.25"),
        action(
            mod="P00010",
            amount="0",
            action_date="2018-06-01",
            action_type_code="K",
            current_total_value_of_award="",
            transaction_description="CLOSE OUT",
        ),
    ]
    loading(write(tmp_path / "a.csv", rows))
    columns = "obligated, deobligated, current_value, potential_value, actions, modifications, ended, description"
    assert awards(warehouse, tree, columns) == [(120_025, -30_000, 120_025, 500_000, 4, 3, "closed", "THE BASE")]
    assert awards(warehouse, tree, "first_action, last_action, ends, figures, kind") == [
        ("2018-01-24", "2018-06-01", "2019-01-23", "actions", "award")
    ]


@pytest.mark.parametrize(
    ("code", "ended"), [("K", "closed"), ("E", "terminated"), ("F", "terminated"), ("C", None), ("", None)]
)
def test_how_an_award_ended(
    code: str, ended: str | None, tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    loading(
        write(tmp_path / "a.csv", [action(), action(mod="P00001", action_date="2018-05-01", action_type_code=code)])
    )
    assert awards(warehouse, tree, "ended") == [(ended,)]


def test_the_fiscal_year_begins_on_1_october(tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree) -> None:
    days = ("2017-09-30", "2017-10-01", "2018-09-30", "2018-10-01")
    loading(write(tmp_path / "a.csv", [action(mod=f"P0000{n}", action_date=day) for n, day in enumerate(days)]))
    Harvest(warehouse, tree)
    found = warehouse.run("SELECT fiscal_year, actions FROM rollup WHERE company = 'bigco' ORDER BY 1")
    assert found == [(0, 4), (2017, 1), (2018, 2), (2019, 1)]


def test_orders_and_their_vehicle_count_no_money_twice(
    tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    vehicle = action("70CDCR18D00000001", award_or_idv_flag="IDV", amount="0", potential_total_value_of_award="9000")
    orders = [
        action(f"70CDCR18F0000000{n}", parent_award_id_piid="70CDCR18D00000001", parent_award_agency_id="7012")
        for n in (1, 2)
    ]
    lone = action("70CDCR18P00000001", potential_total_value_of_award="70")
    loading(write(tmp_path / "a.csv", [vehicle, *orders, lone]))
    assert awards(warehouse, tree, "kind, parent_award") == [
        ("award", "CONT_IDV_70CDCR18D00000001_7012"),
        ("award", "CONT_IDV_70CDCR18D00000001_7012"),
        ("award", None),
        ("idv", None),
    ]
    total = "SELECT awards, obligated, potential_value FROM rollup WHERE company = 'bigco' AND fiscal_year = 0"
    assert warehouse.run(total) == [(4, 300_000, 907_000)]


def test_whole_awards_count_in_no_year_and_subawards_in_no_sum(
    tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    loading(
        write(tmp_path / "s.csv", [summary()], "summaries"),
        write(tmp_path / "u.csv", [subaward(), subaward("SUB-2")], "subawards"),
    )
    Harvest(warehouse, tree)
    columns = "fiscal_year, awards, obligated, subawards, subaward_amount"
    found = warehouse.run(f"SELECT {columns} FROM rollup WHERE company = 'bigco' ORDER BY 1")
    assert found == [(0, 1, 700_050, 2, 50_050), (2018, 0, 0, 2, 50_050)]
    assert awards(warehouse, tree, "kind, number, prime, figures") == [
        ("award", "", None, "summary"),
        ("subaward", "SUB-1", None, "actions"),
        ("subaward", "SUB-2", None, "actions"),
    ]


def test_a_sum_is_whole_where_no_action_can_be_missing(
    tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    rows = [
        *(action("A0001"), action("A0001", mod="P1")),
        action("A0002", mod="P1"),
        action("A0003", mod="000"),
        *(action("A0004"), action("A0004", mod="P1", amount="?")),  # quarantined
        *(action("A0005"), action("A0005", mod="P1", recipient_name="NOBODY", recipient_parent_name="NOBODY")),
    ]
    loading(
        write(tmp_path / "a.csv", rows),
        write(tmp_path / "s.csv", [summary("A0006")], "summaries"),
        write(tmp_path / "u.csv", [subaward()], "subawards"),
    )
    found = {key.split("_")[2]: whole for key, whole in awards(warehouse, tree, "key, whole")}
    whole = {"A0001": True, "A0002": False, "A0003": True, "A0004": False, "A0005": False, "A0006": True}
    assert found == whole | {"PRIME1": False}


def test_an_award_is_as_new_as_the_newest_file_that_lists_it(
    tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    loading(
        write(tmp_path / "a_20200101.csv", [action("A0001"), action("A0002")]),
        write(tmp_path / "b_20190101.csv", [action("A0001"), action("A0002"), action("A0003")]),
        write(tmp_path / "c_20210101.csv", [action("A0002"), action("A0009", recipient_parent_name="X")]),
    )
    found = [(key.split("_")[2], seen) for key, seen in awards(warehouse, tree, "key, seen")]
    days = [("A0001", "2020-01-01"), ("A0002", "2021-01-01"), ("A0003", "2019-01-01"), ("A0009", "2021-01-01")]
    assert found == days


def test_the_lowest_agency_that_the_data_knows(
    tmp_path: Path, loading: Load, warehouse: Warehouse, linked: World
) -> None:
    linked.agencies["us-dhs"]["codes"] = {"toptier": "070"}
    rows = [
        action("A0001"),
        action("A0002", awarding_sub_agency_code="7014"),
        action("A0003", awarding_sub_agency_code="9999", awarding_agency_code="099"),
    ]
    loading(write(tmp_path / "a.csv", rows))
    found = awards(warehouse, read_tree(linked.write()), "key, agency")
    assert [(key.split("_")[2], agency) for key, agency in found] == [("A0001", "us-ice"), ("A0002", "us-dhs")]


def test_sums_equal_an_independent_count_to_the_cent(
    tmp_path: Path, loading: Load, warehouse: Warehouse, tree: Tree
) -> None:
    chance = random.Random(5)
    rows: list[dict[str, str]] = []
    expected: defaultdict[tuple[str, int], int] = defaultdict(int)
    for number in range(400):
        cents = chance.randrange(-50_000, 500_000)
        day = date(2014, 1, 1) + timedelta(chance.randrange(1700))
        name = chance.choice(["BIGCO FEDERAL, INC.", "SHOES LLC", "NOBODY INC."])
        who = {"recipient_name": name, "recipient_parent_name": name}
        amount = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
        rows.append(
            action(f"A{number % 40:04}", mod=f"P{number:05}", amount=amount, action_date=day.isoformat(), **who)
        )
        year = day.year + (day.month >= 10)
        for company in _pages(name, day):
            expected[company, year] += cents
            expected[company, 0] += cents
    loading(write(tmp_path / "a.csv", rows))
    Harvest(warehouse, tree)
    found = warehouse.run("SELECT company, fiscal_year, obligated FROM rollup")
    assert {(company, year): cents for company, year, cents in found} == expected
    by_award = warehouse.run("SELECT company, sum(obligated)::BIGINT FROM award GROUP BY 1")
    assert {(company, 0): cents for company, cents in by_award} == {key: c for key, c in expected.items() if not key[1]}


def _pages(name: str, day: date) -> list[str]:
    """The pages of the made-up world, by hand."""
    if name == "BIGCO FEDERAL, INC.":
        return ["bigco"]
    if name != "SHOES LLC" or day < date(2016, 12, 31):
        return []
    return ["shoes", "bigco" if day < date(2018, 1, 1) else "quiet"]
