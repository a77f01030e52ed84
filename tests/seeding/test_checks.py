"""What several records together must obey: each rule refuses the whole seed, and names file and line."""

from datetime import date, timedelta

import pytest

from app.errors import ClockBehind
from app.seeding.checks import RULES
from tests.seeding.bad_seeds import (
    ALL,
    BIGCO,
    DATASET,
    FAR,
    HOSTED,
    LOOKED,
    OLD,
    QUIET,
    SHOES,
    TWO,
    name,
    platform,
    quiet_tie,
    sources,
)
from tests.seeding.conftest import Refused
from tests.seeding.seeds import At, Bad, Change, add, both, drop, places, problems, put
from tests.worlds import World, domain, owner, source


@pytest.mark.parametrize("bad", ALL, ids=str)
def test_a_bad_seed_is_refused_whole_with_file_line_and_rule(bad: Bad, world: World, refused: Refused) -> None:
    assert problems(world) == []
    bad.change(world)
    found = problems(world)
    assert places(found) == sorted(at.place(world) for at in bad.expected), "\n".join(map(str, found))
    assert refused(world) == places(found)


# Tried in test_identifiers.py and test_redirects.py.
ELSEWHERE = {
    *("alias-recipient", "identifier-form", "identifier-source", "identifier-unique"),
    *("redirect-reused", "redirect-target"),
}


def test_every_rule_is_tried() -> None:
    assert {at.rule for bad in ALL for at in bad.expected} | ELSEWHERE == RULES.keys()


def moved(**until: str) -> Change:
    return put("shoes", "owners", 0, **until)


AMERICAN = {"type": "dataset", "dataset": {"name": "Set", "version": "1", "licence": "USA, public domain"}}
GOOD: list[tuple[str, Change]] = [
    (
        "handover on the same day",
        both(moved(valid_to="2018-10-25"), add("shoes", "owners", owner("quiet", valid_from="2018-10-25"))),
    ),
    (
        "handover in the same month",
        both(moved(valid_to="2018-10-25"), add("shoes", "owners", owner("quiet", valid_from="2018-10"))),
    ),
    (
        "handover in the same year",
        both(moved(valid_to="2018"), add("shoes", "owners", owner("quiet", valid_from="2018-03"))),
    ),
    ("a minority beside a controller", add("shoes", "owners", owner("quiet", kind="minority"))),
    (
        "a retracted owner beside another",
        add(
            "shoes",
            "owners",
            owner("quiet", claim_status="retracted", history=[{"date": "2020", "status": "retracted", "note": "No."}]),
        ),
    ),
    (
        "bought twice by the same owner",
        both(moved(valid_to="2016"), add("shoes", "owners", owner("bigco", id="shoes-again", valid_from="2018"))),
    ),
    ("a minority in a circle", add("bigco", "owners", owner("shoes", kind="minority"))),
    ("a circle that has ended", add("bigco", "owners", owner("shoes", valid_from="2001", valid_to="2002"))),
    (
        "a domain handed over in time",
        both(
            add("quiet", "domains", domain("shoes.com", valid_to="2019")),
            put("shoes", "domains", 0, valid_from="2019"),
        ),
    ),
    ("a name below a private suffix", name("quiet.github.io")),
    ("an internationalised name as browsers send it", name("xn--bro-hoa.de")),
    ("an end in the year of the beginning", put("quiet", "domains", 0, valid_from="2018-10-25", valid_to="2018")),
    ("a dataset on a domain", sources("quiet", page={**source(), **DATASET})),
    ("a reseller who is named", quiet_tie(kind="reseller", via="bigco")),
    ("two publishers", quiet_tie(**TWO)),
    ("a word that judges in a source's title", put("quiet", "sources", "page", title="A Massive, Secretive Deal")),
    (
        "an address in a source's quote",
        put("quiet", "sources", "page", quote="a@quiet.com, 202-555-0143"),
    ),
    ("an award's number", quiet_tie(summary="Under award 70CMSD18-555-0143 and 202-555-01431.")),
    ("DUNS without a number", put("quiet", "sources", "page", locator="found by its DUNS on page 123456")),
    ("a copy that an archive keeps", put("quiet", "sources", "page", archive_url="https://web.archive.org/web/1/x.y")),
    (
        "a copy under the parameters with which it was made",
        put("quiet", "sources", "page", archive_url="https://web.archive.org/web/1/https://x.y/?utm_source=rss"),
    ),
    ("a dataset of the United States", sources("quiet", page={**source(), **AMERICAN})),
]


