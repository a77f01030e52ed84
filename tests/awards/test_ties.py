"""Derived ties, and curated ones that absorb the imported sums of the awards they list."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.awards.ties import AwardTies, Sum, absorb, award_ties
from app.awards.warehouse import Warehouse
from app.db import Database
from app.seeding.checks import check
from app.seeding.reader import read_tree
from app.seeding.record import TieClaim
from app.seeding.store import facts_of
from tests.awards.rows import action, subaward, write
from tests.awards.stores import Load, identifier
from tests.keys import import_awards
from tests.worlds import World

pytestmark = pytest.mark.slow

KEY = "CONT_AWD_{}_7012_-NONE-_-NONE-"
Ties = Callable[[], AwardTies]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def ties(database: Database, warehouse: Warehouse, linked: World) -> Ties:
    """Publish what stands in the store, and ask for the ties."""

    def publish() -> AwardTies:
        tree = read_tree(linked.write())
        assert check(tree) == []
        import_awards(database, warehouse, tree)
        with database.read() as session:
            return award_ties(session, tree)

    return publish


def test_awards_without_a_curated_tie_make_one_a_company_and_agency(tmp_path: Path, loading: Load, ties: Ties) -> None:
    rows = [action("A0001", amount="2000.50"), action("A0002"), action("A0001", mod="P1", action_date="2018-05-04")]
    loading(write(tmp_path / "x_20181101.csv", rows))
    ((name, body),) = ties().derived.items()
    assert name == "bigco-us-ice-awards"
    assert body["awards"] == [KEY.format("A0001"), KEY.format("A0002")]
    assert body["summary"] == (
        "USAspending lists 2 ICE awards to Bigco, USD 4,000.50 obligated in actions from 2018-01-24 to 2018-05-04. "
        "Imported: actions from 2018-01-24 to 2018-05-04, newest file of 2018-11-01."
    )
    assert body["amounts"] == []  # a sum stands on no award's page
    assert [source["url"] for source in body["sources"]] == [
        f"https://www.usaspending.gov/award/{KEY.format(piid)}/" for piid in ("A0001", "A0002")
    ]
    assert (body["kind"], body["status"], body["status_as_of"]) == ("prime_contract", "active", "2018-11-01")
    assert (body["recipient"], body["evidence"], body["company"]) == ("BIGCO FEDERAL, INC.", "record", "bigco")
    assert not {"id", "type"} & body.keys()


@pytest.mark.parametrize(
    ("made", "code", "status"),
    [("x_20190123", "", "active"), ("x_20190124", "", "unknown"), ("x_20190123", "K", "ended"), ("x", "F", "ended")],
)
def test_the_status_is_what_the_records_show_on_the_file_s_day(
    made: str, code: str, status: str, tmp_path: Path, loading: Load, ties: Ties
) -> None:
    loading(write(tmp_path / f"{made}.csv", [action(action_type_code=code)]))
    body = ties().derived["bigco-us-ice-awards"]
    assert body["status"] == status
    assert body.get("valid_to") == ("2018-01-24" if status == "ended" else None)
    assert body["summary"].endswith("." if made == "x" else f", newest file of {date.fromisoformat(made[2:])}.")
    assert "None" not in body["summary"]


def test_subawards_alone_make_a_subcontract_under_the_firm_that_holds_the_award(
    tmp_path: Path, loading: Load, ties: Ties, linked: World
) -> None:
    linked.companies["code"]["identifiers"].append(identifier("recipient", "SOME PRIME LLC"))
    loading(write(tmp_path / "u.csv", [subaward(), subaward("SUB-2")], "subawards"))
    body = ties().derived["bigco-us-ice-awards"]
    assert (body["kind"], body["via_name"], body["amounts"]) == ("subcontract", "SOME PRIME LLC", [])
    assert body["summary"].startswith("USAspending lists 2 subawards to Bigco under ICE awards to other firms.")
    assert len(body["awards"]) == len(body["sources"]) == 1


def test_a_curated_tie_absorbs_the_awards_that_it_lists(
    tmp_path: Path, loading: Load, ties: Ties, linked: World
) -> None:
    tie = linked.companies["bigco"]["ties"][0]
    tie["awards"] = [KEY.format("A0001"), KEY.format("A0009")]
    loading(write(tmp_path / "a.csv", [action("A0001"), action("A0001", mod="P1"), action("A0002")]))
    found = ties()
    assert found.derived["bigco-us-ice-awards"]["awards"] == [KEY.format("A0002")]
    assert found.sums == {"bigco-ice-cloud": [Sum(KEY.format("A0001"), 200_000, "2018-01-24")]}


def test_of_one_award_alone_the_sum_stands_on_its_page(tmp_path: Path, loading: Load, ties: Ties) -> None:
    loading(write(tmp_path / "a.csv", [action("A0001")]))
    body = ties().derived["bigco-us-ice-awards"]
    (amount,) = body["amounts"]
    assert (amount["kind"], amount["source"]) == ("obligated", 0)
    assert body["sources"][0]["url"].endswith(f"{KEY.format('A0001')}/")


def test_awards_of_a_company_sold_since_stay_with_it(tmp_path: Path, loading: Load, ties: Ties) -> None:
    shoes = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC"}
    loading(write(tmp_path / "a.csv", [action(action_date="2017-06-01", **shoes)]))
    assert list(ties().derived) == ["shoes-us-ice-awards"]


PAGE, OTHER = f"https://www.usaspending.gov/award/{KEY.format('A1')}/", "https://paper.example/story"
BODY = {
    "company": "bigco",
    "sources": [{"url": OTHER, "type": "press"}, {"url": PAGE, "type": "government_record"}],
    "amounts": [
        {"kind": "obligated", "value": "5", "currency": "USD", "as_of": "2016", "source": 1},
        {"kind": "ceiling", "value": "9", "currency": "USD", "as_of": "2016", "source": 1},
        {"kind": "obligated", "value": "7", "currency": "USD", "as_of": "2016", "source": 0},
    ],
}


def test_imported_sums_replace_amounts_typed_in_from_the_same_pages() -> None:
    found = absorb(BODY, [Sum(KEY.format("A1"), 123_456, "2018-01-24")])
    imported = {"kind": "obligated", "value": "1234.56", "currency": "USD", "as_of": "2018-01-24", "source": 1}
    assert found["amounts"] == [*BODY["amounts"][1:], imported]
    unsourced = Sum(KEY.format("A2"), 100, "2018-02")
    assert absorb(BODY, [Sum(KEY.format("A1"), 123_456, "2018-01-24"), unsourced]) == found
    assert absorb(BODY, [unsourced]) == BODY
    assert absorb(BODY, [Sum(KEY.format("A1"), -5, "2018-01-24")]) == BODY


def test_facts_and_derived_ties_together(tmp_path: Path, loading: Load, ties: Ties, linked: World) -> None:
    loading(write(tmp_path / "a.csv", [action("A0001"), action("A0002")]))
    linked.companies["bigco"]["ties"][0]["awards"] = [KEY.format("A0001")]
    linked.companies["bigco"]["sources"]["award"]["url"] = f"https://www.usaspending.gov/award/{KEY.format('A0001')}/"
    found, tree = ties(), read_tree(linked.folder)
    facts = {fact.id: fact for fact in found.join(facts_of(tree)) if fact.type == "tie"}
    assert facts["bigco-ice-cloud"].body["amounts"][0]["value"] == "1000"
    derived = facts["bigco-us-ice-awards"].body
    named = [f"s{at}" for at in range(len(derived["sources"]))]
    amounts = [{**amount, "source": named[amount["source"]]} for amount in derived["amounts"]]
    claim = {key: value for key, value in derived.items() if key != "company"}
    TieClaim.model_validate({**claim, "id": "x", "sources": named, "amounts": amounts})
    assert len(found.join(facts_of(tree))) == len(list(facts_of(tree))) + 1


def test_a_tie_of_the_seed_stands_for_the_derived_one_of_its_id(
    tmp_path: Path, loading: Load, ties: Ties, linked: World
) -> None:
    loading(write(tmp_path / "a.csv", [action("A0002")]))
    wrong = {"date": "2020", "status": "retracted", "note": "Another firm."}
    tie = linked.companies["bigco"]["ties"][0]
    linked.companies["bigco"]["ties"].append(
        tie | {"id": "bigco-us-ice-awards", "awards": [], "claim_status": "retracted", "history": [wrong]}
    )
    found = ties().join(facts_of(read_tree(linked.folder)))
    (fact,) = [fact for fact in found if fact.id == "bigco-us-ice-awards"]
    assert fact.body["claim_status"] == "retracted"


def test_a_sum_that_may_leave_actions_out_is_no_amount(
    tmp_path: Path, loading: Load, ties: Ties, linked: World
) -> None:
    linked.companies["bigco"]["ties"][0]["awards"] = [KEY.format("A0001")]
    loading(write(tmp_path / "a.csv", [action("A0001", mod="P1"), action("A0002", mod="P1")]))
    found = ties()
    assert found.sums == {}
    assert found.derived["bigco-us-ice-awards"]["amounts"] == []


def test_a_sum_stands_on_its_award_s_page_however_large_a_subaward_is(
    tmp_path: Path, loading: Load, ties: Ties
) -> None:
    large = subaward(subaward_amount="99999")
    loading(write(tmp_path / "a.csv", [action("A0001")]), write(tmp_path / "u.csv", [large], "subawards"))
    body = ties().derived["bigco-us-ice-awards"]
    (amount,) = body["amounts"]
    assert body["sources"][amount["source"]]["url"].endswith(f"{KEY.format('A0001')}/")


def test_a_newer_file_of_other_awards_renews_nothing(tmp_path: Path, loading: Load, ties: Ties) -> None:
    shoes = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC"}
    loading(write(tmp_path / "x_20181101.csv", [action("A0001")]))
    loading(write(tmp_path / "x_20201101.csv", [action("A0002", **shoes)]))
    body = ties().derived["bigco-us-ice-awards"]
    assert (body["status"], body["status_as_of"], body["verified_at"]) == ("active", "2018-11-01", "2018-11-01")
    assert [source["retrieved_at"] for source in body["sources"]] == ["2018-11-01"]
    loading(write(tmp_path / "x_20201102.csv", [action("A0001"), action("A0003", **shoes)]))
    body = ties().derived["bigco-us-ice-awards"]  # the same row in a newer file: the term is over by then
    assert (body["status"], body["status_as_of"], body["verified_at"]) == ("unknown", "2018-01-24", "2020-11-02")


@pytest.mark.parametrize("other", ["OTHER LLC", ""])
def test_no_firm_is_named_over_subawards_of_several(
    other: str, tmp_path: Path, loading: Load, ties: Ties, linked: World
) -> None:
    listed = "CONT_AWD_LISTED_7012_-NONE-_-NONE-"
    linked.companies["code"]["identifiers"].append(identifier("recipient", "SOME PRIME LLC"))
    mixed = subaward("SUB-2", prime_awardee_name=other, prime_award_unique_key=listed)
    loading(write(tmp_path / "u.csv", [subaward(), mixed], "subawards"))
    assert "via_name" not in ties().derived["bigco-us-ice-awards"]
    linked.companies["bigco"]["ties"][0]["awards"] = [listed]
    assert ties().derived["bigco-us-ice-awards"]["via_name"] == "SOME PRIME LLC"


def test_a_match_by_the_parent_is_told_as_such(tmp_path: Path, loading: Load, ties: Ties) -> None:
    loading(write(tmp_path / "a.csv", [action("A0001"), action("A0002", recipient_name="A CHILD LLC")]))
    summary = ties().derived["bigco-us-ice-awards"]["summary"]
    assert summary.startswith("USAspending lists 2 ICE awards to Bigco or firms that name it as their parent, USD ")
    assert "CHILD" not in summary


def test_the_days_of_a_group_are_those_of_its_own_awards(tmp_path: Path, loading: Load, ties: Ties) -> None:
    days = ("2017-01-01", "2018-09-09")
    rows = [subaward(f"SUB-{day}", subaward_action_date=day) for day in days]
    loading(write(tmp_path / "a.csv", [action("A0001")]), write(tmp_path / "u.csv", rows, "subawards"))
    assert "in actions from 2018-01-24 to 2018-01-24. Besides," in ties().derived["bigco-us-ice-awards"]["summary"]
