"""Which ties flow where: compared with the plain rule of product.md, told a second time and more slowly."""

from itertools import pairwise

import pytest
from hypothesis import given

from app.lookup.chain import controlled, owner_chain
from app.lookup.facts import Ownership, Tie, World
from app.lookup.ties import RelatedTie, flowing_ties, former_ties
from tests.lookup.forests import edge, tie, world, worlds

Flow = set[tuple[str, str]]


def before(a: str, b: str) -> bool:
    """Surely before, by the text alone: the last that `a` can mean against the first that `b` can."""
    return (a + "-99-99")[:10] < (b + "-00-00")[:10]


def ended_on(one: Tie) -> str | None:
    return one.valid_to or (one.status_as_of if one.status == "ended" else None)


def paths_up(given_world: World, company: str) -> list[list[Ownership]]:
    """Every path of today's control upwards from a company. Only forests have an end here."""
    steps = [e for e in given_world.owners.get(company, ()) if e.kind != "minority" and e.valid_to is None]
    return [[], *([step, *rest] for step in steps for rest in paths_up(given_world, step.owner))]


def kept(one: Tie, path: list[Ownership]) -> bool:
    end = ended_on(one)
    return not any(end and each.valid_from and before(end, each.valid_from) for each in path)


def oracle(given_world: World, company: str) -> Flow:
    """Own ties; ties of every owner above; ties of every company that has this one above it. Nothing else."""
    found: Flow = {(one.id, "own") for one in given_world.companies[company].ties}
    for path in paths_up(given_world, company)[1:]:
        holder = given_world.companies[path[-1].owner]
        found |= {(one.id, "owner") for one in holder.ties if kept(one, path)}
    for holder in given_world.companies.values():
        for path in paths_up(given_world, holder.id)[1:]:
            if path[-1].owner == company:
                found |= {(one.id, "subsidiary") for one in holder.ties if kept(one, path)}
    return found


def flow(given_world: World, company: str) -> Flow:
    return {(related.tie.id, related.relation) for related in flowing_ties(given_world, company)}


@given(worlds())
def test_ties_flow_as_the_rule_says(given_world: World) -> None:
    for company in given_world.companies:
        found = [(related.tie.id, related.relation) for related in flowing_ties(given_world, company)]
        assert len(found) == len(set(found))
        assert set(found) == oracle(given_world, company)


@given(worlds())
def test_nothing_flows_sideways(given_world: World) -> None:
    for company in given_world.companies:
        above = {each.owner for each in owner_chain(given_world, company)}
        below = {path[-1].company for path in controlled(given_world, company)}
        holders = {related.tie.held_by for related in flowing_ties(given_world, company)}
        assert holders <= above | below | {company}


def order(related: RelatedTie) -> tuple[int, int, str, bool, int]:
    evidence = ["record", "corroborated", "single_report"].index(related.tie.evidence)
    relation = ["own", "subsidiary", "owner"].index(related.relation)
    return relation, len(related.path), related.tie.held_by, related.tie.status == "ended", evidence


@given(worlds(circles=True))
def test_own_ties_stand_first_the_nearest_before_the_far_live_before_ended(given_world: World) -> None:
    for company in given_world.companies:
        related = flowing_ties(given_world, company)
        keys = [order(each) for each in related]
        assert keys == sorted(keys)
        for first, second in pairwise(related):
            if order(first) == order(second):
                assert first.tie.status_as_of >= second.tie.status_as_of


@given(worlds(circles=True))
def test_each_path_leads_from_the_company_to_the_holder(given_world: World) -> None:
    for company in given_world.companies:
        for related in flowing_ties(given_world, company):
            at = company
            for each in related.path:
                assert at == (each.company if related.relation == "owner" else each.owner)
                at = each.owner if related.relation == "owner" else each.company
            assert at == related.tie.held_by


#   top ── middle ── leaf        (and sister, also of middle)
NAMES = ["top", "middle", "leaf", "sister"]
EDGES = [edge("middle", "top"), edge("leaf", "middle"), edge("sister", "middle")]


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        ("leaf", {("top-tie", "owner"), ("middle-tie", "owner"), ("leaf-tie", "own")}),
        ("sister", {("top-tie", "owner"), ("middle-tie", "owner"), ("sister-tie", "own")}),
        (
            "middle",
            {("top-tie", "owner"), ("middle-tie", "own"), ("leaf-tie", "subsidiary"), ("sister-tie", "subsidiary")},
        ),
        (
            "top",
            {
                ("top-tie", "own"),
                ("middle-tie", "subsidiary"),
                ("leaf-tie", "subsidiary"),
                ("sister-tie", "subsidiary"),
            },
        ),
    ],
)
def test_down_from_every_owner_up_from_every_subsidiary_never_to_a_sister(company: str, expected: Flow) -> None:
    given_world = world(NAMES, EDGES, [tie(f"{name}-tie", name) for name in NAMES])
    assert flow(given_world, company) == expected


