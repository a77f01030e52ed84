"""Rows into the warehouse: every row is accounted for, the order of files never matters, and nothing that must not be
kept is kept."""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from app.awards.gates import MEANINGS
from app.awards.warehouse import Warehouse, open_warehouse
from app.errors import AppError
from tests.awards.rows import SECRETS, Row, action, as_2018, header, subaward, summary, write
from tests.awards.stores import Load, loader

pytestmark = pytest.mark.slow

COUNTED = "SELECT award, modification, obligated, description FROM record WHERE NOT deleted ORDER BY ALL"
IDENTITY = "name, cage, duns, parent_name, agency_top, agency_sub, parent_award, acted, ends, modified, key"


def standing(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.run(COUNTED)


def refused(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.run("SELECT row, rule, field, value FROM quarantine ORDER BY row")


def test_columns_are_found_by_name_in_any_order_and_others_ignored(
    tmp_path: Path, loading: Load, warehouse: Warehouse
) -> None:
    names = [*header("transactions"), "a new column"]
    random.Random(1).shuffle(names)
    loading(write(tmp_path / "a.csv", [action()], columns=names))
    assert standing(warehouse) == [("CONT_AWD_70CDCR18P00000001_7012_-NONE-_-NONE-", "0", 100_000, "CLOUD SERVICES")]


ODD = [
    action("70CDCR18P00000001", cage_code="07959"),
    action("70CDCR18P00000001", mod="P00001", amount="-2.32", action_type_code="K"),
    action("70CDCR18F00000002", parent_award_id_piid="LC14C7113", parent_award_agency_id="0300"),
    action("70CDCR18D00000003", award_or_idv_flag="IDV", transaction_number="", amount="0"),
    action("70CDCR18P00000004", recipient_duns="000000042", transaction_description="DESKS, POC JANE DOE"),
]


def test_both_layouts_give_the_same_rows(tmp_path: Path, warehouse: Warehouse, loading: Load) -> None:
    old = [as_2018(row) for row in ODD]
    old[2]["parent_award_agency_id"] = "300"  # the zero in front lost
    (done,) = loading(write(tmp_path / "old.csv", old, "transactions2018"))
    assert (done.layout, done.stored, done.quarantined) == ("transactions-2018", 5, {})
    before = warehouse.run(f"SELECT {IDENTITY} FROM record ORDER BY ALL")
    (done,) = loading(write(tmp_path / "new.csv", ODD))
    assert (done.layout, done.read, done.known, done.stored) == ("transactions", 5, 5, 0)
    assert warehouse.run(f"SELECT {IDENTITY} FROM record ORDER BY ALL") == before


def test_a_file_read_again_changes_nothing(tmp_path: Path, warehouse: Warehouse, loading: Load) -> None:
    path = write(tmp_path / "a.csv", ODD)
    (first,) = loading(path)
    before = standing(warehouse)
    (again,) = loading(path)
    (copied,) = loading(path.rename(tmp_path / "b.csv"))
    assert again.again
    assert copied.again
    assert (again.read, again.stored, again.quarantined) == (first.read, first.stored, first.quarantined)
    assert standing(warehouse) == before


FAILING: list[tuple[str, str, Row]] = [
    (
        "no-key",
        "award_key",
        {"contract_transaction_unique_key": "", "award_id_piid": "", "contract_award_unique_key": ""},
    ),
    ("no-key", "award_key", {"contract_award_unique_key": "CONT_AWD_<script>"}),
    ("lost-zeros", "piid", {"award_id_piid": "46"}),
    ("lost-zeros", "parent_piid", {"parent_award_id_piid": "7", "parent_award_agency_id": "7012"}),
    ("bad-date", "acted", {"action_date": "13/13/2018"}),
    ("bad-date", "acted", {"action_date": ""}),
    ("bad-date", "modified", {"last_modified_date": "yesterday"}),
    ("bad-date", "ends", {"period_of_performance_current_end_date": "2018-02-30"}),
    ("bad-amount", "obligated", {"federal_action_obligation": "1,000"}),
    ("bad-amount", "obligated", {"federal_action_obligation": ""}),
    ("bad-amount", "potential_value", {"potential_total_value_of_award": "12.345"}),
    ("amount-is-id", "obligated", {"federal_action_obligation": "12345678", "recipient_duns": "12345678"}),
    (
        "amount-is-id",
        "current_value",
        {"current_total_value_of_award": "123456789", "recipient_parent_duns": "123456789"},
    ),
    ("amount-is-id", "obligated", {"federal_action_obligation": "701800000001", "award_id_piid": "70CDCR18P00000001"}),
    ("absurd-amount", "potential_value", {"potential_total_value_of_award": "900000000000"}),
    ("agency-vendor", "name", {"us_federal_government": "t"}),
    ("agency-vendor", "name", {"recipient_name": "U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT"}),
    ("future-action", "acted", {"action_date": "2019-01-01"}),
    ("impossible-period", "begins", {"period_of_performance_start_date": "2024-01-24"}),
    ("impossible-period", "may_end", {"period_of_performance_potential_end_date": "2999-01-24"}),
]


@pytest.mark.parametrize(("rule", "field", "change"), FAILING, ids=[f"{rule} {field}" for rule, field, _ in FAILING])
def test_a_row_that_fails_a_gate_is_listed_with_rule_and_value(
    rule: str, field: str, change: Row, tmp_path: Path, loading: Load, warehouse: Warehouse
) -> None:
    bad = action("70CDCR18P00000077") | change
    if "award_id_piid" in change and rule == "lost-zeros":
        bad = action(piid=change["award_id_piid"])
    (done,) = loading(write(tmp_path / "a.csv", [action(), action(mod="P00001"), bad, action(mod="P00002")]))
    ((row, told, column, value),) = refused(warehouse)
    assert (row, told, column) == (4, rule, field)
    assert value in bad.values()
    assert (done.read, done.stored, done.quarantined) == (4, 3, {rule: 1})


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, _, _ in FAILING} == set(MEANINGS)


def test_an_amount_is_judged_by_the_award_s_history(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    rows = [
        action(potential_total_value_of_award="20000000"),
        action(mod="P00001", amount="30000000.00"),  # a hundred times its own row, but not of the history
        action("70CDCR18P00000002", potential_total_value_of_award="20000", base_and_all_options_value="20000"),
        action("70CDCR18P00000002", mod="P00001", amount="3000000.00"),
        action("70CDCR18P00000003", amount="999999.00"),  # too small to judge
    ]
    loading(write(tmp_path / "a.csv", rows))
    assert [(row, rule) for row, rule, _, _ in refused(warehouse)] == [(5, "absurd-amount")]


def test_deobligations_and_late_funding_are_no_faults(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    late = {"action_date": "2018-09-01", "period_of_performance_start_date": "2018-09-01"}
    ended = {
        "period_of_performance_current_end_date": "2018-03-01",
        "period_of_performance_potential_end_date": "2018-03-01",
    }
    (done,) = loading(write(tmp_path / "a.csv", [action(), action(mod="P00001", amount="-1000.00", **late, **ended)]))
    assert done.quarantined == {}
    assert sum(row[2] for row in standing(warehouse)) == 0


def test_a_poor_file_is_refused_whole(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    bad = [action(mod=f"P{n:05}", amount="?") for n in range(1, 4)]
    path = write(tmp_path / "a.csv", [action(), *bad])
    with pytest.raises(AppError, match=r"3 of 4 rows fail the gates \(bad-amount 3\); at least 50.0%") as caught:
        loading(path, accept=0.5)
    assert caught.value.type == "award-quality"
    assert [warehouse.value(f"SELECT count(*) FROM {t}") for t in ("file", "record", "quarantine")] == [0, 0, 0]
    (done,) = loading(path, accept=0.25)
    assert (done.stored, done.quarantined) == (1, {"bad-amount": 3})


def deleted(row: Row, on: str) -> Row:
    """A deletion as delta files have it: the key's parts, the rest empty."""
    kept = ("contract_transaction_unique_key", "award_id_piid", "modification_number", "transaction_number")
    return {name: row[name] for name in kept} | {
        "correction_delete_ind": "D",
        "agency_id": row["awarding_sub_agency_code"],
        "last_modified_date": on,
    }


DELTA = ["correction_delete_ind", "agency_id"]


def test_a_delta_deletes_corrects_and_adds(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    first, second = action(), action(mod="P00001")
    loading(write(tmp_path / "full_20180301.csv", [first, second]))
    rows = [
        deleted(second, "2018-04-01"),
        first | {"correction_delete_ind": "C", "federal_action_obligation": "1500", "last_modified_date": "2018-04-01"},
        action(mod="P00002", correction_delete_ind=""),
    ]
    delta = write(tmp_path / "delta_20180401.csv", rows, columns=[*DELTA, *header("transactions")])
    (done,) = loading(delta)
    assert (done.read, done.stored, done.quarantined) == (3, 3, {})
    assert [(mod, cents) for _, mod, cents, _ in standing(warehouse)] == [("0", 150_000), ("P00002", 100_000)]


def test_the_order_of_files_never_matters(tmp_path: Path) -> None:
    first = action()
    newer = first | {"federal_action_obligation": "2000", "last_modified_date": "2018-03-01"}
    same_day = first | {"federal_action_obligation": "3000"}
    files = [
        write(tmp_path / "a_20180201.csv", [first, action(mod="P00001")]),
        write(tmp_path / "b_20180301.csv", [newer]),
        write(tmp_path / "c_20180202.csv", [same_day]),
        write(
            tmp_path / "d_20180401.csv",
            [deleted(action(mod="P00001"), "2018-04-01")],
            columns=[*DELTA, *header("transactions")],
        ),
    ]
    results = set()
    for number, order in enumerate(itertools.permutations(files)):
        with open_warehouse(tmp_path / f"var{number}") as warehouse:
            load = loader(warehouse)
            accounts = [done for path in order for done in load(path)]
            assert all(d.read == d.stored + d.known + d.older + sum(d.quarantined.values()) for d in accounts)
            results.add(tuple(standing(warehouse)))
    assert results == {(("CONT_AWD_70CDCR18P00000001_7012_-NONE-_-NONE-", "0", 200_000, "CLOUD SERVICES"),)}


def test_a_row_twice_in_a_file_counts_once(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    older = action() | {"last_modified_date": "2018-01-25", "federal_action_obligation": "1"}
    (done,) = loading(write(tmp_path / "a.csv", [older, action(), action()]))
    assert (done.read, done.stored, done.known, done.older) == (3, 1, 1, 1)
    assert [row[2] for row in standing(warehouse)] == [100_000]


def test_whole_awards_give_way_to_their_actions(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    loading(
        write(tmp_path / "s.csv", [summary("A0001"), summary("A0002")], "summaries"),
        write(tmp_path / "t.csv", [action("A0002")]),
        write(tmp_path / "u.csv", [subaward(), subaward("SUB-2")], "subawards"),
    )
    found = warehouse.run("SELECT basis, award, obligated FROM standing ORDER BY ALL")
    assert found == [
        ("subaward", "CONT_AWD_PRIME1_7012_-NONE-_-NONE-", 25_025),
        ("subaward", "CONT_AWD_PRIME1_7012_-NONE-_-NONE-", 25_025),
        ("summary", "CONT_AWD_A0001_7012_-NONE-_-NONE-", 700_050),
        ("transaction", "CONT_AWD_A0002_7012_-NONE-_-NONE-", 100_000),
    ]


def test_no_phone_officer_or_contact_is_kept_anywhere(
    tmp_path: Path, loading: Load, warehouse: Warehouse, data_dir: Path
) -> None:
    told = {"transaction_description": "DESKS JANE.DOE@EXAMPLE.COM (202) 555-0123"}
    loading(
        write(tmp_path / "a.csv", [action(mod=f"P{n:05}", **told) for n in range(50)]),
        write(tmp_path / "s.csv", [summary()], "summaries"),
        write(tmp_path / "u.csv", [subaward()], "subawards"),
    )
    cells = {
        str(cell)
        for table in ("record", "quarantine", "file")
        for row in warehouse.run(f"FROM {table}")
        for cell in row
    }
    assert "BIGCO FEDERAL, INC." in cells
    warehouse.run("CHECKPOINT")
    stored = b"".join(path.read_bytes() for path in (data_dir / "awards").rglob("*") if path.is_file())
    for secret in SECRETS:
        assert not [cell for cell in cells if secret in cell]
        assert secret.encode() not in stored


def test_sole_proprietors_have_no_name_here(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    person = {"recipient_name": "DOE, JANE", "recipient_parent_name": "DOE, JANE", "sole_proprietorship": "t"}
    loading(
        write(tmp_path / "a.csv", [action(**person, cage_code="1AB23", transaction_description="LETTERS OF JANE")]),
        write(tmp_path / "u.csv", [subaward(subawardee_business_types="Sole Proprietorship")], "subawards"),
    )
    fields = "name, parent_name, uei, cage, duns, parent_duns, city, description"
    assert warehouse.run(f"SELECT DISTINCT sole, {fields} FROM record") == [(True, *[None] * 8)]


def test_every_row_knows_its_file(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    loading(write(tmp_path / "x_2018-03-01.csv", [action()]), write(tmp_path / "y.csv", [action(mod="P00001")]))
    query = "SELECT f.name, f.made::VARCHAR, length(f.sha256) FROM record r JOIN file f ON f.id = r.file ORDER BY 1"
    assert warehouse.run(query) == [("x_2018-03-01.csv", "2018-03-01", 64), ("y.csv", "2018-02-01", 64)]


def test_a_store_in_use_is_said_and_one_of_another_version_too(tmp_path: Path, data_dir: Path) -> None:
    with pytest.raises(AppError, match="No award file") as caught, open_warehouse(data_dir, read_only=True):
        pytest.fail("nothing is there")
    assert caught.value.type == "award-none"
    with open_warehouse(data_dir) as warehouse:
        warehouse.run("UPDATE meta SET shape = 99")
    with pytest.raises(AppError, match="another version"), open_warehouse(data_dir):
        pytest.fail("another shape")
    (data_dir / "awards" / "staging.duckdb").write_bytes(b"junk" * 5000)
    with pytest.raises(AppError, match="cannot be used") as caught, open_warehouse(data_dir):
        pytest.fail("no database")
    assert caught.value.type == "award-store"
