"""`govties seed report`: the coverage figures of a tree, and the work that is open, each with its file and line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.lookup.dates import is_stale
from app.lookup.facts import Release
from app.seeding.claims import all_claims, claim_id
from app.seeding.coverage import OWNERSHIP_MONTHS, TIE_MONTHS, Coverage, coverage, is_researched, operator
from app.seeding.proposed import Proposed
from app.seeding.reader import Problem, Tree
from app.seeding.record import Claim, Company, OwnershipClaim, TieClaim
from app.seeding.store import facts_of

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
class Report:
    """The figures; claims whose verification is stale, that rest on a source without an archived copy, or that nobody
    has reviewed; and the listed sites of which the data says nothing."""

    figures: Coverage
    stale: tuple[Work, ...]
    unarchived: tuple[Work, ...]
    unreviewed: tuple[Work, ...]
    missing_sites: tuple[Site, ...]


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


def report(tree: Tree, sites: tuple[Site, ...], today: date) -> Report:
    """The report on a sound tree as of a day."""
    proposed = Proposed(facts_of(tree), Release(version=0, published_at=""))
    world, index = proposed.world(proposed.companies), proposed.index
    operators = [(site, operator(index, site.domain)) for site in sites]
    return Report(
        figures=coverage(world, index, [site.domain for site in sites], today),
        stale=tuple(_stale(tree, today)),
        unarchived=tuple(_unarchived(tree)),
        unreviewed=tuple(_unreviewed(tree)),
        missing_sites=tuple(site for site, company in operators if not company or not is_researched(world, company)),
    )


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
