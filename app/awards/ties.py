"""What imported awards say as ties (product.md): one derived tie per company and agency for the awards that no curated
tie lists, and for curated ties that list some, the imported sums in place of typed-in obligated amounts.

Everything here depends on the published award rows and the seed alone, so the same import gives the same ties.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.db import ReadSession
from app.lookup.answer import award_url
from app.models import Award
from app.queries import awards as queries
from app.queries.awards import Group, Imported
from app.render.money import decimal, dollars
from app.seeding.reader import Tree
from app.seeding.record import TieClaim
from app.seeding.store import Fact, fact

Body = dict[str, Any]
# A tie shows so many of its awards; the whole list is at /v1/companies/{id}/awards.
SHOWN = 10
PUBLISHER = "USAspending.gov"


@dataclass(frozen=True, slots=True)
class Sum:
    """What was obligated for one award in all of its actions, in cents, up to the day of the last one."""

    key: str
    cents: int
    until: str


@dataclass(frozen=True, slots=True)
class AwardTies:
    """What the published award rows say as ties: the bodies of derived ties by id, and for curated ties by id the sums
    of the awards that they list."""

    derived: dict[str, Body]
    sums: dict[str, list[Sum]]

    def join(self, facts: Iterable[Fact]) -> list[Fact]:
        """The seed's facts with imported sums, and the derived ties. A tie that the seed has under a derived one's id
        stands for it: so a maintainer corrects or retracts one."""
        known = list(facts)
        ids = {each.id for each in known if each.type == "tie"}
        fresh = [fact("tie", name, body) for name, body in self.derived.items() if name not in ids]
        return [self._summed(each) for each in known] + fresh

    def _summed(self, each: Fact) -> Fact:
        if each.type != "tie" or each.id not in self.sums or "sources" not in each.body:
            return each
        return fact("tie", each.id, absorb(each.body, self.sums[each.id]))


def award_ties(session: ReadSession, tree: Tree) -> AwardTies:
    """The ties that the published award rows make together with this seed. Without an import there are none."""
    return AwardTies(derived_ties(session, tree), imported_sums(session, tree))


def import_fact(session: ReadSession, digest: str) -> Fact:
    """What was imported, as a record of the release: so that every release names the award files it was made with, and
    any change of the award rows is a new release. `digest` is the hash of all that is published."""
    imported = queries.imported(session)
    period = {"since": imported.since, "until": imported.until, "made": imported.made}
    return fact("import", "usaspending", {**period, "files": list(imported.files), "digest": digest})


def derived_ties(session: ReadSession, tree: Tree) -> dict[str, Body]:
    """Derived ties by id, each as the body of a tie (seeding/store.py). Companies and agencies that the seed has no
    more have none."""
    imported = queries.imported(session)
    listed = sorted({key for company, _ in tree.companies.values() for tie in company.ties for key in tie.awards})
    found: dict[str, Body] = {}
    for group in queries.groups(session, listed):
        if group.company in tree.companies and group.agency in tree.agencies:
            awards = queries.largest(session, group.company, group.agency, listed, SHOWN)
            found[f"{group.company}-{group.agency}-awards"] = _tie(tree, group, awards, imported)
    return found


def imported_sums(session: ReadSession, tree: Tree) -> dict[str, list[Sum]]:
    """For each curated tie that lists imported awards of its company: their sums, in the order of the list. A sum that
    may leave actions out is none: the award's page says another."""
    ties = [(company.id, tie) for company, _ in tree.companies.values() for tie in company.ties if tie.awards]
    found = queries.by_key(session, sorted({key for _, tie in ties for key in tie.awards}))
    sums = {
        tie.id: [Sum(key, *found[holder, key]) for key in tie.awards if (holder, key) in found] for holder, tie in ties
    }
    return {name: listed for name, listed in sums.items() if listed}


def absorb(body: Mapping[str, Any], sums: list[Sum]) -> Body:
    """The body of a curated tie with imported sums: obligated amounts that were typed in from the pages of these awards
    go, and each award's imported sum comes, under the source that is its page. Awards whose sum is not above zero
    (close-outs) and those whose page is no source leave the body as it is."""
    page_at = {source["url"]: at for at, source in enumerate(body["sources"])}
    counted = [(each, page_at.get(award_url(each.key))) for each in sums if each.cents > 0]
    imported = [_obligated(each.cents, each.until, page) for each, page in counted if page is not None]
    if not imported:
        return dict(body)
    replaced = {amount["source"] for amount in imported}
    typed = [a for a in body.get("amounts", []) if a["kind"] != "obligated" or a["source"] not in replaced]
    return {**body, "amounts": [*typed, *imported]}