@pytest.mark.parametrize(("title", "change"), GOOD, ids=[title.replace(" ", "-") for title, _ in GOOD])
def test_what_is_fine_is_accepted(title: str, change: Change, world: World) -> None:
    change(world)
    assert problems(world) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://staging.example.com/a", "(staging)"),
        ("https://preprod.example.co.uk/a", "(preprod)"),
        ("https://pre-prod.example.com/a", "(pre-prod)"),
        ("https://pprd.example.com/a", "(pprd)"),
        ("https://development.example.net/a", "(development)"),
        ("https://dev.example.net/a", "(dev)"),
        ("https://dev1-cdn.example.com/a", "(dev1-cdn)"),
        ("http://test3.origin.example.com/a", "(test3)"),
        ("https://www.origin.example.com/a", "(origin)"),
        ("https://aws-origin.example.com/a", "(aws-origin)"),
        ("https://aem-stage-publish-cdn.example.com/a", "(aem-stage-publish-cdn)"),
        ("https://UAT.example.com/a", "(uat)"),
        ("https://qat01.example.com/a", "(qat01)"),
        ("https://static-ssl.example.com/a", "(static-ssl)"),
        ("https://example.com/a?b=1&utm_source=rss", "utm_source"),
        ("https://example.com/a?UTM_Term=4ldqpia", "UTM_Term"),
        ("https://example.com/a?fbclid=IwAR0", "fbclid"),
        ("https://example.com/a?mc_cid=1a", "mc_cid"),
        ("https://example.com/a?amp=1", "amp"),
    ],
)
def test_an_address_that_is_not_for_the_public_is_refused(url: str, said: str, world: World) -> None:
    put("quiet", "sources", "page", url=url)(world)
    assert [(problem.rule, said in problem.message) for problem in problems(world)] == [("public-address", True)]


@pytest.mark.parametrize(
    "url",
    [
        "https://dev.to/a",
        "https://test.com/a",
        "https://staging.co.uk/a",
        "https://192.0.2.1/a",
        "https://test-prep.example.com/a",
        "https://devblogs.example.com/a",
        "https://backstage.example.com/a",
        "https://original.example.com/a",
        "https://example.com/staging/a?page=2&amplitude=1&amp=no",
    ],
)
def test_an_honest_address_is_accepted(url: str, world: World) -> None:
    put("quiet", "sources", "page", url=url)(world)
    assert problems(world) == []


def set_today(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    class Day(date):
        @classmethod
        def today(cls) -> "Day":
            return cls(day.year, day.month, day.day)

    monkeypatch.setattr("app.seeding.rules_evidence.date", Day)


@pytest.mark.parametrize(("days", "fine"), [(0, True), (1, True), (2, False)])
def test_a_date_has_a_day_of_grace_for_time_zones(
    days: int, fine: bool, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date(2026, 6, 1)
    set_today(monkeypatch, today)
    day = today + timedelta(days=days)
    put("quiet", "domains", 0, valid_from=day.isoformat())(world)
    assert (problems(world) == []) is fine


@pytest.mark.parametrize(("whole", "told"), [(4, False), (5, True)])
def test_many_dates_ahead_are_the_clock_s_fault(
    whole: int, told: bool, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.companies = dict(list(world.companies.items())[:whole])  # each was checked on 2026-01-02
    set_today(monkeypatch, date(2025, 12, 1))
    if told:
        seen = r"5 companies of the seed have later dates, the latest 2026-01-02 \(seed/companies/\w+\.yml:\d+\)"
        with pytest.raises(ClockBehind, match=f"^The clock of this machine is behind: it says 2025-12-01, but {seen}"):
            problems(world)
    else:
        assert {at.rule for at in problems(world)} >= {"future-date"}


def test_this_month_and_year_are_no_future(world: World) -> None:
    today = date.today()  # noqa: DTZ011
    put("quiet", "domains", 0, valid_from=f"{today:%Y}", verified_at=f"{today:%Y-%m}")(world)
    assert problems(world) == []


def test_all_problems_come_at_once_in_the_order_of_files_and_lines(world: World, refused: Refused) -> None:
    both(
        add("bigco", "owners", owner("shoes")),
        put("quiet", "domains", 0, name="Quiet.com", verified_at=FAR),
        drop("old", "ties", 0, "title"),
        put("looked", colour="red"),
        platform("co.uk", company="nobody"),
    )(world)
    found = problems(world)
    assert found == sorted(found)
    assert places(found) == sorted(
        at.place(world)
        for at in (
            At(BIGCO, "owner-cycle", '"owners"'),
            At(SHOES, "owner-cycle", '"owners"'),
            At(QUIET, "domain-form", '"name": "Quiet.com"'),
            At(QUIET, "future-date", f'"{FAR}"'),
            At(OLD, "missing-field", '"ties": [', 1),
            At(LOOKED, "unknown-field", '"colour"'),
            At(HOSTED, "company-known", '"nobody"'),
        )
    )
    assert refused(world) == places(found)
    assert all(problem.message for problem in found)
