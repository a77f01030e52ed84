"""Who owns whom."""

from itertools import pairwise

from hypothesis import given

from app.lookup.chain import controlled, formerly_controlled, owner_chain
from app.lookup.facts import Ownership, World
from tests.lookup.forests import edge, world, worlds


def all_edges(given_world: World) -> list[Ownership]:
    return [each for listed in given_world.owners.values() for each in listed]


def flows(each: Ownership) -> bool:
    return each.kind in ("subsidiary", "brand") and each.valid_to is None


@given(worlds(circles=True))
def test_a_chain_ends_repeats_nothing_and_walks_only_control_of_today(given_world: World) -> None:
    for name in given_world.companies:
        chain = owner_chain(given_world, name)
        walked = [name, *(each.owner for each in chain)]
        assert len(walked) == len(set(walked))
        assert [each.company for each in chain] == walked[:-1]
        assert all(flows(each) for each in chain)


@given(worlds())
def test_a_chain_stops_at_the_ultimate_parent(given_world: World) -> None:
    for name in given_world.companies:
        top = owner_chain(given_world, name)[-1].owner if owner_chain(given_world, name) else name
        assert not [each for each in all_edges(given_world) if each.company == top and flows(each)]


@given(worlds(circles=True))
def test_control_reaches_each_company_once_by_a_whole_path(given_world: World) -> None:
    for name in given_world.companies:
        paths = list(controlled(given_world, name))
        reached = [path[-1].company for path in paths]
        assert len(reached) == len(set(reached))
        assert name not in reached
        for path in paths:
            assert [each.owner for each in path] == [name, *(each.company for each in path[:-1])]
            assert all(flows(each) for each in path)
        assert [len(path) for path in paths] == sorted(len(path) for path in paths)  # nearest first


@given(worlds())
def test_owners_and_controlled_companies_mirror_one_another(given_world: World) -> None:
    above = {(name, each.owner) for name in given_world.companies for each in owner_chain(given_world, name)}
    below = {(path[-1].company, name) for name in given_world.companies for path in controlled(given_world, name)}
    assert above == below


@given(worlds(circles=True))
def test_what_is_over_is_history(given_world: World) -> None:
    for name in given_world.companies:
        past = list(formerly_controlled(given_world, name))
        assert past == [
            each
            for each in given_world.owned.get(name, ())
            if each.valid_to is not None and each.kind in ("subsidiary", "brand")
        ]


def test_a_circle_ends_the_walk() -> None:
    given_world = world("abc", [edge("a", "b"), edge("b", "c"), edge("c", "a")])
    assert [each.owner for each in owner_chain(given_world, "a")] == ["b", "c"]
    assert [path[-1].company for path in controlled(given_world, "a")] == ["c", "b"]
    assert owner_chain(world("a", [edge("a", "a")]), "a") == ()


def test_a_long_chain_is_walked_whole() -> None:
    names = [f"c{number}" for number in range(2_000)]
    given_world = world(names, [edge(a, b) for a, b in pairwise(names)])
    assert len(owner_chain(given_world, "c0")) == 1_999
    assert len(list(controlled(given_world, "c1999"))) == 1_999


def test_the_owner_before_and_a_minority_are_passed_over() -> None:
    edges = [edge("a", "old", valid_to="2018"), edge("a", "fund", kind="minority"), edge("a", "new", valid_from="2018")]
    given_world = world(["a", "old", "fund", "new"], edges)
    assert [each.owner for each in owner_chain(given_world, "a")] == ["new"]
    assert list(controlled(given_world, "old")) == list(controlled(given_world, "fund")) == []
    assert [each.company for each in formerly_controlled(given_world, "old")] == ["a"]
