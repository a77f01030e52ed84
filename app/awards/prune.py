"""Takes out award rows that the seed no longer supports, when it is published without an import: a retraction must not
wait for one (trust.md 12). What is left out here comes back, where it should, with the next import."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import delete

from app.awards.clean import collapse
from app.awards.matching import ORDER, holdings
from app.awards.publish import remove
from app.db import ReadSession, WriteSession
from app.lookup.dates import earliest, latest
from app.models import AwardRollup
from app.queries import awards as queries
from app.queries.awards import Link
from app.seeding.reader import Tree
from app.seeding.record import Company, TieClaim

KINDS = {by: kind for by, _, kind in ORDER}


def prune(session: WriteSession, tree: Tree) -> list[str]:
    """Delete what stands on a page without an identifier, an ownership or a company behind it, or under a derived tie
    that the seed retracts, and the sums that it was part of. Returns what was deleted, for the record of the import."""
    reader = ReadSession(session.connection())
    gone = unsupported(reader, tree)
    for link in gone:
        remove(session, queries.rows_of_link(reader, link))
        sums = (AwardRollup.company == link.company) & (AwardRollup.agency == link.agency)
        session.execute(delete(AwardRollup).where(sums))
    return [f"{link.company} {link.held_by} {link.agency} {link.matched_by} {link.matched_value}" for link in gone]


def unsupported(session: ReadSession, tree: Tree) -> list[Link]:
    """The groups of award rows that the seed no longer supports."""
    supports = Supports(tree)
    return [link for link in queries.links(session) if not supports(link)]


class Supports:
    """Whether the seed still says what a group of award rows rests on, on some of its days."""

    def __init__(self, tree: Tree) -> None:
        self._companies = set(tree.companies)
        self._retracted = {tie.id for company, _ in tree.companies.values() for tie in _retracted(company)}
        self._holdings: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
        for holding in holdings(tree):
            self._holdings[holding.holder, holding.company].append((holding.since, holding.until))
        self._names: dict[tuple[str, str, str], list[tuple[date, date]]] = defaultdict(list)
        for company, _ in tree.companies.values():
            for each in company.identifiers:
                since = earliest(each.valid_from) if each.valid_from else date.min
                until = latest(each.valid_to) if each.valid_to else date.max
                self._names[company.id, each.kind, collapse(each.value)].append((since, until))

    def __call__(self, link: Link) -> bool:
        """Whether a group may stay."""
        first, last = date.fromisoformat(link.first), date.fromisoformat(link.last)
        named = self._names[link.held_by, KINDS.get(link.matched_by, ""), link.matched_value]
        return (
            {link.company, link.held_by} <= self._companies
            and f"{link.held_by}-{link.agency}-awards" not in self._retracted
            and _meets(named, first, last)
            and _meets(self._holdings[link.held_by, link.company], first, last)
        )


def _meets(spans: list[tuple[date, date]], first: date, last: date) -> bool:
    return any(since <= last and first <= until for since, until in spans)


def _retracted(company: Company) -> Iterator[TieClaim]:
    return (tie for tie in company.ties if tie.claim_status == "retracted")