def _tie(tree: Tree, group: Group, awards: list[Award], imported: Imported) -> Body:
    short_name = tree.agencies[group.agency][0].short_name
    status, as_of = _status(group)
    pages = _pages(awards)
    parts: Body = {
        "id": "derived",
        "agency": group.agency,
        "kind": "prime_contract" if group.awards else "subcontract",
        "status": status,
        "status_as_of": as_of,
        "evidence": "record",
        "title": f"{short_name} award records" if group.awards else f"{short_name} subaward records",
        "summary": _summary(tree.companies[group.company][0].name, short_name, group, imported),
        "awards": list(pages),
        "sources": [f"award-{at}" for at in range(len(pages))],
        "verified_at": group.seen,
        "verified_by": "automated",
    }
    recipients = {award.recipient for award in awards if award.recipient}
    if len(recipients) == 1 and group.awards + group.subawards == len(awards):
        parts["recipient"] = recipients.pop()
    if status == "ended":
        parts["valid_to"] = group.last_action
    if not group.awards and group.prime:
        parts["via_name"] = group.prime
    body = TieClaim.model_validate(parts).model_dump(mode="json", exclude_none=True, exclude={"id"})
    sources = [_source(key, seen) for key, seen in pages.items()]
    amounts = _amounts(group, awards, list(pages))
    return {**body, "company": group.company, "amounts": amounts, "statements": [], "sources": sources}


def _amounts(group: Group, awards: list[Award], pages: list[str]) -> list[Body]:
    """The sum of an award alone, where it leaves no action out. A sum over several awards stands on none of their
    pages: it is told in the summary, with what it was made of."""
    if group.awards != 1:
        return []
    return [
        _obligated(award.obligated, award.last_action, pages.index(award.key))
        for award in awards
        if award.kind != "subaward" and award.whole and award.obligated > 0
    ]


def _pages(awards: list[Award]) -> dict[str, str]:
    """The keys of awards, each with the date of the newest file that lists it. Several subawards stand under one prime
    award: that is one page."""
    found: dict[str, str] = {}
    for award in awards:
        found[award.key] = max(found.get(award.key, ""), award.seen or award.last_action)
    return found


def _status(group: Group) -> tuple[str, str]:
    """Active where a term runs past the date of the newest file that lists the group's awards, ended where every award
    was closed or terminated, else unknown. Never by today's date: a release does not change with the calendar."""
    if group.runs_to and group.running_seen and group.runs_to >= group.seen:
        return "active", group.running_seen
    if group.awards and not group.unfinished:
        return "ended", group.last_action
    return "unknown", group.last_action


def _summary(company: str, agency: str, group: Group, imported: Imported) -> str:
    """By the rules for summaries: who, for whom, what, when, how much of which kind, who says so."""
    noun = "award" if group.awards == 1 else "awards"
    whom = f"{company} or firms that name it as their parent" if group.by_parent else company
    told = f"USAspending lists {group.awards:,} {agency} {noun} to {whom}"
    if group.awards:
        told += (
            f", USD {dollars(group.obligated)} obligated in actions from {group.first_action} to {group.last_action}."
        )
    else:
        noun = "subaward" if group.subawards == 1 else "subawards"
        told = f"USAspending lists {group.subawards:,} {noun} to {whom} under {agency} awards to other firms."
    if group.awards and group.subawards:
        told += f" Besides, {group.subawards:,} subawards under awards to other firms."
    dated = f", newest file of {imported.made}" if imported.made else ""
    return f"{told} Imported: actions from {imported.since} to {imported.until}{dated}."


def _obligated(cents: int, until: str, source: int) -> Body:
    return {"kind": "obligated", "value": decimal(cents), "currency": "USD", "as_of": until, "source": source}


def _source(key: str, seen: str) -> Body:
    return {
        "url": award_url(key),
        "publisher": PUBLISHER,
        "type": "government_record",
        "title": f"Award {key.split('_')[2]}",
        "retrieved_at": seen,
    }
