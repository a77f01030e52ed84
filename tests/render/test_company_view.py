"""The tree of owners, numbered sources, the age of checks, and who owned whom when a tie began."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from app.lookup.answer import company_answer
from app.lookup.facts import Source, World
from app.lookup.profile import DomainOut, Profile, profile
from app.render.company_view import Firm, Sources, checks, claims, family, order_of, owner_then, sites, then
from tests.lookup.forests import edge, tie, world, worlds

PRESS = Source(url="https://paper.example/1", publisher="The Paper", type="press")


def profile_of(given_world: World, company: str) -> Profile:
    return profile(given_world, company, company_answer(given_world, company))


def walk(firm: Firm) -> list[Firm]:
    return [firm, *(each for below in firm.below for each in walk(below))]


CHAIN = world(
    ["top", "mid", "low", "sister", "leaf"],
    [edge("mid", "top", valid_from="2010"), edge("low", "mid"), edge("sister", "mid"), edge("leaf", "low")],
)


def test_the_tree_goes_from_the_ultimate_owner_to_the_last_owned_and_leaves_sisters_out() -> None:
    tree = family(profile_of(CHAIN, "low"))
    assert [firm.id for firm in walk(tree)] == ["top", "mid", "low", "leaf"]
    assert [firm.id for firm in walk(tree) if firm.here] == ["low"]
    assert [firm.hop and firm.hop.owner for firm in walk(tree)] == [None, "top", "mid", "low"]


@given(worlds(circles=True))
def test_every_company_of_the_chain_and_the_group_stands_in_the_tree_once(given_world: World) -> None:
    for company in given_world.companies:
        whole = profile_of(given_world, company)
        named = [firm.id for firm in walk(family(whole))]
        owners = [hop.owner for hop in whole.ownership]
        owned = [member.ownership.company for member in whole.group]
        assert sorted(named) == sorted([company, *owners, *owned])


def test_a_source_has_one_number_however_often_it_is_named() -> None:
    other = replace(PRESS, url="https://paper.example/2")
    ties = [tie("a", "low", sources=(PRESS,)), tie("b", "low", sources=(other, PRESS))]
    whole = profile_of(world(["low"], [], ties), "low")
    numbers = Sources(claims(whole))
    assert sorted(numbers.number(source) for source in (PRESS, other)) == [1, 2]
    assert [numbers.number(source) for source in numbers] == list(range(1, len(numbers) + 1))


def test_checks_tell_the_oldest_and_count_the_stale_by_their_own_limits() -> None:
    old = replace(tie("a", "low"), verified_at="2024-06-01")
    hop = replace(edge("low", "top"), verified_at="2025-01-31")
    whole = profile_of(world(["low", "top"], [hop], [old]), "low")
    told = checks(claims(whole), date(2026, 2, 1))
    assert (told.oldest, told.stale) == ("2024-06-01", 1), "12 months for owners, 24 for ties"
    assert checks(claims(whole), date(2026, 6, 1)).stale == 2
    assert checks([], date(2026, 2, 1)).oldest is None


@pytest.mark.parametrize(
    ("since", "began", "order"),
    [
        ("2016-12-08", "2014", "before"),
        ("2016-12-08", "2017-01", "after"),
        ("2016-12-08", "2016-12-08", "after"),
        ("2016-12-08", "2016", "unclear"),
        ("2016", "2016", "unclear"),
        ("2016-12-08", None, "unclear"),
        (None, "2014", "unclear"),
    ],
)
def test_whether_it_was_owned_then(since: str | None, began: str | None, order: str) -> None:
    hop = profile_of(world(["low", "top"], [edge("low", "top", valid_from=since)]), "low").ownership
    assert order_of("Low", "Top", hop, began).order == order


def test_the_last_of_several_acquisitions_counts() -> None:
    hops = [edge("low", "mid", valid_from="2010"), edge("mid", "top", valid_from="2020")]
    given_world = world(["low", "mid", "top"], hops, [tie("t", "low", valid_from="2015")])
    seen = profile_of(given_world, "top")
    known = then(seen, seen.ties[0])
    assert known is not None
    assert (known.order, known.since, known.child, known.parent) == ("before", "2020", "Low", "Top")
    half = profile_of(given_world, "mid")
    known = then(half, half.ties[0])
    assert known is not None
    assert known.order == "after"
    own = profile_of(given_world, "low")
    assert then(own, own.ties[0]) is None


def test_the_former_owner_of_the_day_is_named_only_where_the_dates_are_sure() -> None:
    sold = edge("low", "top", valid_from="2010-05", valid_to="2018")
    whole = profile_of(world(["low", "top"], [sold]), "low")
    found = owner_then(whole, "2015")
    assert found is not None
    assert found.owner == "top"
    for began in ("2010", "2018", "2019", "2009", None):
        assert owner_then(whole, began) is None


def test_sites_that_were_checked_alike_stand_together() -> None:
    def site(name: str, **more: str) -> DomainOut:
        given: dict[str, Any] = {"valid_from": None, "valid_to": None, "claim_status": "published", **more}
        return DomainOut(name=name, verified_at=given.pop("verified_at", "2026"), sources=(PRESS,), **given)

    listed = (site("a.com"), site("b.com", valid_to="2020"), site("c.com"), site("d.com", verified_at="2025"))
    whole = replace(profile_of(world(["low"]), "low"), domains=listed)
    assert [names for names, _ in sites(whole)] == [["a.com", "c.com"], ["b.com"], ["d.com"]]
