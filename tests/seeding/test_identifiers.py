"""Identifiers in a company's file: their form, their source, and that each means one company."""

from typing import Any

import pytest

from tests.awards.stores import identifier, link
from tests.seeding.seeds import At, Change, both, places, problems
from tests.worlds import World, source

CODE = "companies/code.yml"


def given(company: str, *listed: dict[str, object]) -> Change:
    """Identifiers of a company, and the award record that shows them."""

    def change(world: World) -> None:
        link(world)
        world.companies[company]["sources"]["award"] = world.companies["bigco"]["sources"]["award"]
        world.companies[company]["identifiers"] = list(listed)

    return change


@pytest.mark.parametrize("value", ["0AB12", "1TG18", "17038"])
def test_good_ones_are_no_problem(value: str, world: World) -> None:
    given("code", identifier("cage", value), identifier("recipient", "ANY NAME, INC.", valid_from="2016"))(world)
    assert problems(world) == []


BAD: list[tuple[str, Change, At]] = [
    ("a short CAGE code", given("code", identifier("cage", "7959")), At(CODE, "identifier-form", '"value": "7959"')),
    ("a CAGE code with O", given("code", identifier("cage", "7O590")), At(CODE, "identifier-form", '"value": "7O590"')),
    ("a DUNS number as UEI", given("code", identifier("uei", "149530219")), At(CODE, "identifier-form", '"149530219"')),
    (
        "a source that is not there",
        given("code", identifier("cage", "17038", sources="nowhere")),
        At(CODE, "format", '"sources": "nowhere"'),
    ),
    (
        "a name of another company",
        given("code", identifier("recipient", "BIGCO  FEDERAL, INC.")),
        At(CODE, "identifier-unique", '"value": "BIGCO  FEDERAL'),
    ),
    (
        "an end before the begin",
        given("code", identifier("cage", "17038", valid_from="2018", valid_to="2017")),
        At(CODE, "date-order", '"valid_to"'),
    ),
    (
        "a date in the future",
        given("code", identifier("cage", "17038", valid_from="2999")),
        At(CODE, "future-date", '"2999"'),
    ),
    ("another kind", given("code", identifier("duns", "149530219")), At(CODE, "format", '"kind": "duns"')),
]


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_ones_are_refused_at_their_line(change: Change, expected: At, world: World) -> None:
    change(world)
    found = places(problems(world))
    assert expected.place(world) in found


def test_a_press_report_shows_no_identifier(world: World) -> None:
    def change(world: World) -> None:
        world.companies["code"]["sources"]["paper"] = source()
        del world.companies["code"]["sources"]["award"]

    both(given("code", {**identifier("cage", "17038"), "sources": ["paper"]}), change)(world)
    assert [problem.rule for problem in problems(world) if problem.file.endswith(CODE)] == ["identifier-source"]


def test_a_recipient_s_name_is_no_alias(world: World) -> None:
    given("code", identifier("recipient", "CODE FEDERAL, INC."))(world)
    world.companies["quiet"]["aliases"] = ["Code Federal Inc"]
    place = At("companies/quiet.yml", "alias-recipient", '"Code Federal Inc"')
    assert places(problems(world)) == [place.place(world)]


def test_a_name_may_pass_to_another_company(world: World) -> None:
    given("code", identifier("recipient", "NAME CO", valid_to="2016-05-31"))(world)
    more: list[Any] = world.companies["bigco"]["identifiers"]
    more.append(identifier("recipient", "NAME CO", valid_from="2016-06-01"))
    assert problems(world) == []
    more[-1]["valid_from"] = "2016"
    assert {problem.rule for problem in problems(world)} == {"identifier-unique"}
