"""The state of an answer, in the order of precedence of product.md, and what stands in the answer."""

from typing import Any

import pytest
from hypothesis import given

from app.lookup.answer import bare_answer, company_answer
from app.lookup.chain import owner_chain
from app.lookup.facts import Release, World
from app.lookup.ties import flowing_ties
from tests.lookup.forests import edge, note, tie, world, worlds


def expected_state(given_world: World, company: str) -> str:
    """product.md, sentence by sentence."""
    ties = flowing_ties(given_world, company)
    chain = [company, *(each.owner for each in owner_chain(given_world, company))]
    live = [related for related in ties if related.tie.status in ("active", "ending_announced", "unknown")]
    if any(related.tie.held_by not in chain[1:] for related in live):
        return "documented"  # the company itself, or a company it controls, has such a tie
    if live:
        return "via_owner"  # only an owner in today's chain has one
    if ties:
        return "ended"  # there are ties in the chain, all ended
    if all(given_world.companies[name].research for name in chain):
        return "none_found"
    return "not_researched"


@given(worlds())
def test_the_state_is_the_first_that_holds(given_world: World) -> None:
    for company in given_world.companies:
        assert company_answer(given_world, company).state == expected_state(given_world, company)


@given(worlds(circles=True))
def test_an_answer_is_whole_whatever_the_owners(given_world: World) -> None:
    for company in given_world.companies:
        answer = company_answer(given_world, company)
        assert answer.company is not None
        assert (answer.company.id, answer.company.url) == (company, f"/companies/{company}")
        assert [hop.owner for hop in answer.ownership] == [e.owner for e in owner_chain(given_world, company)]
        assert [(t.id, t.relation) for t in answer.ties] == [
            (related.tie.id, related.relation) for related in flowing_ties(given_world, company)
        ]
        assert (answer.searched != ()) == (answer.state == "none_found")
        assert answer.release == given_world.release


LIVE, ENDED = {"status": "active"}, {"status": "ended"}
NAMES = ["leaf", "owner", "below"]
EDGES = [edge("leaf", "owner"), edge("below", "leaf")]


@pytest.mark.parametrize(
    ("own", "below", "above", "searched", "state"),
    [
        (LIVE, LIVE, LIVE, NAMES, "documented"),
        (ENDED, LIVE, ENDED, NAMES, "documented"),
        (LIVE, None, None, [], "documented"),
        (None, LIVE, None, [], "documented"),
        ({"status": "unknown"}, None, None, [], "documented"),
        ({"status": "ending_announced"}, None, None, [], "documented"),
        (ENDED, ENDED, LIVE, NAMES, "via_owner"),
        (None, None, {"status": "unknown"}, [], "via_owner"),
        (ENDED, None, None, NAMES, "ended"),
        (None, ENDED, None, [], "ended"),
        (None, None, ENDED, [], "ended"),
        (None, None, None, ["leaf", "owner"], "none_found"),  # a subsidiary is not in the chain
        (None, None, None, ["leaf"], "not_researched"),
        (None, None, None, ["owner", "below"], "not_researched"),
        (None, None, None, [], "not_researched"),
    ],
)
def test_precedence(
    own: dict[str, Any] | None,
    below: dict[str, Any] | None,
    above: dict[str, Any] | None,
    searched: list[str],
    state: str,
) -> None:
    holders = {"leaf": own, "below": below, "owner": above}
    ties = [tie(f"{name}-tie", name, **fields) for name, fields in holders.items() if fields]
    answer = company_answer(world(NAMES, EDGES, ties, searched), "leaf")
    assert answer.state == state
    # Where research is missing the company and its owners are shown all the same.
    assert answer.company is not None
    assert [hop.owner for hop in answer.ownership] == ["owner"]


def test_an_owner_outside_the_world_was_not_researched() -> None:
    assert (
        company_answer(world(["leaf"], [edge("leaf", "unknown")], searched=["leaf"]), "leaf").state == "not_researched"
    )


def test_disputed_ties_count_and_are_marked() -> None:
    answer = company_answer(world(NAMES, EDGES, [tie("t", "owner", claim_status="disputed")]), "leaf")
    assert (answer.state, [t.claim_status for t in answer.ties]) == ("via_owner", ["disputed"])


def test_notes_come_from_the_chain_and_never_count() -> None:
    notes = [note(f"{name}-note", name) for name in NAMES]
    answer = company_answer(world(NAMES, EDGES, searched=NAMES, notes=notes), "leaf")
    assert [one.id for one in answer.notes] == ["leaf-note", "owner-note"]
    assert (answer.state, answer.ties) == ("none_found", ())


def test_what_was_searched_is_listed_for_the_whole_chain() -> None:
    answer = company_answer(world(NAMES, EDGES, searched=NAMES), "leaf")
    assert [entry.company for entry in answer.searched] == ["leaf", "owner"]
    assert all(len(entry.searched) == 2 for entry in answer.searched)


def test_parts_of_a_tie_keep_their_meaning() -> None:
    made = tie("t", "leaf", kind="supplier_of_contractor", via="owner", awards=("CONT_AWD_1_A/B_2",))
    shown = company_answer(world(NAMES, EDGES, [made]), "leaf").ties[0]
    assert (shown.held_by_name, shown.via, shown.via_name) == ("Leaf", "owner", "Owner")
    assert [award.url for award in shown.awards] == ["https://www.usaspending.gov/award/CONT_AWD_1_A%2FB_2/"]
    assert (shown.agency.short_name, shown.sources) == ("ICE", made.sources)


def test_an_answer_about_no_company_names_none() -> None:
    answer = bare_answer("x.example", "not_researched", Release(version=7, published_at="2026-01-02T00:00:00Z"))
    assert (answer.query, answer.company, answer.ties, answer.notes) == ("x.example", None, (), ())
    assert (answer.state, answer.release.version) == ("not_researched", 7)
