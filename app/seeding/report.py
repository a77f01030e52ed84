"""`govties seed report`: the coverage figures of a tree, and the work that is open, each with its file and line."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domains.match import Entry, match
from app.lookup.answer import state_of
from app.lookup.coverage import Coverage, coverage
from app.lookup.dates import is_stale
from app.lookup.facts import Release, World
from app.lookup.ties import flowing_ties
from app.seeding.claims import all_claims, claim_id
from app.seeding.proposed import Proposed
from app.seeding.reader import Problem, Tree
from app.seeding.record import Claim, Company, OwnershipClaim, TieClaim
from app.seeding.store import facts_of

# Months after which a verification is stale (trust.md 10). Of a domain there is no such rule.
OWNERSHIP_MONTHS, TIE_MONTHS = 12, 24
COLUMNS = ["domain", "category", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One of the most visited sites (seed/coverage.csv)."""

    domain: str
    category: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A claim that wants something: where it stands and what is wanted."""

    file: str
    line: int
    claim: str
    wants: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses of sources: how many, how many of them `govties sources check` has opened, which were dead then."""

    addresses: int
    checked: int
    dead: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures as of a day; of the listed sites, those that a company of the data operates and those among them with
    ties, or with research for their whole chain; claims whose verification is stale, that rest on a source without an
    archived copy, or that nobody has reviewed; the listed sites of which the data says nothing; and the links."""

    today: date
    figures: Coverage
    sites: int
    known_sites: int
    researched_sites: int
    stale: tuple[Work, ...]
    unarchived: tuple[Work, ...]
    unreviewed: tuple[Work, ...]
    missing_sites: tuple[Site, ...]
    links: Links


def read_sites(seed: Path, problems: list[Problem]) -> tuple[Site, ...]:
    """The sites of seed/coverage.csv, none where there is no such file. Lines that begin with `#` say how it was made;
    a row that is none is a problem."""
    path = seed / "coverage.csv"
    if not path.exists():
        return ()
    shown = path.relative_to(seed.parent).as_posix()
    lines = path.read_text("utf-8-sig").splitlines()
    numbered = [(at, line) for at, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = list(zip((at for at, _ in numbered), csv.reader(line for _, line in numbered), strict=True))
    if not rows or rows[0][1] != COLUMNS:
        problems.append(Problem(shown, rows[0][0] if rows else 1, "format", f"the columns are {', '.join(COLUMNS)}"))
        return ()
    wrong = [at for at, row in rows[1:] if len(row) != len(COLUMNS) or not row[0]]
    problems += [Problem(shown, at, "format", f"a row has {', '.join(COLUMNS)}") for at in wrong]
    return tuple(Site(domain=row[0], category=row[1], note=row[2]) for at, row in rows[1:] if at not in wrong)


def report(tree: Tree, sites: tuple[Site, ...], today: date, links: Links) -> Report:
    """The report on a sound tree as of a day."""
    proposed = Proposed(facts_of(tree), Release(version=0, published_at=""))
    world = proposed.world(proposed.companies)
    known = {site: company for site in sites if (company := _operator(proposed.index, site.domain))}
    missing = tuple(site for site in sites if site not in known or not _is_researched(world, known[site]))
    return Report(
        today=today,
        figures=coverage(proposed.records()),
        sites=len(sites),
        known_sites=len(known),
        researched_sites=len(sites) - len(missing),
        stale=tuple(_stale(tree, today)),
        unarchived=tuple(_unarchived(tree)),
        unreviewed=tuple(_unreviewed(tree)),
        missing_sites=missing,
        links=links,
    )


def _operator(index: Mapping[str, Entry], site: str) -> str | None:
    """The company that operates a site, if the data has it."""
    found = match(site, index)
    return found.entry.company if found and found.action == "company" else None


def _is_researched(world: World, company: str) -> bool:
    """Whether an answer about the company says more than that nobody has looked."""
    return company in world.companies and state_of(world, company, flowing_ties(world, company)) != "not_researched"


def _open(tree: Tree) -> Iterator[tuple[Company, Claim, str, int]]:
    """Every claim that is not retracted, with its file and line."""
    for company, file, where, claim in all_claims(tree):
        if claim.claim_status != "retracted":
            yield company, claim, file.path, file.line(where)


def _stale(tree: Tree, today: date) -> Iterator[Work]:
    for company, claim, file, line in _open(tree):
        if isinstance(claim, OwnershipClaim):
            months, over = OWNERSHIP_MONTHS, claim.valid_to is not None
        elif isinstance(claim, TieClaim):
            months, over = TIE_MONTHS, claim.status == "ended"
        else:
            continue
        if not over and is_stale(claim.verified_at, months, today):
            wants = f"verified {claim.verified_at}, over {months} months ago: compare it with its sources again"
            yield Work(file=file, line=line, claim=claim_id(company, claim), wants=wants)


def _unarchived(tree: Tree) -> Iterator[Work]:
    for company, claim, file, line in _open(tree):
        bare = [key for key in claim.sources if not company.sources[key].archive_url]
        if bare:
            wants = f"no archived copy of {', '.join(bare)}"
            yield Work(file=file, line=line, claim=claim_id(company, claim), wants=wants)


def _unreviewed(tree: Tree) -> Iterator[Work]:
    for company, claim, file, line in _open(tree):
        if claim.reviewed_by is None:
            yield Work(file=file, line=line, claim=claim_id(company, claim), wants="a second reader")
