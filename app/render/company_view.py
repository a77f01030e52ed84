"""What the pages of companies and ties show beside the public JSON: the tree of owners and owned, numbered sources,
how old the checks are, and who owned whom when a tie began (trust.md 3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.lookup.answer import NoteOut, OwnershipOut, TieOut
from app.lookup.dates import age_in_months, is_stale, surely_before
from app.lookup.facts import Source
from app.lookup.profile import DomainOut, Profile

# trust.md 10: after so many months a check is stale.
OWNERSHIP_MONTHS, TIE_MONTHS = 12, 24
Checked = OwnershipOut | DomainOut | TieOut | NoteOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A company in the tree. `hop` is the ownership by the one above it, `below` what it owns; `here` marks the
    company that the page is about."""

    id: str
    name: str
    here: bool
    hop: OwnershipOut | None
    sites: tuple[str, ...]
    below: tuple["Firm", ...]


def family(company: Profile) -> Firm:
    """The ultimate owner, with everything between it and the last company that this one controls. Sister companies
    are left out: nothing flows to them."""
    hops = company.ownership
    sites = tuple(each.name for each in company.domains if each.valid_to is None)
    top = Firm(
        id=company.id,
        name=company.name,
        here=True,
        hop=hops[0] if hops else None,
        sites=sites,
        below=tuple(_below(company, company.id)),
    )
    for at, hop in enumerate(hops, 1):
        above = hops[at] if at < len(hops) else None
        top = Firm(id=hop.owner, name=hop.owner_name, here=False, hop=above, sites=(), below=(top,))
    return top


def _below(company: Profile, owner: str) -> Iterator[Firm]:
    for member in company.group:
        hop = member.ownership
        if hop.owner == owner:
            below = tuple(_below(company, hop.company))
            yield Firm(id=hop.company, name=hop.company_name, here=False, hop=hop, sites=member.sites, below=below)


def sites(company: Profile) -> list[tuple[list[str], DomainOut]]:
    """The company's sites in groups of those that were checked on one day by the same sources; of each group one
    claim."""
    groups: dict[object, tuple[list[str], DomainOut]] = {}
    for claim in company.domains:
        key = (claim.valid_to, claim.claim_status, claim.verified_at, claim.sources)
        groups.setdefault(key, ([], claim))[0].append(claim.name)
    return list(groups.values())


class Sources:
    """The sources behind a page, each once, numbered from 1 in the order in which the page first names them."""

    def __init__(self, claims: Iterable[Checked]) -> None:
        self._numbers: dict[Source, int] = {}
        for claim in claims:
            for source in claim.sources:
                self._numbers.setdefault(source, len(self._numbers) + 1)

    def number(self, source: Source) -> int:
        """The number of a source of one of the claims."""
        return self._numbers[source]

    def __iter__(self) -> Iterator[Source]:
        """All sources, in the order of their numbers."""
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def claims(company: Profile) -> list[Checked]:
    """Every claim on a company's page, in the page's order."""
    former = [part for each in company.former_ties for part in (each.ownership, each.tie)]
    hops = [*company.ownership, *(member.ownership for member in company.group)]
    stakes = [hop for hop in company.owns if hop.kind == "minority"]
    return [*hops, *stakes, *company.owners_before, *company.ties, *company.notes, *former, *company.domains]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """How fresh a page is: its oldest check, and how many checks have gone stale."""

    oldest: str | None
    stale: int


def checks(shown: Iterable[Checked], today: date) -> Checks:
    """The checks behind these claims, as of a day."""
    listed = list(shown)
    oldest = max((each.verified_at for each in listed), key=lambda day: age_in_months(day, today), default=None)
    return Checks(oldest=oldest, stale=sum(is_stale(each.verified_at, _months(each), today) for each in listed))


def _months(claim: Checked) -> int:
    return TIE_MONTHS if isinstance(claim, TieOut | NoteOut) else OWNERSHIP_MONTHS


Order = Literal["after", "before", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """Whether `child` belonged to `parent` when a tie began: the tie began `order` the last acquisition between them,
    of `since`; both dates may be unknown."""

    child: str
    parent: str
    since: str | None
    began: str | None
    order: Order


def then(company: Profile, tie: TieOut) -> Then | None:
    """Who owned whom when a tie began, of a tie that is an owner's or a subsidiary's; None of the company's own."""
    if tie.relation == "own":
        return None
    upward = tie.relation == "owner"
    hops = _up(company.ownership, tie.held_by) if upward else _down(company, tie.held_by)
    if not hops:
        return None
    child, parent = (company.name, tie.held_by_name) if upward else (tie.held_by_name, company.name)
    return order_of(child, parent, hops, tie.valid_from)


def order_of(child: str, parent: str, hops: Sequence[OwnershipOut], began: str | None) -> Then:
    """What the dates of the ownerships from `child` up to `parent` say about the beginning of a tie."""
    known = [hop.valid_from for hop in hops if hop.valid_from]
    since = max(known, default=None) if len(known) == len(hops) else None
    order: Order = "unclear"
    if began and any(surely_before(began, day) for day in known):
        order = "before"
    elif began and since and all(_by(day, began) for day in known):
        order = "after"
    return Then(child=child, parent=parent, since=since, began=began, order=order)


def _by(first: str, second: str) -> bool:
    """Whether a date surely lies before another, or is the same whole day."""
    return surely_before(first, second) or (first == second and len(first) == len("2018-01-24"))


def _up(chain: Sequence[OwnershipOut], owner: str) -> list[OwnershipOut]:
    owners = [hop.owner for hop in chain]
    return list(chain[: owners.index(owner) + 1]) if owner in owners else []


def _down(company: Profile, holder: str) -> list[OwnershipOut]:
    by_company = {member.ownership.company: member.ownership for member in company.group}
    hops: list[OwnershipOut] = []
    while holder in by_company and len(hops) <= len(by_company):
        hops.append(by_company[holder])
        holder = hops[-1].owner
    return hops


def owner_then(company: Profile, began: str | None) -> OwnershipOut | None:
    """The former controlling owner to whom a company surely belonged when its tie began."""
    if began is None:
        return None
    for hop in company.owners_before:
        starts, ends = hop.valid_from, hop.valid_to
        if hop.kind != "minority" and starts and ends and _within(began, starts, ends):
            return hop
    return None


def _within(day: str, starts: str, ends: str) -> bool:
    return _by(starts, day) and surely_before(day, ends)
