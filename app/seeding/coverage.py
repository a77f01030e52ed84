"""What is published about the data itself (trust.md): how well claims are documented, how fresh their verification is,
and how many of the sites that people visit most have been researched. For the page and for `govties seed report`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from app.domains.match import Entry, match
from app.lookup.answer import state_of
from app.lookup.dates import is_stale, latest
from app.lookup.facts import Claim, Ownership, Tie, World
from app.lookup.ties import flowing_ties

# Months after which a verification is stale (trust.md 10). Of a domain there is no such rule.
OWNERSHIP_MONTHS, TIE_MONTHS = 12, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Counts over the claims of a release: domains, owners, ties and notes that are not retracted. Of `archived` ones
    every source has an archived copy. `median_age` is in days since verification, None without claims. Of the listed
    sites `known` are operated by a company of the data, and of those `researched` have ties, or research for their
    whole chain."""

    companies: int
    claims: int
    with_record: int
    archived: int
    reviewed: int
    stale: int
    median_age: int | None
    sites: int
    known: int
    researched: int


def coverage(world: World, index: Mapping[str, Entry], sites: Sequence[str], today: date) -> Coverage:
    """The figures of a whole release. `index` is its names, `sites` the list of the most visited ones."""
    claims = list(_claims(world))
    ages = [max(0, (today - latest(claim.verified_at)).days) for claim in claims]
    known = [company for company in (operator(index, site) for site in sites) if company]
    return Coverage(
        companies=len(world.companies),
        claims=len(claims),
        with_record=sum(any(source.type == "government_record" for source in claim.sources) for claim in claims),
        archived=sum(all(source.archive_url for source in claim.sources) for claim in claims),
        reviewed=sum(claim.reviewed_by is not None for claim in claims),
        stale=sum(stale(claim, today) for claim in claims),
        median_age=round(median(ages)) if ages else None,
        sites=len(sites),
        known=len(known),
        researched=sum(is_researched(world, company) for company in known),
    )


def _claims(world: World) -> Iterator[Claim]:
    for company in world.companies.values():
        yield from company.domains
        yield from company.ties
        yield from company.notes
    for owners in world.owners.values():
        yield from owners


def stale(claim: Claim, today: date) -> bool:
    """Whether the verification of a claim is too old: an ownership's after 12 months, a tie's after 24. What is over
    stays as it was."""
    if isinstance(claim, Ownership):
        return claim.valid_to is None and is_stale(claim.verified_at, OWNERSHIP_MONTHS, today)
    if isinstance(claim, Tie):
        return claim.status != "ended" and is_stale(claim.verified_at, TIE_MONTHS, today)
    return False


def operator(index: Mapping[str, Entry], site: str) -> str | None:
    """The company that operates a site, if the data has it."""
    found = match(site, index)
    return found.entry.company if found and found.action == "company" else None


def is_researched(world: World, company: str) -> bool:
    """Whether an answer about the company says more than that nobody has looked."""
    return company in world.companies and state_of(world, company, flowing_ties(world, company)) != "not_researched"
