"""A company, whole: history stands beside the answer and never in it."""

from hypothesis import given

from app.lookup.answer import company_answer
from app.lookup.facts import World
from app.lookup.profile import Profile, profile
from app.lookup.ties import former_ties
from tests.lookup.forests import edge, tie, world, worlds


def profile_of(given_world: World, company: str) -> Profile:
    return profile(given_world, company, company_answer(given_world, company))


@given(worlds())
def test_the_profile_repeats_its_answer(given_world: World) -> None:
    for company in given_world.companies:
        answer, whole = company_answer(given_world, company), profile_of(given_world, company)
        assert (whole.state, whole.ties, whole.notes, whole.searched, whole.ownership) == (
            answer.state,
            answer.ties,
            answer.notes,
            answer.searched,
            answer.ownership,
        )


@given(worlds())
def test_former_ties_stand_there_and_nowhere_else(given_world: World) -> None:
    for company in given_world.companies:
        whole = profile_of(given_world, company)
        former = {(each.ownership.company, each.tie.id) for each in whole.former_ties}
        assert former == {(sold.company, one.id) for sold, one in former_ties(given_world, company)}
        shown_as_subsidiary = {each.id for each in whole.ties if each.relation == "subsidiary"}
        assert not shown_as_subsidiary & {name for _, name in former}


@given(worlds(circles=True))
def test_every_ownership_is_told_once(given_world: World) -> None:
    for company in given_world.companies:
        whole = profile_of(given_world, company)
        own_hops = [hop for hop in whole.ownership if hop.company == company]
        assert len(own_hops) + len(whole.owners_before) == len(given_world.owners.get(company, ()))
        assert all(hop.valid_to is None for hop in whole.owns)
        assert len(whole.owns) == sum(each.valid_to is None for each in given_world.owned.get(company, ()))


SOLD = edge("sold", "seller", valid_from="2010", valid_to="2018")
NOW = edge("sold", "buyer", valid_from="2018")
NAMES = ["sold", "seller", "buyer"]


def test_a_sale_leaves_history_with_the_former_owner_and_the_state_alone() -> None:
    given_world = world(NAMES, [SOLD, NOW], [tie("t", "sold", valid_from="2012")], searched=NAMES)
    seller, buyer, sold = (profile_of(given_world, name) for name in ("seller", "buyer", "sold"))
    assert (seller.state, seller.ties) == ("none_found", ())
    assert [(former.tie.id, former.ownership.valid_to) for former in seller.former_ties] == [("t", "2018")]
    assert [hop.company for hop in seller.owns] == []
    assert (buyer.state, [one.relation for one in buyer.ties], buyer.former_ties) == ("documented", ["subsidiary"], ())
    assert (sold.state, sold.former_ties) == ("documented", ())
    assert [hop.owner for hop in sold.ownership] == ["buyer"]
    assert [hop.owner for hop in sold.owners_before] == ["seller"]


def test_the_former_owner_s_ties_no_longer_flow_down() -> None:
    given_world = world(NAMES, [SOLD, NOW], [tie("t", "seller")], searched=NAMES)
    assert profile_of(given_world, "sold").state == "none_found"
    assert profile_of(given_world, "sold").former_ties == ()


def test_who_is_bought_back_keeps_both_times() -> None:
    again = edge("sold", "seller", id="again", valid_from="2020")
    whole = profile_of(world(NAMES, [SOLD, again]), "sold")
    assert [hop.valid_from for hop in whole.ownership] == ["2020"]
    assert [(hop.owner, hop.valid_to) for hop in whole.owners_before] == [("seller", "2018")]


def test_a_minority_is_listed_with_its_kind() -> None:
    whole = profile_of(world(NAMES, [edge("sold", "buyer", kind="minority")]), "sold")
    assert whole.ownership == ()
    assert [(hop.owner, hop.kind) for hop in whole.owners_before] == [("buyer", "minority")]
