"""The figures about the data itself."""

from datetime import date

from app.domains.match import company_site
from app.lookup.facts import Company, DomainClaim, Ownership, Release, Source, Tie, World
from app.seeding.coverage import coverage, stale

RECORD = Source(
    url="https://x.example/a", publisher="A", type="government_record", archive_url="https://web.archive.org/a"
)
PRESS = Source(url="https://x.example/b", publisher="B", type="press")
TODAY = date(2026, 11, 25)


def tie(name: str, verified: str, status: str = "active", **more: object) -> Tie:
    return Tie(
        id=name, held_by="a", agency="us-ice", kind="prime_contract", status=status, status_as_of="2020",  # type: ignore[arg-type]
        evidence="record", title="T", summary="S", verified_at=verified, verified_by="me", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def edge(verified: str, valid_to: str | None = None) -> Ownership:
    who = {"company": "b", "owner": "a", "verified_by": "me", "sources": (PRESS,)}
    return Ownership(id="e", kind="brand", verified_at=verified, valid_to=valid_to, **who)  # type: ignore[arg-type]


def world() -> World:
    site = DomainClaim(id="d", company="a", name="a.com", verified_at="2026-11-15", verified_by="me", sources=(PRESS,))
    fresh = tie("t1", "2026-11-23", sources=(RECORD,), reviewed_by="you")
    held = (fresh, tie("t2", "2024-11-25", sources=(RECORD, PRESS)))
    companies = {"a": Company(id="a", name="A", domains=(site,), ties=held), "b": Company(id="b", name="B")}
    edges = (edge("2025-12-01"),)
    release = Release(version=1, published_at="")
    return World(release=release, companies=companies, agencies={}, owners={"b": edges}, owned={"a": edges})


def test_the_figures_of_a_world() -> None:
    index = {"a.com": company_site("a.com", "a"), "c.com": company_site("c.com", "c")}
    found = coverage(world(), index, ["a.com", "c.com", "d.com"], TODAY)
    assert (found.companies, found.claims, found.with_record, found.archived, found.reviewed) == (2, 4, 2, 1, 1)
    assert (found.stale, found.median_age) == (1, 184)
    assert (found.sites, found.known, found.researched) == (3, 2, 1)


def test_nothing_has_no_age() -> None:
    release = Release(version=1, published_at="")
    assert coverage(World(release=release, companies={}, agencies={}), {}, [], TODAY).median_age is None


def test_an_ownership_is_stale_after_a_year_a_tie_after_two_and_what_is_over_never() -> None:
    assert stale(edge("2025-11-25"), TODAY)
    assert not stale(edge("2025-11-26"), TODAY)
    assert not stale(edge("2020", valid_to="2021"), TODAY)
    assert stale(tie("t", "2024-11-25"), TODAY)
    assert not stale(tie("t", "2024-11-26"), TODAY)
    assert not stale(tie("t", "2020", "ended"), TODAY)
    assert not stale(world().companies["a"].domains[0], TODAY)