@pytest.mark.parametrize(
    ("bought", "end", "inherited"),
    [
        ("2015-06-15", {"status": "ended", "valid_to": "2015-06-14"}, False),
        ("2015-06-15", {"status": "ended", "valid_to": "2015-06-15"}, True),
        ("2015-06-15", {"status": "ended", "valid_to": "2015-06"}, True),  # which day is not known
        ("2015-06-15", {"status": "ended", "valid_to": "2015"}, True),
        ("2015-06", {"status": "ended", "valid_to": "2015-06-01"}, True),
        ("2015-06", {"status": "ended", "valid_to": "2015-05-31"}, False),
        ("2015", {"status": "ended", "valid_to": "2014"}, False),
        ("2015", {"status": "ended", "status_as_of": "2014-12"}, False),  # it had ended by then
        ("2015", {"status": "ended", "status_as_of": "2015-01"}, True),
        ("2015", {"status": "unknown", "status_as_of": "2010"}, True),
        ("2015", {"status": "active", "status_as_of": "2010"}, True),
        (None, {"status": "ended", "valid_to": "1990"}, True),
    ],
)
def test_a_tie_that_ended_before_the_acquisition_is_not_inherited(
    bought: str | None, end: dict[str, str], inherited: bool
) -> None:
    for held_by, asked, relation in (("owner", "bought", "owner"), ("bought", "owner", "subsidiary")):
        given_world = world(
            ["owner", "bought"], [edge("bought", "owner", valid_from=bought)], [tie("t", held_by, **end)]
        )
        assert flow(given_world, asked) == ({("t", relation)} if inherited else set())
        assert flow(given_world, held_by) == {("t", "own")}


@pytest.mark.parametrize(
    ("near", "far", "inherited"), [("2010", "2010", True), ("2018", "2010", False), ("2010", "2018", False)]
)
def test_every_acquisition_on_the_way_counts(near: str, far: str, inherited: bool) -> None:
    edges = [edge("leaf", "middle", valid_from=near), edge("middle", "top", valid_from=far)]
    ended = {"status": "ended", "valid_to": "2014"}
    assert bool(flow(world(NAMES, edges, [tie("t", "top", **ended)]), "leaf")) is inherited
    assert bool(flow(world(NAMES, edges, [tie("t", "leaf", **ended)]), "top")) is inherited


def test_nothing_flows_over_a_minority_or_what_has_ended() -> None:
    edges = [edge("a", "b", kind="minority"), edge("a", "c", valid_to="2018")]
    given_world = world("abc", edges, [tie(f"{name}-tie", name) for name in "abc"])
    assert [flow(given_world, name) for name in "abc"] == [{(f"{name}-tie", "own")} for name in "abc"]


def test_disputed_ties_flow() -> None:
    given_world = world(NAMES, EDGES, [tie("t", "top", claim_status="disputed")])
    assert flow(given_world, "leaf") == {("t", "owner")}


def test_an_owner_outside_the_world_is_passed_over() -> None:
    assert flow(world(["leaf"], [edge("leaf", "unknown")], [tie("t", "leaf")]), "leaf") == {("t", "own")}


SOLD = edge("sold", "seller", valid_from="2010", valid_to="2018-06")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"valid_from": "2012"}, True),
        ({}, True),  # nobody knows when: told, with the time in which it was owned
        ({"valid_from": "2018-06-30"}, True),
        ({"valid_from": "2018-07"}, False),
        ({"status": "ended", "valid_to": "2009"}, False),
        ({"status": "ended", "valid_to": "2010"}, True),
        ({"valid_from": "2005", "status": "ended", "valid_to": "2020"}, True),
    ],
)
def test_the_former_owner_keeps_the_time_in_which_it_owned(fields: dict[str, str], told: bool) -> None:
    given_world = world(["sold", "seller"], [SOLD], [tie("t", "sold", **fields)])
    assert [one.id for _, one in former_ties(given_world, "seller")] == (["t"] if told else [])
    assert flow(given_world, "seller") == set()
    assert former_ties(given_world, "sold") == ()


@given(worlds())
def test_former_ties_are_none_of_today(given_world: World) -> None:
    for company in given_world.companies:
        of_today = {path[-1].company for path in controlled(given_world, company)}
        for sold, one in former_ties(given_world, company):
            assert sold.owner == company
            assert sold.valid_to is not None
            assert sold.kind != "minority"
            assert one.held_by == sold.company
            assert one.held_by not in of_today


def test_a_company_moved_within_the_group_or_bought_back_is_not_sold() -> None:
    moved = [SOLD, edge("sold", "arm", valid_from="2018-06"), edge("arm", "seller")]
    assert former_ties(world(["sold", "seller", "arm"], moved, [tie("t", "sold")]), "seller") == ()
    back = [SOLD, edge("sold", "seller", id="again", valid_from="2020")]
    assert former_ties(world(["sold", "seller"], back, [tie("t", "sold")]), "seller") == ()


def test_a_stake_sold_was_never_control() -> None:
    stake = edge("sold", "seller", kind="minority", valid_to="2018")
    assert former_ties(world(["sold", "seller"], [stake], [tie("t", "sold")]), "seller") == ()
